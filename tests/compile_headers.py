#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compiles each header alone, as C and as C++. Arguments: source root, build root, headers."""
import os
import shlex
import subprocess
import sys


def main():
    source, build, *headers = sys.argv[1:]
    flags = subprocess.run(["pkg-config", "--cflags", "gio-2.0", "json-glib-1.0"], check=True, capture_output=True, text=True).stdout.split()
    compilers = {"c": shlex.split(os.environ.get("CC", "cc")), "c++": shlex.split(os.environ.get("CXX", "c++"))}
    failed = 0
    print(f"1..{2 * len(headers)}", flush=True)
    for i, (header, language) in enumerate(((h, l) for h in headers for l in compilers), 1):
        done = subprocess.run([*compilers[language], "-x", language, "-fsyntax-only", "-Wall", "-Werror", f"-I{source}", f"-I{build}", *flags,
                               "-include", os.path.abspath(header), "/dev/null"], capture_output=True, text=True)
        failed += done.returncode != 0
        print(f"{'not ok' if done.returncode else 'ok'} {i} {os.path.basename(header)} as {language}", flush=True)
        for line in done.stderr.splitlines()[:5]:
            print(f"# {line}")
    sys.exit(failed > 0)


main()
