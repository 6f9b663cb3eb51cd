/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "auto-ops-linear.h"
#include "auto-ops-arith.h"
#include "auto-ops-shape.h"
#include "auto-ops-reduce.h"
#include "auto-ops-index.h"
#include "auto-ops-conv.h"
#include "auto-ops-attention.h"
