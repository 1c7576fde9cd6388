#!/usr/bin/env python3
"""Writes tests/golden/pickle: small pickles by the picklers of Python 2 and Python 3.

The reader in datasets/io is tested with files that nothing of assay has written. `plain` and `long`
hold the same values under every protocol; `refused-*` name or call code, and the opcode the reader
must stop at, with its offset, comes from pickletools. Run once; the output is committed.

    python3 scripts/make_pickle_samples.py [FOLDER]     PYTHON2 names a Python 2.7, default python2.7
"""

# Runs under both: Python 3 starts Python 2 with this file.
from __future__ import print_function

import datetime
import io
import json
import os
import pickle
import pickletools
import subprocess
import sys

try:
    import cPickle
    import copy_reg as registry
except ImportError:
    cPickle = None
    import copyreg as registry

PYTHON2 = sys.version_info[0] == 2
Long = long if PYTHON2 else int  # noqa: F821
FORBIDDEN = set(
    """GLOBAL STACK_GLOBAL INST OBJ NEWOBJ NEWOBJ_EX REDUCE BUILD EXT1 EXT2 EXT4 PERSID BINPERSID
    EMPTY_SET ADDITEMS FROZENSET BYTEARRAY8 NEXT_BUFFER READONLY_BUFFER""".split()
)


def reference():
    """One record of RefCOCO, as refer writes it, in miniature."""
    words = ["the", "left", "cup"]
    return {
        "ref_id": 11,
        "ann_id": 1791270,
        "image_id": 519404,
        "category_id": 47,
        "split": "val",
        "file_name": "COCO_train2014_000000519404_3.jpg",
        "sent_ids": [37, 38],
        "sentences": [
            {"sent_id": 37, "sent": "the left cup", "raw": "The left cup!", "tokens": words},
            {"sent_id": 38, "sent": u"caf\u00e9 cup", "raw": u"Caf\u00e9 cup", "tokens": [u"caf\u00e9", words[2]]},
        ],
    }


def plain():
    shared = [1, [2, 3]]
    return {
        "refs": [reference(), reference()],
        "numbers": [0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, -(2**31), 2**31, -(2**31) - 1, 2**63 - 1, -(2**63)],
        "longs": [Long(n) for n in (0, 5, -1, 127, 128, -128, -129, 10**15, -(10**15), 2**63 - 1, -(2**63))],
        "floats": [0.0, 1.5, -2.75, 0.1, 1e-300, 1e300],
        "flags": [True, False, None],
        "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
        "shared": [shared, shared, (shared,)],
        "empty": [[], {}, "", u""],
        "quotes": ["it's", 'say "so"', "it's \"both\"", "a\\b", "tab\tline\nreturn\rnul\0"],
        "letters": [u"\u00fcber", u"\u65e5\u672c", u"\U0001f600", u"a\\u0041b", u"line\nline", u"latin \u00ff"],
        "bytes": [b"ascii", b"caf\xc3\xa9", b"caf\xe9", b"\xff\xfe", b"x" * 300],
        "text": u"y" * 300,
    }


def long_list():
    """Over 1000 items, which are written in batches, and over 256 memo entries."""
    return {"numbers": list(range(1001)), "words": ["w%d" % i for i in range(300)]}


class Plain(object):
    def __init__(self):
        self.x = 1


class Old:
    def __init__(self):
        self.x = 1


def refused():
    """name -> value"""
    values = {
        "object": [1, Plain()],
        "old-object": Old(),
        "function": {"f": len},
        "date": [datetime.date(2020, 1, 2)],
        "set": [set([1, 2])],
        "extension": [json.JSONDecoder],
    }
    if not PYTHON2:
        values["frozenset"] = frozenset([1])
        values["bytearray"] = bytearray(b"abc")
    return values


def decoded(value):
    """The value as JSON has it: bytes as text."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")
    if isinstance(value, dict):
        return dict((decoded(k), decoded(v)) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return [decoded(v) for v in value]
    return value


def write(folder, name, data):
    with open(os.path.join(folder, name + ".p"), "wb") as out:
        out.write(data)


def dump_persistent(protocol):
    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return "7" if isinstance(value, Plain) else None

    stream = io.BytesIO()
    Pickler(stream, protocol).dump([Plain()])
    return stream.getvalue()


def write_samples(folder):
    """Files of this interpreter; how each was made."""
    registry.add_extension("json.decoder", "JSONDecoder", 7)
    made = {}
    version = "py%d" % sys.version_info[0]
    picklers = {"pickle": pickle.dumps} if cPickle is None else {"pickle": pickle.dumps, "cpickle": cPickle.dumps}
    for module, dumps in sorted(picklers.items()):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            stem = "%s-%s-%d" % (version, module, protocol)
            # Python 3 writes bytes as a call of a codec before protocol 3.
            value = plain()
            if not PYTHON2 and protocol < 3:
                del value["bytes"]
            write(folder, "plain-" + stem, dumps(value, protocol))
            made["plain-" + stem] = decoded(value)
            if protocol in (0, pickle.HIGHEST_PROTOCOL):
                write(folder, "long-" + stem, dumps(long_list(), protocol))
                made["long-" + stem] = decoded(long_list())
    for protocol in sorted(set([0, 2, pickle.HIGHEST_PROTOCOL])):
        for name, value in sorted(refused().items()):
            data = pickle.dumps(value, protocol)
            write(folder, "refused-%s-%s-%d" % (name, version, protocol), data)
        write(folder, "refused-persistent-%s-%d" % (version, protocol), dump_persistent(protocol))
    return made


def first_forbidden(path):
    with open(path, "rb") as stream:
        for opcode, _, offset in pickletools.genops(stream.read()):
            if opcode.name in FORBIDDEN:
                return {"opcode": opcode.name, "offset": offset}
    return None


def main():
    default = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "golden", "pickle")
    folder = sys.argv[1] if len(sys.argv) > 1 else default
    if PYTHON2:
        made = write_samples(folder)
        print(json.dumps({"version": sys.version.split()[0], "made": made}))
        return
    if not os.path.isdir(folder):
        os.makedirs(folder)
    python2 = os.environ.get("PYTHON2", "python2.7")
    two = json.loads(subprocess.check_output([python2, __file__, folder]))
    files = write_samples(folder)
    files.update(two["made"])
    values = []
    for name in sorted(files):
        if files[name] not in values:
            values.append(files[name])
    expected = {
        "script": "scripts/make_pickle_samples.py",
        "versions": {"python2": two["version"], "python3": sys.version.split()[0]},
        "values": values,
        "plain": dict((name, values.index(files[name])) for name in sorted(files)),
        "refused": {},
    }
    for name in sorted(os.listdir(folder)):
        if name.startswith("refused-"):
            expected["refused"][name[:-2]] = first_forbidden(os.path.join(folder, name))
    with open(os.path.join(folder, "expected.json"), "w") as out:
        json.dump(expected, out, indent=1, sort_keys=True)
        out.write("\n")


if __name__ == "__main__":
    main()
