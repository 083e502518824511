/* SPDX-License-Identifier: MIT
 *
 * Chains of reviews that grow in three clones at once and meet in any order:
 * nothing is lost, and all see the same review. A clone is a tip here, all in
 * one repository, which is all that a fetch would make of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "review/chain.h"
#include "store/repo.h"

enum {
	CLONES = 3,
	ROUNDS = 1000,
	STEPS = 7
};

struct play {
	struct repo *repo;
	pv_oid head;
	char id[41];
	pv_oid tips[CLONES];
	unsigned long seed;
	size_t made;
};

static unsigned pick(struct play *play, unsigned count)
{
	play->seed = play->seed * 6364136223846793005UL + 1442695040888963407UL;
	return (unsigned)(play->seed >> 33) % count;
}

static pv_review *read_review(const struct play *play, const pv_oid *tip)
{
	pv_review *review;
	pv_error err = { 0 };

	if (pv_review_read(&review, play->repo->store, play->id, tip, &err) < 0)
		fail_msg("%s", err.message);
	return review;
}

/* All that a reader could tell of a review. */
static void dump(pv_buf *out, const struct play *play, const pv_oid *tip)
{
	pv_review *review = read_review(play, tip);

	pv_buf_printf(out, "%s %s %zu\n", pv_review_state_name(review->state),
		      review->head.hex, review->event_count);
	for (size_t i = 0; i < review->event_count; i++)
		pv_buf_printf(out, "%s %s\n", review->events[i]->oid.hex,
			      pv_review_kind_name(review->events[i]->kind));
	for (size_t i = 0; i < review->vote_count; i++)
		pv_buf_printf(out, "%s %d\n", review->votes[i].event->oid.hex,
			      review->votes[i].is_current);
	for (size_t i = 0; i < review->comment_count; i++)
		pv_buf_printf(out, "%s %s\n", review->comments[i].event->oid.hex,
			      review->comments[i].resolved
				      ? review->comments[i].resolved->oid.hex
				      : "-");
	pv_review_free(review);
}

static void begin(struct play *play)
{
	static const pv_oid none;
	pv_review_event event = { .kind = PV_REVIEW_OPENED,
				  .title = "A change",
				  .source = "exp",
				  .target = "main",
				  .head = play->head };
	pv_error err = { 0 };

	if (pv_review_append(&play->tips[0], play->repo->store, NULL, &none,
			     &event, &err) < 0)
		fail_msg("%s", err.message);
	memcpy(play->id, play->tips[0].hex, sizeof(play->id));
	for (size_t i = 1; i < CLONES; i++)
		play->tips[i] = play->tips[0];
	play->made = 1;
}

static void add(struct play *play, pv_oid *tip)
{
	static const char *const names[] = { "Ann", "Ben", "Cleo" };
	pv_review *review = read_review(play, tip);
	pv_review_event event = { .head = play->head };
	pv_error err = { 0 };
	char text[32];

	/* The same words in the same second are the same event. */
	snprintf(text, sizeof(text), "%zu", play->made);
	event.text = text;
	setenv("GIT_COMMITTER_NAME", names[pick(play, 3)], 1);
	setenv("GIT_COMMITTER_EMAIL", names[pick(play, 3)], 1);
	event.kind = (enum pv_review_kind)(1 + pick(play, PV_REVIEW_CLOSED));
	if (pick(play, 2))
		event.head = review->opened->oid;
	if (review->comment_count)
		event.comment = review->comments[0].event->oid.hex;
	else
		event.comment = play->id;
	event.commit = play->head;
	event.lamport = review->lamport + 1;
	if (pv_review_append(tip, play->repo->store, play->id, tip, &event,
			     &err) < 0)
		fail_msg("%s", err.message);
	play->made++;
	pv_review_free(review);
}

static pv_oid join(struct play *play, const pv_oid *a, const pv_oid *b)
{
	pv_error err = { 0 };
	pv_oid out;

	if (pv_review_join(&out, play->repo->store, play->id, a, b, &err) < 0)
		fail_msg("%s", err.message);
	return out;
}

static void run_round(struct play *play)
{
	const pv_oid *tips = play->tips;
	pv_buf one = { 0 };
	pv_buf other = { 0 };
	pv_review *review;
	pv_oid left;
	pv_oid right;

	begin(play);
	for (int i = 0; i < STEPS; i++) {
		pv_oid *tip = &play->tips[pick(play, CLONES)];

		if (pick(play, 4))
			add(play, tip);
		else
			*tip = join(play, tip, &tips[pick(play, CLONES)]);
	}
	left = join(play, &tips[0], &tips[1]);
	right = join(play, &tips[1], &tips[0]);
	assert_string_equal(left.hex, right.hex);
	left = join(play, &left, &tips[2]);
	right = join(play, &tips[2], &tips[1]);
	right = join(play, &right, &tips[0]);
	dump(&one, play, &left);
	dump(&other, play, &right);
	assert_string_equal(one.ptr, other.ptr);
	left = join(play, &left, &right);
	dump(&other, play, &left);
	review = read_review(play, &left);
	assert_int_equal(review->event_count + review->unknown_count, play->made);
	assert_int_equal(review->unknown_count, 0);
	assert_memory_equal(other.ptr, other.ptr + one.len, one.len);
	pv_review_free(review);
	pv_buf_dispose(&one);
	pv_buf_dispose(&other);
}

static void set_up(struct play *play, void **state)
{
	memset(play, 0, sizeof(*play));
	play->repo = *state;
	repo_sh(play->repo, "git config core.fsync none && git commit -q "
			    "--allow-empty -m first");
	play->head = repo_oid(play->repo, "HEAD");
	repo_reopen(play->repo);
}

static void says_the_same_in_whatever_order_clones_meet(void **state)
{
	struct play play;

	set_up(&play, state);
	for (unsigned long i = 0; i < ROUNDS; i++) {
		play.seed = i;
		run_round(&play);
	}
}

/* --- what others write ----------------------------------------------------- */

/* A commit of a chain behind `tip` that has these bytes for an event. */
static pv_oid add_raw(const struct play *play, const pv_oid *tip,
		      const char *json, const char *format)
{
	const pv_change files[] = {
		{ "event.json", json, strlen(json) },
		{ "format", format, strlen(format) },
	};
	const pv_lone_commit commit = { .files = files,
					.count = 2,
					.parents = tip,
					.parent_count = 1,
					.message = "raw\n" };
	pv_error err = { 0 };
	pv_oid out;

	if (pv_store_commit_lone(&out, play->repo->store, &commit, &err) < 0)
		fail_msg("%s", err.message);
	return out;
}

static void keeps_what_it_does_not_understand(void **state)
{
	static const char *const texts[] = {
		"{\"type\":\"praised\",\"lamport\":2}",
		"{\"type\":\"approved\"}",
		"{\"type\":\"approved\",\"head\":\"main\"}",
		"{\"type\":\"commented\",\"text\":\"a\\u0000b\"}",
		"{\"type\":7}",
		"[]",
		"nothing",
		"",
	};
	struct play play;
	pv_review *review;
	pv_oid tip;

	set_up(&play, state);
	begin(&play);
	tip = play.tips[0];
	for (size_t i = 0; i < pv_array_len(texts); i++)
		tip = add_raw(&play, &tip, texts[i], PV_REVIEW_FORMAT);
	tip = add_raw(&play, &tip, "{\"type\":\"closed\"}", PV_REVIEW_MARK "2\n");
	tip = add_raw(&play, &tip, "{\"type\":\"commented\",\"text\":\"x\"}",
		      PV_REVIEW_FORMAT);
	review = read_review(&play, &tip);
	assert_int_equal(review->unknown_count, pv_array_len(texts) + 1);
	assert_int_equal(review->comment_count, 1);
	assert_int_equal(review->state, PV_REVIEW_IS_OPEN);
	pv_review_free(review);
}

static void puts_nothing_before_what_its_author_had_seen(void **state)
{
	struct play play;
	pv_review *review;
	pv_oid tip;

	set_up(&play, state);
	begin(&play);
	tip = add_raw(&play, &play.tips[0],
		      "{\"type\":\"commented\",\"text\":\"1\",\"lamport\":90}",
		      PV_REVIEW_FORMAT);
	tip = add_raw(&play, &tip,
		      "{\"type\":\"commented\",\"text\":\"2\",\"lamport\":3}",
		      PV_REVIEW_FORMAT);
	tip = add_raw(&play, &tip,
		      "{\"type\":\"commented\",\"text\":\"3\","
		      "\"lamport\":9223372036854775807}",
		      PV_REVIEW_FORMAT);
	review = read_review(&play, &tip);
	assert_string_equal(review->events[1]->text, "1");
	assert_string_equal(review->events[2]->text, "2");
	assert_string_equal(review->events[3]->text, "3");
	assert_int_equal(review->lamport, 92);
	pv_review_free(review);
}

/* A commit under review whose tree looks like an approval is none. */
static void takes_no_reviewed_commit_for_an_event(void **state)
{
	static const pv_oid none;
	struct play play;
	pv_review_event event = { .kind = PV_REVIEW_OPENED, .title = "x" };
	char json[160];
	pv_review *review;
	pv_error err = { 0 };
	pv_oid tip;

	set_up(&play, state);
	snprintf(json, sizeof(json), "{\"type\":\"approved\",\"head\":\"%s\"}",
		 play.head.hex);
	event.head = add_raw(&play, &play.head, json, PV_REVIEW_FORMAT);
	if (pv_review_append(&tip, play.repo->store, NULL, &none, &event, &err) <
	    0)
		fail_msg("%s", err.message);
	memcpy(play.id, tip.hex, sizeof(play.id));
	review = read_review(&play, &tip);
	assert_int_equal(review->event_count, 1);
	assert_int_equal(review->vote_count, 0);
	pv_review_free(review);
}

/* --- votes ----------------------------------------------------------------- */

static void lets_the_last_vote_of_each_count(void **state)
{
	struct play play;
	pv_review_event event = { .kind = PV_REVIEW_APPROVED, .text = "t" };
	pv_store *store;
	pv_review *review;
	char id[41];
	pv_oid oid;

	set_up(&play, state);
	store = play.repo->store;
	event.kind = PV_REVIEW_OPENED;
	event.title = "t";
	event.head = play.head;
	assert_int_equal(pv_review_open(id, store, &event, NULL), PV_OK);
	assert_int_equal(pv_review_open(id, store, &event, NULL), PV_EEXISTS);
	memcpy(id,
	       repo_line(play.repo, "git for-each-ref refs/pv "
				    "--format='%(objectname)'"),
	       sizeof(id) - 1);
	event.kind = PV_REVIEW_REJECTED;
	assert_int_equal(pv_review_add(&oid, store, id, &event, NULL), PV_OK);
	event.kind = PV_REVIEW_APPROVED;
	setenv("GIT_COMMITTER_EMAIL", "OTHER@example.com", 1);
	assert_int_equal(pv_review_add(&oid, store, id, &event, NULL), PV_OK);
	setenv("GIT_COMMITTER_EMAIL", "other@example.com", 1);
	assert_int_equal(pv_review_add(&oid, store, id, &event, NULL), PV_OK);
	assert_int_equal(pv_review_load(&review, store, id, NULL), PV_OK);
	assert_int_equal(review->vote_count, 2);
	assert_int_equal(review->state, PV_REVIEW_IS_REJECTED);
	pv_review_free(review);
	event.kind = PV_REVIEW_REVISED;
	event.head = oid;
	assert_int_equal(pv_review_add(&oid, store, id, &event, NULL), PV_OK);
	id[6] = '\0';
	assert_int_equal(pv_review_load(&review, store, id, NULL), PV_OK);
	assert_int_equal(review->state, PV_REVIEW_IS_OPEN);
	assert_int_equal(review->vote_count, 2);
	assert_int_equal(review->votes[0].is_current, 0);
	pv_review_free(review);
	id[3] = '\0';
	assert_int_equal(pv_review_load(&review, store, id, NULL), PV_ENOTFOUND);
}

/* What another program was told neither replaces a vote nor takes it back. */
static void keeps_votes_of_other_programs_apart(void **state)
{
	struct play play;
	const pv_review_origin origin = { "elsewhere", "1", NULL, 7 };
	pv_review_event event = { .kind = PV_REVIEW_APPROVED };
	pv_review *review;
	pv_error err = { 0 };
	pv_oid tip;

	set_up(&play, state);
	begin(&play);
	tip = play.tips[0];
	event.head = play.head;
	for (int i = 0; i < 3; i++) {
		static const enum pv_review_kind kinds[] = {
			PV_REVIEW_APPROVED, PV_REVIEW_REJECTED, PV_REVIEW_WITHDRAWN
		};

		event.kind = kinds[i];
		event.text = "t";
		event.lamport = 2 + i;
		event.origin = i ? &origin : NULL;
		if (pv_review_append(&tip, play.repo->store, play.id, &tip,
				     &event, &err) < 0)
			fail_msg("%s", err.message);
		review = read_review(&play, &tip);
		assert_int_equal(review->vote_count, i == 1 ? 2 : 1);
		assert_int_equal(review->state, PV_REVIEW_IS_APPROVED);
		assert_null(review->votes[0].event->origin);
		if (i == 1) {
			const pv_review_event *vote = review->votes[1].event;

			assert_string_equal(vote->origin->system, "elsewhere");
			assert_string_equal(pv_review_said_by(vote), vote->by);
			assert_int_equal(pv_review_said_at(vote), 7);
		}
		pv_review_free(review);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(says_the_same_in_whatever_order_clones_meet,
						repo_setup, repo_teardown),
		cmocka_unit_test_setup_teardown(keeps_what_it_does_not_understand,
						repo_setup, repo_teardown),
		cmocka_unit_test_setup_teardown(puts_nothing_before_what_its_author_had_seen,
						repo_setup, repo_teardown),
		cmocka_unit_test_setup_teardown(takes_no_reviewed_commit_for_an_event,
						repo_setup, repo_teardown),
		cmocka_unit_test_setup_teardown(lets_the_last_vote_of_each_count,
						repo_setup, repo_teardown),
		cmocka_unit_test_setup_teardown(keeps_votes_of_other_programs_apart,
						repo_setup, repo_teardown),
	};

	return cmocka_run_group_tests_name("review_chain", tests, NULL, NULL);
}
