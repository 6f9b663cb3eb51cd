#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes auto.h: includes of all public headers, given by their paths below a root folder."""
import os
import sys

print("/* SPDX-License-Identifier: LGPL-2.1-or-later */\n#pragma once\n")
for path in sorted([os.path.relpath(path, sys.argv[1]) for path in sys.argv[2:]] + ["core/auto/auto-tasks.h"]):
    print(f'#include "{path}"')
