#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the folders promise: no architecture is named outside of plugins/, and every file says its licence.

Argument: the root of the sources. The names are the model types of the plugins' own descriptors.
"""
import os
import re
import sys

ROOT = sys.argv[1]
# Words that are model types and something else as well
ORDINARY = {"bit", "time", "flava"}
failed = 0


def check(number, name, problems):
    global failed
    failed += bool(problems)
    print(f"{'not ok' if problems else 'ok'} {number} {name}")
    for problem in problems[:20]:
        print(f"# {problem}")


def sources(*folders):
    for folder in folders:
        for path, _, files in os.walk(os.path.join(ROOT, folder)):
            for name in files:
                if name.endswith((".c", ".h", ".py", ".build", ".txt")):
                    yield os.path.join(path, name)


def model_types():
    types = set()
    for path in sources("plugins"):
        types.update(re.findall(r'AUTO_ARCHITECTURE \("([^"]+)"', open(path, encoding="utf-8").read()))
    return types - ORDINARY


def main():
    quoted = re.compile("|".join(f'"{re.escape(kind)}"' for kind in sorted(model_types())))
    named = []
    for path in sources("core", "registry", "sdk"):
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            if quoted.search(line):
                named.append(f"{os.path.relpath(path, ROOT)}:{number}: {line.strip()}")
    unlicensed = [os.path.relpath(path, ROOT) for path in sources("core", "registry", "sdk", "plugins", "tools", "tests", "bindings", "examples")
                  if path.endswith((".c", ".h", ".py", ".build")) and "SPDX-License-Identifier" not in open(path, encoding="utf-8", errors="replace").read(400)]
    print("1..2")
    check(1, "no architecture is named in core, registry or sdk", named)
    check(2, "every file says its licence", unlicensed)
    sys.exit(failed > 0)


main()
