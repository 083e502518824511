/* SPDX-License-Identifier: MIT
 *
 * Values as users give them to "git pv edit": a word of the command line, or
 * the text of a file.
 */
#ifndef PV_CMD_VALUE_H
#define PV_CMD_VALUE_H

#include <pv/buf.h>

/*
 * Appends the JSON of a value on the command line: what it is in JSON or YAML
 * when the whole of it is a number, a boolean, null, a quoted text or a [..]
 * or {..}, else the text itself. PV_EINVALID for a number JSON does not have.
 */
int value_json(pv_buf *out, const char *value, pv_error *err);

/*
 * Makes the text of a file that of a value: without a byte order mark, each
 * line ended by LF.
 */
void value_from_file(pv_buf *text);

#endif
