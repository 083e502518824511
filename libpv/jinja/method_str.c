/* SPDX-License-Identifier: MIT
 *
 * The methods of str.
 */
#include "jinja/methods.h"

const pv_jinja_table pv_jinja_str_methods = { NULL, 0 };
const pv_jinja_table pv_jinja_int_methods = { NULL, 0 };
const pv_jinja_table pv_jinja_float_methods = { NULL, 0 };
