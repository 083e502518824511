/* SPDX-License-Identifier: MIT
 *
 * The pprint filter: Python's pprint at a width of 80. What fits the rest of a
 * line is printed as repr() with sorted keys; containers that do not are laid
 * out one item a line, long strings in pieces.
 */
#include "jinja/filter/filters.h"
#include "jinja/method/str_methods.h"
#include "jinja/run/argument.h"
#include "jinja/value/build.h"
#include "jinja/value/sort.h"
#include "jinja/value/unicode.h"

enum {
	WIDTH = 80
};

struct room {
	int64_t indent;
	int64_t allowance; /* columns that must stay free at the end */
	int level;         /* 0 at the top */
};

/* --- on one line ------------------------------------------------------------------------ */

static int put_flat(pv_jinja_run *run, pv_jinja_value value);

static int put_flat_items(pv_jinja_run *run, const pv_jinja_list *list)
{
	int rc = PV_OK;

	for (size_t i = 0; i < list->count && rc >= 0; i++) {
		if (i)
			pv_buf_puts(&run->scratch, ", ");
		rc = put_flat(run, list->items[i]);
	}
	return rc;
}

/* Keys that cannot be compared are ordered by their type's name. */
static int order_key(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value key)
{
	*out = pv_jinja_text(pv_jinja_is_number(key) ? "int"
						     : pv_jinja_type_name(key));
	return pv_jinja_pair(out, run, *out, key);
}

static int sorted_entries(pv_jinja_list **keys, pv_jinja_list **values,
			  pv_jinja_run *run, const pv_jinja_dict *dict)
{
	pv_jinja_list *order = NULL;
	int rc;

	*keys = *values = NULL;
	rc = pv_jinja_list_new(keys, run, dict->count);

	if (rc >= 0)
		rc = pv_jinja_list_new(values, run, dict->count);
	if (rc >= 0)
		rc = pv_jinja_list_new(&order, run, dict->count);
	for (size_t i = 0; rc >= 0 && i < dict->used; i++) {
		pv_jinja_value pair;
		pv_jinja_value key = dict->entries[i].key;

		if (pv_jinja_is_missing(key))
			continue;
		rc = order_key(&pair, run, key);
		if (rc >= 0)
			rc = pv_jinja_list_add(run, order, pair);
		if (rc >= 0)
			rc = pv_jinja_pair(&pair, run, key,
					   dict->entries[i].value);
		if (rc >= 0)
			rc = pv_jinja_list_add(run, *values, pair);
	}
	if (rc < 0 || !order || !*values)
		return rc;
	rc = pv_jinja_sort(run, (*values)->items, order->items, order->count, 0);
	if (pv_jinja_catch(run, rc, PV_JINJA_TYPE_ERROR))
		rc = PV_OK;
	for (size_t i = 0; rc >= 0 && i < (*values)->count; i++) {
		pv_jinja_list *pair = (*values)->items[i].u.list;

		rc = pv_jinja_list_add(run, *keys, pair->items[0]);
		(*values)->items[i] = pair->items[1];
	}
	return rc;
}

static int put_flat_entries(pv_jinja_run *run, const pv_jinja_dict *dict)
{
	pv_jinja_list *keys;
	pv_jinja_list *values;
	int rc = sorted_entries(&keys, &values, run, dict);

	for (size_t i = 0; rc >= 0 && i < keys->count; i++) {
		if (i)
			pv_buf_puts(&run->scratch, ", ");
		rc = put_flat(run, keys->items[i]);
		pv_buf_puts(&run->scratch, ": ");
		if (rc >= 0)
			rc = put_flat(run, values->items[i]);
	}
	return rc;
}

static int is_group(pv_jinja_value value)
{
	return value.type == PV_JINJA_TUPLE && (value.flags & PV_JINJA_GROUP);
}

static int is_container(pv_jinja_value value)
{
	return (value.type == PV_JINJA_LIST || value.type == PV_JINJA_TUPLE ||
		value.type == PV_JINJA_DICT) &&
	       !is_group(value);
}

/* Enters a container: 1, 0 when it is inside itself, or a failure. */
static int enter(pv_jinja_run *run, pv_jinja_visit *visit, pv_jinja_value value)
{
	int rc;

	if (pv_jinja_is_visited(run, value.u.list)) {
		pv_buf_printf(&run->scratch, "<Recursion on %s>",
			      pv_jinja_type_name(value));
		return 0;
	}
	visit->container = value.u.list;
	visit->outer = run->visits;
	rc = pv_jinja_enter_value(run);
	if (rc < 0)
		return rc;
	run->visits = visit;
	return 1;
}

static void leave(pv_jinja_run *run, const pv_jinja_visit *visit)
{
	run->visits = visit->outer;
	pv_jinja_leave_value(run);
}

static const char *opening(pv_jinja_value value)
{
	return value.type == PV_JINJA_LIST    ? "["
	       : value.type == PV_JINJA_TUPLE ? "("
					      : "{";
}

static const char *closing(pv_jinja_value value)
{
	if (value.type == PV_JINJA_TUPLE)
		return value.u.list->count == 1 ? ",)" : ")";
	return value.type == PV_JINJA_LIST ? "]" : "}";
}

static int put_flat(pv_jinja_run *run, pv_jinja_value value)
{
	pv_jinja_visit visit;
	int rc = pv_jinja_spend(run, 1);

	if (rc < 0)
		return rc;
	if (!is_container(value))
		return pv_jinja_put_repr(&run->scratch, run, value);
	rc = enter(run, &visit, value);
	if (rc <= 0)
		return rc;
	pv_buf_puts(&run->scratch, opening(value));
	rc = value.type == PV_JINJA_DICT ? put_flat_entries(run, value.u.dict)
					 : put_flat_items(run, value.u.list);
	pv_buf_puts(&run->scratch, closing(value));
	leave(run, &visit);
	return rc;
}

/* The text put_flat makes, as a str, and its columns. */
static int make_flat(pv_jinja_value *out, int64_t *columns, pv_jinja_run *run,
		     pv_jinja_value value)
{
	size_t mark = pv_jinja_begin(run);
	int rc = put_flat(run, value);

	if (rc >= 0)
		rc = pv_jinja_finish(out, run, mark, 0);
	return rc < 0 ? rc : pv_jinja_len(columns, run, *out);
}

/* --- long strings ------------------------------------------------------------------------- */

struct chunks {
	pv_jinja_run *run;
	pv_jinja_list *list; /* reprs */
	int64_t width;
	int64_t allowance;
};

static int add_chunk(struct chunks *chunks, pv_jinja_value text)
{
	pv_jinja_value flat;
	int64_t columns;
	int rc = make_flat(&flat, &columns, chunks->run, text);

	return rc < 0 ? rc : pv_jinja_list_add(chunks->run, chunks->list, flat);
}

/* Bytes of the word at `at` and the blanks behind it. */
static size_t part_size(pv_jinja_value line, size_t at)
{
	size_t start = at;
	int in_blanks = 0;

	while (at < line.len) {
		size_t size;
		uint32_t c = pv_jinja_decode(line.u.s + at, line.len - at, &size);
		int is_blank =
			(pv_jinja_char_flags(c) & PV_JINJA_CHAR_SPACE) != 0;

		if (in_blanks && !is_blank)
			break;
		in_blanks = is_blank;
		at += size;
	}
	return at - start;
}

/* Breaks a line between words so that each piece's repr fits. */
static int add_words(struct chunks *chunks, pv_jinja_value line, int is_last)
{
	int64_t width = chunks->width;
	size_t from = 0;
	size_t at = 0;
	int rc = PV_OK;

	while (at < line.len && rc >= 0) {
		size_t end = at + part_size(line, at);
		pv_jinja_value flat;
		int64_t columns;

		if (end >= line.len && is_last)
			width -= chunks->allowance;
		rc = make_flat(&flat, &columns, chunks->run,
			       pv_jinja_part(line, from, end));
		if (rc >= 0 && columns > width) {
			if (at > from)
				rc = add_chunk(chunks,
					       pv_jinja_part(line, from, at));
			from = at;
		}
		at = end;
	}
	if (rc >= 0 && from < line.len)
		rc = add_chunk(chunks, pv_jinja_part(line, from, line.len));
	return rc;
}

static int add_lines(struct chunks *chunks, const pv_jinja_list *lines)
{
	int64_t width = chunks->width;
	int rc = PV_OK;

	for (size_t i = 0; i < lines->count && rc >= 0; i++) {
		const int is_last = i + 1 == lines->count;
		pv_jinja_value flat;
		int64_t columns;

		if (is_last)
			width -= chunks->allowance;
		rc = make_flat(&flat, &columns, chunks->run, lines->items[i]);
		if (rc >= 0)
			rc = columns <= width
				     ? pv_jinja_list_add(chunks->run,
							 chunks->list, flat)
				     : add_words(chunks, lines->items[i],
						 is_last);
	}
	return rc;
}

static int put_text(pv_jinja_run *run, pv_jinja_value text, struct room room)
{
	struct chunks chunks = { .run = run };
	pv_jinja_list *lines;
	int rc = pv_jinja_split_lines(&lines, run, text, 1);

	if (!room.level) {
		room.indent++;
		room.allowance++;
	}
	chunks.width = WIDTH - room.indent;
	chunks.allowance = room.allowance;
	if (rc >= 0)
		rc = pv_jinja_list_new(&chunks.list, run, 4);
	if (rc >= 0)
		rc = add_lines(&chunks, lines);
	if (rc < 0)
		return rc;
	if (chunks.list->count == 1)
		return put_flat(run, lines->items[lines->count - 1]);
	if (!room.level)
		pv_buf_putc(&run->scratch, '(');
	for (size_t i = 0; i < chunks.list->count && rc >= 0; i++) {
		if (i) {
			pv_buf_putc(&run->scratch, '\n');
			rc = pv_jinja_pad(run, ' ', (uint64_t)room.indent);
		}
		pv_buf_put(&run->scratch, chunks.list->items[i].u.s,
			   chunks.list->items[i].len);
	}
	if (!room.level)
		pv_buf_putc(&run->scratch, ')');
	return rc;
}

/* --- on many lines --------------------------------------------------------------------------- */

static int put_value(pv_jinja_run *run, pv_jinja_value value, struct room room);

static int put_break(pv_jinja_run *run, int64_t indent)
{
	pv_buf_puts(&run->scratch, ",\n");
	return pv_jinja_pad(run, ' ', (uint64_t)indent);
}

static int put_items(pv_jinja_run *run, const pv_jinja_list *list,
		     struct room room)
{
	struct room inner = { room.indent + 1, 1, room.level + 1 };
	int rc = PV_OK;

	for (size_t i = 0; i < list->count && rc >= 0; i++) {
		if (i)
			rc = put_break(run, inner.indent);
		if (i + 1 == list->count)
			inner.allowance = room.allowance;
		if (rc >= 0)
			rc = put_value(run, list->items[i], inner);
	}
	return rc;
}

static int put_entries(pv_jinja_run *run, const pv_jinja_dict *dict,
		       struct room room)
{
	pv_jinja_list *keys;
	pv_jinja_list *values;
	int rc = sorted_entries(&keys, &values, run, dict);

	for (size_t i = 0; rc >= 0 && i < keys->count; i++) {
		struct room inner = { room.indent + 1, 1, room.level + 1 };
		pv_jinja_value key;
		int64_t columns;

		if (i)
			rc = put_break(run, inner.indent);
		if (rc >= 0)
			rc = make_flat(&key, &columns, run, keys->items[i]);
		if (rc < 0)
			break;
		pv_buf_put(&run->scratch, key.u.s, key.len);
		pv_buf_puts(&run->scratch, ": ");
		inner.indent += columns + 2;
		if (i + 1 == keys->count)
			inner.allowance = room.allowance;
		rc = put_value(run, values->items[i], inner);
	}
	return rc;
}

static int put_container(pv_jinja_run *run, pv_jinja_value value, struct room room)
{
	pv_jinja_visit visit;
	int rc = enter(run, &visit, value);

	if (rc <= 0)
		return rc;
	pv_buf_puts(&run->scratch, opening(value));
	room.allowance += (int64_t)strlen(closing(value));
	rc = value.type == PV_JINJA_DICT ? put_entries(run, value.u.dict, room)
					 : put_items(run, value.u.list, room);
	pv_buf_puts(&run->scratch, closing(value));
	leave(run, &visit);
	return rc;
}

static int put_value(pv_jinja_run *run, pv_jinja_value value, struct room room)
{
	pv_jinja_value flat;
	int64_t columns;
	int rc = make_flat(&flat, &columns, run, value);

	if (rc < 0)
		return rc;
	if (columns > WIDTH - room.indent - room.allowance) {
		if (is_container(value))
			return put_container(run, value, room);
		if (pv_jinja_is_str(value) && !pv_jinja_is_markup(value) &&
		    value.len)
			return put_text(run, value, room);
	}
	pv_buf_put(&run->scratch, flat.u.s, flat.len);
	return PV_OK;
}

int pv_jinja_filter_pprint(pv_jinja_value *out, pv_jinja_call *call)
{
	const struct room room = { 0, 0, 0 };
	size_t mark = pv_jinja_begin(call->run);
	int rc = put_value(call->run, call->args[0], room);

	return rc < 0 ? rc : pv_jinja_finish(out, call->run, mark, 0);
}
