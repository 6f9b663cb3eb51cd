# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the model of small_model.py into the folder of the argument."""
import os
import sys

import gi

gi.require_version("Auto", "1")
import gi.overrides  # noqa: E402

gi.overrides.__path__.insert(0, os.environ["AUTO_OVERRIDES"])
from gi.repository import Auto  # noqa: E402

import small_model  # noqa: E402

os.makedirs(sys.argv[1], exist_ok=True)
small_model.write(Auto, sys.argv[1])
