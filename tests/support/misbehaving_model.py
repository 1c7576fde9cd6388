"""A command model for tests. A word in the key of a question, or in the environment variable
MISBEHAVE as "word:key,word:key", says how it answers; else it answers well."""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../scripts/examples"))
from command_model import pixel_png  # noqa: E402

PLANNED = dict(reversed(pair.split(":")) for pair in os.environ.get("MISBEHAVE", "").split(",") if pair)
GOOD = pixel_png(128, 64, 128)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def say(**reply):
    print(json.dumps(reply), flush=True)


def main():
    if "PID_FILE" in os.environ:
        with open(os.environ["PID_FILE"], "a") as file:
            print(os.getpid(), file=file)
    for question in map(json.loads, sys.stdin):
        key, output = question["key"], question["output"]
        if "ASKED_FILE" in os.environ:
            with open(os.environ["ASKED_FILE"], "a") as file:
                print(key, file=file)
        time.sleep(float(os.environ.get("ANSWER_SECONDS", "0")))
        what = PLANNED.get(key, key)
        if what == "crash":
            print("out of ideas", file=sys.stderr)
            os._exit(3)
        if what == "hang":
            time.sleep(600)
        if what == "deaf":
            sys.stdin.close()
            time.sleep(600)
        if what == "garbage":
            print("loading 50 %", flush=True)
            continue
        if what == "endless":
            sys.stdout.write("x" * 2_000_000)
            sys.stdout.flush()
            time.sleep(600)
        if what == "list":
            say(key=[key], status="ok")
            continue
        if what == "strange-status":
            say(key=key, status="done")
            continue
        if what == "wrong-key":
            write(output, GOOD)
            say(key="another", status="ok")
            continue
        if what == "half":
            write(output, GOOD[: len(GOOD) // 2])
        elif what == "jpeg":
            write(output, b"\xff\xd8\xff\xe0 no PNG at all")
        elif what in ("failed", "invalid", "empty"):
            say(key=key, status=what, detail="as " + what + " as can be")
            continue
        elif what != "no-file":
            write(output, GOOD)
        say(key=key, status="ok")


main()
