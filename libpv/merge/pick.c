/* SPDX-License-Identifier: MIT
 *
 * One side's change of a few fields without the rest of it: what the text
 * before would be had nothing else been changed. The walk copies bytes; what
 * it cannot take apart is edited as a value. The result is compared with both
 * texts before anybody sees it.
 */
#include "merge/pick.h"

#include <assert.h>

#include "base/fail.h"
#include "base/mem.h"
#include "merge/form.h"

/* The two texts, and what has become of the first one so far. */
struct picking {
	pv_arena arena;
	pv_str before;
	pv_str after;
	pv_form form; /* of before */
	pv_str text;
	pv_error *err;
};

/* --- the ways ------------------------------------------------------------ */

static int keep_text(struct picking *p, const pv_chunks *chunks)
{
	pv_buf text = { 0 };
	int rc;

	pv_chunks_settle(&text, chunks, PV_OURS);
	rc = pv_buf_status(&text, p->err);
	if (rc == PV_OK) {
		p->text.len = text.len;
		p->text.ptr =
			pv_arena_dup(&p->arena, pv_buf_text(&text), text.len);
		rc = p->text.ptr ? PV_OK : pv_fail_nomem(p->err);
	}
	pv_buf_dispose(&text);
	return rc;
}

/* As bytes: comments and the way things are written come along. */
static int pick_bytes(struct picking *p, const pv_pick *fields)
{
	pv_pick pick = *fields;
	pv_source before = { 0 };
	pv_source after = { 0 };
	int rc = pv_source_read(&before, &p->arena, p->text, p->err);

	pick.job.arena = &p->arena;
	pick.job.err = p->err;
	if (rc == PV_OK)
		rc = pv_source_read(&after, &p->arena, p->after, p->err);
	if (rc == PV_OK)
		rc = pv_pick_walk(&pick, &before, &after);
	if (rc == PV_OK)
		rc = keep_text(p, &pick.job.chunks);
	pv_job_dispose(&pick.job);
	pv_source_dispose(&before);
	pv_source_dispose(&after);
	return rc;
}

static int parse(pv_yaml **out, pv_str text, pv_error *err)
{
	pv_yaml_options opts = { .tags = PV_YAML_TAGS_KEEP };

	return pv_yaml_parse(out, text.ptr, text.len, &opts, err);
}

static int set_value(pv_yaml *doc, const pv_yaml *after, const char *field,
		     pv_error *err)
{
	const pv_yaml_node *node = NULL;
	pv_buf json = { 0 };
	int rc = pv_yaml_find(&node, after, field, err);

	if (rc == PV_ENOTFOUND) {
		pv_error_clear(err);
		return pv_yaml_delete(doc, field, err);
	}
	if (rc == PV_OK)
		rc = pv_yaml_to_json(&json, node, err);
	if (rc == PV_OK)
		rc = pv_yaml_set(doc, field, pv_buf_text(&json), err);
	pv_buf_dispose(&json);
	return rc;
}

/* As a value, where no position in a list could be mistaken. */
static int pick_value(struct picking *p, const char *field)
{
	pv_yaml *doc = NULL;
	pv_yaml *after = NULL;
	int rc = strchr(field, '[') ? PV_GIVE_UP : parse(&doc, p->text, p->err);

	if (rc == PV_OK)
		rc = parse(&after, p->after, p->err);
	if (rc == PV_OK)
		rc = set_value(doc, after, field, p->err);
	if (rc == PV_OK) {
		const char *text = pv_yaml_text(doc, &p->text.len);

		p->text.ptr = pv_arena_dup(&p->arena, text, p->text.len);
		rc = p->text.ptr ? PV_OK : pv_fail_nomem(p->err);
	}
	pv_yaml_free(doc);
	pv_yaml_free(after);
	return rc;
}

/* --- whether it is right ------------------------------------------------- */

/* A path without its positions, which differ from text to text. */
static void put_shape(pv_buf *out, const char *path)
{
	int is_inside = 0;

	for (; *path; path++) {
		if (!is_inside || *path == ']')
			pv_buf_putc(out, *path);
		is_inside = *path == '[' || (is_inside && *path != ']');
	}
}

static int is_related(int *out, const char *path, const pv_pick *fields,
		      pv_error *err)
{
	pv_buf shape = { 0 };
	int rc;

	*out = 0;
	put_shape(&shape, path);
	for (size_t i = 0; i < fields->count && !*out; i++) {
		pv_buf field = { 0 };

		put_shape(&field, fields->fields[i]);
		*out = pv_pick_relate(pv_buf_text(&shape), shape.len,
				      pv_buf_text(&field)) != PV_OUTSIDE;
		if (field.status < 0)
			shape.status = field.status;
		pv_buf_dispose(&field);
	}
	rc = pv_buf_status(&shape, err);
	pv_buf_dispose(&shape);
	return rc;
}

/* What came along must be of the fields, by its place and as data. */
static int check_text(struct picking *p, pv_str before, const pv_pick *fields)
{
	pv_diff *diff = NULL;
	pv_yaml *doc = NULL;
	int ok = 1;
	int rc = parse(&doc, p->text, p->err);

	pv_yaml_free(doc);
	if (rc == PV_OK)
		rc = pv_diff_texts(&diff, before.ptr, before.len, p->text.ptr,
				   p->text.len, p->err);
	for (size_t i = 0; rc == PV_OK && ok && i < pv_diff_count(diff); i++)
		rc = is_related(&ok, pv_diff_at(diff, i)->path, fields, p->err);
	pv_diff_free(diff);
	return rc == PV_OK && !ok ? PV_GIVE_UP : rc;
}

/* --- one field, or some -------------------------------------------------- */

static int is_no_way(int rc)
{
	return rc == PV_GIVE_UP || rc == PV_ESYNTAX || rc == PV_EUNSUPPORTED ||
	       rc == PV_ENOTFOUND || rc == PV_EINVALID;
}

static int refuse(const char *field, pv_error *err)
{
	const char *dot = strrchr(field, '.');
	const char *bracket = strrchr(field, '[');
	const char *last = bracket && (!dot || bracket > dot) ? bracket : dot;
	int rc;

	pv_error_clear(err);
	rc = pv_fail(err, PV_EUNSUPPORTED,
		     "\"%.80s\" cannot be taken without what is around it",
		     field);
	if (!last || last == field)
		return pv_error_hint(err, rc, "take the whole change");
	return pv_error_hint(err, rc, "take all of \"%.*s\"",
			     (int)(last - field < 100 ? last - field : 100),
			     field);
}

/* Puts the fields into the text as it is by now. */
static int pick_fields(struct picking *p, const pv_pick *fields)
{
	pv_str before = p->text;
	int rc = pick_bytes(p, fields);

	if (rc == PV_OK)
		rc = check_text(p, before, fields);
	if (!is_no_way(rc))
		return rc;
	pv_error_clear(p->err);
	p->text = before;
	rc = PV_OK;
	for (size_t i = 0; i < fields->count && rc == PV_OK; i++) {
		rc = pick_value(p, fields->fields[i]);
		if (is_no_way(rc))
			return refuse(fields->fields[i], p->err);
	}
	if (rc == PV_OK)
		rc = check_text(p, before, fields);
	return is_no_way(rc) ? refuse(fields->fields[0], p->err) : rc;
}

static int refuse_unchanged(const struct picking *p, const char *field)
{
	pv_buf names = { 0 };
	pv_diff *diff = NULL;
	int rc = pv_diff_texts(&diff, p->before.ptr, p->before.len,
			       p->after.ptr, p->after.len, p->err);

	for (size_t i = 0; rc == PV_OK && i < pv_diff_count(diff); i++) {
		const char *path = pv_diff_at(diff, i)->path;

		/* What went and what came in its place have the same. */
		if (i && !strcmp(pv_diff_at(diff, i - 1)->path, path))
			continue;
		pv_buf_printf(&names, "%s%s", i ? ", " : "", path);
	}
	pv_diff_free(diff);
	if (rc == PV_OK)
		rc = pv_fail_id(p->err, PV_ERR_NOT_FOUND,
				"the field \"%.80s\" has not changed", field);
	if (rc == PV_ENOTFOUND)
		rc = pv_error_hint(p->err, rc, "changed: %.*s%s",
				   names.len > 140 ? 136 : 140,
				   names.len ? names.ptr : "no field",
				   names.len > 140 ? ", ..." : "");
	pv_buf_dispose(&names);
	return rc;
}

/*
 * By which text a path counts: the new one, unless nothing changed there. What
 * the field alone makes of the text is not kept.
 */
static int find_by(enum pv_pick_by *out, struct picking *p, const char *field)
{
	static const enum pv_pick_by ways[] = { PV_PICK_BY_AFTER,
						PV_PICK_BY_BEFORE };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(ways) && rc == PV_OK; i++) {
		pv_pick pick = { .fields = &field, .count = 1, .by = ways[i] };
		int is_changed;

		p->text = p->before;
		rc = pick_fields(p, &pick);
		is_changed = !pv_str_eq(p->text, p->before);
		p->text = p->before;
		*out = ways[i];
		if (rc == PV_OK && is_changed)
			return PV_OK;
	}
	return rc == PV_OK ? refuse_unchanged(p, field) : rc;
}

/* --- paths --------------------------------------------------------------- */

/* Looks a path up in one of the texts; `*out` is "" where it is not there. */
static int find_path(pv_buf *out, pv_str text, const char *field, pv_error *err)
{
	const pv_yaml_node *node = NULL;
	pv_yaml *doc = NULL;
	int rc = parse(&doc, text, err);

	if (rc == PV_OK)
		rc = pv_yaml_find(&node, doc, field, err);
	if (rc == PV_OK)
		rc = pv_yaml_path(out, node, err);
	pv_yaml_free(doc);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(err);
		rc = PV_OK;
	}
	return rc;
}

/* A path as a walk spells it: as quoted as it has to be, counted from 0. */
static int spell_path(const char **out, struct picking *p, const char *field)
{
	pv_buf path = { 0 };
	int rc = find_path(&path, p->after, field, p->err);

	if (rc == PV_OK && path.len == 0)
		rc = find_path(&path, p->before, field, p->err);
	if (rc == PV_OK && !*field)
		rc = pv_fail(p->err, PV_EINVALID, "no field is named");
	*out = NULL;
	if (rc == PV_OK && path.len == 0)
		rc = refuse_unchanged(p, field);
	if (rc == PV_OK) {
		*out = pv_arena_dup(&p->arena, path.ptr, path.len);
		rc = *out ? PV_OK : pv_fail_nomem(p->err);
	}
	pv_buf_dispose(&path);
	return rc;
}

/* --- the whole ----------------------------------------------------------- */

/* What is gone goes first: the other paths do not count the old text. */
static int pick_all(struct picking *p, const char *const *fields, size_t count)
{
	static const enum pv_pick_by ways[] = { PV_PICK_BY_BEFORE,
						PV_PICK_BY_AFTER };
	enum pv_pick_by *by = pv_calloc(count + 1, sizeof(*by));
	const char **paths = pv_calloc(2 * count + 1, sizeof(*paths));
	const char **some = paths ? paths + count : NULL;
	int rc = by && paths ? PV_OK : pv_fail_nomem(p->err);

	assert((by && paths) || rc < 0);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		rc = spell_path(&paths[i], p, fields[i]);
		if (rc == PV_OK)
			rc = find_by(&by[i], p, paths[i]);
	}
	for (size_t i = 0; i < pv_array_len(ways) && rc == PV_OK; i++) {
		pv_pick pick = { .fields = some, .by = ways[i] };

		for (size_t j = 0; j < count; j++)
			if (by[j] == ways[i])
				some[pick.count++] = paths[j];
		if (pick.count > 0)
			rc = pick_fields(p, &pick);
	}
	pv_free(by);
	pv_free(paths);
	return rc;
}

static int take_form(struct picking *p, const pv_merge_side *before,
		     const pv_merge_side *after)
{
	pv_str texts[2] = { { before->text, before->len },
			    { after->text, after->len } };
	pv_form form;
	int rc = pv_form_take(&p->form, &p->before, &p->arena, texts[0], p->err);

	if (rc == PV_OK)
		rc = pv_form_take(&form, &p->after, &p->arena, texts[1], p->err);
	if (rc == PV_OK && (p->form.is_mixed || p->form.is_no_text ||
			    form.is_mixed || form.is_no_text))
		rc = pv_fail(p->err, PV_EUNSUPPORTED,
			     "the text is not UTF-8, or has line ends of "
			     "several kinds");
	return rc;
}

/* Both have to be YAML of one document, each key there once. */
static int check_texts(struct picking *p)
{
	const pv_str texts[2] = { p->before, p->after };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(texts) && rc == PV_OK; i++) {
		pv_yaml *doc = NULL;

		rc = parse(&doc, texts[i], p->err);
		pv_yaml_free(doc);
	}
	return rc;
}

int pv_merge_pick(pv_buf *out, const pv_merge_side *before,
		  const pv_merge_side *after, const char *const *fields,
		  size_t count, pv_error *err)
{
	struct picking p = { .err = err };
	int rc = take_form(&p, before, after);

	if (rc == PV_OK)
		rc = check_texts(&p);
	if (rc == PV_OK)
		rc = pick_all(&p, fields, count);
	if (rc == PV_OK) {
		pv_form_put(out, &p.form, p.text);
		rc = pv_buf_status(out, err);
	}
	pv_arena_dispose(&p.arena);
	return rc;
}
