/* SPDX-License-Identifier: MIT
 *
 * `git pv review import`: what was said in git-appraise, as reviews. Whoever
 * imports makes the events; each says who said it there and what the line is
 * known by, so that a line is taken once, whatever came before or after it,
 * and no vote of somebody else is one here.
 */
#include <stdio.h>
#include <string.h>

#include <pv/review.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "review/appraise_head.h"
#include "review/appraise_place.h"
#include "review/landed.h"
#include "review/review_verbs.h"
#include "review/review_view.h"
#include "ui/progress.h"

#define APPRAISE "git-appraise"

const cli_usage review_import_usage = {
	.synopsis = { "git pv review import git-appraise [--json]" },
	.examples = { "git pv review import git-appraise",
		      "git pv review import git-appraise --json" },
	.args = "import and the program that the reviews are of: git-appraise",
	.min_args = 2,
	.max_args = 2,
};

enum {
	KEY_TEXT = 112 /* "<kind> <40 digits> <40 digits>" */
};

/*
 * An event that is here, by its kind, its key, and the review it is of: the
 * same words may be said of two. The one that opens a review has the commit for
 * a key, by which git-appraise calls it, and all others the line.
 */
struct known {
	char review[41];
	pv_oid event;
};

/* What became of one review. */
struct row {
	char id[41];
	pv_oid commit;
	const char *title; /* of `arena` */
	size_t events;
	int is_new;
};

struct import {
	pv_cli *cli;
	appraise_notes notes;
	pv_arena arena;
	pv_map known;
	struct row *rows;
	size_t row_count;
	size_t row_cap;
	size_t events;
	size_t unchanged;
	size_t votes;
	size_t without; /* lines of commits that nobody asked to review */
};

/* The notes of one commit, and what they are about. */
struct group {
	struct import *import;
	const appraise_line *lines;
	size_t count;
	appraise_head is;
	struct row row;
};

/* --- what is here ------------------------------------------------------------- */

static void put_key(char out[KEY_TEXT], enum pv_review_kind kind,
		    const char *key, const char *review)
{
	snprintf(out, KEY_TEXT, "%.20s %.40s %.40s", pv_review_kind_name(kind),
		 key, kind == PV_REVIEW_OPENED ? "" : review);
}

static int remember(struct import *import, const char *review,
		    const pv_review_event *event, const pv_oid *oid)
{
	struct known *known = pv_arena_calloc(&import->arena, sizeof(*known));
	char key[KEY_TEXT];

	if (!known)
		return pv_fail_nomem(&import->cli->err);
	memcpy(known->review, review, sizeof(known->review));
	known->event = *oid;
	put_key(key, event->kind, event->origin->key, review);
	return pv_map_set(&import->known, pv_str_of(key), known, NULL,
			  &import->cli->err);
}

/* The event of a review; of any when it is the one that opens it. */
static const struct known *find_known(const struct group *group,
				      enum pv_review_kind kind, const char *key)
{
	char text[KEY_TEXT];

	put_key(text, kind, key, group->row.id);
	return pv_map_find(&group->import->known, pv_str_of(text));
}

/* What cannot be read has nothing of git-appraise. */
static int read_review(const char *id, const pv_oid *tip, void *payload)
{
	struct import *import = payload;
	pv_cli *cli = import->cli;
	pv_review *review = NULL;
	int rc = pv_review_read(&review, cli->store, id, tip, &cli->err);

	if (rc < 0 && rc != PV_ENOMEM && rc != PV_ECANCELED) {
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	for (size_t i = 0; rc == PV_OK && i < review->event_count; i++) {
		const pv_review_event *event = review->events[i];

		if (event->origin && !strcmp(event->origin->system, APPRAISE))
			rc = remember(import, id, event, &event->oid);
	}
	pv_review_free(review);
	return rc;
}

/* --- events ------------------------------------------------------------------- */

/* What others answer is a comment, or a vote that has words. */
static const struct known *find_answered(const struct group *group,
					 const pv_oid *key)
{
	static const enum pv_review_kind kinds[] = { PV_REVIEW_COMMENTED,
						     PV_REVIEW_APPROVED,
						     PV_REVIEW_REJECTED };
	const struct known *found = NULL;

	for (size_t i = 0; i < pv_array_len(kinds) && !found && key->hex[0]; i++)
		found = find_known(group, kinds[i], key->hex);
	return found;
}

/* Makes an event of a review, unless it is there already. */
static int add(struct group *group, pv_review_event *event,
	       const pv_appraise_note *note, const char *key)
{
	struct import *import = group->import;
	pv_cli *cli = import->cli;
	const pv_review_origin origin = {
		.system = APPRAISE,
		.key = key,
		.by = note ? note->by : NULL,
		.at = note ? note->at : 0,
	};
	pv_oid made = { "" };
	int rc;

	if (find_known(group, event->kind, key))
		return PV_OK;
	event->origin = &origin;
	if (event->kind == PV_REVIEW_OPENED) {
		rc = pv_review_open(group->row.id, cli->store, event, &cli->err);
		memcpy(made.hex, group->row.id, sizeof(made.hex));
	} else {
		rc = pv_review_add(&made, cli->store, group->row.id, event,
				   &cli->err);
	}
	if (rc == PV_OK)
		rc = remember(import, group->row.id, event, &made);
	if (rc == PV_OK)
		group->row.events++;
	event->origin = NULL;
	if (rc == PV_ELIMIT) {
		cli_warn(cli, "%.7s of %.7s is left out: %s", key,
			 group->row.commit.hex, cli->err.message);
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	return rc;
}

/* --- requests ------------------------------------------------------------------ */

static int is_request(const struct group *group, size_t idx)
{
	return idx < group->count &&
	       group->lines[idx].note.kind == PV_APPRAISE_REQUEST;
}

/* The review that was made of it before; 0 for none. */
static int find_opened(struct group *group)
{
	const struct known *known =
		find_known(group, PV_REVIEW_OPENED, group->lines[0].commit.hex);

	if (known)
		memcpy(group->row.id, known->review, sizeof(group->row.id));
	return known != NULL;
}

/* The first line of the description, or the subject of the commit. */
static int read_title(pv_buf *title, struct group *group)
{
	const char *text = group->is.request->text;
	pv_commit commit = { 0 };
	pv_cli *cli = group->import->cli;
	int rc;

	if (text && text[strspn(text, " \t\r\n")]) {
		text += strspn(text, "\r\n");
		pv_buf_put(title, text, strcspn(text, "\r\n"));
		return pv_buf_status(title, &cli->err);
	}
	rc = pv_store_commit_read(&commit, cli->store, &group->lines[0].commit,
				  &cli->err);
	if (rc == PV_OK) {
		pv_buf_puts(title, commit.subject);
		rc = pv_buf_status(title, &cli->err);
	}
	pv_commit_dispose(&commit);
	return rc;
}

static int open_review(struct group *group)
{
	const pv_appraise_note *request = group->is.request;
	pv_cli *cli = group->import->cli;
	const char *target = group->is.target;
	pv_buf title = { 0 };
	pv_review_event event = {
		.kind = PV_REVIEW_OPENED,
		.source = group->is.source,
		.target = target ? target : cli->settings.default_branch,
		.head = group->is.head,
		.base = group->is.base,
		.reviewers = request->reviewers,
		.reviewer_count = request->reviewer_count,
	};
	int rc = read_title(&title, group);

	event.title = pv_buf_text(&title);
	if (request->text && strchr(request->text, '\n'))
		event.text = request->text;
	group->row.is_new = 1;
	if (rc == PV_OK)
		rc = add(group, &event, request, group->lines[0].commit.hex);
	pv_buf_dispose(&title);
	return rc;
}

/* The branch went on, or was rebased, since the last import. */
static int revise(struct group *group, const pv_review *review)
{
	pv_review_event event = { .kind = PV_REVIEW_REVISED,
				  .head = group->is.head,
				  .base = group->is.base };

	if (review->end || !strcmp(review->head.hex, event.head.hex))
		return PV_OK;
	return add(group, &event, group->is.request, event.head.hex);
}

/* --- comments ------------------------------------------------------------------ */

/* What is said of a file that is no prompt names it. */
static int put_words(pv_buf *out, const pv_appraise_note *note,
		     const appraise_place *place, pv_error *err)
{
	if (note->path && !place->prompt.len) {
		pv_buf_puts(out, note->path);
		if (note->line)
			pv_buf_printf(out, ":%d", note->line);
		pv_buf_puts(out, ": ");
	}
	pv_buf_puts(out, note->text ? note->text : "");
	return pv_buf_status(out, err);
}

static int add_comment(struct group *group, const pv_appraise_note *note,
		       const pv_oid *head)
{
	const struct known *answered =
		find_answered(group, note->original.hex[0] ? &note->original
							   : &note->parent);
	pv_cli *cli = group->import->cli;
	pv_review_event event = { .kind = PV_REVIEW_COMMENTED, .head = *head };
	appraise_place place = { 0 };
	pv_buf words = { 0 };
	int rc = PV_OK;

	if (note->path)
		rc = appraise_place_find(&place, cli, note, head);
	if (rc == PV_OK)
		rc = put_words(&words, note, &place, &cli->err);
	event.text = pv_buf_text(&words);
	event.comment = answered ? answered->event.hex : NULL;
	event.prompt = place.prompt.len ? place.prompt.ptr : NULL;
	event.field = place.field.len ? place.field.ptr : NULL;
	event.quote = place.quote.len ? place.quote.ptr : NULL;
	event.line = place.line;
	if (rc == PV_OK)
		rc = add(group, &event, note, note->key.hex);
	appraise_place_dispose(&place);
	pv_buf_dispose(&words);
	return rc;
}

/* Of the change as a whole: told, and counted by no policy. */
static int add_vote(struct group *group, const pv_appraise_note *note,
		    const pv_oid *head)
{
	const char *words = note->path ? NULL : note->text;
	pv_review_event event = { .head = *head, .text = words };
	size_t before = group->row.events;
	int rc;

	event.kind = note->resolved == PV_APPRAISE_RESOLVED ? PV_REVIEW_APPROVED
							    : PV_REVIEW_REJECTED;
	if (event.kind == PV_REVIEW_REJECTED && !words)
		event.text = "";
	rc = add(group, &event, note, note->key.hex);
	group->import->votes += group->row.events > before;
	return rc;
}

static int add_resolution(struct group *group, const pv_appraise_note *note)
{
	const struct known *comment =
		find_known(group, PV_REVIEW_COMMENTED, note->parent.hex);
	pv_review_event event = { .kind = PV_REVIEW_RESOLVED };

	if (!comment)
		return PV_OK;
	event.comment = comment->event.hex;
	return add(group, &event, note, note->key.hex);
}

static int take_comment(struct group *group, const pv_appraise_note *note)
{
	int is_top = !note->parent.hex[0];
	int is_vote = is_top && note->resolved != PV_APPRAISE_UNSAID;
	int is_settling = !is_top && note->resolved == PV_APPRAISE_RESOLVED;
	pv_oid head = group->is.head;
	int rc = appraise_has_commit(group->import->cli, &note->commit);

	if (rc > 0)
		head = note->commit;
	if (rc >= 0 && (is_vote ? note->path != NULL
				: note->text || note->path || !is_settling))
		rc = add_comment(group, note, &head);
	if (rc >= 0 && is_vote)
		rc = add_vote(group, note, &head);
	else if (rc >= 0 && is_settling)
		rc = add_resolution(group, note);
	return rc < 0 ? rc : PV_OK;
}

/* What answers a line of this commit that comes later, as clocks go. */
static int must_wait(const struct group *group, const pv_appraise_note *note)
{
	const pv_oid *keys[] = { &note->parent, &note->original };

	for (size_t i = 0; i < pv_array_len(keys); i++) {
		if (!keys[i]->hex[0] || find_answered(group, keys[i]))
			continue;
		for (size_t k = 0; k < group->count; k++)
			if (!strcmp(group->lines[k].note.key.hex, keys[i]->hex))
				return 1;
	}
	return 0;
}

/* Takes what waits for nothing; with `all` the rest, too. */
static int take_comments(struct group *group, char *is_done, int all,
			 size_t *taken)
{
	int rc = PV_OK;

	*taken = 0;
	for (size_t i = 0; i < group->count && rc == PV_OK; i++) {
		const pv_appraise_note *note = &group->lines[i].note;

		if (note->kind != PV_APPRAISE_COMMENT || is_done[i] ||
		    (!all && must_wait(group, note)))
			continue;
		is_done[i] = 1;
		++*taken;
		rc = take_comment(group, note);
	}
	return rc;
}

static int add_comments(struct group *group)
{
	char *is_done = pv_calloc(group->count + 1, 1);
	size_t taken = 1;
	int rc = PV_OK;

	if (!is_done)
		return pv_fail_nomem(&group->import->cli->err);
	while (rc == PV_OK && taken)
		rc = take_comments(group, is_done, 0, &taken);
	if (rc == PV_OK)
		rc = take_comments(group, is_done, 1, &taken);
	pv_free(is_done);
	return rc;
}

/* --- reports ------------------------------------------------------------------- */

static int add_report(struct group *group, const appraise_line *line)
{
	const pv_appraise_note *note = &line->note;
	pv_error *err = &group->import->cli->err;
	pv_review_event event = { .kind = PV_REVIEW_COMMENTED,
				  .head = line->commit };
	pv_buf words = { 0 };
	int rc;

	pv_buf_puts(&words,
		    note->kind == PV_APPRAISE_CI ? "CI" : "static analysis");
	pv_buf_printf(&words, ": %s", note->status ? note->status : "no status");
	if (note->url)
		pv_buf_printf(&words, "\n%s", note->url);
	rc = pv_buf_status(&words, err);
	event.text = pv_buf_text(&words);
	if (rc == PV_OK)
		rc = add(group, &event, note, note->key.hex);
	pv_buf_dispose(&words);
	return rc;
}

static int is_report(const appraise_line *line)
{
	return line->note.kind == PV_APPRAISE_CI ||
	       line->note.kind == PV_APPRAISE_ANALYSIS;
}

/* They are notes of the commit that was tried, which is the head then. */
static int add_reports(struct group *group)
{
	const appraise_notes *notes = &group->import->notes;
	const pv_oid *first = &group->lines[0].commit;
	int rc = PV_OK;

	for (size_t i = 0; i < notes->count && rc == PV_OK; i++) {
		const appraise_line *line = &notes->items[i];

		if (is_report(line) &&
		    (!strcmp(line->commit.hex, first->hex) ||
		     !strcmp(line->commit.hex, group->is.head.hex)))
			rc = add_report(group, line);
	}
	return rc;
}

/* --- one review ----------------------------------------------------------------- */

/* Its end, unless it has one. */
static int end_review(struct group *group, const pv_review *review)
{
	const appraise_head *is = &group->is;
	pv_review_event event = { .kind = PV_REVIEW_CLOSED, .head = is->head };
	const pv_appraise_note *last = NULL;
	pv_cli *cli = group->import->cli;
	int rc;

	if (review->end || !(is->is_abandoned || is->is_submitted))
		return PV_OK;
	for (size_t i = 0; is_request(group, i); i++)
		last = &group->lines[i].note;
	if (is->is_abandoned)
		return add(group, &event, last, last->key.hex);
	event.kind = PV_REVIEW_MERGED;
	rc = pv_store_is_ancestor(cli->store, &is->head, &is->tip, &cli->err);
	if (rc >= 0)
		rc = landed_commit(&event.commit, cli,
				   rc ? &is->head : &group->lines[0].commit,
				   &is->tip);
	return rc == PV_OK ? add(group, &event, NULL, event.commit.hex) : rc;
}

static int add_row(struct group *group, const pv_review *review)
{
	struct import *import = group->import;
	const char *title = review->opened->title;

	if (!group->row.events) {
		import->unchanged++;
		return PV_OK;
	}
	group->row.title = pv_arena_dup(&import->arena, title, strlen(title));
	if (!group->row.title ||
	    pv_array_reserve(&import->rows, &import->row_cap,
			     import->row_count + 1, sizeof(group->row)) < 0)
		return pv_fail_nomem(&import->cli->err);
	import->rows[import->row_count++] = group->row;
	import->events += group->row.events;
	return PV_OK;
}

static int take_group(struct group *group)
{
	pv_cli *cli = group->import->cli;
	pv_review *review = NULL;
	int rc = appraise_head_find(&group->is, cli, group->lines, group->count);

	group->row.commit = group->lines[0].commit;
	if (rc == PV_ENOTFOUND) {
		cli_warn(cli, "the review of %.7s is left out: %s",
			 group->row.commit.hex, cli->err.message);
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	if (rc == PV_OK && !find_opened(group))
		rc = open_review(group);
	if (rc == PV_OK)
		rc = pv_review_load(&review, cli->store, group->row.id,
				    &cli->err);
	if (rc == PV_OK)
		rc = revise(group, review);
	if (rc == PV_OK)
		rc = add_comments(group);
	if (rc == PV_OK)
		rc = add_reports(group);
	if (rc == PV_OK)
		rc = end_review(group, review);
	if (rc == PV_OK)
		rc = add_row(group, review);
	pv_review_free(review);
	return rc;
}

/* --- all of them ---------------------------------------------------------------- */

static size_t count_same(const appraise_notes *notes, size_t from)
{
	const char *commit = notes->items[from].commit.hex;
	size_t end = from;

	while (end < notes->count && !strcmp(notes->items[end].commit.hex, commit))
		end++;
	return end - from;
}

static int take_all(struct import *import)
{
	const appraise_notes *notes = &import->notes;
	progress bar;
	int rc = PV_OK;

	progress_start(&bar, import->cli, "Importing reviews", notes->count);
	for (size_t at = 0; at < notes->count && rc == PV_OK;) {
		struct group group = { .import = import,
				       .lines = &notes->items[at],
				       .count = count_same(notes, at) };

		if (is_request(&group, 0))
			rc = take_group(&group);
		else
			for (size_t i = 0; i < group.count; i++)
				import->without += !is_report(&group.lines[i]);
		at += group.count;
		progress_step(&bar, at);
	}
	progress_end(&bar);
	return rc;
}

/* --- the answer ------------------------------------------------------------------ */

static void tell(const struct import *import)
{
	const appraise_notes *notes = &import->notes;
	pv_cli *cli = import->cli;

	for (size_t i = 0; i < notes->bad_count; i++)
		cli_warn(cli, "%s of %.7s, line %zu is left out: %s",
			 notes->bad[i].ref, notes->bad[i].commit.hex,
			 notes->bad[i].line, notes->bad[i].reason);
	if (import->without)
		cli_warn(cli,
			 "%zu comment%s of commits that nobody asked to review "
			 "%s left out",
			 import->without, import->without == 1 ? "" : "s",
			 import->without == 1 ? "is" : "are");
	if (import->votes)
		cli_note(cli, "votes of git-appraise are told, and count for no "
			      "policy");
}

static void print_json(const struct import *import)
{
	const appraise_notes *notes = &import->notes;
	pv_jsonw w;

	pv_jsonw_init(&w, &import->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "system", APPRAISE);
	pv_jsonw_key(&w, "reviews");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < import->row_count; i++) {
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "id", import->rows[i].id);
		pv_jsonw_member(&w, "commit", import->rows[i].commit.hex);
		pv_jsonw_member(&w, "title", import->rows[i].title);
		pv_jsonw_key(&w, "new");
		pv_jsonw_bool(&w, import->rows[i].is_new);
		pv_jsonw_key(&w, "events");
		pv_jsonw_int(&w, (int64_t)import->rows[i].events);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
	pv_jsonw_key(&w, "unchanged");
	pv_jsonw_int(&w, (int64_t)import->unchanged);
	pv_jsonw_key(&w, "without_request");
	pv_jsonw_int(&w, (int64_t)import->without);
	pv_jsonw_key(&w, "left_out");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < notes->bad_count; i++) {
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "ref", notes->bad[i].ref);
		pv_jsonw_member(&w, "commit", notes->bad[i].commit.hex);
		pv_jsonw_key(&w, "line");
		pv_jsonw_int(&w, (int64_t)notes->bad[i].line);
		pv_jsonw_member(&w, "reason", notes->bad[i].reason);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

static void report(const struct import *import)
{
	pv_cli *cli = import->cli;

	tell(import);
	if (cli->json) {
		print_json(import);
		return;
	}
	for (size_t i = 0; i < import->row_count; i++) {
		const struct row *row = &import->rows[i];

		cli_printf(cli, "%.7s %s %zu event%s  ", row->id,
			   row->is_new ? "new," : "has", row->events,
			   row->events == 1 ? "" : "s");
		cli_line(cli, row->title);
		cli_puts(cli, "\n");
	}
	cli_printf(cli,
		   "imported %zu event%s of %zu review%s; %zu %s nothing "
		   "new\n",
		   import->events, import->events == 1 ? "" : "s",
		   import->row_count, import->row_count == 1 ? "" : "s",
		   import->unchanged, import->unchanged == 1 ? "has" : "have");
}

int review_import(pv_cli *cli, int argc, char **argv)
{
	struct import import = { .cli = cli };
	int rc = cli_start(cli, NULL, &argc, argv);

	if (rc == PV_OK && strcmp(argv[1], APPRAISE) != 0)
		rc = cli_usage_error(cli,
				     "reviews of \"%s\" are not known: there is "
				     "git-appraise",
				     argv[1]);
	if (rc == PV_OK)
		rc = appraise_notes_load(&import.notes, cli);
	if (rc == PV_OK)
		rc = pv_review_each(cli->store, read_review, &import, &cli->err);
	if (rc == PV_OK)
		rc = take_all(&import);
	if (rc == PV_OK)
		report(&import);
	pv_map_dispose(&import.known);
	pv_arena_dispose(&import.arena);
	pv_free(import.rows);
	appraise_notes_dispose(&import.notes);
	return rc;
}
