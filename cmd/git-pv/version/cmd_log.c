/* SPDX-License-Identifier: MIT
 *
 * `git pv log`: the history of one prompt or of all, with versions.
 */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "repo/field_names.h"
#include "repo/history.h"
#include "repo/named.h"

/* How many prompts of one commit are listed for people. */
enum {
	SHOWN = 20
};

struct log_options {
	int limit;
	int oneline;
	int full;
	const char *field;
	const char *phrase;
};

static const cli_option options[] = {
	{ 'n', "max-count", CLI_INT, offsetof(struct log_options, limit), "N",
	  "at most N commits" },
	{ 0, "limit", CLI_INT, offsetof(struct log_options, limit), "N",
	  "the same" },
	{ 0, "oneline", CLI_FLAG, offsetof(struct log_options, oneline), NULL,
	  "one line per prompt and commit" },
	{ 0, "full-history", CLI_FLAG, offsetof(struct log_options, full), NULL,
	  "side branches, too, that came to nothing" },
	{ 0, "field", CLI_STRING, offsetof(struct log_options, field), "F",
	  "of one prompt: only commits that changed this field" },
	{ 'S', NULL, CLI_STRING, offsetof(struct log_options, phrase), "TEXT",
	  "of one prompt: only commits in which a phrase came or went" },
	{ 0 },
};

const cli_usage cmd_log_usage = {
	.synopsis = { "git pv log [-n N] [--oneline] [--full-history] "
		      "[--json] [ID[@REV] | @REV]",
		      "git pv log [-n N] [--oneline] [--json] [--field F] "
		      "[-S TEXT] ID[@REV]" },
	.examples = { "git pv log support/triage", "git pv log -n 5 --oneline",
		      "git pv log -S \"be kind\" support/triage" },
	.options = options,
	.args = "the id of a prompt",
	.min_args = 0,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

/* A log being printed. */
struct printer {
	pv_cli *cli;
	const struct log_options *opts;
	history_versions versions;
	pv_jsonw w;
	const pv_spec *spec; /* where it begins */
	const char *one;     /* only this prompt: its id need not be repeated */
	size_t shown;        /* prompts of the present commit */
	size_t rows;
};

static void json_row(struct printer *out, const history_row *row,
		     const pv_commit *commit, const pv_buf *version)
{
	char date[PV_TIME_TEXT];
	pv_jsonw *w = &out->w;

	pv_time_format(date, commit->author.when * 1000000);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "commit", commit->oid.hex);
	pv_jsonw_key(w, "parents");
	pv_jsonw_array(w);
	for (size_t i = 0; i < commit->parent_count; i++)
		pv_jsonw_string(w, commit->parents[i].hex);
	pv_jsonw_array_end(w);
	pv_jsonw_key(w, "author");
	pv_jsonw_object(w);
	pv_jsonw_member(w, "name", commit->author.name);
	pv_jsonw_member(w, "email", commit->author.email);
	pv_jsonw_object_end(w);
	pv_jsonw_member(w, "date", date);
	pv_jsonw_member(w, "subject", commit->subject);
	pv_jsonw_member(w, "id", row->id);
	pv_jsonw_member(w, "version", version->len ? version->ptr : NULL);
	pv_jsonw_member(w, "blob", row->blob.hex[0] ? row->blob.hex : NULL);
	pv_jsonw_member(w, "change", row->change);
	cli_fallback_json(w, out->spec);
	pv_jsonw_object_end(w);
}

static void oneline_row(struct printer *out, const history_row *row,
			const pv_commit *commit, const pv_buf *version)
{
	pv_cli *cli = out->cli;

	cli_printf(cli, "%s%.7s%s ", cli_color(cli, CLI_COLOR_META),
		   commit->oid.hex, cli_color(cli, CLI_COLOR_RESET));
	if (row->id && (!out->one || strcmp(row->id, out->one) != 0))
		cli_printf(cli, "%s ", row->id);
	if (version->len)
		cli_printf(cli, "%s%s%s ", cli_color(cli, CLI_COLOR_NEW),
			   version->ptr, cli_color(cli, CLI_COLOR_RESET));
	else if (row->change)
		cli_printf(cli, "%s ", row->change);
	cli_line(cli, commit->subject);
	cli_puts(cli, "\n");
}

static void commit_head(struct printer *out, const pv_commit *commit)
{
	char date[PV_TIME_TEXT];
	pv_cli *cli = out->cli;

	pv_time_format_offset(date, commit->author.when, commit->author.offset);
	cli_printf(cli, "%scommit %s%s\nAuthor: ", cli_color(cli, CLI_COLOR_META),
		   commit->oid.hex, cli_color(cli, CLI_COLOR_RESET));
	cli_line(cli, commit->author.name);
	cli_puts(cli, " <");
	cli_line(cli, commit->author.email);
	cli_printf(cli, ">\nDate:   %s\n\n    ", date);
	cli_line(cli, commit->subject);
	cli_puts(cli, "\n\n");
}

static void end_commit(struct printer *out)
{
	if (out->shown > SHOWN)
		cli_printf(out->cli, "    ... and %zu more\n",
			   out->shown - SHOWN);
	if (out->shown)
		cli_puts(out->cli, "\n");
	out->shown = 0;
}

static void long_row(struct printer *out, const history_row *row,
		     const pv_buf *version)
{
	pv_cli *cli = out->cli;

	cli_printf(cli, "    %-8s %s", row->change, row->id);
	if (version->len)
		cli_printf(cli, " %s%s%s", cli_color(cli, CLI_COLOR_NEW),
			   version->ptr, cli_color(cli, CLI_COLOR_RESET));
	cli_puts(cli, "\n");
}

/* People do not read the versions of 2,000 prompts of an import. */
static int is_left_out(struct printer *out, const history_row *row)
{
	if (out->cli->json || out->opts->oneline || !row->id)
		return 0;
	return ++out->shown > SHOWN;
}

static int print_row(const history_row *row, void *payload)
{
	struct printer *out = payload;
	pv_cli *cli = out->cli;
	pv_commit commit = { 0 };
	pv_buf version = { 0 };
	int is_long = !cli->json && !out->opts->oneline;
	int rc;

	out->rows++;
	if (is_long && row->is_first)
		end_commit(out);
	if (is_left_out(out, row))
		return PV_OK;
	rc = pv_store_commit_read(&commit, cli->store, &row->commit, &cli->err);
	if (rc == PV_OK)
		rc = history_version(&version, &out->versions, row);
	if (rc != PV_OK)
		goto out;
	if (cli->json)
		json_row(out, row, &commit, &version);
	else if (!is_long)
		oneline_row(out, row, &commit, &version);
	else if (row->is_first)
		commit_head(out, &commit);
	if (is_long && row->id)
		long_row(out, row, &version);
out:
	pv_buf_dispose(&version);
	pv_commit_dispose(&commit);
	return rc;
}

/* What to follow, and from where. A removed prompt has a history, too. */
struct place {
	history_options walk;
	pv_spec spec;
	pv_buf path;
};

static int locate_id(struct place *out, pv_cli *cli, const char *id)
{
	int rc = named_check(cli, id);

	if (rc == PV_OK)
		rc = pv_prompt_path(&out->path, &cli->settings, id, &cli->err);
	out->walk.id = id;
	out->walk.path = pv_buf_text(&out->path);
	if (rc == PV_OK)
		rc = pv_store_head(NULL, &out->walk.start, cli->store, &cli->err);
	return rc;
}

static int locate_spec(struct place *out, pv_cli *cli, const char *text)
{
	int rc = cli_spec_resolve(&out->spec, cli, text, PV_SPEC_COMMIT);

	if (rc == PV_OK && out->spec.at.kind != PV_AT_COMMIT)
		return locate_id(out, cli, out->spec.id);
	out->walk.id = out->spec.id;
	out->walk.path = out->spec.path;
	out->walk.start = out->spec.at.commit;
	return rc;
}

static int locate(struct place *out, pv_cli *cli, const char *arg)
{
	pv_point at = { PV_AT_COMMIT, { "" } };
	int rc;

	if (arg && *arg != '@')
		return strchr(arg, '@') ? locate_spec(out, cli, arg)
					: locate_id(out, cli, arg);
	out->walk.path = cli->settings.prompts_dir;
	if (!arg)
		return pv_store_head(NULL, &out->walk.start, cli->store,
				     &cli->err);
	rc = pv_rev_resolve(&at, cli->store, &cli->settings, NULL, arg,
			    &cli->err);
	if (rc == PV_OK && at.kind != PV_AT_COMMIT)
		return pv_store_head(NULL, &out->walk.start, cli->store,
				     &cli->err);
	out->walk.start = at.commit;
	return rc;
}

static void place_dispose(struct place *place)
{
	pv_spec_dispose(&place->spec);
	pv_buf_dispose(&place->path);
}

/* Branches are given as @NAME here; without it they are looked for in vain. */
static int hint_branch(pv_cli *cli, int rc, const char *name)
{
	pv_oid oid;

	if (rc != PV_ENOTFOUND || pv_str_has_prefix(cli->err.hint, "did you"))
		return rc;
	if (pv_store_resolve(&oid, cli->store, name, NULL) == PV_OK)
		return pv_error_hint(&cli->err, rc,
				     "git pv log @%.80s is the log of that commit "
				     "or branch",
				     name);
	return operand_names_hint(cli, rc, name);
}

/* No commit: the prompt is new, there is none of that name, or no such text. */
static int explain_none(pv_cli *cli, const history_options *where)
{
	const char *id = where->id;
	pv_spec spec = { 0 };
	int rc;

	/* What is not committed would have been an error there. */
	if (where->phrase || where->field) {
		cli_hint(cli, "no commit of \"%s\" changes that", id);
		return PV_OK;
	}
	rc = cli_spec_resolve(&spec, cli, id, PV_SPEC_WORKTREE);
	pv_spec_dispose(&spec);
	if (rc == PV_OK)
		cli_hint(cli, "\"%s\" is not committed yet", id);
	return hint_branch(cli, rc, id);
}

static int print_log(struct printer *out, const history_options *where)
{
	pv_cli *cli = out->cli;
	int rc;

	pv_jsonw_init(&out->w, &cli->out);
	if (cli->json)
		pv_jsonw_array(&out->w);
	rc = history_each(cli, where, print_row, out);
	if (cli->json)
		pv_jsonw_array_end(&out->w);
	else if (!out->opts->oneline)
		end_commit(out);
	return rc;
}

int cmd_log(pv_cli *cli, int argc, char **argv)
{
	struct log_options opts = { .limit = -1 };
	struct printer out = { 0 };
	struct place place = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	if ((opts.field || opts.phrase) && (!argc || argv[0][0] == '@'))
		return cli_usage_error(cli, "--field and -S need the id of a "
					    "prompt");
	if ((opts.field || opts.phrase) && opts.full)
		return cli_usage_error(cli, "--full-history goes with neither "
					    "--field nor -S");
	place.walk.field = opts.field;
	place.walk.phrase = opts.phrase;
	place.walk.full = opts.full;
	place.walk.limit = opts.limit;
	rc = locate(&place, cli, argc ? argv[0] : NULL);
	out.cli = cli;
	out.opts = &opts;
	out.one = place.walk.id;
	out.spec = &place.spec;
	if (rc == PV_OK)
		rc = history_versions_load(&out.versions, cli, place.walk.id);
	if (rc == PV_OK)
		rc = print_log(&out, &place.walk);
	if (rc == PV_OK && !out.rows && opts.limit != 0 && place.walk.id)
		rc = explain_none(cli, &place.walk);
	if (argc)
		rc = field_names_hint(cli, rc, argv[0], opts.field);
	history_versions_dispose(&out.versions);
	place_dispose(&place);
	return rc;
}
