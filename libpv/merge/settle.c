/* SPDX-License-Identifier: MIT
 *
 * Settling conflicts: the lines between the markers of a field give way to
 * what was chosen, and no other byte changes.
 */
#include "merge/settle.h"

#include <string.h>

#include "base/fail.h"
#include "base/json.h"

int pv_settling_is_picked(const pv_settling *s, size_t idx)
{
	return !s->how->field ||
	       pv_unmerged_find(s->file, idx, s->how->field) != SIZE_MAX;
}

const pv_merge_conflict *pv_settling_field(const pv_settling *s, size_t idx)
{
	size_t field = pv_unmerged_find(s->file, idx, s->how->field);

	return field == SIZE_MAX ? NULL : &s->file->merge->fields[field];
}

/* Whether a field is one of several of its block. */
static int has_others(const pv_settling *s, size_t idx)
{
	const pv_within *within = pv_unmerged_within(s->file, idx);

	return s->how->field && within && pv_within_count(within) > 1;
}

/* Lines stand for the whole block. */
int pv_settling_is_kept(const pv_settling *s, size_t idx)
{
	return s->how->how != PV_SETTLE_LINES &&
	       s->how->how != PV_SETTLE_UNION && has_others(s, idx);
}

static int refuse(const pv_settling *s)
{
	const pv_unmerged *file = s->file;
	const char *name = s->how->field;

	if (!name) {
		pv_fail(s->err, PV_ECONFLICT, "no conflict markers are left");
		return pv_error_hint(s->err, PV_ECONFLICT,
				     "\"git add\" the file as it is");
	}
	for (size_t i = 0; i < pv_unmerged_count(file); i++) {
		if (strcmp(file->merge->fields[i].path, name) != 0)
			continue;
		pv_fail(s->err, PV_ECONFLICT,
			"the conflict of \"%.80s\" is not there any more as the "
			"merge wrote it",
			name);
		return pv_error_hint(s->err, PV_ECONFLICT,
				     "settle it in the file by hand, or make the "
				     "merge of this file again: --remerge");
	}
	return pv_fail_id(s->err, PV_ERR_NOT_FOUND,
			  "no field \"%.80s\" is in conflict", name);
}

static int pick(pv_settling *s)
{
	for (size_t i = 0; i < s->file->blocks.count; i++) {
		if (!pv_settling_is_picked(s, i))
			continue;
		if (s->count++ == 0)
			s->first = i;
		s->last = i;
		s->kept += pv_settling_is_kept(s, i) != 0;
	}
	return s->count > 0 ? PV_OK : refuse(s);
}

/* Nobody can say which lines of it are whose. */
static int check_clear(const pv_settling *s)
{
	for (size_t i = s->first; i <= s->last; i++) {
		if (!pv_settling_is_picked(s, i) ||
		    !s->file->blocks.items[i].is_vague)
			continue;
		pv_fail(s->err, PV_ECONFLICT,
			"lines of the text look like conflict markers: the "
			"sides cannot be told apart");
		return pv_error_hint(s->err, PV_ECONFLICT,
				     "settle it in the file by hand, or make the "
				     "merge of this file again: --remerge");
	}
	return PV_OK;
}

/* What was picked is gone, and nothing that looks like markers came. */
static int check_markers(const pv_settling *s, pv_str plain)
{
	const pv_unmerged *file = s->file;
	pv_blocks left = { 0 };
	int rc = pv_unmerged_scan(&left, file, plain, s->err);

	if (rc == PV_OK && left.count != file->blocks.count - s->count + s->kept) {
		rc = pv_fail(s->err, PV_EINVALID,
			     "conflict markers would be left there");
		pv_error_hint(s->err, rc, "take the marker lines out");
	}
	pv_blocks_dispose(&left);
	return rc;
}

int pv_settling_keep(pv_str *out, const pv_settling *s, pv_buf *next)
{
	int rc = pv_buf_status(next, s->err);

	out->ptr = NULL;
	out->len = next->len;
	if (rc == PV_OK) {
		out->ptr = pv_arena_dup(&s->file->arena, pv_buf_text(next),
					next->len);
		rc = out->ptr ? PV_OK : pv_fail_nomem(s->err);
	}
	pv_buf_dispose(next);
	return rc;
}

int pv_settling_change(pv_settling *s, pv_buf *next)
{
	pv_str plain;
	int rc = pv_settling_keep(&plain, s, next);

	if (rc == PV_OK)
		rc = check_markers(s, plain);
	return rc == PV_OK ? pv_unmerged_put(s->file, plain, s->err) : rc;
}

/* --- sides --------------------------------------------------------------- */

static const enum pv_side written[] = { PV_OURS, PV_BASE, PV_THEIRS };

void pv_settling_put_kept(pv_buf *out, const pv_settling *s, size_t idx,
			  const pv_str sides[PV_SIDES])
{
	const pv_block *block = &s->file->blocks.items[idx];
	pv_str plain = s->file->plain;
	size_t at = block->from;

	for (size_t i = 0; i < PV_SIDES; i++) {
		pv_str side = block->sides[written[i]];
		size_t from = side.ptr ? (size_t)(side.ptr - plain.ptr) : at;

		if (!side.ptr)
			continue;
		pv_put(out, pv_slice(plain, at, from));
		pv_put(out, sides[written[i]]);
		at = from + side.len;
	}
	pv_put(out, pv_slice(plain, at, block->end));
}

/* What stands between the markers of a block once one field is settled. */
static int keep_sides(pv_str out[PV_SIDES], const pv_settling *s, size_t idx)
{
	const pv_block *block = &s->file->blocks.items[idx];
	enum pv_side picked = s->how->how == PV_SETTLE_OURS ? PV_OURS : PV_THEIRS;
	int rc = PV_OK;

	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++) {
		pv_buf text = { 0 };

		out[i] = block->sides[i];
		if (!out[i].ptr)
			continue;
		pv_within_put(&text, pv_unmerged_within(s->file, idx),
			      pv_unmerged_find(s->file, idx, s->how->field),
			      picked, (enum pv_side)i);
		rc = pv_settling_keep(&out[i], s, &text);
	}
	return rc;
}

static void put_sides(pv_buf *out, const pv_block *block, enum pv_settle_how how)
{
	if (how != PV_SETTLE_THEIRS)
		pv_put(out, block->sides[PV_OURS]);
	if (how != PV_SETTLE_OURS)
		pv_put(out, block->sides[PV_THEIRS]);
}

/* What a block that is picked gives way to. */
static void put_block(pv_buf *out, const pv_settling *s, size_t idx)
{
	pv_str sides[PV_SIDES];
	int rc;

	if (!pv_settling_is_kept(s, idx)) {
		put_sides(out, &s->file->blocks.items[idx], s->how->how);
		return;
	}
	rc = keep_sides(sides, s, idx);
	if (rc == PV_OK)
		pv_settling_put_kept(out, s, idx, sides);
	else
		out->status = rc;
}

static void put_file(pv_buf *next, const pv_settling *s)
{
	const pv_blocks *blocks = &s->file->blocks;
	pv_str plain = s->file->plain;
	size_t at = 0;

	for (size_t i = s->first; i <= s->last; i++) {
		if (!pv_settling_is_picked(s, i))
			continue;
		pv_put(next, pv_slice(plain, at, blocks->items[i].from));
		put_block(next, s, i);
		at = blocks->items[i].end;
	}
	pv_put(next, pv_slice(plain, at, plain.len));
}

/* Makes a block of one text that of the same lines at `at` in another one. */
static void move_block(pv_block *block, pv_str from, pv_str to, size_t at)
{
	for (size_t i = 0; i < PV_SIDES; i++) {
		pv_str *side = &block->sides[i];

		if (side->ptr)
			side->ptr = to.ptr + at +
				    (side->ptr - from.ptr - block->from);
	}
	block->end = at + block->end - block->from;
	block->from = at;
}

/* The same block with one field settled, at `at`. */
static int change_block(pv_block *block, const pv_settling *s, size_t idx,
			pv_str plain, size_t at)
{
	pv_block known = *block;
	int rc = keep_sides(known.sides, s, idx);

	if (rc < 0)
		return rc;
	if (!pv_block_read(block, plain, at, &known, s->file->marker_size))
		return pv_fail_id(s->err, PV_ERR_INTERNAL,
				  "the conflict is not where it was put");
	block->match = known.match;
	return PV_OK;
}

/* The blocks that stay, where they are once the others are settled. */
static int list_rest(pv_blocks *out, const pv_settling *s, pv_str plain)
{
	const pv_blocks *blocks = &s->file->blocks;
	pv_buf lines = { 0 };
	size_t at = 0;
	size_t old = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < blocks->count && rc == PV_OK; i++) {
		pv_block block = blocks->items[i];

		at += block.from - old;
		old = block.end;
		if (pv_settling_is_picked(s, i) && !pv_settling_is_kept(s, i)) {
			pv_buf_clear(&lines);
			put_sides(&lines, &block, s->how->how);
			at += lines.len;
			continue;
		}
		if (pv_settling_is_picked(s, i))
			rc = change_block(&block, s, i, plain, at);
		else
			move_block(&block, s->file->plain, plain, at);
		if (rc == PV_OK)
			rc = pv_blocks_add(out, &block, s->err);
		at = block.end;
	}
	pv_buf_dispose(&lines);
	return rc;
}

/*
 * What is chosen may look like markers, so the file is not searched again.
 */
static int put_settled(pv_settling *s, pv_buf *next)
{
	pv_blocks rest = { 0 };
	pv_str plain;
	int rc = pv_settling_keep(&plain, s, next);

	if (rc == PV_OK)
		rc = list_rest(&rest, s, plain);
	if (rc == PV_OK)
		return pv_unmerged_take(s->file, plain, &rest, s->err);
	pv_blocks_dispose(&rest);
	return rc;
}

static int settle_sides(pv_settling *s)
{
	pv_buf next = { 0 };
	int rc = PV_OK;

	if (pv_settling_is_by_lines(s))
		rc = pv_settling_put_fields(&next, s);
	else
		put_file(&next, s);
	if (rc == PV_OK)
		return put_settled(s, &next);
	pv_buf_dispose(&next);
	return rc;
}

/* --- lines --------------------------------------------------------------- */

int pv_settling_is_apart(const pv_settling *s)
{
	return s->last - s->first + 1 != s->count;
}

int pv_settling_refuse_apart(const pv_settling *s)
{
	pv_fail(s->err, PV_EUNSUPPORTED,
		"other conflicts stand between those of \"%.80s\"",
		s->how->field);
	return pv_error_hint(s->err, PV_EUNSUPPORTED, "settle those first");
}

/* Lines may say anything but that there is no such field, or no YAML. */
static int check_field(pv_settling *s, pv_buf *next)
{
	const pv_merge_conflict *field = pv_settling_field(s, s->first);
	pv_str plain = { pv_buf_text(next), next->len };
	int may_go = !field || !field->ours_json || !field->theirs_json;
	int ok = 0;
	int rc = pv_buf_status(next, s->err);

	if (rc == PV_OK)
		rc = pv_settling_reads(&ok, s, plain);
	if (rc == PV_OK && ok && !may_go)
		rc = pv_settling_has(&ok, s, plain);
	if (rc == PV_OK && ok)
		return pv_settling_change(s, next);
	pv_buf_dispose(next);
	if (rc < 0)
		return rc;
	return pv_fail(s->err, PV_EINVALID,
		       "the lines leave no field \"%.80s\" that reads",
		       s->how->field);
}

static int settle_lines(pv_settling *s)
{
	const pv_blocks *blocks = &s->file->blocks;
	pv_str plain = s->file->plain;
	pv_str lines = { s->how->value, s->how->len };
	pv_buf next = { 0 };

	if (pv_settling_is_apart(s))
		return pv_settling_refuse_apart(s);
	pv_put(&next, pv_slice(plain, 0, blocks->items[s->first].from));
	pv_put(&next, lines);
	if (lines.len > 0 && lines.ptr[lines.len - 1] != '\n')
		pv_buf_putc(&next, '\n');
	pv_put(&next, pv_slice(plain, blocks->items[s->last].end, plain.len));
	return check_field(s, &next);
}

int pv_unmerged_lines(pv_buf *out, pv_unmerged *file, const char *field,
		      pv_error *err)
{
	const pv_settle how = { .how = PV_SETTLE_LINES, .field = field };
	pv_settling s = { .file = file, .how = &how, .err = err };
	int rc = pick(&s);

	if (rc == PV_OK && pv_settling_is_apart(&s))
		rc = pv_settling_refuse_apart(&s);
	if (rc < 0)
		return rc;
	pv_put(out, pv_slice(file->plain, file->blocks.items[s.first].from,
			     file->blocks.items[s.last].end));
	return pv_buf_status(out, err);
}

/* --- both ---------------------------------------------------------------- */

/* Names the first field that cannot be both. */
static void name_both(const pv_settling *s)
{
	pv_settle one = *s->how;
	size_t i = 0;
	int ok = 1;

	for (; ok && i < pv_unmerged_count(s->file); i++) {
		pv_settling field = { .file = s->file, .how = &one };
		pv_buf next = { 0 };
		pv_str plain;

		one.field = pv_unmerged_at(s->file, i)->path;
		if (!pv_unmerged_is_left(s->file, i) || pick(&field) < 0)
			continue;
		put_file(&next, &field);
		plain.ptr = pv_buf_text(&next);
		plain.len = next.len;
		if (pv_settling_reads(&ok, &field, plain) < 0)
			ok = 1;
		pv_buf_dispose(&next);
	}
	pv_fail(s->err, PV_EUNSUPPORTED,
		ok ? "the file does not read with both sides in it"
		   : "the file does not read with both sides of \"%.80s\" in it",
		ok ? "" : one.field);
}

static int refuse_both(const pv_settling *s)
{
	const char *name = s->how->field;

	if (name)
		pv_fail(s->err, PV_EUNSUPPORTED,
			"\"%.80s\" cannot be both ours and theirs", name);
	else if (pv_unmerged_count(s->file) > 0)
		name_both(s);
	else
		pv_fail(s->err, PV_EUNSUPPORTED,
			"the file does not read with both sides in it");
	return pv_error_hint(s->err, PV_EUNSUPPORTED,
			     "choose --ours or --theirs, or give a --value");
}

/* The lines of both sides, where that reads back. PV_EUNSUPPORTED if not. */
static int settle_both_lines(pv_settling *s)
{
	pv_buf next = { 0 };
	pv_str plain;
	int ok = 0;
	int rc;

	put_file(&next, s);
	rc = pv_buf_status(&next, s->err);
	plain.ptr = pv_buf_text(&next);
	plain.len = next.len;
	if (rc == PV_OK)
		rc = pv_settling_reads(&ok, s, plain);
	if (rc == PV_OK && ok)
		return put_settled(s, &next);
	pv_buf_dispose(&next);
	return rc < 0 ? rc : refuse_both(s);
}

static void put_elements(pv_jsonw *w, const pv_json *list, const pv_json *but,
			 pv_error *err)
{
	for (size_t i = 0; i < pv_json_count(list); i++) {
		pv_buf element = { 0 };
		int is_known = 0;

		pv_json_dump(&element, pv_json_at(list, i), err);
		for (size_t j = 0; j < pv_json_count(but) && !is_known; j++) {
			pv_buf other = { 0 };

			pv_json_dump(&other, pv_json_at(but, j), err);
			is_known = strcmp(pv_buf_text(&element),
					  pv_buf_text(&other)) == 0;
			pv_buf_dispose(&other);
		}
		if (!is_known)
			pv_jsonw_raw(w, pv_buf_text(&element), element.len);
		pv_buf_dispose(&element);
	}
}

/* The elements of two lists as one; nothing is appended for anything else. */
static int join_lists(pv_buf *out, const pv_merge_conflict *field, pv_error *err)
{
	pv_json_doc *docs[2] = { NULL, NULL };
	const pv_json *lists[2];
	pv_jsonw w;
	int rc = pv_json_parse(&docs[0], field->ours_json,
			       strlen(field->ours_json), err);

	if (rc == PV_OK)
		rc = pv_json_parse(&docs[1], field->theirs_json,
				   strlen(field->theirs_json), err);
	lists[0] = pv_json_root(docs[0]);
	lists[1] = pv_json_root(docs[1]);
	if (rc == PV_OK && pv_json_type_of(lists[0]) == PV_JSON_ARRAY &&
	    pv_json_type_of(lists[1]) == PV_JSON_ARRAY) {
		pv_jsonw_init(&w, out);
		pv_jsonw_array(&w);
		put_elements(&w, lists[0], NULL, err);
		put_elements(&w, lists[1], lists[0], err);
		pv_jsonw_array_end(&w);
	}
	pv_json_free(docs[0]);
	pv_json_free(docs[1]);
	return rc < 0 ? rc : pv_buf_status(out, err);
}

static int settle_both(pv_settling *s)
{
	const pv_merge_conflict *field = pv_settling_field(s, s->first);
	pv_settle joined = *s->how;
	pv_settling again = *s;
	pv_buf value = { 0 };
	int rc = has_others(s, s->first) ? refuse_both(s) : settle_both_lines(s);

	if (rc != PV_EUNSUPPORTED || !s->how->field || !field ||
	    !field->ours_json || !field->theirs_json)
		return rc;
	rc = join_lists(&value, field, s->err);
	if (rc == PV_OK && value.len == 0)
		rc = refuse_both(s);
	joined.how = PV_SETTLE_VALUE;
	joined.value = pv_buf_text(&value);
	joined.len = value.len;
	again.how = &joined;
	again.kept = has_others(s, s->first) != 0;
	if (rc == PV_OK)
		rc = pv_settling_value(&again);
	pv_buf_dispose(&value);
	return rc;
}

int pv_unmerged_settle(pv_unmerged *file, const pv_settle *settle, pv_error *err)
{
	pv_settling s = { .file = file, .how = settle, .err = err };
	int rc = pick(&s);

	if (rc < 0)
		return rc;
	if (settle->how != PV_SETTLE_LINES)
		rc = check_clear(&s);
	if (rc < 0)
		return rc;
	switch (settle->how) {
	case PV_SETTLE_OURS:
	case PV_SETTLE_THEIRS:
		return settle_sides(&s);
	case PV_SETTLE_UNION:
		return settle_both(&s);
	case PV_SETTLE_VALUE:
		return pv_settling_value(&s);
	case PV_SETTLE_LINES:
		break;
	}
	return settle_lines(&s);
}
