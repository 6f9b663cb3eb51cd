#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which rows of the reference's Auto classes work: the catalogue against what is installed and what has a golden.

  coverage.py --auto COMMAND --goldens FOLDER [--write FILE | --check FILE]

A row works when the installed plugins offer its class for its model type; a row of models needs a golden of the class
besides, which the golden tests compare with the reference; a tokenizer's class must be described by some plugin. --check fails
when FILE is not what would be written, or when an installed class has no golden.
"""
import argparse
import csv
import json
import os
import re
import subprocess
import sys
from collections import defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))


def catalogue():
    """[(door, model type, [classes])]"""
    with open(os.path.join(HERE, "auto-classes.tsv")) as f:
        return [(door, kind, classes.split(",")) for door, kind, classes in list(csv.reader(f, delimiter="\t"))[1:]]


def installed(command):
    """{(door, model type)} and {(model type, door): [classes]} that the plugins offer."""
    tasks = json.loads(subprocess.run([command, "inspect", "--tasks", "--json"], check=True, capture_output=True, text=True).stdout)
    plugins = json.loads(subprocess.run([command, "inspect", "--json"], check=True, capture_output=True, text=True).stdout)
    rows = {(door, kind) for door, kinds in tasks.items() for kind in kinds}
    classes = {}
    for plugin in plugins:
        for kind, doors in plugin["architectures"].items():
            rows.add(("AutoConfig", kind))
            for door, names in doors.items():
                classes[kind, door] = names
    return rows, classes


def is_model_door(door):
    return "AutoModel" in door


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--auto", required=True)
    parser.add_argument("--goldens", required=True)
    parser.add_argument("--plugins", help=argparse.SUPPRESS)
    parser.add_argument("--write")
    parser.add_argument("--check")
    args = parser.parse_args()

    rows, classes = installed(args.auto)
    goldens = {(kind, name.rsplit("-v", 1)[0]) for kind in os.listdir(args.goldens) if os.path.isdir(os.path.join(args.goldens, kind))
               for name in os.listdir(os.path.join(args.goldens, kind))}
    passed, total, by_type, unproven = 0, 0, defaultdict(lambda: [[], []]), []
    for door, kind, names in catalogue():
        works = (door, kind) in rows
        if works and is_model_door(door):
            plain = door.removeprefix("TF").removeprefix("Flax")
            missing = [n for n in classes.get((kind, plain), []) if (kind, n) not in goldens]
            if missing:
                works = False
                if plain == door:
                    unproven.append(f"{door} {kind}: no golden of {', '.join(missing)}")
        total += 1
        passed += works
        by_type[kind][not works].append(door)

    lines = ["# Coverage", "", "Made by `tests/catalogue/coverage.py`; not to be edited.", "",
             f"{passed} of the reference's {total} rows (Auto class, model type, class) work.", "",
             "| model type | works | open |", "|---|---|---|"]
    for kind in sorted(by_type):
        works, is_open = by_type[kind]
        lines.append(f"| {kind} | {', '.join(works) if works else ''} | {', '.join(is_open) if works else 'all'} |")
    text = "\n".join(lines) + "\n"
    if args.write:
        with open(args.write, "w") as f:
            f.write(text)
    print(f"{passed} of {total} rows work")
    print("\n".join(unproven), file=sys.stderr)
    stale = bool(args.check) and open(args.check).read() != text
    if stale:
        print(f"{args.check} is out of date: run coverage.py --write {args.check}", file=sys.stderr)
    sys.exit(bool(unproven) or stale)


main()
