/* SPDX-License-Identifier: MIT
 *
 * See review_view.h. A comment's sentence is looked for in its field first,
 * then in the whole file: messages may have been put before it.
 */
#include "review/review_view.h"

#include <string.h>

#include <pv/yaml.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "repo/prompts.h"
#include "review/review_counts.h"
#include "review/review_row.h"

int review_me(pv_buf *out, pv_cli *cli)
{
	pv_signature who = { 0 };
	int rc = pv_store_committer(&who, cli->store, &cli->err);

	if (rc < 0)
		return rc;
	pv_buf_printf(out, "%s <%s>", who.name, who.email);
	pv_signature_dispose(&who);
	return pv_buf_status(out, &cli->err);
}

int review_text(pv_buf *out, pv_cli *cli, const cli_list *paragraphs)
{
	int rc;

	for (size_t i = 0; i < paragraphs->count; i++)
		pv_buf_printf(out, "%s%s", i ? "\n\n" : "",
			      paragraphs->items[i].value);
	rc = pv_buf_status(out, &cli->err);
	return rc < 0 ? rc
		      : cli_check_utf8(cli, "the message", pv_buf_text(out),
				       out->len);
}

int review_must_be_open(pv_cli *cli, const pv_review *review)
{
	int rc;

	if (!review->end)
		return PV_OK;
	rc = pv_fail(&cli->err, PV_ECONFLICT, "the review %.7s is %s",
		     review->id, pv_review_state_name(review->state));
	return pv_error_hint(&cli->err, rc, "open another one");
}

int review_branch_tip(pv_oid *out, pv_cli *cli, const pv_review *review)
{
	const char *source = review->opened->source;
	pv_error err = { 0 };
	pv_buf remote = { 0 };
	int rc;

	if (!source)
		return pv_fail(&cli->err, PV_ENOTFOUND,
			       "the review %.7s is of no branch", review->id);
	rc = pv_store_resolve(out, cli->store, source, &cli->err);
	if (rc != PV_ENOTFOUND)
		return rc;
	pv_buf_printf(&remote, "origin/%s", source);
	if (remote.status == PV_OK &&
	    pv_store_resolve(out, cli->store, remote.ptr, &err) == PV_OK) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	pv_buf_dispose(&remote);
	return rc;
}

/* --- subjects --------------------------------------------------------------- */

/* A released version is one prompt, whatever else its commit changed. */
static void keep_only(pv_review_subjects *subjects, const char *id)
{
	size_t count = 0;

	for (size_t i = 0; i < subjects->count; i++)
		if (!strcmp(subjects->items[i].id, id))
			subjects->items[count++] = subjects->items[i];
	subjects->count = count;
}

int review_subjects(pv_review_subjects *out, pv_cli *cli, const pv_review *review)
{
	static const pv_oid nothing;
	const char *only = review->opened->prompt;
	int rc = pv_review_subjects_load(out, cli->store, &cli->settings,
					 only ? &nothing : &review->base,
					 &review->head, &cli->err);

	if (rc == PV_OK && only)
		keep_only(out, only);
	return rc;
}

/* --- places ----------------------------------------------------------------- */

static int read_prompt(pv_buf *out, pv_cli *cli, const pv_oid *commit,
		       const char *id)
{
	pv_point at = { PV_AT_COMMIT, *commit };
	pv_settings settings = cli->settings;
	pv_buf path = { 0 };
	int rc = pv_settings_at(&settings, cli->store, &at, &cli->err);

	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &settings, id, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_read(out, NULL, cli->store, &at,
				   pv_buf_text(&path), &cli->err);
	pv_buf_dispose(&path);
	return rc;
}

static int take_field(pv_buf *text, pv_cli *cli, const char *field)
{
	const pv_yaml_node *node = NULL;
	pv_yaml *doc = NULL;
	pv_buf value = { 0 };
	int rc = pv_yaml_parse(&doc, pv_buf_text(text), text->len, NULL,
			       &cli->err);

	if (rc == PV_OK)
		rc = pv_yaml_find(&node, doc, field, &cli->err);
	if (rc == PV_OK)
		node = pv_yaml_resolve(node);
	if (rc == PV_OK && node->kind != PV_YAML_SCALAR)
		rc = pv_fail(&cli->err, PV_ENOTFOUND, "\"%.120s\" is no text",
			     field);
	if (rc == PV_OK) {
		pv_buf_put(&value, node->text, node->len);
		rc = pv_buf_status(&value, &cli->err);
	}
	pv_yaml_free(doc);
	if (rc < 0) {
		pv_buf_dispose(&value);
		return rc;
	}
	pv_buf_dispose(text);
	*text = value;
	return PV_OK;
}

int review_field_text(pv_buf *out, pv_cli *cli, const pv_oid *commit,
		      const char *id, const char *field)
{
	int rc = read_prompt(out, cli, commit, id);

	return rc == PV_OK && field ? take_field(out, cli, field) : rc;
}

/* Appends the text, or nothing where there is none any more. */
static int read_text(pv_buf *out, pv_cli *cli, const pv_oid *commit,
		     const char *id, const char *field)
{
	int rc = review_field_text(out, cli, commit, id, field);

	if (rc != PV_ENOTFOUND && rc != PV_EINVALID && rc != PV_ESYNTAX)
		return rc;
	pv_error_clear(&cli->err);
	pv_buf_clear(out);
	return PV_OK;
}

/*
 * Finds the line in the field, or in the file, and the sentence that is there
 * now. The texts that were commented on are kept alive by the review.
 */
static int find_line(review_place *out, pv_cli *cli, const pv_review *review,
		     const pv_review_event *comment, const char *field)
{
	const pv_oid *head =
		comment->head.hex[0] ? &comment->head : &review->opened->head;
	pv_buf now = { 0 };
	pv_buf before = { 0 };
	int rc = read_text(&now, cli, &review->head, comment->prompt, field);

	if (rc == PV_OK)
		rc = read_text(&before, cli, head, comment->prompt, field);
	if (rc == PV_OK) {
		pv_review_text texts[] = { { pv_buf_text(&now), now.len },
					   { pv_buf_text(&before), before.len } };

		out->line = pv_review_place(&texts[0], &texts[1],
					    comment->quote, comment->line);
	}
	if (rc == PV_OK && out->line) {
		pv_review_quote(&out->now, pv_buf_text(&now), now.len, out->line);
		rc = pv_buf_status(&out->now, &cli->err);
	}
	pv_buf_dispose(&now);
	pv_buf_dispose(&before);
	return rc;
}

static int find_place(review_place *out, pv_cli *cli, const pv_review *review,
		      const pv_review_event *comment)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->field = comment->field;
	if (!comment->prompt || !comment->quote) {
		out->line = comment->line;
		return PV_OK;
	}
	rc = find_line(out, cli, review, comment, comment->field);
	if (rc == PV_OK && !out->line && comment->field) {
		rc = find_line(out, cli, review, comment, NULL);
		if (out->line)
			out->field = NULL;
	}
	out->is_gone = !out->line;
	return rc;
}

int review_places_find(review_place **out, pv_cli *cli, const pv_review *review)
{
	size_t count = review->comment_count;
	int rc = PV_OK;

	*out = pv_calloc(count + 1, sizeof(**out));
	if (!*out)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = find_place(&(*out)[i], cli, review,
				review->comments[i].event);
	return rc;
}

void review_places_free(review_place *places, const pv_review *review)
{
	for (size_t i = 0; places && i < review->comment_count; i++)
		pv_buf_dispose(&places[i].now);
	pv_free(places);
}

diff_range review_range(const pv_review *review)
{
	diff_range range = { .from = review->base,
			     .to = review->head,
			     .only = review->opened->prompt };

	return range;
}

/* --- printing --------------------------------------------------------------- */

void review_time(pv_jsonw *w, const char *key, int64_t seconds)
{
	char text[PV_TIME_TEXT];

	pv_time_format(text, seconds * 1000000);
	pv_jsonw_member(w, key, seconds ? text : NULL);
}

void review_members(pv_jsonw *w, const pv_review *review)
{
	const pv_review_event *opened = review->opened;
	review_row row;

	review_row_fill(&row, review);
	review_row_members(w, &row);
	pv_jsonw_key(w, "reviewers");
	pv_jsonw_array(w);
	for (size_t i = 0; i < opened->reviewer_count; i++)
		pv_jsonw_string(w, opened->reviewers[i]);
	pv_jsonw_array_end(w);
}

void review_said_json(pv_jsonw *w, const pv_review_event *event)
{
	pv_jsonw_member(w, "by", pv_review_said_by(event));
	review_time(w, "at", pv_review_said_at(event));
	pv_jsonw_key(w, "origin");
	if (!event->origin) {
		pv_jsonw_null(w);
		return;
	}
	pv_jsonw_object(w);
	pv_jsonw_member(w, "system", event->origin->system);
	pv_jsonw_member(w, "key", event->origin->key);
	pv_jsonw_member(w, "imported_by", event->by);
	review_time(w, "imported_at", event->at);
	pv_jsonw_object_end(w);
}

int review_report(pv_cli *cli, const char *id, const pv_oid *event,
		  const pv_spec *asked)
{
	review_policies policies = { .cli = cli };
	pv_review *review = NULL;
	pv_jsonw w;
	int rc = pv_review_load(&review, cli->store, id, &cli->err);

	if (rc == PV_OK)
		rc = review_settle(&policies, review, NULL);
	review_policies_dispose(&policies);
	if (rc == PV_OK && cli->json) {
		pv_jsonw_init(&w, &cli->out);
		pv_jsonw_object(&w);
		review_members(&w, review);
		cli_oid_json(&w, "event", event);
		if (asked)
			cli_fallback_json(&w, asked);
		pv_jsonw_object_end(&w);
	} else if (rc == PV_OK) {
		cli_printf(cli, "%.7s %s  ", review->id,
			   pv_review_state_name(review->state));
		cli_line(cli, review->opened->title);
		cli_puts(cli, "\n");
	}
	pv_review_free(review);
	return rc;
}
