# SPDX-License-Identifier: LGPL-2.1-or-later
from __future__ import unicode_literals

P={'B': {'E': -0.5, 'M': -0.9}, 'E': {'B': -0.6, 'S': -0.8}, 'M': {'E': -0.3, 'M': -1.2}, 'S': {'B': -0.7, 'S': -0.65}}
