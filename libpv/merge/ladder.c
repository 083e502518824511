/* SPDX-License-Identifier: MIT
 *
 * Beyond lines: YAML by its fields, texts by their words, files with front
 * matter as one after the other. What comes out is read again and compared
 * with the three sides before anybody sees it.
 */
#include "merge/ladder.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "merge/check.h"
#include "merge/suspects.h"

enum {
	MAX_ROUNDS = 5,      /* in which more and more is suspect */
	MANY_BYTES = 1 << 22 /* of the sides, in all of these rounds */
};

/* --- kinds --------------------------------------------------------------- */

static int has_suffix(const char *path, const char *suffix)
{
	size_t len = strlen(path);
	size_t tail = strlen(suffix);

	return len >= tail && !pv_str_casecmp(path + len - tail, suffix);
}

static int is_yaml_path(const char *path)
{
	return has_suffix(path, ".yaml") || has_suffix(path, ".yml") ||
	       has_suffix(path, ".json");
}

static size_t line_len(pv_str text, size_t at)
{
	const char *end = memchr(text.ptr + at, '\n', text.len - at);

	return end ? (size_t)(end - text.ptr) + 1 - at : text.len - at;
}

static int is_fence(pv_str text, size_t at)
{
	pv_str line = { text.ptr + at, line_len(text, at) };

	while (line.len > 3 && strchr(" \t\n", line.ptr[line.len - 1]))
		line.len--;
	return line.len == 3 && !memcmp(line.ptr, "---", 3);
}

int pv_ladder_split(pv_str parts[3], pv_str text)
{
	size_t head;
	size_t at;

	if (text.len == 0 || !is_fence(text, 0))
		return 0;
	head = line_len(text, 0);
	for (at = head; at < text.len; at += line_len(text, at)) {
		if (!is_fence(text, at))
			continue;
		parts[0].ptr = text.ptr;
		parts[0].len = head;
		parts[1].ptr = text.ptr + head;
		parts[1].len = at - head;
		parts[2].ptr = text.ptr + at;
		parts[2].len = text.len - at;
		return 1;
	}
	return 0;
}

static enum pv_merge_kind kind_of(const pv_merge_texts *texts, const char *path)
{
	pv_str parts[3];

	if (path && is_yaml_path(path))
		return PV_KIND_YAML;
	for (size_t i = texts->has_base ? PV_BASE : PV_OURS; i < PV_SIDES; i++)
		if (!pv_ladder_split(parts, texts->plain[i]))
			return PV_KIND_TEXT;
	return PV_KIND_FRONT;
}

/* --- looking ------------------------------------------------------------- */

int pv_ladder_look(pv_merge_texts *out, pv_arena *arena,
		   const pv_merge_input *input, pv_error *err)
{
	const pv_merge_side *sides[PV_SIDES] = { &input->base, &input->ours,
						 &input->theirs };
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	out->has_base = input->base.text != NULL && input->base.len > 0;
	out->is_fit = 1;
	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++) {
		pv_str text = { sides[i]->text ? sides[i]->text : "",
				sides[i]->text ? sides[i]->len : 0 };

		rc = pv_form_take(&out->forms[i], &out->plain[i], arena, text,
				  err);
		if (out->forms[i].is_mixed || out->forms[i].is_no_text ||
		    (text.len == 0 && (i != PV_BASE || out->has_base)))
			out->is_fit = 0;
	}
	out->form = pv_form_merge(out->forms);
	out->kind = kind_of(out, input->path);
	return rc;
}

/* --- YAML ---------------------------------------------------------------- */

/* Three YAML texts, parsed. */
struct yaml {
	pv_source sources[PV_SIDES];
	const pv_tree *trees[PV_SIDES];
};

static void dispose_yaml(struct yaml *yaml)
{
	for (size_t i = 0; i < PV_SIDES; i++)
		pv_source_dispose(&yaml->sources[i]);
}

/* PV_GIVE_UP when one of them is no YAML. */
static int read_source(pv_source *out, pv_arena *arena, pv_str text, pv_error *err)
{
	int rc = pv_source_read(out, arena, text, err);

	if (rc == PV_ESYNTAX || rc == PV_ELIMIT) {
		pv_error_clear(err);
		return PV_GIVE_UP;
	}
	return rc;
}

static int read_yaml(struct yaml *out, pv_arena *arena,
		     const pv_str texts[PV_SIDES], pv_error *err)
{
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++) {
		rc = read_source(&out->sources[i], arena, texts[i], err);
		out->trees[i] = out->sources[i].tree;
	}
	if (rc != PV_OK)
		dispose_yaml(out);
	return rc;
}

static int add_notes(pv_tokens *tokens, pv_buf *notes, const pv_source *source,
		     pv_error *err)
{
	pv_str text;
	int rc;

	if (source->root)
		pv_part_comments(notes, source->root);
	rc = pv_buf_status(notes, err);
	text.ptr = pv_buf_text(notes);
	text.len = notes->len;
	return rc < 0 ? rc : pv_tokens_add_lines(tokens, text, err);
}

/* Whether no comment is lost, and none is there that nobody wrote. */
static int check_notes(int *ok_out, const struct yaml *yaml,
		       const pv_source *result, pv_error *err)
{
	pv_buf notes[PV_SIDES + 1] = { 0 };
	pv_tokens tokens[PV_SIDES + 1] = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i <= PV_SIDES && rc == PV_OK; i++)
		rc = add_notes(&tokens[i], &notes[i],
			       i < PV_SIDES ? &yaml->sources[i] : result, err);
	if (rc == PV_OK)
		rc = pv_check_tokens(ok_out, tokens, err);
	for (size_t i = 0; i <= PV_SIDES; i++) {
		pv_buf_dispose(&notes[i]);
		pv_tokens_dispose(&tokens[i]);
	}
	return rc;
}

static int check_result(const pv_merge_job *job, const struct yaml *yaml,
			const pv_source *result)
{
	int ok = 0;
	pv_check check = { job->arena,  yaml->trees,      result->tree,
			   job->fields, job->field_count, job->suspects };
	const pv_yaml *docs[PV_SIDES] = { yaml->sources[PV_BASE].doc,
					  yaml->sources[PV_OURS].doc,
					  yaml->sources[PV_THEIRS].doc };
	int rc = pv_check_data(&ok, &check, job->err);

	ok = ok && pv_check_anchors(docs, result->doc);
	if (rc == PV_OK && ok && job->field_count == 0)
		rc = check_notes(&ok, yaml, result, job->err);
	return rc == PV_OK && !ok ? PV_GIVE_UP : rc;
}

/*
 * The result with its conflicts settled for one side reads back as it should.
 * PV_GIVE_UP when it does not; `is_cut` is set when it does not read at all.
 */
static int verify_side(int *is_cut, const pv_merge_job *job,
		       const struct yaml *yaml, enum pv_side side)
{
	pv_source result = { 0 };
	pv_buf text = { 0 };
	pv_str plain;
	int rc;

	pv_chunks_settle(&text, &job->chunks, side);
	rc = pv_buf_status(&text, job->err);
	plain.ptr = pv_buf_text(&text);
	plain.len = text.len;
	if (rc == PV_OK)
		rc = read_source(&result, job->arena, plain, job->err);
	*is_cut = rc == PV_GIVE_UP;
	if (rc == PV_OK)
		rc = check_result(job, yaml, &result);
	pv_source_dispose(&result);
	pv_buf_dispose(&text);
	return rc;
}

static void share_heads(const pv_merge_job *job, const struct yaml *yaml)
{
	pv_part *const roots[PV_SIDES] = {
		job->is_new ? NULL : yaml->sources[PV_BASE].root,
		yaml->sources[PV_OURS].root,
		yaml->sources[PV_THEIRS].root,
	};

	pv_heads_share(roots);
}

static int merge_sources(int *is_cut, pv_merge_job *job, const struct yaml *yaml)
{
	pv_entry roots = { { NULL, NULL, NULL } };
	int is_block = 1;
	int rc;

	for (size_t i = job->is_new ? PV_OURS : PV_BASE; i < PV_SIDES; i++) {
		roots.sides[i] = yaml->sources[i].root;
		is_block = is_block && roots.sides[i];
	}
	if (!is_block && job->is_new)
		return PV_GIVE_UP;
	if (is_block)
		share_heads(job, yaml);
	rc = is_block ? pv_job_run(job, &roots)
		      : pv_job_run_flow(job, yaml->sources);
	if (rc == PV_OK)
		rc = verify_side(is_cut, job, yaml, PV_OURS);
	if (rc == PV_OK && job->field_count > 0)
		rc = verify_side(is_cut, job, yaml, PV_THEIRS);
	return rc;
}

/* --- conflicts in the right places --------------------------------------- */

/* Values that the merge has picked, and says so. */
static pv_str noted_values(pv_merge_job *job)
{
	pv_buf values = { 0 };

	for (size_t i = 0; i < job->note_count; i++)
		pv_buf_printf(&values, "%s\n%s\n", job->notes[i].taken_json,
			      job->notes[i].dropped_json);
	return pv_job_keep(job, &values);
}

/* PV_GIVE_UP when a side's half of the conflicts is not what it has. */
static int check_halves(const pv_halves *halves, pv_error *err)
{
	int ok = 0;
	int rc = pv_chunks_status(halves->chunks, err);

	if (rc == PV_OK)
		rc = pv_check_halves(&ok, halves, err);
	return rc == PV_OK && !ok ? PV_GIVE_UP : rc;
}

/*
 * Behind `head`. PV_GIVE_UP when a check says that it is not to be shown;
 * `is_cut` when it is the shape of the conflicts that is wrong.
 */
static int merge_checked(int *is_cut, pv_merge_job *job, const struct yaml *yaml,
			 const pv_str texts[PV_SIDES], pv_str head)
{
	pv_halves halves = { .texts = texts, .chunks = &job->chunks };
	int rc;

	*is_cut = 0;
	pv_job_reset(job);
	pv_chunks_add(&job->chunks, head);
	rc = merge_sources(is_cut, job, yaml);
	if (rc != PV_OK || job->field_count == 0)
		return rc;
	*is_cut = 1;
	halves.noted = noted_values(job);
	halves.settled = job->settled;
	halves.suspects = job->width < PV_WIDTH_LIST ? NULL : job->suspects;
	return check_halves(&halves, job->err);
}

/* Whether all that is suspect may be in conflict once more. */
static int has_round_left(size_t *rounds, const pv_str texts[PV_SIDES])
{
	size_t size = texts[PV_OURS].len + texts[PV_THEIRS].len + 1;

	return ++*rounds < MAX_ROUNDS && *rounds <= MANY_BYTES / size;
}

/*
 * The next width to try. What is wrong as data no conflict of another shape can
 * mend, unless it takes in a list: of that, and once nothing else helps, all
 * that is suspect is in conflict, as long as there is more of it each time.
 * Where there is no conflict, or the check came to no end, wider ones are all
 * the same.
 */
static pv_width widen(const pv_merge_job *job, int is_cut)
{
	if (job->width >= PV_WIDTH_LIST || job->field_count == 0)
		return PV_WIDTH_ALL;
	if (is_cut)
		return job->width + 1;
	return job->suspects->is_endless ? PV_WIDTH_ALL : PV_WIDTH_LIST;
}

/*
 * With conflicts that are as small as they can be without cutting through what
 * belongs together.
 */
static int merge_apart(pv_merge_job *job, const struct yaml *yaml,
		       const pv_str texts[PV_SIDES], pv_str head)
{
	pv_suspects *suspects = pv_arena_calloc(job->arena, sizeof(*suspects));
	size_t rounds = 0;
	int is_cut;
	int rc;

	if (!suspects)
		return pv_fail_nomem(job->err);
	job->width = PV_WIDTH_LINES;
	job->suspects = suspects;
	for (;;) {
		size_t before = pv_suspects_count(suspects);

		rc = merge_checked(&is_cut, job, yaml, texts, head);
		/* What looks like giving up may be want of memory. */
		if (rc != PV_GIVE_UP || job->chunks.status < 0 ||
		    job->width == PV_WIDTH_ALL)
			break;
		job->width = pv_suspects_count(suspects) > before &&
					     has_round_left(&rounds, texts)
				     ? PV_WIDTH_SUSPECTS
				     : widen(job, is_cut);
	}
	job->suspects = NULL;
	pv_suspects_dispose(suspects);
	return rc;
}

static int merge_yaml(pv_merge_job *job, const pv_str texts[PV_SIDES], pv_str head)
{
	struct yaml yaml;
	int rc = read_yaml(&yaml, job->arena, texts, job->err);

	if (rc != PV_OK)
		return rc;
	if (job->is_new)
		yaml.trees[PV_BASE] = NULL;
	rc = merge_apart(job, &yaml, texts, head);
	dispose_yaml(&yaml);
	return rc;
}

/* --- texts --------------------------------------------------------------- */

static int check_words(const pv_pieces *pieces, const pv_str texts[PV_SIDES],
		       pv_error *err)
{
	pv_tokens tokens[PV_SIDES + 1] = { 0 };
	pv_buf all = { 0 };
	pv_str text;
	int ok = 0;
	int rc;

	for (size_t i = 0; i < pieces->count; i++)
		pv_buf_put(&all, pieces->items[i].text.ptr,
			   pieces->items[i].text.len);
	rc = pv_buf_status(&all, err);
	text.ptr = pv_buf_text(&all);
	text.len = all.len;
	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++)
		rc = pv_tokens_add_words(&tokens[i], texts[i], err);
	if (rc == PV_OK)
		rc = pv_tokens_add_words(&tokens[PV_SIDES], text, err);
	if (rc == PV_OK)
		rc = pv_check_tokens(&ok, tokens, err);
	for (size_t i = 0; i <= PV_SIDES; i++)
		pv_tokens_dispose(&tokens[i]);
	pv_buf_dispose(&all);
	return rc == PV_OK && !ok ? PV_GIVE_UP : rc;
}

static void put_pieces(pv_chunks *out, const pv_pieces *pieces, size_t field)
{
	for (size_t i = 0; i < pieces->count; i++) {
		const pv_piece *piece = &pieces->items[i];

		if (piece->is_conflict)
			pv_chunks_conflict(out, piece->sides, field);
		else
			pv_chunks_add(out, piece->text);
	}
}

/* PV_GIVE_UP when its conflicts cut through what belongs together. */
static int merge_pieces(pv_chunks *out, pv_merge_job *job,
			const pv_str texts[PV_SIDES], enum pv_text_mode mode)
{
	pv_halves halves = { .texts = texts, .chunks = out };
	pv_pieces pieces = { 0 };
	int rc = pv_text_merge(&pieces, job->arena, texts, mode, job->err);

	if (rc == PV_OK && pieces.conflicts == 0)
		rc = check_words(&pieces, texts, job->err);
	if (rc == PV_OK)
		put_pieces(out, &pieces, job->field_count);
	if (rc == PV_OK && pieces.conflicts > 0)
		rc = check_halves(&halves, job->err);
	pv_pieces_dispose(&pieces);
	return rc;
}

/*
 * `values` is what people see of the texts; NULL for a file that is one. Where
 * no parts of it can be in conflict by themselves, a text behind front matter
 * is one conflict; a file has those of its lines.
 */
static int merge_text(pv_merge_job *job, const pv_str texts[PV_SIDES],
		      const pv_str *values)
{
	static const pv_tree *const no_trees[PV_SIDES] = { NULL, NULL, NULL };
	pv_chunks own = { 0 };
	int rc = merge_pieces(&own, job, texts, PV_TEXT_WORDS);

	if (rc == PV_GIVE_UP && pv_chunks_conflicts(&own) > 0) {
		pv_chunks_dispose(&own);
		rc = merge_pieces(&own, job, texts, PV_TEXT_PARTS);
	}
	if (rc == PV_GIVE_UP && values) {
		pv_chunks_dispose(&own);
		pv_chunks_conflict(&own, texts, job->field_count);
		rc = PV_OK;
	}
	if (rc == PV_OK && pv_chunks_conflicts(&own) > 0)
		rc = values ? pv_job_text_field(job, values)
			    : pv_job_field(job, no_trees);
	pv_chunks_append(&job->chunks, &own);
	pv_chunks_dispose(&own);
	return rc == PV_OK ? pv_chunks_status(&job->chunks, job->err) : rc;
}

/*
 * The text behind the front matter is the field "body", beside a key of that
 * name ".body", which no key is.
 */
static void name_body(pv_merge_job *job)
{
	static const char name[] = "body";

	for (size_t i = 0; i < job->field_count && job->path.len == 0; i++) {
		const char *path = job->fields[i].row.path;

		if (pv_str_has_prefix(path, name) &&
		    strchr(".[", path[strlen(name)]))
			pv_buf_putc(&job->path, '.');
	}
	pv_buf_puts(&job->path, name);
}

static int merge_body(pv_merge_job *job, const pv_str bodies[PV_SIDES])
{
	pv_str values[PV_SIDES];
	int rc;

	for (size_t i = 0; i < PV_SIDES; i++) {
		size_t fence = bodies[i].len ? line_len(bodies[i], 0) : 0;

		values[i].ptr = bodies[i].ptr + fence;
		values[i].len = bodies[i].len - fence;
	}
	name_body(job);
	rc = merge_text(job, bodies, values);
	pv_buf_truncate(&job->path, 0);
	return rc;
}

static int merge_front(pv_merge_job *job, const pv_merge_texts *texts)
{
	pv_str parts[PV_SIDES][3];
	pv_str yaml[PV_SIDES];
	pv_str bodies[PV_SIDES];
	int rc;

	yaml[PV_BASE] = pv_str_of("");
	bodies[PV_BASE] = pv_str_of("");
	for (size_t i = job->is_new ? PV_OURS : PV_BASE; i < PV_SIDES; i++) {
		if (!pv_ladder_split(parts[i], texts->plain[i]))
			return PV_GIVE_UP;
		yaml[i] = parts[i][1];
		bodies[i] = parts[i][2];
	}
	rc = merge_yaml(job, yaml, parts[PV_OURS][0]);
	return rc == PV_OK ? merge_body(job, bodies) : rc;
}

/* --- the rungs ----------------------------------------------------------- */

/*
 * What no longer reads as YAML although both sides do must not stand, whatever
 * the base is.
 */
static int check_reads(int *ok_out, pv_arena *arena,
		       const pv_str sides[PV_SIDES], pv_str result, pv_error *err)
{
	const pv_str all[] = { sides[PV_OURS], sides[PV_THEIRS], result };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(all) && rc == PV_OK; i++) {
		pv_source source = { 0 };

		rc = read_source(&source, arena, all[i], err);
		if (rc == PV_OK)
			pv_source_dispose(&source);
		else if (rc == PV_GIVE_UP)
			*ok_out = i + 1 < pv_array_len(all);
	}
	return rc == PV_GIVE_UP ? PV_OK : rc;
}

/* The YAML of a text and of three sides; 0 when the text has lost its own. */
static int take_yaml(pv_str sides[PV_SIDES], pv_str *result,
		     const pv_merge_texts *texts)
{
	pv_str parts[3];

	memcpy(sides, texts->plain, PV_SIDES * sizeof(*sides));
	if (texts->kind == PV_KIND_YAML)
		return 1;
	for (size_t i = 0; i < PV_SIDES; i++)
		if (pv_ladder_split(parts, texts->plain[i]))
			sides[i] = parts[1];
	if (!pv_ladder_split(parts, *result))
		return 0;
	*result = parts[1];
	return 1;
}

/* Three sides and the result as data. */
struct data {
	pv_yaml *docs[PV_SIDES + 1];
	pv_tree *trees[PV_SIDES + 1];
};

/* PV_GIVE_UP when it is no YAML. */
static int read_data(struct data *out, size_t idx, pv_arena *arena, pv_str text,
		     pv_error *err)
{
	int rc = pv_tree_read(&out->trees[idx], &out->docs[idx], arena, text,
			      err);

	if (rc != PV_ESYNTAX && rc != PV_ELIMIT)
		return rc;
	pv_error_clear(err);
	return PV_GIVE_UP;
}

/* PV_GIVE_UP when one of the sides is no YAML. */
static int check_data(int *ok_out, pv_arena *arena,
		      const pv_str texts[PV_SIDES], pv_str result, pv_error *err)
{
	struct data data = { 0 };
	const pv_tree *sides[PV_SIDES];
	int is_read;
	int rc = PV_OK;

	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++) {
		rc = read_data(&data, i, arena, texts[i], err);
		sides[i] = data.trees[i];
	}
	is_read = rc == PV_OK;
	if (is_read)
		rc = read_data(&data, PV_SIDES, arena, result, err);
	if (rc == PV_OK)
		rc = pv_check_lines(ok_out, arena, sides, data.trees[PV_SIDES],
				    err);
	if (rc == PV_OK && *ok_out)
		*ok_out = pv_check_anchors((const pv_yaml *const *)data.docs,
					   data.docs[PV_SIDES]);
	for (size_t i = 0; i <= PV_SIDES; i++)
		pv_yaml_free(data.docs[i]);
	if (!is_read || rc != PV_GIVE_UP)
		return rc;
	*ok_out = 0;
	return PV_OK;
}

int pv_ladder_check(int *ok_out, pv_arena *arena, const pv_merge_texts *texts,
		    pv_str result, pv_error *err)
{
	pv_str sides[PV_SIDES];
	pv_form form;
	int rc;

	*ok_out = 1;
	if (texts->kind == PV_KIND_TEXT)
		return PV_OK;
	rc = pv_form_take(&form, &result, arena, result, err);
	if (rc < 0)
		return rc;
	*ok_out = take_yaml(sides, &result, texts);
	if (!*ok_out)
		return PV_OK;
	rc = texts->is_fit && texts->has_base
		     ? check_data(ok_out, arena, sides, result, err)
		     : PV_GIVE_UP;
	return rc == PV_GIVE_UP ? check_reads(ok_out, arena, sides, result, err)
				: rc;
}

static int merge_kind(pv_merge_job *job, const pv_merge_texts *texts)
{
	job->is_new = !texts->has_base;
	if (!texts->is_fit || (job->is_new && texts->kind == PV_KIND_TEXT))
		return PV_GIVE_UP;
	switch (texts->kind) {
	case PV_KIND_YAML:
		return merge_yaml(job, texts->plain, pv_str_of(""));
	case PV_KIND_FRONT:
		return merge_front(job, texts);
	case PV_KIND_TEXT:
		break;
	}
	return merge_text(job, texts->plain, NULL);
}

int pv_ladder_merge(pv_merge_job *job, const pv_merge_texts *texts)
{
	int rc = merge_kind(job, texts);

	/* What looks like giving up may be want of memory. */
	return rc == PV_GIVE_UP && job->chunks.status < 0
		       ? pv_chunks_status(&job->chunks, job->err)
		       : rc;
}
