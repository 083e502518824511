/* SPDX-License-Identifier: MIT
 *
 * What the steps of a merge put together: text that is agreed, moved to the
 * column where it goes, conflicts, and the records of what was decided.
 */
#include <string.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "merge/job.h"

/* --- emitting ------------------------------------------------------------ */

pv_str pv_job_join(pv_merge_job *job, const pv_str *texts, size_t count)
{
	pv_str all = { NULL, 0 };
	size_t len = 0;
	char *to;

	for (size_t i = 0; i < count; i++)
		len += texts[i].len;
	to = pv_arena_alloc(job->arena, len + 1);
	if (!to) {
		job->chunks.status = PV_ENOMEM;
		return pv_str_of("");
	}
	all.ptr = to;
	all.len = len;
	for (size_t i = 0; i < count; i++) {
		if (texts[i].len > 0)
			memcpy(to, texts[i].ptr, texts[i].len);
		to += texts[i].len;
	}
	*to = '\0';
	return all;
}

void pv_job_put(pv_merge_job *job, pv_str text)
{
	if (text.len == 0)
		return;
	if (job->pending.len > 0)
		pv_chunks_add(&job->chunks, job->pending);
	job->pending.len = 0;
	pv_chunks_add(&job->chunks, text);
}

static size_t spaces_at(pv_str text, size_t at)
{
	size_t end = at;

	while (end < text.len && text.ptr[end] == ' ')
		end++;
	return end - at;
}

static size_t line_end(pv_str text, size_t at)
{
	const char *end = memchr(text.ptr + at, '\n', text.len - at);

	return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

static void put_spaces(pv_buf *out, size_t count)
{
	while (count-- > 0)
		pv_buf_putc(out, ' ');
}

pv_str pv_job_keep(pv_merge_job *job, pv_buf *buf)
{
	pv_str text = { pv_buf_text(buf), buf->len };

	if (buf->status < 0)
		job->chunks.status = buf->status;
	text = pv_job_join(job, &text, 1);
	pv_buf_dispose(buf);
	return text;
}

pv_str pv_job_indent(pv_merge_job *job, pv_str text, size_t from, size_t to,
		     int is_head)
{
	pv_buf out = { 0 };
	size_t at = 0;

	if (from == to || text.len == 0)
		return text;
	while (at < text.len) {
		size_t own = spaces_at(text, at);
		size_t end = line_end(text, at);
		int is_blank = at + own == end || text.ptr[at + own] == '\n';

		if (!is_blank && (at > 0 || !is_head))
			put_spaces(&out, own + to > from ? own + to - from : 0);
		else
			own = 0;
		pv_buf_put(&out, text.ptr + at + own, end - at - own);
		at = end;
	}
	return pv_job_keep(job, &out);
}

pv_str pv_job_spaces(pv_merge_job *job, size_t column)
{
	static const char spaces[] = "                                        "
				     "                                        ";
	pv_str text = { spaces, column };
	pv_buf out = { 0 };

	if (column < sizeof(spaces))
		return text;
	put_spaces(&out, column);
	return pv_job_keep(job, &out);
}

pv_str pv_job_entry_text(pv_merge_job *job, const pv_part *part, size_t column)
{
	pv_str texts[3];
	pv_str core = pv_part_slice(part, part->from, part->end);

	if (part->column == column && part->line < part->from)
		return pv_part_slice(part, part->lead, part->end);
	texts[0] =
		pv_job_indent(job, pv_part_lead(part), part->column, column, 0);
	texts[1] = pv_job_spaces(job, column);
	texts[2] = pv_job_indent(job, core, part->column, column, 1);
	return pv_job_join(job, texts, 3);
}

int pv_job_put_entry(pv_merge_job *job, const pv_part *part, size_t column)
{
	pv_str core = pv_part_slice(part, part->from, part->end);

	if (job->pending.len == 0) {
		pv_chunks_add(&job->chunks, pv_job_entry_text(job, part, column));
		return PV_OK;
	}
	if (pv_str_trim(pv_part_lead(part)).len > 0)
		return PV_GIVE_UP;
	pv_job_put(job, pv_job_indent(job, core, part->column, column, 1));
	return PV_OK;
}

/* --- conflicts ----------------------------------------------------------- */

static int copy_json(const char **out, pv_merge_job *job, const pv_tree *tree)
{
	pv_buf json = { 0 };
	int rc;

	*out = NULL;
	if (!tree)
		return PV_OK;
	rc = pv_yaml_to_json(&json, tree->node, job->err);
	if (rc == PV_OK) {
		*out = pv_arena_dup(job->arena, pv_buf_text(&json), json.len);
		if (!*out)
			rc = pv_fail_nomem(job->err);
	}
	pv_buf_dispose(&json);
	return rc;
}

static int copy_path(const char **out, pv_merge_job *job)
{
	int rc = pv_buf_status(&job->path, job->err);

	if (rc < 0)
		return rc;
	*out = pv_arena_dup(job->arena, pv_buf_text(&job->path), job->path.len);
	return *out ? PV_OK : pv_fail_nomem(job->err);
}

static int add_field(pv_merge_job *job, const pv_field *field)
{
	if (pv_array_reserve(&job->fields, &job->field_cap,
			     job->field_count + 1, sizeof(*job->fields)) < 0)
		return pv_fail_nomem(job->err);
	job->fields[job->field_count++] = *field;
	return PV_OK;
}

int pv_job_field(pv_merge_job *job, const pv_tree *const trees[PV_SIDES])
{
	pv_field field = { 0 };
	int rc = copy_path(&field.row.path, job);

	memcpy(field.trees, trees, sizeof(field.trees));
	if (rc == PV_OK)
		rc = copy_json(&field.row.base_json, job, trees[PV_BASE]);
	if (rc == PV_OK)
		rc = copy_json(&field.row.ours_json, job, trees[PV_OURS]);
	if (rc == PV_OK)
		rc = copy_json(&field.row.theirs_json, job, trees[PV_THEIRS]);
	return rc < 0 ? rc : add_field(job, &field);
}

static int quote(const char **out, pv_merge_job *job, pv_str text)
{
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &json);
	pv_jsonw_stringn(&w, text.ptr, text.len);
	rc = pv_buf_status(&json, job->err);
	if (rc == PV_OK) {
		*out = pv_arena_dup(job->arena, pv_buf_text(&json), json.len);
		if (!*out)
			rc = pv_fail_nomem(job->err);
	}
	pv_buf_dispose(&json);
	return rc;
}

int pv_job_text_field(pv_merge_job *job, const pv_str texts[PV_SIDES])
{
	pv_field field = { 0 };
	int rc = copy_path(&field.row.path, job);

	if (rc == PV_OK)
		rc = quote(&field.row.base_json, job, texts[PV_BASE]);
	if (rc == PV_OK)
		rc = quote(&field.row.ours_json, job, texts[PV_OURS]);
	if (rc == PV_OK)
		rc = quote(&field.row.theirs_json, job, texts[PV_THEIRS]);
	return rc < 0 ? rc : add_field(job, &field);
}

static int is_key_of(const pv_part *part, const pv_yaml_node *key)
{
	const pv_yaml_node *own = part ? part->node->key : NULL;

	return own && part->node->kind == PV_YAML_SCALAR &&
	       own->len == key->len && !memcmp(own->text, key->text, key->len);
}

int pv_job_settle(pv_merge_job *job, const pv_entry *entry, enum pv_side taken)
{
	const pv_yaml_node *key = entry->sides[taken]->node->key;
	pv_settled *settled;
	pv_str texts[PV_SIDES];

	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];

		if (!key || !is_key_of(part, key))
			return PV_OK;
		texts[i] = pv_part_slice(part, part->from, part->end);
	}
	if (pv_str_eq(texts[taken], texts[PV_BASE]))
		return PV_OK;
	settled = pv_arena_alloc(job->arena, sizeof(*settled));
	if (!settled)
		return pv_fail_nomem(job->err);
	memcpy(settled->sides, texts, sizeof(texts));
	settled->taken = taken;
	settled->next = job->settled;
	job->settled = settled;
	return PV_OK;
}

int pv_job_note(pv_merge_job *job, const pv_tree *taken, const pv_tree *dropped)
{
	pv_merge_note note = { 0 };
	int rc = copy_path(&note.path, job);

	if (rc == PV_OK)
		rc = copy_json(&note.taken_json, job, taken);
	if (rc == PV_OK)
		rc = copy_json(&note.dropped_json, job, dropped);
	if (rc < 0)
		return rc;
	if (pv_array_reserve(&job->notes, &job->note_cap, job->note_count + 1,
			     sizeof(*job->notes)) < 0)
		return pv_fail_nomem(job->err);
	job->notes[job->note_count++] = note;
	return PV_OK;
}

/*
 * At a pending dash a side without a text would lose the dash, and with it
 * the entry that comes next.
 */
int pv_job_conflict(pv_merge_job *job, const pv_str sides[PV_SIDES])
{
	pv_str texts[PV_SIDES];

	memcpy(texts, sides, sizeof(texts));
	if (job->pending.len > 0) {
		if (texts[PV_OURS].len == 0 || texts[PV_THEIRS].len == 0)
			return PV_GIVE_UP;
		for (size_t i = 0; i < PV_SIDES; i++) {
			pv_str both[2] = { job->pending, texts[i] };

			if (texts[i].len > 0)
				texts[i] = pv_job_join(job, both, 2);
		}
		job->pending.len = 0;
	}
	pv_chunks_conflict(&job->chunks, texts, job->field_count - 1);
	return PV_OK;
}
