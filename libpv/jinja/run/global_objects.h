/* SPDX-License-Identifier: MIT
 *
 * What the globals cycler and joiner call.
 */
#ifndef PV_JINJA_GLOBAL_OBJECTS_H
#define PV_JINJA_GLOBAL_OBJECTS_H

#include "jinja/run/call.h"

pv_jinja_fn pv_jinja_make_cycler;
pv_jinja_fn pv_jinja_make_joiner;

#endif
