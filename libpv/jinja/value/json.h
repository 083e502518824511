/* SPDX-License-Identifier: MIT
 *
 * JSON text as values: what contexts are made of. Unlike base/json.h it takes
 * integers of any size and lone surrogates, as Python's reader does.
 */
#ifndef PV_JINJA_JSON_H
#define PV_JINJA_JSON_H

#include "jinja/run/run.h"

/*
 * The value of one JSON document. Strings without escapes are borrowed from
 * the text. Of equal keys the last one counts. Raises ValueError, with the
 * place; PV_ELIMIT, PV_ENOMEM.
 */
int pv_jinja_read_json(pv_jinja_value *out, pv_jinja_run *run, const char *text,
		       size_t len);

#endif
