#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the examples of a page of the documentation: what they print is what stands there.

Arguments: the page, the command, the page's C program, NAME=FOLDER for each folder that the examples name.
"""
import difflib
import doctest
import os
import re
import subprocess
import sys
import tempfile

import gi

gi.require_version("Auto", "1")
import gi.overrides  # noqa: E402

gi.overrides.__path__.insert(0, os.environ["AUTO_OVERRIDES"])


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def sessions(text):
    """The commands at the shell, and what each prints."""
    for block in blocks(text, "console"):
        for session in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            yield session.partition("\n")[::2]


class Examples:
    """Prints a line of TAP for each example."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, name, printed, expected):
        self.count += 1
        self.failed += printed != expected
        print("ok" if printed == expected else "not ok", self.count, name)
        for line in difflib.unified_diff(expected.splitlines(), printed.splitlines(), "page", "printed", lineterm=""):
            print("#", line)


def run(command, **keywords):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **keywords).stdout


def main(page, auto, program, *folders):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    examples = Examples()
    with tempfile.TemporaryDirectory() as place:
        for folder in folders:
            name, _, path = folder.partition("=")
            os.symlink(os.path.abspath(path), os.path.join(place, name))
        os.symlink(os.path.abspath(auto), os.path.join(place, "auto"))
        program = os.path.abspath(program)
        os.chdir(place)
        path = {**os.environ, "PATH": f"{place}:{os.environ['PATH']}"}
        for command, expected in sessions(text):
            examples.check("$ " + command.replace("#", "\\#"), run(["sh", "-c", command], env=path), expected)
        examples.check("C", run([program]), blocks(text, "text")[0])
        test = doctest.DocTestParser().get_doctest("\n".join(blocks(text, "pycon")), {}, "Python", page, 0)
        report = []
        result = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
        examples.check(f"{result.attempted} lines of Python", "".join(report), "")
    print(f"1..{examples.count}")
    return 1 if examples.failed or not result.attempted else 0


sys.exit(main(*sys.argv[1:]))
