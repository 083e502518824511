/* SPDX-License-Identifier: MIT
 *
 * `git pv search`: words in the prompts of one state, or of all versions.
 */
#include <string.h>

#include <pv/search.h>

#include "base/mem.h"
#include "prompt/search_words.h"
#include "repo/git_rows.h"
#include "repo/prompts.h"
#include "ui/snippet.h"

struct search_options {
	const char *at;
	const char *field;
	int all_versions;
};

static const cli_option options[] = {
	{ 0, "at", CLI_STRING, offsetof(struct search_options, at), "REV",
	  "search the prompts of a commit" },
	{ 0, "field", CLI_STRING, offsetof(struct search_options, field), "F",
	  "this field only: id, name, description, goal, tags, text" },
	{ 0, "all-versions", CLI_FLAG,
	  offsetof(struct search_options, all_versions), NULL,
	  "search every version there is" },
	{ 0 },
};

const cli_usage cmd_search_usage = {
	.synopsis = { "git pv search [--at REV] [--field F] [--json] WORDS...",
		      "git pv search --all-versions [--field F] [--json] "
		      "WORDS..." },
	.examples = { "git pv search refund",
		      "git pv search --all-versions '\"refund policy\" -draft'" },
	.options = options,
	.args = "words, \"a phrase\", pre*, OR, NOT, (groups), name:word",
	.min_args = 1,
	.max_args = -1,
};

/* A prompt that fits; version and commit are those of the state it is of. */
struct hit {
	const char *id;
	const char *path; /* NULL: not looked for */
	const char *version;
	const pv_oid *commit;
	const pv_oid *blob;
	pv_prompt_matches matches;
};

struct searching {
	pv_cli *cli;
	pv_prompt_search *search;
	pv_point at;
	pv_version_index *versions; /* NULL until the first hit */
	pv_jsonw w;
	size_t hits;
	int is_empty; /* no prompt was looked into */
};

/* --- what was found ------------------------------------------------------- */

static int put_json(struct searching *it, const struct hit *hit)
{
	pv_jsonw *w = &it->w;
	int rc = PV_OK;

	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", hit->id);
	cli_text_json(w, "version", hit->version);
	cli_oid_json(w, "commit", hit->commit);
	cli_oid_json(w, "blob", hit->blob);
	pv_jsonw_member(w, "path", hit->path);
	pv_jsonw_key(w, "matches");
	pv_jsonw_array(w);
	for (size_t i = 0; i < hit->matches.count && rc == PV_OK; i++) {
		const pv_prompt_match *match = &hit->matches.items[i];

		pv_jsonw_object(w);
		pv_jsonw_member(w, "field", match->field);
		pv_jsonw_key(w, "line");
		if (match->line)
			pv_jsonw_int(w, match->line);
		else
			pv_jsonw_null(w);
		pv_jsonw_key(w, "snippet");
		rc = snippet_json(w, match->snippet, &it->cli->err);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
	pv_jsonw_object_end(w);
	return rc;
}

static void print_match(pv_cli *cli, const pv_prompt_match *match)
{
	if (match->line)
		cli_printf(cli, "%6d  ", match->line);
	else
		cli_puts(cli, "     -  ");
	cli_line(cli, match->field);
	cli_puts(cli, ": ");
	snippet_print(cli, match->snippet);
	cli_puts(cli, "\n");
}

static int put_hit(struct searching *it, const struct hit *hit)
{
	pv_cli *cli = it->cli;

	it->hits++;
	if (cli->json)
		return put_json(it, hit);
	cli_puts(cli, cli_color(cli, CLI_COLOR_META));
	cli_line(cli, hit->id);
	cli_printf(cli, "%s  %s\n", cli_color(cli, CLI_COLOR_RESET),
		   hit->version);
	for (size_t i = 0; i < hit->matches.count; i++)
		print_match(cli, &hit->matches.items[i]);
	return PV_OK;
}

/* --- one state ------------------------------------------------------------ */

static int describe(struct searching *it, const struct hit *found)
{
	pv_cli *cli = it->cli;
	struct hit hit = *found;
	pv_buf version = { 0 };
	pv_oid commit = { 0 };
	int rc = PV_OK;

	if (!it->versions)
		rc = pv_version_index_load(&it->versions, cli->store,
					   &cli->settings, &cli->err);
	if (rc == PV_OK)
		rc = pv_version_index_describe(&version, it->versions, hit.id,
					       &it->at, hit.blob, &cli->err);
	if (rc == PV_OK)
		rc = cli_prompt_commit(&commit, cli, &it->at, hit.path, hit.blob);
	hit.version = pv_buf_text(&version);
	hit.commit = &commit;
	if (rc == PV_OK)
		rc = put_hit(it, &hit);
	pv_buf_dispose(&version);
	return rc;
}

static int look_into(const char *id, const char *path, const pv_oid *blob,
		     void *payload)
{
	struct searching *it = payload;
	pv_cli *cli = it->cli;
	struct hit hit = { .id = id, .path = path };
	pv_oid read;
	pv_buf text = { 0 };
	int rc = pv_store_read(&text, &read, cli->store, &it->at, path,
			       &cli->err);

	(void)blob;
	it->is_empty = 0;
	hit.blob = &read;
	if (rc == PV_OK)
		rc = pv_prompt_search_text(&hit.matches, it->search, id,
					   pv_buf_text(&text), text.len,
					   &cli->err);
	if (rc == PV_OK && hit.matches.count)
		rc = describe(it, &hit);
	pv_buf_dispose(&text);
	return rc;
}

static int search_state(struct searching *it, const char *rev)
{
	pv_cli *cli = it->cli;
	int rc = cli_point(&it->at, cli, rev);

	it->is_empty = 1;
	if (rc == PV_OK)
		rc = pv_prompt_each(cli->store, &cli->settings, &it->at,
				    look_into, it, &cli->err);
	return rc;
}

/* --- all versions --------------------------------------------------------- */

static int put_version(const pv_version_hit *found, void *payload)
{
	const pv_version_info *version = found->version;
	const struct hit hit = { .id = found->id,
				 .version = version->text,
				 .commit = &version->commit,
				 .blob = &version->blob,
				 .matches = found->matches };

	return put_hit(payload, &hit);
}

static int search_versions(struct searching *it)
{
	pv_cli *cli = it->cli;
	pv_version_scope scope = { .store = cli->store,
				   .settings = &cli->settings };
	int rc = git_rows_lend(cli);

	if (rc < 0)
		return rc;
	scope.rows = cli->git_rows;
	return pv_prompt_search_versions(it->search, &scope, put_version, it,
					 &cli->err);
}

/* --- the command ---------------------------------------------------------- */

static int start(struct searching *it, const struct search_options *opts,
		 int count, char **words)
{
	pv_cli *cli = it->cli;
	pv_buf text = { 0 };
	int rc = search_words_join(&text, cli, count, words);

	if (rc == PV_OK)
		rc = pv_prompt_search_new(&it->search, pv_buf_text(&text),
					  opts->field, &cli->err);
	if (rc < 0)
		search_words_place(cli, pv_buf_text(&text));
	pv_buf_dispose(&text);
	return rc;
}

static int run(struct searching *it, const struct search_options *opts)
{
	pv_cli *cli = it->cli;
	int rc;

	pv_jsonw_init(&it->w, &cli->out);
	if (cli->json)
		pv_jsonw_array(&it->w);
	rc = opts->all_versions ? search_versions(it)
				: search_state(it, opts->at);
	if (rc < 0)
		return rc;
	if (cli->json)
		pv_jsonw_array_end(&it->w);
	if (it->is_empty)
		cli_no_prompts(cli);
	else if (!it->hits)
		cli_note(cli, "nothing found");
	return PV_OK;
}

int cmd_search(pv_cli *cli, int argc, char **argv)
{
	struct search_options opts = { 0 };
	struct searching it = { .cli = cli };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (opts.at && opts.all_versions)
		return cli_usage_error(cli, "--at and --all-versions exclude "
					    "each other");
	rc = start(&it, &opts, argc, argv);
	if (rc == PV_OK)
		rc = run(&it, &opts);
	pv_version_index_free(it.versions);
	pv_prompt_search_free(it.search);
	return rc;
}
