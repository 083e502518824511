/* SPDX-License-Identifier: MIT
 *
 * Taking strings apart and joining them. The parts borrow from the string,
 * and are Markup if it is.
 */
#include "jinja/method/str_methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"
#include "jinja/value/unicode.h"

/* Bytes of the blank at `at`, or 0. */
static size_t space_at(pv_jinja_value text, size_t at)
{
	size_t size;
	uint32_t c = pv_jinja_decode(text.u.s + at, text.len - at, &size);

	if (c < 0x80)
		return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
	return pv_jinja_char_flags(c) & PV_JINJA_CHAR_SPACE ? size : 0;
}

static size_t space_before(pv_jinja_value text, size_t at)
{
	size_t start = at;

	do
		start--;
	while (start && ((unsigned char)text.u.s[start] & 0xC0) == 0x80);
	return space_at(text, start);
}

static int add_part(pv_jinja_run *run, pv_jinja_list *list, pv_jinja_value text,
		    size_t from, size_t to)
{
	int rc = pv_jinja_spend(run, 1);

	return rc < 0 ? rc
		      : pv_jinja_list_add(run, list,
					  pv_jinja_part(text, from, to));
}

static size_t skip_spaces(pv_jinja_value text, size_t at)
{
	while (at < text.len) {
		size_t size = space_at(text, at);

		if (!size)
			break;
		at += size;
	}
	return at;
}

static size_t skip_spaces_back(pv_jinja_value text, size_t at)
{
	while (at) {
		size_t size = space_before(text, at);

		if (!size)
			break;
		at -= size;
	}
	return at;
}

static int split_blanks(pv_jinja_run *run, pv_jinja_list *list,
			pv_jinja_value text, uint64_t most)
{
	size_t at = skip_spaces(text, 0);
	int rc = PV_OK;

	while (at < text.len && rc >= 0) {
		size_t end = at;

		/* The rest keeps the blanks at its end. */
		if (!most--)
			return add_part(run, list, text, at, text.len);
		while (end < text.len && !space_at(text, end))
			end += pv_jinja_sequence((unsigned char)text.u.s[end]);
		rc = add_part(run, list, text, at, end);
		at = skip_spaces(text, end);
	}
	return rc;
}

/* Parts are added from the end; the caller turns them around. */
static int rsplit_blanks(pv_jinja_run *run, pv_jinja_list *list,
			 pv_jinja_value text, uint64_t most)
{
	size_t end = skip_spaces_back(text, text.len);
	int rc = PV_OK;

	while (end && rc >= 0) {
		size_t at = end;

		if (!most--)
			return add_part(run, list, text, 0, end);
		do
			at--;
		while (at && (((unsigned char)text.u.s[at] & 0xC0) == 0x80 ||
			      !space_before(text, at)));
		rc = add_part(run, list, text, at, end);
		end = skip_spaces_back(text, at);
	}
	return rc;
}

static int split_by(pv_jinja_run *run, pv_jinja_list *list, pv_jinja_value text,
		    pv_jinja_value by, uint64_t most)
{
	size_t from = 0;

	for (; most; most--) {
		size_t at = pv_jinja_find_bytes(text.u.s + from,
						text.len - from, by.u.s, by.len);
		int rc;

		if (at == PV_JINJA_NOWHERE)
			break;
		rc = add_part(run, list, text, from, from + at);
		if (rc < 0)
			return rc;
		from += at + by.len;
	}
	return add_part(run, list, text, from, text.len);
}

static int rsplit_by(pv_jinja_run *run, pv_jinja_list *list,
		     pv_jinja_value text, pv_jinja_value by, uint64_t most)
{
	size_t end = text.len;

	for (; most; most--) {
		size_t at = pv_jinja_rfind_bytes(text.u.s, end, by.u.s, by.len);
		int rc;

		if (at == PV_JINJA_NOWHERE)
			break;
		rc = add_part(run, list, text, at + by.len, end);
		if (rc < 0)
			return rc;
		end = at;
	}
	return add_part(run, list, text, 0, end);
}

static void turn_around(pv_jinja_list *list)
{
	for (size_t i = 0; i < list->count / 2; i++) {
		pv_jinja_value first = list->items[i];

		list->items[i] = list->items[list->count - 1 - i];
		list->items[list->count - 1 - i] = first;
	}
}

static int split(pv_jinja_value *out, pv_jinja_call *call, int is_last)
{
	pv_jinja_run *run = call->run;
	const pv_jinja_value by = call->args[0];
	pv_jinja_list *list;
	int64_t count;
	uint64_t most;
	int rc = PV_OK;

	if (!pv_jinja_is_absent(by))
		rc = pv_jinja_need_str(run, by, "must be str or None");
	if (rc >= 0)
		rc = pv_jinja_int_arg(&count, call, 1, -1);
	if (rc >= 0 && by.type == PV_JINJA_STR && !by.len)
		return pv_jinja_raise(run, PV_JINJA_VALUE_ERROR,
				      "empty separator");
	if (rc >= 0)
		rc = pv_jinja_spend(run, call->self.len / 64);
	if (rc >= 0)
		rc = pv_jinja_list_new(&list, run, 0);
	if (rc < 0)
		return rc;
	most = count < 0 ? UINT64_MAX : (uint64_t)count;
	if (pv_jinja_is_absent(by))
		rc = is_last ? rsplit_blanks(run, list, call->self, most)
			     : split_blanks(run, list, call->self, most);
	else
		rc = is_last ? rsplit_by(run, list, call->self, by, most)
			     : split_by(run, list, call->self, by, most);
	if (is_last)
		turn_around(list);
	*out = pv_jinja_list_value(list);
	return rc;
}

int pv_jinja_str_split(pv_jinja_value *out, pv_jinja_call *call)
{
	return split(out, call, 0);
}

int pv_jinja_str_rsplit(pv_jinja_value *out, pv_jinja_call *call)
{
	return split(out, call, 1);
}

/* --- lines --------------------------------------------------------------------------- */

/* Bytes of the line break at `at`, or 0. */
static size_t break_at(pv_jinja_value text, size_t at)
{
	size_t size;
	uint32_t c = pv_jinja_decode(text.u.s + at, text.len - at, &size);

	if (c == '\r')
		return at + 1 < text.len && text.u.s[at + 1] == '\n' ? 2 : 1;
	if (c < 0x80)
		return (c >= 10 && c <= 12) || (c >= 28 && c <= 30);
	return pv_jinja_char_flags(c) & PV_JINJA_CHAR_LINE_BREAK ? size : 0;
}

int pv_jinja_split_lines(pv_jinja_list **out, pv_jinja_run *run,
			 pv_jinja_value text, int keeps_ends)
{
	pv_jinja_list *list;
	size_t from = 0;
	int rc = pv_jinja_list_new(&list, run, 0);

	if (rc >= 0)
		rc = pv_jinja_spend(run, text.len / 64);
	for (size_t at = 0; rc >= 0 && at < text.len;) {
		size_t size = break_at(text, at);

		if (!size) {
			at += pv_jinja_sequence((unsigned char)text.u.s[at]);
			continue;
		}
		rc = add_part(run, list, text, from, keeps_ends ? at + size : at);
		at += size;
		from = at;
	}
	if (rc >= 0 && from < text.len)
		rc = add_part(run, list, text, from, text.len);
	if (rc >= 0)
		*out = list;
	return rc;
}

int pv_jinja_str_splitlines(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_list *list;
	int rc = pv_jinja_int_flag(call, 0);

	if (rc >= 0)
		rc = pv_jinja_split_lines(&list, call->run, call->self, rc);
	if (rc >= 0)
		*out = pv_jinja_list_value(list);
	return rc;
}

/* --- partitions ------------------------------------------------------------------------ */

static int partition(pv_jinja_value *out, pv_jinja_call *call, int is_last)
{
	const pv_jinja_value text = call->self;
	const pv_jinja_value by = call->args[0];
	pv_jinja_list *parts;
	size_t at;
	int rc = pv_jinja_need_str(call->run, by, "must be str");

	if (rc >= 0 && !by.len)
		return pv_jinja_raise(call->run, PV_JINJA_VALUE_ERROR,
				      "empty separator");
	if (rc >= 0)
		rc = pv_jinja_list_new(&parts, call->run, 3);
	if (rc < 0)
		return rc;
	at = is_last ? pv_jinja_rfind_bytes(text.u.s, text.len, by.u.s, by.len)
		     : pv_jinja_find_bytes(text.u.s, text.len, by.u.s, by.len);
	parts->count = 3;
	parts->items[0] = parts->items[1] = parts->items[2] =
		pv_jinja_part(text, 0, 0);
	if (at == PV_JINJA_NOWHERE) {
		parts->items[is_last ? 2 : 0] = text;
	} else {
		parts->items[0] = pv_jinja_part(text, 0, at);
		parts->items[1] = pv_jinja_part(text, at, at + by.len);
		parts->items[2] = pv_jinja_part(text, at + by.len, text.len);
	}
	*out = pv_jinja_tuple_value(parts);
	return PV_OK;
}

int pv_jinja_str_partition(pv_jinja_value *out, pv_jinja_call *call)
{
	return partition(out, call, 0);
}

int pv_jinja_str_rpartition(pv_jinja_value *out, pv_jinja_call *call)
{
	return partition(out, call, 1);
}

/* --- join ------------------------------------------------------------------------------- */

static int join_items(pv_jinja_run *run, const pv_jinja_list *items,
		      pv_jinja_value separator)
{
	const int is_markup = pv_jinja_is_markup(separator);
	size_t mark = pv_jinja_begin(run);
	int rc = PV_OK;

	for (size_t i = 0; i < items->count && rc >= 0; i++) {
		pv_jinja_value item = items->items[i];

		if (!is_markup && item.type != PV_JINJA_STR)
			return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
					      "sequence item %zu: expected str instance, %s "
					      "found",
					      i, pv_jinja_type_name(item));
		if (i) {
			rc = pv_jinja_expect(run, mark, separator.len);
			pv_buf_put(&run->scratch, separator.u.s, separator.len);
		}
		if (rc >= 0)
			rc = pv_jinja_put_str(&run->scratch, run, item,
					      is_markup);
	}
	return rc;
}

int pv_jinja_str_join(pv_jinja_value *out, pv_jinja_call *call)
{
	pv_jinja_run *run = call->run;
	const int is_markup = pv_jinja_is_markup(call->self);
	pv_jinja_list *items;
	size_t mark;
	int rc = pv_jinja_to_list(&items, run, call->args[0]);

	if (!is_markup && call->args[0].type != PV_JINJA_ITER &&
	    pv_jinja_catch(run, rc, PV_JINJA_TYPE_ERROR))
		return pv_jinja_raise(run, PV_JINJA_TYPE_ERROR,
				      "can only join an iterable");
	if (rc < 0)
		return rc;
	mark = pv_jinja_begin(run);
	rc = join_items(run, items, call->self);
	return rc < 0 ? rc
		      : pv_jinja_finish(out, run, mark,
					is_markup ? PV_JINJA_MARKUP : 0);
}
