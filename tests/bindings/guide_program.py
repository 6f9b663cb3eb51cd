#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the program in C that a page of the documentation shows."""
import re
import sys

with open(sys.argv[1], encoding="utf-8") as page:
    print(re.search(r"^```c\n(.*?)^```$", page.read(), re.MULTILINE | re.DOTALL)[1], end="")
