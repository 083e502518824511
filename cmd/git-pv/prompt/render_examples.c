/* SPDX-License-Identifier: MIT
 *
 * git pv render --examples: every prompt, or some, with the examples and the
 * tests that are in their files. What cannot be tried is said, too.
 */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "prompt/examples.h"
#include "prompt/render.h"

struct examples {
	render_call *call;
	pv_jsonw w;
	size_t rendered;
	size_t failed;
	size_t skipped;
};

static const char *case_name(const example *it)
{
	return it->one && *it->one->name ? it->one->name : NULL;
}

/* What a test gives a value, and the prompt does not use. */
static int warn(struct examples *all, const example *it)
{
	const char *name = case_name(it);
	pv_strlist told = { 0 };
	pv_buf what = { 0 };
	int rc;

	pv_buf_printf(&what, "%s, %s%s%s", it->entry->id,
		      name ? "test \"" : "examples", name ? name : "",
		      name ? "\"" : "");
	rc = pv_buf_status(&what, &all->call->cli->err);
	if (rc == PV_OK)
		rc = render_warn_once(&told, all->call->cli, what.ptr,
				      it->rendering);
	pv_strlist_dispose(&told);
	pv_buf_dispose(&what);
	return rc;
}

static void put_json(struct examples *all, const example *it)
{
	pv_jsonw *w = &all->w;
	render_call *call = all->call;

	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", it->entry->id);
	pv_jsonw_member(w, "test", case_name(it));
	if (it->err) {
		render_error_json(w, it->err, it->why, it->rendering);
	} else if (it->is_skipped) {
		pv_jsonw_member(w, "skipped", it->one->lacking);
	} else {
		render_members(w, it->renderer, it->rendering,
			       call->opts->message);
	}
	pv_jsonw_object_end(w);
}

/* Where, which may be in what the prompt includes, and why, all of it. */
static void warn_failed(pv_cli *cli, const example *it)
{
	const char *name = case_name(it);
	const pv_error *err = it->err;
	char place[200] = "";

	if (err->source[0] && err->line)
		snprintf(place, sizeof(place), "%s:%d:%d: ", err->source,
			 err->line, err->column);
	cli_warn(cli, "%s, %s%s%s: %s%s", it->entry->id,
		 name ? "test \"" : "examples", name ? name : "",
		 name ? "\"" : "", place, it->why);
}

static void put_text(struct examples *all, const example *it)
{
	pv_cli *cli = all->call->cli;
	const char *name = case_name(it);

	if (it->err) {
		warn_failed(cli, it);
	} else if (it->is_skipped) {
		cli_note(cli, "%s: skipped, \"%s\" has no example",
			 it->entry->id, it->one->lacking);
	} else {
		cli_printf(cli, "%s%s== ", all->rendered > 1 ? "\n" : "",
			   cli_color(cli, CLI_COLOR_META));
		cli_line(cli, it->entry->id);
		cli_puts(cli, ", ");
		cli_line(cli, name ? name : "examples");
		cli_printf(cli, "%s\n", cli_color(cli, CLI_COLOR_RESET));
		render_text(cli, it->renderer, it->rendering, 1);
	}
}

static int each_example(const example *it, void *payload)
{
	struct examples *all = payload;

	if (it->err)
		all->failed++;
	else if (it->is_skipped)
		all->skipped++;
	else
		all->rendered++;
	if (all->call->cli->json)
		put_json(all, it);
	else
		put_text(all, it);
	return it->err || it->is_skipped ? PV_OK : warn(all, it);
}

/* One that does not load counts as one that failed. */
static int do_prompt(struct examples *all, const pv_point *at, const char *id,
		     const char *path)
{
	pv_cli *cli = all->call->cli;
	cli_prompt entry = { 0 };
	example broken = { 0 };
	int rc = cli_prompt_read(&entry, cli, at, id, path, NULL);

	broken.entry = &entry;
	broken.err = &entry.failure;
	if (rc == PV_OK && entry.prompt)
		rc = examples_each(cli, at, &entry, each_example, all);
	else if (rc == PV_OK)
		rc = each_example(&broken, all);
	cli_prompt_dispose(&entry);
	return rc;
}

static int do_spec(struct examples *all, const char *arg)
{
	pv_cli *cli = all->call->cli;
	pv_spec spec = { 0 };
	int rc = cli_spec_resolve(&spec, cli, arg, PV_SPEC_WORKTREE);

	if (rc == PV_OK)
		rc = do_prompt(all, &spec.at, spec.id, spec.path);
	pv_spec_dispose(&spec);
	return rc;
}

static int add_id(const char *id, const char *path, const pv_oid *blob,
		  void *payload)
{
	(void)path;
	(void)blob;
	return pv_strlist_add(payload, id, NULL);
}

/* The ids first: rendering reads the repository, too. */
static int do_all(struct examples *all)
{
	pv_cli *cli = all->call->cli;
	pv_strlist ids = { 0 };
	pv_buf path = { 0 };
	pv_point at;
	int rc = cli_point(&at, cli, NULL);

	if (rc == PV_OK)
		rc = pv_prompt_each(cli->store, &cli->settings, &at, add_id,
				    &ids, &cli->err);
	for (size_t i = 0; rc == PV_OK && i < ids.count; i++) {
		pv_buf_clear(&path);
		rc = pv_prompt_path(&path, &cli->settings, ids.items[i],
				    &cli->err);
		if (rc == PV_OK)
			rc = do_prompt(all, &at, ids.items[i],
				       pv_buf_text(&path));
	}
	pv_buf_dispose(&path);
	pv_strlist_dispose(&ids);
	return rc;
}

int render_examples(render_call *call, int argc, char **argv)
{
	struct examples all = { .call = call };
	pv_cli *cli = call->cli;
	int rc = PV_OK;

	pv_jsonw_init(&all.w, &cli->out);
	if (cli->json)
		pv_jsonw_array(&all.w);
	for (int i = 0; rc == PV_OK && i < argc; i++)
		rc = do_spec(&all, argv[i]);
	if (rc == PV_OK && !argc)
		rc = do_all(&all);
	if (cli->json)
		pv_jsonw_array_end(&all.w);
	if (rc < 0)
		return rc;
	cli_note(cli, "%zu rendered, %zu failed, %zu skipped", all.rendered,
		 all.failed, all.skipped);
	return all.failed != 0;
}
