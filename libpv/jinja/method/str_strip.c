/* SPDX-License-Identifier: MIT
 *
 * strip, lstrip, rstrip.
 */
#include "jinja/method/str_methods.h"
#include "jinja/parse/letters.h"
#include "jinja/run/argument.h"
#include "jinja/value/unicode.h"

/* Whether the character at text[at..at+size) is one to strip. */
static int is_stripped(pv_jinja_value text, size_t at, size_t size,
		       pv_jinja_value chars)
{
	if (chars.type != PV_JINJA_STR) {
		if (size == 1)
			return pv_jinja_is_space((unsigned char)text.u.s[at]);
		return pv_jinja_is_space(
			pv_jinja_decode(text.u.s + at, size, &size));
	}
	if (size == 1)
		return chars.len &&
		       memchr(chars.u.s, text.u.s[at], chars.len) != NULL;
	return pv_jinja_find_bytes(chars.u.s, chars.len, text.u.s + at, size) !=
	       PV_JINJA_NOWHERE;
}

pv_jinja_value pv_jinja_strip_text(pv_jinja_value text, pv_jinja_value chars,
				   int sides)
{
	size_t from = 0;
	size_t to = text.len;

	while ((sides & PV_JINJA_LEFT) && from < to) {
		size_t size = pv_jinja_sequence((unsigned char)text.u.s[from]);

		if (!is_stripped(text, from, size, chars))
			break;
		from += size;
	}
	while ((sides & PV_JINJA_RIGHT) && to > from) {
		size_t at = to;

		do
			at--;
		while (at > from && ((unsigned char)text.u.s[at] & 0xC0) == 0x80);
		if (!is_stripped(text, at, to - at, chars))
			break;
		to = at;
	}
	return pv_jinja_part(text, from, to);
}

int pv_jinja_strip_check(pv_jinja_run *run, pv_jinja_value chars, const char *name)
{
	return chars.type == PV_JINJA_STR
		       ? PV_OK
		       : pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
					"%s arg must be None or str", name);
}

static int strip(pv_jinja_value *out, pv_jinja_call *call, int sides,
		 const char *name)
{
	const pv_jinja_value chars = call->args[0];
	int rc = PV_OK;

	if (!pv_jinja_is_absent(chars))
		rc = pv_jinja_strip_check(call->run, chars, name);
	if (rc >= 0)
		*out = pv_jinja_strip_text(call->self, chars, sides);
	return rc;
}

int pv_jinja_str_strip(pv_jinja_value *out, pv_jinja_call *call)
{
	return strip(out, call, PV_JINJA_LEFT | PV_JINJA_RIGHT, "strip");
}

int pv_jinja_str_lstrip(pv_jinja_value *out, pv_jinja_call *call)
{
	return strip(out, call, PV_JINJA_LEFT, "lstrip");
}

int pv_jinja_str_rstrip(pv_jinja_value *out, pv_jinja_call *call)
{
	return strip(out, call, PV_JINJA_RIGHT, "rstrip");
}
