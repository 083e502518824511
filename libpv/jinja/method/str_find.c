/* SPDX-License-Identifier: MIT
 *
 * Searching in strings: find, index, count, startswith, endswith, replace and
 * their kin. Positions are code points outside, bytes inside.
 */
#include "jinja/method/str_methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"
#include "jinja/value/unicode.h"

/* A part of a string: bytes [from, to), beginning at code point `start`. */
struct window {
	size_t from;
	size_t to;
	int64_t start;
	int is_outside; /* begins behind the end: not even '' is there */
};

static size_t byte_of(pv_jinja_value text, int64_t idx)
{
	return text.flags & PV_JINJA_ASCII
		       ? (size_t)idx
		       : pv_jinja_offset(text.u.s, text.len, (size_t)idx);
}

static int clamp_bound(int64_t *out, const pv_jinja_call *call, size_t idx,
		       int64_t len, int64_t fallback)
{
	pv_jinja_value bound = call->args[idx];

	*out = fallback;
	if (pv_jinja_is_absent(bound))
		return PV_OK;
	if (bound.type == PV_JINJA_BIG)
		bound = pv_jinja_int(pv_jinja_compare(call->run, PV_JINJA_LT,
						      bound, pv_jinja_int(0))
					     ? -len
					     : INT64_MAX);
	if (!pv_jinja_is_small(bound))
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "slice indices must be integers or None "
				      "or have an __index__ method");
	*out = bound.u.i < 0 ? bound.u.i + len : bound.u.i;
	if (*out < 0)
		*out = 0;
	return PV_OK;
}

/* Reads the bounds in args[1] and args[2]. */
static int read_window(struct window *out, const pv_jinja_call *call)
{
	const pv_jinja_value text = call->self;
	int64_t len;
	int64_t end;
	int rc;

	out->from = 0;
	out->to = text.len;
	out->start = 0;
	out->is_outside = 0;
	if (pv_jinja_is_absent(call->args[1]) && pv_jinja_is_absent(call->args[2]))
		return PV_OK;
	rc = pv_jinja_len(&len, call->run, text);
	if (rc >= 0)
		rc = clamp_bound(&out->start, call, 1, len, 0);
	if (rc >= 0)
		rc = clamp_bound(&end, call, 2, len, len);
	if (rc < 0)
		return rc;
	if (end > len)
		end = len;
	if (out->start > end) {
		out->is_outside = 1;
		return PV_OK;
	}
	out->from = byte_of(text, out->start);
	out->to = byte_of(text, end);
	return PV_OK;
}

/* The position of args[0] in the text, -1 when it is not there. */
static int locate(int64_t *out, const pv_jinja_call *call, int is_last)
{
	const pv_jinja_value text = call->self;
	const pv_jinja_value part = call->args[0];
	struct window window = { 0 };
	size_t at;
	int rc = pv_jinja_need_str(call->run, part, "must be str");

	*out = -1;
	if (rc >= 0)
		rc = read_window(&window, call);
	if (rc >= 0)
		rc = pv_jinja_spend(call->run, text.len / 64);
	if (rc < 0 || window.is_outside)
		return rc;
	at = is_last ? pv_jinja_rfind_bytes(text.u.s + window.from,
					    window.to - window.from, part.u.s,
					    part.len)
		     : pv_jinja_find_bytes(text.u.s + window.from,
					   window.to - window.from, part.u.s,
					   part.len);
	if (at == PV_JINJA_NOWHERE)
		return PV_OK;
	*out = window.start +
	       (int64_t)(text.flags & PV_JINJA_ASCII
				 ? at
				 : pv_jinja_count(text.u.s + window.from, at));
	return PV_OK;
}

int pv_jinja_str_find(pv_jinja_value *out, pv_jinja_call *call)
{
	int64_t at;
	int rc = locate(&at, call, 0);

	*out = pv_jinja_int(at);
	return rc;
}

int pv_jinja_str_rfind(pv_jinja_value *out, pv_jinja_call *call)
{
	int64_t at;
	int rc = locate(&at, call, 1);

	*out = pv_jinja_int(at);
	return rc;
}

static int found(pv_jinja_value *out, pv_jinja_call *call, int is_last)
{
	int64_t at;
	int rc = locate(&at, call, is_last);

	if (rc < 0)
		return rc;
	if (at < 0)
		return pv_jinja_raise(call->run, PV_JINJA_VALUE_ERROR,
				      "substring not found");
	*out = pv_jinja_int(at);
	return PV_OK;
}

int pv_jinja_str_index(pv_jinja_value *out, pv_jinja_call *call)
{
	return found(out, call, 0);
}

int pv_jinja_str_rindex(pv_jinja_value *out, pv_jinja_call *call)
{
	return found(out, call, 1);
}

static int64_t count_parts(const char *text, size_t len, pv_jinja_value part)
{
	int64_t count = 0;

	if (!part.len)
		return (int64_t)pv_jinja_count(text, len) + 1;
	for (;;) {
		size_t at = pv_jinja_find_bytes(text, len, part.u.s, part.len);

		if (at == PV_JINJA_NOWHERE)
			return count;
		count++;
		text += at + part.len;
		len -= at + part.len;
	}
}

int pv_jinja_str_count(pv_jinja_value *out, pv_jinja_call *call)
{
	struct window window = { 0 };
	int rc = pv_jinja_need_str(call->run, call->args[0], "must be str");

	if (rc >= 0)
		rc = read_window(&window, call);
	if (rc >= 0)
		rc = pv_jinja_spend(call->run, call->self.len / 64);
	if (rc < 0)
		return rc;
	*out = pv_jinja_int(window.is_outside
				    ? 0
				    : count_parts(call->self.u.s + window.from,
						  window.to - window.from,
						  call->args[0]));
	return PV_OK;
}

/* --- affixes ----------------------------------------------------------------------- */

static int has_affix(const char *text, size_t len, pv_jinja_value affix,
		     int is_suffix)
{
	if (affix.len > len)
		return 0;
	return !memcmp(is_suffix ? text + len - affix.len : text, affix.u.s,
		       affix.len);
}

static int test_affix(pv_jinja_value *out, pv_jinja_call *call, int is_suffix)
{
	const char *name = is_suffix ? "endswith" : "startswith";
	pv_jinja_value affix = call->args[0];
	const pv_jinja_value *items = &affix;
	size_t count = 1;
	struct window window = { 0 };
	int rc = read_window(&window, call);

	*out = pv_jinja_bool(0);
	if (rc < 0)
		return rc;
	if (affix.type == PV_JINJA_TUPLE) {
		items = affix.u.list->items;
		count = affix.u.list->count;
	} else if (affix.type != PV_JINJA_STR) {
		return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
				      "%s first arg must be str or a tuple of str, not %s",
				      name, pv_jinja_type_name(affix));
	}
	for (size_t i = 0; i < count; i++) {
		if (items[i].type != PV_JINJA_STR)
			return pv_jinja_raise(call->run, PV_JINJA_TYPE_ERROR,
					      "tuple for %s must only contain str, not %s",
					      name, pv_jinja_type_name(items[i]));
		if (!window.is_outside &&
		    has_affix(call->self.u.s + window.from,
			      window.to - window.from, items[i], is_suffix)) {
			*out = pv_jinja_bool(1);
			return PV_OK;
		}
	}
	return PV_OK;
}

int pv_jinja_str_startswith(pv_jinja_value *out, pv_jinja_call *call)
{
	return test_affix(out, call, 0);
}

int pv_jinja_str_endswith(pv_jinja_value *out, pv_jinja_call *call)
{
	return test_affix(out, call, 1);
}

int pv_jinja_str_removeprefix(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value text = call->self;
	int rc = pv_jinja_need_str(call->run, call->args[0],
				   "removeprefix() argument must be str");

	*out = text;
	if (rc >= 0 && has_affix(text.u.s, text.len, call->args[0], 0))
		*out = pv_jinja_part(text, call->args[0].len, text.len);
	return rc;
}

int pv_jinja_str_removesuffix(pv_jinja_value *out, pv_jinja_call *call)
{
	const pv_jinja_value text = call->self;
	int rc = pv_jinja_need_str(call->run, call->args[0],
				   "removesuffix() argument must be str");

	*out = text;
	if (rc >= 0 && has_affix(text.u.s, text.len, call->args[0], 1))
		*out = pv_jinja_part(text, 0, text.len - call->args[0].len);
	return rc;
}

/* --- replace ------------------------------------------------------------------------ */

/* Puts `with` before each character and at the end. */
static int interleave(pv_jinja_run *run, pv_jinja_value text,
		      pv_jinja_value with, uint64_t count)
{
	size_t mark = pv_jinja_begin(run);
	size_t at = 0;

	for (;;) {
		size_t size;
		int rc = PV_OK;

		if (count) {
			count--;
			rc = pv_jinja_expect(run, mark, with.len);
			pv_jinja_owe(run, 1);
			pv_buf_put(&run->scratch, with.u.s, with.len);
		}
		if (rc < 0 || at >= text.len)
			return rc;
		size = pv_jinja_sequence((unsigned char)text.u.s[at]);
		pv_buf_put(&run->scratch, text.u.s + at, size);
		at += size;
	}
}

static int substitute(pv_jinja_run *run, pv_jinja_value text,
		      const pv_jinja_value pair[2], uint64_t count)
{
	size_t mark = pv_jinja_begin(run);
	size_t from = 0;

	for (; count; count--) {
		size_t at = pv_jinja_find_bytes(text.u.s + from, text.len - from,
						pair[0].u.s, pair[0].len);
		int rc;

		if (at == PV_JINJA_NOWHERE)
			break;
		rc = pv_jinja_expect(run, mark, at + pair[1].len);
		if (rc == PV_OK)
			rc = pv_jinja_spend(run, 1);
		if (rc < 0)
			return rc;
		pv_buf_put(&run->scratch, text.u.s + from, at);
		pv_buf_put(&run->scratch, pair[1].u.s, pair[1].len);
		from += at + pair[0].len;
	}
	pv_buf_put(&run->scratch, text.u.s + from, text.len - from);
	return PV_OK;
}

int pv_jinja_replace_text(pv_jinja_value *out, pv_jinja_run *run,
			  pv_jinja_value text, const pv_jinja_value pair[2],
			  int64_t count)
{
	size_t mark = pv_jinja_begin(run);
	uint64_t most = count < 0 ? UINT64_MAX : (uint64_t)count;
	int rc = pv_jinja_spend(run, 1 + text.len / 64);

	if (rc < 0)
		return rc;
	rc = pair[0].len ? substitute(run, text, pair, most)
			 : interleave(run, text, pair[1], most);
	return rc < 0 ? rc
		      : pv_jinja_finish(out, run, mark,
					text.flags & PV_JINJA_MARKUP);
}

int pv_jinja_str_replace(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_value pair[2] = { call->args[0], call->args[1] };
	int64_t count;
	int rc = pv_jinja_need_str(call->run, pair[0],
				   "replace() argument 1 must be str");

	if (rc >= 0 && pv_jinja_is_markup(call->self))
		rc = pv_jinja_escape(&pair[1], call->run, pair[1]);
	if (rc >= 0)
		rc = pv_jinja_need_str(call->run, pair[1],
				       "replace() argument 2 must be str");
	if (rc >= 0)
		rc = pv_jinja_int_arg(&count, call, 2, -1);
	return rc < 0 ? rc
		      : pv_jinja_replace_text(out, call->run, call->self, pair,
					      count);
}
