/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the functions that deal in versions made to fail; a
 * release that fails half way says truly what it has tagged.
 */
#include "alloc/walk.h"
#include "base/mem.h"
#include "faults.h"
#include "store/object/raw_object.h"
#include "store/ref/packed_refs.h"
#include "version/fixture.h"

enum {
	RELEASE_STEP = 7,
	RELEASE_MAX = 20000
};

struct scene {
	struct prompts *it;
	pv_version_index *index;
	pv_point tip;
	pv_oid side;     /* merged since */
	pv_oid renamed;  /* a merge of two sides, one from before a rename */
	pv_oid moved[2]; /* the commit of a rename, and its parent */
	pv_buf out;
};

static void begin(void *payload)
{
	struct scene *scene = payload;

	prompts_open(scene->it);
	if (pv_version_index_load(&scene->index, scene->it->repo.store,
				  &scene->it->settings, NULL) < 0)
		fail_msg("no index");
}

static void end(void *payload, int rc)
{
	struct scene *scene = payload;

	(void)rc;
	pv_version_index_free(scene->index);
	pv_buf_dispose(&scene->out);
	pv_store_free(scene->it->repo.store);
	scene->it->repo.store = NULL;
}

static int say_out(struct scene *scene, int rc)
{
	if (rc == PV_OK)
		walk_say("%s", pv_buf_text(&scene->out));
	return rc;
}

static int load_settings(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_settings settings;
	int rc = pv_settings_load(&settings, scene->it->repo.store, err);

	if (rc == PV_OK)
		walk_say("%s %s %d", settings.prompts_dir,
			 settings.default_branch, settings.auto_tag);
	return rc;
}

static int check_settings(void *payload, pv_error *err)
{
	static const char text[] = "prompts: p\nversioning: {auto_tag: false}\n";

	(void)payload;
	return pv_settings_check(text, strlen(text), err);
}

static int folder_of_settings(void *payload, pv_error *err)
{
	static const char text[] = "prompts: flows\n";
	char folder[256];

	(void)payload;
	return pv_settings_folder(folder, text, strlen(text), err);
}

static int settings_at(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_settings settings = scene->it->settings;

	memset(settings.file.hex, 'f', sizeof(settings.file.hex) - 1);
	return pv_settings_at(&settings, scene->it->repo.store, &scene->tip, err);
}

static int load_from_tree(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_prompt_tree tree = { scene->it->repo.store, &scene->it->settings,
				scene->tip };

	return say_out(scene, pv_prompt_tree_load(&scene->out, "a", &tree, err));
}

static int read_from_tree(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_prompt_tree tree = { scene->it->repo.store, &scene->it->settings,
				scene->tip };

	return say_out(scene, pv_prompt_tree_read(&scene->out, "prompts/a.yaml",
						  &tree, err));
}

/* The file that it refers to is YAML, and a schema of no keyword. */
static int schema_of_tree(void *payload, pv_error *err)
{
	static const char text[] =
		"prompt: x\n"
		"output: {schema: {properties: {a: {$ref: prompts/a.yaml}}}}\n";
	struct scene *scene = payload;
	pv_prompt_tree tree = { scene->it->repo.store, &scene->it->settings,
				scene->tip };
	pv_prompt *prompt = NULL;
	pv_schema *schema = NULL;
	int rc = pv_prompt_parse(&prompt, text, strlen(text), NULL, NULL, err);

	if (rc == PV_OK)
		rc = pv_prompt_tree_schema(&schema, &tree, prompt, "output", err);
	pv_schema_free(schema);
	pv_prompt_free(prompt);
	return rc;
}

/* A schema in a file, and an include: what is read counts. */
static int impact_at(void *payload, pv_error *err)
{
	static const char *const texts[] = {
		"prompt: x\noutput: {schema: {const: 1}}\n",
		"prompt: '{% include \"a\" %}'\n"
		"output: {schema: {$ref: prompts/a.yaml}}\n"
	};
	struct scene *scene = payload;
	pv_prompt *prompts[2] = { NULL, NULL };
	pv_report *report = NULL;
	enum pv_bump bump = PV_BUMP_NONE;
	pv_prompt_change change = { .store = scene->it->repo.store,
				    .settings = &scene->it->settings,
				    .from = scene->tip,
				    .to = scene->tip };
	int rc = pv_report_new(&report, err);

	for (int i = 0; i < 2 && rc == PV_OK; i++)
		rc = pv_prompt_parse(&prompts[i], texts[i], strlen(texts[i]),
				     NULL, NULL, err);
	change.before = prompts[0];
	change.after = prompts[1];
	if (rc == PV_OK)
		rc = pv_prompt_impact_at(&bump, &change, report, err);
	if (rc == PV_OK)
		walk_say("%s %zu", pv_bump_name(bump), pv_report_count(report));
	pv_report_free(report);
	pv_prompt_free(prompts[0]);
	pv_prompt_free(prompts[1]);
	return rc;
}

/* Of HEAD, as there is no such branch: a file that is read takes no memory. */
static int tip(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_settings settings = scene->it->settings;
	pv_oid oid;
	int rc;

	snprintf(settings.default_branch, sizeof(settings.default_branch),
		 "none");
	rc = pv_settings_tip(&oid, scene->it->repo.store, &settings, err);
	if (rc == PV_OK)
		walk_say("%s", oid.hex);
	return rc;
}

static int path_of(void *payload, pv_error *err)
{
	struct scene *scene = payload;

	return say_out(scene, pv_prompt_path(&scene->out, &scene->it->settings,
					     "a/b", err));
}

static int id_of(void *payload, pv_error *err)
{
	struct scene *scene = payload;

	return say_out(scene, pv_prompt_id(&scene->out, &scene->it->settings,
					   "prompts/a/b.yaml", err));
}

static int say_prompt(const char *id, const char *path, const pv_oid *blob,
		      void *payload)
{
	(void)payload;
	walk_say("%s %s %.7s\n", id, path, blob ? blob->hex : "-");
	return 0;
}

static int each(void *payload, pv_error *err)
{
	struct scene *scene = payload;

	return pv_prompt_each(scene->it->repo.store, &scene->it->settings,
			      &scene->tip, say_prompt, NULL, err);
}

static int closure(void *payload, pv_error *err)
{
	struct scene *scene = payload;

	return say_out(scene,
		       pv_closure(&scene->out, scene->it->repo.store,
				  &scene->it->settings, &scene->tip, "b", err));
}

static int dependencies(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	const pv_point from = { PV_AT_COMMIT, scene->moved[1] };
	const pv_closure_change *items = NULL;
	pv_dependencies *both;
	size_t count = 0;
	int rc = pv_dependencies_new(&both, scene->it->repo.store,
				     &scene->it->settings, &from, &scene->tip,
				     err);

	if (rc == PV_OK)
		rc = pv_dependencies_compare(&items, &count, both, "b", "a", err);
	if (rc == PV_OK && count == 1)
		walk_say("%d %s", items[0].kind, items[0].path);
	pv_dependencies_free(both);
	return rc;
}

static int list(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_version_list found;
	int rc = pv_version_list_load(&found, scene->it->repo.store,
				      &scene->it->settings, "a", err);

	for (size_t i = 0; rc == PV_OK && i < found.count; i++)
		walk_say("%s %s\n", found.items[i].tag, found.items[i].subject);
	pv_version_list_dispose(&found);
	return rc;
}

static int describe(struct scene *scene, const char *id, pv_error *err)
{
	return say_out(scene,
		       pv_version_describe(&scene->out, scene->it->repo.store,
					   &scene->it->settings, id,
					   &scene->tip, err));
}

static int describe_changed(void *payload, pv_error *err)
{
	return describe(payload, "a", err);
}

static int describe_renamed(void *payload, pv_error *err)
{
	return describe(payload, "z", err);
}

static int describe_missing(void *payload, pv_error *err)
{
	return describe(payload, "missing", err);
}

static int load_index(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_version_index *index;
	int rc = pv_version_index_load(&index, scene->it->repo.store,
				       &scene->it->settings, err);

	pv_version_index_free(index);
	return rc;
}

static int index_describe(void *payload, pv_error *err)
{
	struct scene *scene = payload;

	return say_out(scene,
		       pv_version_index_describe(&scene->out, scene->index, "a",
						 &scene->tip, NULL, err));
}

static int index_describe_change(void *payload, pv_error *err)
{
	struct scene *scene = payload;

	return say_out(scene, pv_version_index_describe_change(&scene->out,
							       scene->index,
							       "m", &scene->side,
							       NULL, err));
}

static int index_latest(void *payload, pv_error *err)
{
	const pv_version_info *info;
	struct scene *scene = payload;
	int rc = pv_version_index_latest(&info, scene->index, "a", err);

	if (rc == PV_OK)
		walk_say("%s", info ? info->text : "none");
	return rc;
}

static int index_is_stale(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	int rc = pv_version_index_is_stale(scene->index, "b", &scene->tip, NULL,
					   err);

	if (rc < 0)
		return rc;
	walk_say("%d", rc);
	return PV_OK;
}

static int resolve(struct scene *scene, const char *text, pv_error *err)
{
	pv_spec spec;
	int rc = pv_spec_resolve(&spec, scene->it->repo.store,
				 &scene->it->settings, text, PV_SPEC_COMMIT, err);

	if (rc == PV_OK)
		walk_say("%s %s %s", spec.id, spec.at.commit.hex, spec.label);
	pv_spec_dispose(&spec);
	return rc;
}

static int resolve_plain(void *payload, pv_error *err)
{
	return resolve(payload, "a", err);
}

static int resolve_version(void *payload, pv_error *err)
{
	return resolve(payload, "a@1.0", err);
}

static int resolve_branch(void *payload, pv_error *err)
{
	return resolve(payload, "a@main~1", err);
}

static int resolve_missing(void *payload, pv_error *err)
{
	return resolve(payload, "tine", err);
}

static int resolve_rev(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	pv_point at;
	int rc = pv_rev_resolve(&at, scene->it->repo.store,
				&scene->it->settings, "a", "@latest", err);

	if (rc == PV_OK)
		walk_say("%s", at.commit.hex);
	return rc;
}

static int release(void *payload, pv_error *err)
{
	const pv_release_options opts = { .dry_run = 1 };
	struct scene *scene = payload;
	pv_release_list released;
	int rc = pv_release_run(&released, scene->it->repo.store,
				&scene->it->settings, &opts, err);

	for (size_t i = 0; rc == PV_OK && i < released.count; i++)
		walk_say("%s ", released.items[i].tag);
	pv_release_list_dispose(&released);
	return rc;
}

static int release_exactly(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	const pv_exact_release release = { "b", "0.0.1", NULL, scene->tip.commit };
	int rc = pv_release_exactly(scene->it->repo.store, &scene->it->settings,
				    &release, err);

	if (rc == PV_OK)
		walk_say("made");
	return rc;
}

static int append_released(void *payload, pv_error *err)
{
	const struct scene *scene = payload;
	const pv_release_options opts = { .dry_run = 1 };
	pv_release_list list = { 0 };
	pv_release_list more;
	int rc = pv_release_run(&more, scene->it->repo.store,
				&scene->it->settings, &opts, err);

	if (rc == PV_OK)
		rc = pv_release_list_append(&list, &more, err);
	else
		pv_release_list_dispose(&more);
	walk_say("%zu", list.count);
	pv_release_list_dispose(&list);
	return rc;
}

static int say_blame(const struct scene *scene, const pv_blame_query *query,
		     pv_error *err)
{
	pv_blame *blame;
	int rc = pv_blame_new(&blame, scene->it->repo.store,
			      &scene->it->settings, query, err);

	for (size_t i = 0; rc == PV_OK && i < pv_blame_count(blame); i++) {
		const pv_blame_row *row = pv_blame_at(blame, i);

		walk_say("%s %zu %s %s %s", row->field, row->sentence,
			 row->text, row->commit.hex, row->path);
	}
	pv_blame_free(blame);
	return rc;
}

static int blame_renamed(void *payload, pv_error *err)
{
	const struct scene *scene = payload;
	const pv_blame_query query = { .path = "prompts/z.yaml",
				       .tips = &scene->tip.commit,
				       .tip_count = 1 };

	return say_blame(scene, &query, err);
}

static int blame_uncommitted(void *payload, pv_error *err)
{
	static const char text[] = "{prompt: two. Three.}";
	const struct scene *scene = payload;
	const pv_blame_query query = { .path = "prompts/m.yaml",
				       .field = "prompt",
				       .tips = &scene->tip.commit,
				       .tip_count = 1,
				       .text = text,
				       .text_len = strlen(text) };

	return say_blame(scene, &query, err);
}

static int former_path(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	const pv_former_query query = { &scene->moved[0], &scene->moved[1],
					"prompts/z.yaml" };
	int rc = pv_former_path(&scene->out, scene->it->repo.store,
				&scene->it->settings, &query, err);

	return say_out(scene, rc);
}

/* One prompt that a commit says it moved, and one that is alike. */
static int find_moves(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	const pv_lone_prompt gone[] = { { "prompts/m.yaml", { "" } },
					{ "prompts/b.yaml", { "" } } };
	const pv_lone_prompt added[] = { { "prompts/a.yaml", { "" } },
					 { "prompts/z.yaml", { "" } } };
	pv_lone_prompts before = { .items = gone, .count = 2 };
	pv_lone_prompts after = { .items = added, .count = 2 };
	size_t from[2];
	int rc;

	before.at.kind = PV_AT_COMMIT;
	before.at.commit = scene->moved[1];
	after.at.kind = PV_AT_COMMIT;
	after.at.commit = scene->moved[0];
	rc = pv_moves_find(from, scene->it->repo.store, &scene->it->settings,
			   &before, &after, err);
	if (rc == PV_OK)
		walk_say("%zu %zu", from[0], from[1]);
	return rc;
}

static int former_id(void *payload, pv_error *err)
{
	struct scene *scene = payload;
	int rc = pv_version_former(&scene->out, scene->it->repo.store,
				   &scene->it->settings, "z",
				   &scene->tip.commit, err);

	return say_out(scene, rc);
}

static int say_field(const pv_field_commit *row, void *payload)
{
	(void)payload;
	walk_say("%s %s %d", row->commit.hex, row->path, row->kind);
	return PV_OK;
}

static int field_walk(void *payload, pv_error *err)
{
	const struct scene *scene = payload;
	const pv_field_query query = { .start = scene->tip.commit,
				       .path = "prompts/m.yaml",
				       .field = "prompt" };

	return pv_field_walk(scene->it->repo.store, &scene->it->settings,
			     &query, say_field, NULL, err);
}

static int phrase_walk(void *payload, pv_error *err)
{
	const struct scene *scene = payload;
	const pv_field_query query = { .start = scene->tip.commit,
				       .path = "prompts/m.yaml",
				       .phrase = "two" };

	return pv_field_walk(scene->it->repo.store, &scene->it->settings,
			     &query, say_field, NULL, err);
}

static int say_commit(const pv_history_commit *row, void *payload)
{
	(void)payload;
	walk_say("%s %s", row->commit.hex, row->path);
	return 0;
}

static int follow(void *payload, pv_error *err)
{
	const struct scene *scene = payload;
	const pv_history_query query = { .start = scene->renamed,
					 .path = "prompts/new.yaml" };

	return pv_history_follow(scene->it->repo.store, &scene->it->settings,
				 &query, say_commit, NULL, err);
}

static const struct walk_row rows[] = {
	{ WALK(pv_settings_load, load_settings) },
	{ WALK(pv_settings_check, check_settings) },
	{ WALK(pv_settings_folder, folder_of_settings) },
	{ WALK(pv_settings_at, settings_at) },
	{ WALK(pv_settings_tip, tip) },
	{ WALK(pv_prompt_tree_load, load_from_tree) },
	{ WALK(pv_prompt_tree_read, read_from_tree) },
	{ WALK(pv_prompt_tree_schema, schema_of_tree) },
	{ WALK(pv_prompt_impact_at, impact_at) },
	{ WALK(pv_prompt_path, path_of) },
	{ WALK(pv_prompt_id, id_of) },
	{ WALK(pv_prompt_each, each) },
	{ WALK(pv_closure, closure) },
	{ WALK(pv_dependencies_new, dependencies) },
	{ WALK(pv_dependencies_compare, dependencies) },
	{ WALK(pv_version_list_load, list) },
	{ WALK(pv_version_former, former_id) },
	{ WALK(pv_version_describe, describe_changed) },
	{ WALK(pv_version_describe, describe_renamed) },
	{ WALK(pv_version_describe, describe_missing) },
	{ WALK(pv_version_index_load, load_index) },
	{ WALK(pv_version_index_describe, index_describe) },
	{ WALK(pv_version_index_describe_change, index_describe_change) },
	{ WALK(pv_version_index_latest, index_latest) },
	{ WALK(pv_version_index_is_stale, index_is_stale) },
	{ WALK(pv_spec_resolve, resolve_plain) },
	{ WALK(pv_spec_resolve, resolve_version) },
	{ WALK(pv_spec_resolve, resolve_branch) },
	{ WALK(pv_spec_resolve, resolve_missing) },
	{ WALK(pv_rev_resolve, resolve_rev) },
	{ WALK(pv_release_run, release) },
	{ WALK(pv_release_exactly, release_exactly) },
	{ WALK(pv_release_list_append, append_released) },
	{ WALK(pv_blame_new, blame_renamed) },
	{ WALK(pv_blame_new, blame_uncommitted) },
	{ WALK(pv_former_path, former_path) },
	{ WALK(pv_moves_find, find_moves) },
	{ WALK(pv_field_walk, field_walk) },
	{ WALK(pv_field_walk, phrase_walk) },
	{ WALK(pv_history_follow, follow) },
};

static void build(struct prompts *it)
{
	repo_sh(&it->repo, "echo '{default_branch: main}' >pv.yaml");
	prompts_commit(it, "m", "{prompt: one}");
	prompts_sh(it, "git switch -qc side");
	prompts_commit(it, "m", "{prompt: two}");
	prompts_sh(it, "git switch -q main && "
		       "git merge -q --no-ff -m merge side");
	prompts_write(it, "tone", "{prompt: nice}");
	prompts_write(it, "b", "prompt: \"{% include \\\"tone\\\" %}\"");
	prompts_commit(it, "a", "{prompt: one}");
	prompts_release(it, NULL);
	prompts_write(it, "tone", "{prompt: kind}");
	prompts_commit(it, "a", "{prompt: two}");
	prompts_sh(it, "git mv prompts/b.yaml prompts/z.yaml && "
		       "git commit -qm 'move\n\nPv-Renamed-From: b'");
	prompts_write(it, "b", "prompt: \"{% include \\\"tone\\\" %}\"");
	prompts_commit(it, "y", "{prompt: y}");
	prompts_sh(it, "git switch -qc renamed && git branch before && "
		       "git mv prompts/b.yaml prompts/new.yaml && "
		       "git commit -qm 'move\n\nPv-Renamed-From: b' && "
		       "git switch -q before && echo goal: g >>prompts/b.yaml && "
		       "git commit -qam edit && git switch -q renamed && "
		       "git merge -qm merge before && git switch -q main");
	pv_store_free(it->repo.store);
	it->repo.store = NULL;
}

static void test_alloc_version__fails_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 0 };
	struct repo keeper = { 0 };

	scene.it = *state;
	build(scene.it);
	scene.tip.kind = PV_AT_COMMIT;
	scene.tip.commit = repo_oid(&scene.it->repo, "HEAD");
	scene.side = repo_oid(&scene.it->repo, "side");
	scene.renamed = repo_oid(&scene.it->repo, "renamed");
	scene.moved[0] = repo_oid(&scene.it->repo, "HEAD~1");
	scene.moved[1] = repo_oid(&scene.it->repo, "HEAD~2");
	/* Keeps libgit2 started, which would cost much in each round. */
	memcpy(keeper.path, scene.it->repo.path, sizeof(keeper.path));
	repo_open(&keeper);
	walk_all(rows, pv_array_len(rows), &setting);
	pv_store_free(keeper.store);
}

/* What a store keeps for the next question. */
static void forget_kept(pv_store *store)
{
	pv_raw_forget(store);
	pv_packed_refs_forget(store);
}

static void test_alloc_version__release_tells_what_is_tagged(void **state)
{
	struct prompts *it = *state;
	const git_oid none = { { 0 } };
	pv_packed_object packed;
	pv_release_list list;
	size_t tagged = 0;
	int rc = PV_ENOMEM;

	prompts_write(it, "a", "{prompt: one}");
	prompts_write(it, "b", "{prompt: one}");
	prompts_commit(it, "c", "{prompt: one}");
	prompts_open(it);
	/* What the store keeps of packs is there before anything is counted. */
	assert_int_equal(pv_packs_read(&packed, it->repo.store, &none, NULL), 0);
	for (long n = 0; rc == PV_ENOMEM && n < RELEASE_MAX; n += RELEASE_STEP) {
		struct faults faults = { 0 };
		char command[64];

		forget_kept(it->repo.store);
		faults_start(&faults, n);
		rc = pv_release_run(&list, it->repo.store, &it->settings, NULL,
				    NULL);
		tagged += list.count;
		snprintf(command, sizeof(command),
			 "test $(git tag | wc -l) = %zu", tagged);
		repo_sh(&it->repo, command);
		pv_release_list_dispose(&list);
		forget_kept(it->repo.store);
		faults_stop();
		assert_int_equal(faults.live, 0);
	}
	assert_int_equal(rc, PV_OK);
	assert_string_equal(repo_line(&it->repo, "git tag | wc -l"), "3");
}

#define TEST(name)                                                          \
 cmocka_unit_test_setup_teardown(test_alloc_version__##name, prompts_setup, \
				 prompts_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fails_cleanly_at_every_allocation),
		TEST(release_tells_what_is_tagged),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_version", tests, NULL, NULL);
}
