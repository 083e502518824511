/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the functions that read and write reviews made to fail:
 * a review is what it was, or what it should be.
 */
#include <pv/appraise.h>

#include "alloc/walk.h"
#include "base/mem.h"
#include "version/fixture.h"

struct scene {
	struct prompts *it;
	pv_oid base;
	pv_oid head;
	char id[41];
	pv_oid tip;
	pv_oid ours; /* where the review grew apart */
	pv_oid theirs;
	char opened[41]; /* what a call made besides */
};

static void refname(char out[80], const struct scene *scene)
{
	snprintf(out, 80, PV_REVIEW_REFS "%.2s/%s", scene->id, scene->id);
}

static void put_back(const struct scene *scene, const pv_oid *to)
{
	pv_store *store = scene->it->repo.store;
	char name[80];
	pv_oid now;

	refname(name, scene);
	if (pv_store_ref(&now, store, name, NULL) < 0 ||
	    pv_store_ref_update(store, name, to, &now, "reset", NULL) < 0)
		fail_msg("the review cannot be put back");
}

static void begin(void *payload)
{
	struct scene *scene = payload;

	repo_open(&scene->it->repo);
	put_back(scene, &scene->ours);
}

/* Also where a call was told to fail when all was done. */
static int remove_other(const char *id, const pv_oid *tip, void *payload)
{
	static const pv_oid none;
	const struct scene *scene = payload;
	char name[80];

	if (!strcmp(id, scene->id))
		return 0;
	snprintf(name, sizeof(name), PV_REVIEW_REFS "%.2s/%s", id, id);
	return pv_store_ref_update(scene->it->repo.store, name, &none, tip,
				   "gone", NULL);
}

static void end(void *payload, int rc)
{
	struct scene *scene = payload;

	(void)rc;
	if (pv_review_each(scene->it->repo.store, remove_other, scene, NULL) < 0)
		fail_msg("a review cannot be removed");
	pv_store_free(scene->it->repo.store);
	scene->it->repo.store = NULL;
}

static pv_review_event opening(const struct scene *scene)
{
	static const char *const reviewers[] = { "ann@example.com" };
	pv_review_event event = { .kind = PV_REVIEW_OPENED,
				  .title = "A change",
				  .text = "why",
				  .source = "exp",
				  .target = "main",
				  .head = scene->head,
				  .base = scene->base,
				  .reviewers = reviewers,
				  .reviewer_count = 1 };

	return event;
}

static int open_again(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_review_event event = opening(scene);
	int rc;

	/* Another one than that of the scene. */
	event.title = "Another";
	rc = pv_review_open(scene->opened, scene->it->repo.store, &event, err);
	if (rc == PV_OK)
		walk_say("%s", scene->opened);
	return rc;
}

static int add(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	const pv_review_subject subject = { "a", scene->head, "closure" };
	const pv_review_origin origin = { "elsewhere", "1", "bob@x", 1 };
	const pv_review_event event = { .kind = PV_REVIEW_APPROVED,
					.head = scene->head,
					.subjects = &subject,
					.subject_count = 1,
					.origin = &origin };
	pv_oid oid;
	int rc = pv_review_add(&oid, scene->it->repo.store, scene->id, &event,
			       err);

	if (rc == PV_OK)
		walk_say("%s", oid.hex);
	return rc;
}

static int load(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_review *review;
	int rc = pv_review_load(&review, scene->it->repo.store, scene->id, err);

	if (rc < 0)
		return rc;
	walk_say("%s %zu %zu %s", pv_review_state_name(review->state),
		 review->event_count, review->comment_count, review->opened->by);
	pv_review_free(review);
	return PV_OK;
}

static int read_tip(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_review *review;
	int rc = pv_review_read(&review, scene->it->repo.store, scene->id,
				&scene->theirs, err);

	if (rc < 0)
		return rc;
	walk_say("%zu", review->event_count);
	pv_review_free(review);
	return PV_OK;
}

static int unite(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	enum pv_review_union how;
	int rc = pv_review_unite(&how, scene->it->repo.store, scene->id,
				 &scene->theirs, err);

	if (rc == PV_OK)
		walk_say("%d", (int)how);
	return rc;
}

static int say_review(const char *id, const pv_oid *tip, void *payload)
{
	(void)payload;
	walk_say("%s %s\n", id, tip->hex);
	return 0;
}

static int each(void *payload, pv_error *err)
{
	struct scene *scene = payload;

	return pv_review_each(scene->it->repo.store, say_review, NULL, err);
}

static int subjects(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_review_subjects out;
	int rc = pv_review_subjects_load(&out, scene->it->repo.store,
					 &scene->it->settings, &scene->base,
					 &scene->head, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < out.count; i++)
		walk_say("%s %s\n", out.items[i].id, out.items[i].closure);
	pv_review_subjects_dispose(&out);
	return PV_OK;
}

static int say_author(const char *person, void *payload)
{
	(void)payload;
	walk_say("%s\n", person);
	return 0;
}

static int authors(void *payload, pv_error *err)
{
	const pv_oid none = { "" };
	struct scene *scene = payload;
	int rc = pv_review_each_author(scene->it->repo.store, &scene->head,
				       &scene->base, say_author, NULL, err);

	return rc < 0 ? rc
		      : pv_review_each_author(scene->it->repo.store, &scene->head,
					      &none, say_author, NULL, err);
}

static int quote(void *payload, pv_error *err)
{
	static const char text[] = "One.\nTwo.";
	pv_buf out = { 0 };
	int rc;

	(void)payload;
	pv_review_quote(&out, text, strlen(text), 2);
	rc = pv_buf_status(&out, err);
	if (rc == PV_OK)
		walk_say("%s", out.ptr);
	pv_buf_dispose(&out);
	return rc;
}

static int lone(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	const pv_change file = { "a", "x", 1 };
	const pv_lone_commit commit = { .files = &file,
					.count = 1,
					.parents = &scene->head,
					.parent_count = 1,
					.message = "m\n" };
	pv_oid oid;
	int rc = pv_store_commit_lone(&oid, scene->it->repo.store, &commit, err);

	if (rc == PV_OK)
		walk_say("%s", oid.hex);
	return rc;
}

static int read_note(void *payload, pv_error *err)
{
	static const char line[] =
		"{\"timestamp\":\"1438624412\",\"requester\":\"ann@x\","
		"\"reviewers\":[\"bob@x\",\"eve@x\"],\"description\":\"Why\","
		"\"targetRef\":\"refs/heads/main\"}";
	pv_appraise_note note;
	int rc = pv_appraise_read(&note, PV_APPRAISE_REQUEST, line,
				  sizeof(line) - 1, err);

	(void)payload;
	if (rc < 0)
		return rc;
	walk_say("%s %s %s %zu", note.by, note.text, note.target,
		 note.reviewer_count);
	pv_appraise_note_dispose(&note);
	return PV_OK;
}

static const struct walk_row rows[] = {
	{ WALK(pv_store_commit_lone, lone) },
	{ WALK(pv_review_open, open_again) },
	{ WALK(pv_review_add, add) },
	{ WALK(pv_review_load, load) },
	{ WALK(pv_review_read, read_tip) },
	{ WALK(pv_review_unite, unite) },
	{ WALK(pv_review_each, each) },
	{ WALK(pv_review_subjects_load, subjects) },
	{ WALK(pv_review_each_author, authors) },
	{ WALK(pv_review_quote, quote) },
	{ WALK(pv_appraise_read, read_note) },
};

static void set_up(struct scene *scene)
{
	pv_review_event event;
	pv_error err = { 0 };

	prompts_commit(scene->it, "tone", "{prompt: Kind.}");
	prompts_commit(scene->it, "a", "{prompt: one}");
	prompts_commit(scene->it, "b", "prompt: {% include \"tone\" %}");
	scene->base = repo_oid(&scene->it->repo, "HEAD");
	prompts_commit(scene->it, "tone", "{prompt: Calm.}");
	prompts_commit(scene->it, "a", "{prompt: two}");
	scene->head = repo_oid(&scene->it->repo, "HEAD");
	prompts_open(scene->it);
	event = opening(scene);
	if (pv_review_open(scene->id, scene->it->repo.store, &event, &err) < 0)
		fail_msg("%s", err.message);
	memcpy(scene->tip.hex, scene->id, sizeof(scene->tip.hex));
	event.kind = PV_REVIEW_COMMENTED;
	if (pv_review_add(&scene->theirs, scene->it->repo.store, scene->id,
			  &event, &err) < 0)
		fail_msg("%s", err.message);
	put_back(scene, &scene->tip);
	event.text = "other";
	if (pv_review_add(&scene->ours, scene->it->repo.store, scene->id,
			  &event, &err) < 0)
		fail_msg("%s", err.message);
}

static void fails_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 1 };
	struct repo keeper = { 0 };

	scene.it = *state;
	set_up(&scene);
	/* Keeps libgit2 started, which would cost much in each round. */
	memcpy(keeper.path, scene.it->repo.path, sizeof(keeper.path));
	repo_open(&keeper);
	end(&scene, PV_OK);
	walk_all(rows, pv_array_len(rows), &setting);
	pv_store_free(keeper.store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fails_cleanly_at_every_allocation,
						prompts_setup, prompts_teardown),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_review", tests, NULL, NULL);
}
