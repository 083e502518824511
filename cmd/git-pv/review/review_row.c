/* SPDX-License-Identifier: MIT
 *
 * See review_row.h. The three tables say the order in which a row is kept.
 */
#include "review/review_row.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "review/review_counts.h"
#include "review/review_view.h"

enum {
	HEX = 40
};

static const size_t texts[] = {
	offsetof(review_row, id),      offsetof(review_row, tip),
	offsetof(review_row, state),   offsetof(review_row, title),
	offsetof(review_row, source),  offsetof(review_row, target),
	offsetof(review_row, prompt),  offsetof(review_row, environment),
	offsetof(review_row, version), offsetof(review_row, head),
	offsetof(review_row, base),    offsetof(review_row, author),
};

static const size_t numbers[] = {
	offsetof(review_row, opened_at),
	offsetof(review_row, updated_at),
	offsetof(review_row, approvals),
	offsetof(review_row, open_comments),
};

static const size_t lists[] = {
	offsetof(review_row, reviewers), offsetof(review_row, voters),
	offsetof(review_row, approvers), offsetof(review_row, authors),
	offsetof(review_row, prompts),
};

static void *member(review_row *row, size_t offset)
{
	return (char *)row + offset;
}

/* --- of a review ---------------------------------------------------------------- */

static int64_t last_time(const pv_review *review)
{
	int64_t last = 0;

	for (size_t i = 0; i < review->event_count; i++) {
		int64_t at = pv_review_said_at(review->events[i]);

		if (at > last)
			last = at;
	}
	return last;
}

void review_row_fill(review_row *out, const pv_review *review)
{
	const pv_review_event *opened = review->opened;

	memset(out, 0, sizeof(*out));
	out->id = review->id;
	out->tip = review->tip.hex;
	out->state = pv_review_state_name(review->state);
	out->title = opened->title;
	out->source = opened->source;
	out->target = opened->target;
	out->environment = opened->environment;
	out->prompt = opened->prompt;
	out->version = opened->version;
	out->head = review->head.hex;
	out->base = review->base.hex;
	out->author = pv_review_said_by(opened);
	out->opened_at = pv_review_said_at(opened);
	out->updated_at = last_time(review);
	for (size_t i = 0; i < review->comment_count; i++)
		out->open_comments += !review->comments[i].resolved &&
				      !review->comments[i].event->comment;
}

/* Who voted of the head that is reviewed now, and not in other programs. */
static int find_voters(pv_strlist *out, int64_t *approvals,
		       const pv_review *review, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < review->vote_count && rc == PV_OK; i++) {
		const pv_review_vote *vote = &review->votes[i];

		if (!vote->is_current || vote->event->origin)
			continue;
		*approvals += vote->event->kind == PV_REVIEW_APPROVED;
		rc = pv_strlist_add(out, vote->event->by, err);
	}
	return rc;
}

/* --- kept ------------------------------------------------------------------------ */

static void put_text(pv_buf *out, const char *text)
{
	pv_buf_put(out, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void put_number(pv_buf *out, int64_t value)
{
	pv_buf_printf(out, "%lld", (long long)value);
	pv_buf_putc(out, '\0');
}

static void put_names(pv_buf *out, const char *const *names, size_t count)
{
	put_number(out, (int64_t)count);
	for (size_t i = 0; i < count; i++)
		put_text(out, names[i]);
}

static void put_list(pv_buf *out, const pv_strlist *list)
{
	put_names(out, (const char *const *)list->items, list->count);
}

static void put_values(pv_buf *out, review_row *row)
{
	for (size_t i = 0; i < pv_array_len(texts); i++)
		put_text(out, *(const char **)member(row, texts[i]));
	for (size_t i = 0; i < pv_array_len(numbers); i++)
		put_number(out, *(int64_t *)member(row, numbers[i]));
}

int review_row_put(pv_buf *out, pv_cli *cli, const pv_review *review)
{
	const pv_review_event *opened = review->opened;
	review_claims claims = { 0 };
	pv_strlist voters = { 0 };
	review_row row;
	int rc;

	review_row_fill(&row, review);
	rc = find_voters(&voters, &row.approvals, review, &cli->err);
	if (rc == PV_OK)
		rc = review_claims_find(&claims, cli, review);
	put_values(out, &row);
	put_names(out, opened->reviewers, opened->reviewer_count);
	put_list(out, &voters);
	put_list(out, &claims.approvers);
	put_list(out, &claims.authors);
	put_list(out, &claims.prompts);
	review_claims_dispose(&claims);
	pv_strlist_dispose(&voters);
	return rc < 0 ? rc : pv_buf_status(out, &cli->err);
}

/* --- read ------------------------------------------------------------------------ */

struct cursor {
	const char *at;
	const char *end;
	int is_bad;
};

static const char *next_text(struct cursor *from)
{
	const char *text = from->at;
	const char *end = memchr(text, '\0', (size_t)(from->end - text));

	if (!end) {
		from->is_bad = 1;
		return "";
	}
	from->at = end + 1;
	return text;
}

static int64_t next_number(struct cursor *from)
{
	return strtoll(next_text(from), NULL, 10);
}

static void next_names(review_names *out, struct cursor *from)
{
	int64_t count = next_number(from);

	out->first = from->at;
	out->count = 0;
	for (; !from->is_bad && count > 0; count--) {
		next_text(from);
		out->count += !from->is_bad;
	}
}

size_t review_row_read(review_row *out, const char *text, size_t len)
{
	struct cursor from = { .at = text, .end = text + len };

	for (size_t i = 0; i < pv_array_len(texts); i++)
		*(const char **)member(out, texts[i]) = next_text(&from);
	for (size_t i = 0; i < pv_array_len(numbers); i++)
		*(int64_t *)member(out, numbers[i]) = next_number(&from);
	for (size_t i = 0; i < pv_array_len(lists); i++)
		next_names(member(out, lists[i]), &from);
	out->text.ptr = text;
	out->text.len = (size_t)(from.at - text);
	return from.is_bad || strlen(out->id) != HEX || strlen(out->tip) != HEX
		       ? 0
		       : out->text.len;
}

int review_row_has_ended(const review_row *row)
{
	return !strcmp(row->state, pv_review_state_name(PV_REVIEW_IS_MERGED)) ||
	       !strcmp(row->state, pv_review_state_name(PV_REVIEW_IS_CLOSED));
}

/* --- shown ------------------------------------------------------------------------ */

static void put_member(pv_jsonw *w, const char *key, const char *text)
{
	pv_jsonw_member(w, key, text && text[0] ? text : NULL);
}

void review_row_members(pv_jsonw *w, const review_row *row)
{
	pv_jsonw_member(w, "id", row->id);
	pv_jsonw_member(w, "state", row->state);
	pv_jsonw_member(w, "title", row->title);
	put_member(w, "source", row->source);
	put_member(w, "target", row->target);
	put_member(w, "environment", row->environment);
	put_member(w, "prompt", row->prompt);
	put_member(w, "version", row->version);
	put_member(w, "head", row->head);
	put_member(w, "base", row->base);
	pv_jsonw_member(w, "author", row->author);
	review_time(w, "opened_at", row->opened_at);
	review_time(w, "updated_at", row->updated_at);
}

void review_names_member(pv_jsonw *w, const char *key, const review_names *names)
{
	const char *text = names->first;

	pv_jsonw_key(w, key);
	pv_jsonw_array(w);
	for (size_t i = 0; i < names->count; i++) {
		pv_jsonw_string(w, text);
		text = review_names_next(text);
	}
	pv_jsonw_array_end(w);
}
