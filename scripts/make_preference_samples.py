#!/usr/bin/env python3
"""Writes tests/golden/preference/expected.json: intervals of statsmodels and strengths of choix.

Wilson intervals are statsmodels' proportion_confint(method="wilson"); Bradley-Terry strengths are the
maximum of the likelihood found by choix.ilsr_pairwise (iterative spectral ranking) from wins written out one by one, a
tie as one win each way with every win counted twice. Tables are random, made here. It shares no code with
assay. Run once; the output is committed.

    python scripts/make_preference_samples.py [FOLDER]     needs NumPy, SciPy, statsmodels, choix
"""

import importlib.metadata
import json
import pathlib
import sys

import choix
import numpy as np
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

SEED = 41
SHARES = [(0, 1), (1, 1), (0, 20), (20, 20), (1, 2), (107, 200), (239, 500), (13.5, 20), (1, 1000), (49999, 100000)]
CONFIDENCES = (0.8, 0.95, 0.99)
MODELS = (2, 3, 4, 6)


def wilson():
    rows = []
    for wins, votes in SHARES:
        for confidence in CONFIDENCES:
            low, high = proportion_confint(wins, votes, alpha=1 - confidence, method="wilson")
            rows.append({"wins": wins, "votes": votes, "confidence": confidence,
                         "z": norm.ppf((1 + confidence) / 2), "low": low, "high": high})
    return rows


def table(rng, models):
    """Wins and ties; every model beats every other at least once, so that the maximum exists."""
    wins = rng.integers(1, 30, (models, models))
    ties = np.triu(rng.integers(0, 9, (models, models)), 1)
    np.fill_diagonal(wins, 0)
    return wins, ties + ties.T


def strengths(wins, ties):
    models = len(wins)
    pairs = [(i, j) for i in range(models) for j in range(models) for _ in range(2 * wins[i, j] + ties[i, j])]
    found = choix.ilsr_pairwise(models, pairs, max_iter=1000, tol=1e-13)
    return (found - found.mean()).tolist()


def bradley_terry(rng):
    rows = []
    for models in MODELS:
        for _ in range(3):
            wins, ties = table(rng, models)
            rows.append({"wins": wins.tolist(), "ties": ties.tolist(), "strengths": strengths(wins, ties)})
    return rows


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/golden/preference")
    folder.mkdir(parents=True, exist_ok=True)
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "scipy", "statsmodels", "choix")}
    content = {"made_by": "scripts/make_preference_samples.py", "versions": versions, "wilson": wilson(),
               "bradley_terry": bradley_terry(np.random.default_rng(SEED))}
    (folder / "expected.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
