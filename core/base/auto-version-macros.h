/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#ifndef _AUTO_EXTERN
#define _AUTO_EXTERN __attribute__ ((visibility ("default"))) extern
#endif

/**
 * AUTO_AVAILABLE_IN_ALL:
 *
 * Marks a symbol that every version of the library has.
 */
#define AUTO_AVAILABLE_IN_ALL _AUTO_EXTERN

/**
 * AUTO_AVAILABLE_IN_1_0:
 *
 * Marks a symbol that the library has since version 1.0.
 */
#define AUTO_AVAILABLE_IN_1_0 _AUTO_EXTERN

/* What libauto exports for libauto-sdk and the command alone: no promise between versions, not introspected. */
#define AUTO_INTERNAL _AUTO_EXTERN
