/* SPDX-License-Identifier: MIT
 *
 * See mend_text.h. Bytes that go are marked in the text, then looked for in
 * the file, where escapes, indentation and folding lie between. What is left
 * is read again: unless it is the text that was wanted, nothing is changed.
 */
#include "check/mend_text.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "check/spot.h"
#include "check/trailing.h"
#include "prompt/model.h"
#include "yaml/marks.h"

enum {
	FAR = 4096 /* blanks and empty lines in a row, of which it is told */
};

enum drop {
	DROP_NOT,
	DROP_HIDDEN,
	DROP_BLANK
};

/* A text being mended. */
struct work {
	const pv_mending *mending;
	pv_str text;
	char *drops;    /* of each byte, what it is */
	pv_buf wanted;  /* the text without them */
	pv_spots cuts;  /* of the file */
	pv_place place; /* behind the last character that was passed */
	pv_error *err;
};

/* --- what goes -------------------------------------------------------------- */

static int drop_hidden(struct work *work)
{
	pv_spots spots = { 0 };
	int rc = pv_find_invisible(&spots, work->text, work->err);

	for (size_t i = 0; i < spots.count && rc == PV_OK; i++)
		memset(work->drops + spots.items[i].start, DROP_HIDDEN,
		       spots.items[i].end - spots.items[i].start);
	pv_spots_dispose(&spots);
	return rc;
}

static int put_wanted(struct work *work)
{
	pv_buf_clear(&work->wanted);
	for (size_t i = 0; i < work->text.len; i++)
		if (!work->drops[i])
			pv_buf_putc(&work->wanted, work->text.ptr[i]);
	return pv_buf_status(&work->wanted, work->err);
}

/* Blanks are looked for in the text as it is without what is hidden. */
static void drop_blanks(struct work *work)
{
	pv_str visible = { pv_buf_text(&work->wanted), work->wanted.len };
	pv_trailing it;
	size_t start;
	size_t end;
	size_t seen = 0;
	size_t at = 0;

	pv_trailing_start(&it, visible, work->mending->syntax);
	while (pv_trailing_next(&start, &end, &it)) {
		for (; seen < end; at++) {
			if (work->drops[at])
				continue;
			if (seen++ >= start)
				work->drops[at] = DROP_BLANK;
		}
	}
}

/* --- where it stands in the file -------------------------------------------- */

/* Goes to the line of the file that is `breaks` further; its end. */
static size_t pass_lines(const pv_place *place, size_t breaks)
{
	size_t at = place->raw;

	for (;;) {
		size_t len =
			pv_yaml_break_at(place->file.ptr, place->file.len, at);

		if (at >= place->file.len || (len && !breaks--))
			return at;
		at += len ? len : 1;
	}
}

/* Where blanks at the end of a line of the text are; 0 when not to be told. */
static size_t find_blanks(const struct work *work, size_t start)
{
	const pv_place *place = &work->place;
	size_t breaks = 0;
	size_t at = start;
	size_t tail = start;

	while (at && start - at < FAR && strchr(" \t\n", work->text.ptr[at - 1]))
		breaks += work->text.ptr[--at] == '\n';
	if (start - at == FAR)
		return 0;
	if (place->style != PV_YAML_LITERAL)
		return at == start && at ? place->raw : 0;
	while (tail < work->text.len && work->text.ptr[tail] != '\n')
		tail++;
	return pass_lines(place, breaks + !at) - (tail - start); /* + header's */
}

static int cut_run(struct work *work, size_t start, size_t end)
{
	pv_place *place = &work->place;
	size_t raw;
	size_t len = end - start;

	place->text.len = start; /* no further than behind what is before */
	pv_place_go(place, start);
	if (work->drops[start] == DROP_BLANK) {
		raw = find_blanks(work, start);
		if (!raw || raw + len > place->file.len ||
		    memcmp(place->file.ptr + raw, work->text.ptr + start, len) !=
			    0)
			return PV_EUNSUPPORTED;
		return pv_spots_add(&work->cuts, "", raw, raw + len, work->err);
	}
	place->text.len = work->text.len;
	pv_place_go(place, start);
	raw = place->raw;
	place->text.len = end;
	pv_place_go(place, end);
	return pv_spots_add(&work->cuts, "", raw, place->raw, work->err);
}

static int find_cuts(struct work *work)
{
	size_t end;
	int rc = PV_OK;

	pv_place_start(&work->place, *work->mending->doc, work->mending->node);
	for (size_t at = 0; at < work->text.len && rc == PV_OK; at = end) {
		end = at + 1;
		while (end < work->text.len && work->drops[end] == work->drops[at])
			end++;
		if (work->drops[at])
			rc = cut_run(work, at, end);
	}
	return rc;
}

/* --- cutting ---------------------------------------------------------------- */

static int splice(pv_buf *out, const struct work *work)
{
	const pv_spots *cuts = &work->cuts;
	pv_str file = work->place.file;
	size_t at = 0;

	for (size_t i = 0; i < cuts->count; i++) {
		if (cuts->items[i].start < at)
			return PV_EUNSUPPORTED;
		pv_buf_put(out, file.ptr + at, cuts->items[i].start - at);
		at = cuts->items[i].end;
	}
	pv_buf_put(out, file.ptr + at, file.len - at);
	return pv_buf_status(out, work->err);
}

/* Whether the text that is read back is the one wanted. */
static int is_wanted(const struct work *work, const pv_yaml *doc)
{
	const pv_yaml_node *node = NULL;

	return pv_yaml_find(&node, doc, work->mending->path, NULL) == PV_OK &&
	       node && node->kind == PV_YAML_SCALAR &&
	       node->start == work->mending->node->start &&
	       node->len == work->wanted.len &&
	       !memcmp(node->text, pv_buf_text(&work->wanted), node->len);
}

static int cut(struct work *work)
{
	pv_buf file = { .max = PV_YAML_MAX_SIZE };
	pv_yaml *better = NULL;
	int rc = find_cuts(work);

	if (rc == PV_OK)
		rc = splice(&file, work);
	if (rc == PV_OK)
		rc = pv_yaml_parse(&better, pv_buf_text(&file), file.len, NULL,
				   work->err);
	if (rc < 0 && rc != PV_ENOMEM)
		rc = PV_EUNSUPPORTED;
	if (rc == PV_OK && !is_wanted(work, better))
		rc = PV_EUNSUPPORTED;
	if (rc == PV_OK) {
		pv_yaml_free(*work->mending->doc);
		*work->mending->doc = better;
		better = NULL;
	}
	pv_yaml_free(better);
	pv_buf_dispose(&file);
	return rc;
}

/* A text that has neither wrapping nor CRs may be written anew. */
static int rewrite(const struct work *work)
{
	const pv_yaml_node *node = work->mending->node;
	size_t len;
	const char *file = pv_yaml_text(*work->mending->doc, &len);

	len = node->end - node->start;
	if (memchr(file + node->start, '\r', len) ||
	    (node->style != PV_YAML_LITERAL &&
	     memchr(file + node->start, '\n', len)))
		return PV_EUNSUPPORTED;
	return pv_yaml_set_text(*work->mending->doc, work->mending->path,
				pv_buf_text(&work->wanted), work->wanted.len,
				work->err);
}

static int mend(int *is_mended_out, struct work *work)
{
	int rc = PV_OK;

	if (work->mending->wants_hidden)
		rc = drop_hidden(work);
	if (rc == PV_OK)
		rc = put_wanted(work);
	if (rc == PV_OK && work->mending->wants_blanks) {
		drop_blanks(work);
		rc = put_wanted(work);
	}
	if (rc < 0 || work->wanted.len == work->text.len)
		return rc;
	rc = cut(work);
	if (rc == PV_EUNSUPPORTED)
		rc = rewrite(work);
	*is_mended_out = rc == PV_OK;
	if (rc != PV_EUNSUPPORTED)
		return rc;
	pv_error_clear(work->err);
	return PV_OK;
}

int pv_mend_text(int *is_mended_out, const pv_mending *mending, pv_error *err)
{
	struct work work = { .mending = mending,
			     .text = { mending->node->text, mending->node->len },
			     .err = err };
	int rc;

	*is_mended_out = 0;
	work.drops = pv_calloc(work.text.len + 1, 1);
	if (!work.drops)
		return pv_fail_nomem(err);
	rc = mend(is_mended_out, &work);
	pv_free(work.drops);
	pv_buf_dispose(&work.wanted);
	pv_spots_dispose(&work.cuts);
	return rc;
}
