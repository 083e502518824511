/* SPDX-License-Identifier: MIT
 *
 * `git pv import`: prompts from JSON lines, JSON or CSV into files, and on
 * request into one commit, or one commit each. It releases nothing but the
 * versions that a prompt comes with when these are several.
 */
#include <stddef.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "prompt/import_versions.h"
#include "prompt/intake.h"
#include "repo/committed.h"
#include "repo/file_commit.h"
#include "repo/ignored.h"
#include "ui/interrupt.h"
#include "ui/progress.h"
#include "version/autorelease.h"

struct import_options {
	int commit;
	int each;
	const char *message;
	const char *prefix;
	int force;
	int keep_going; /* the default, said aloud */
	int strict;
	int no_verify;
};

static const cli_option options[] = {
	{ 0, "commit", CLI_FLAG, offsetof(struct import_options, commit), NULL,
	  "commit all prompts at once" },
	{ 0, "each", CLI_FLAG, offsetof(struct import_options, each), NULL,
	  "make one commit per prompt" },
	{ 'm', "message", CLI_STRING, offsetof(struct import_options, message),
	  "MSG", "the message of the commits" },
	{ 0, "prefix", CLI_STRING, offsetof(struct import_options, prefix),
	  "FOLDER", "put the prompts below this folder" },
	{ 'f', "force", CLI_FLAG, offsetof(struct import_options, force), NULL,
	  "replace files that have other contents" },
	{ 'k', "keep-going", CLI_FLAG, offsetof(struct import_options, keep_going),
	  NULL, "leave out bad records, which is the default" },
	{ 0, "strict", CLI_FLAG, offsetof(struct import_options, strict), NULL,
	  "import nothing when a record is bad" },
	{ 0, "no-verify", CLI_FLAG, offsetof(struct import_options, no_verify),
	  NULL, "skip the checks and the hooks pre-commit and commit-msg" },
	{ 0 },
};

const cli_usage cmd_import_usage = {
	.synopsis = { "git pv import (jsonl | json | csv) [--commit | --each] "
		      "[--prefix FOLDER] [-f] [-k | --strict] [--json] FILE" },
	.examples = { "git pv import jsonl prompts.jsonl --commit",
		      "git pv import jsonl --prefix vendor -" },
	.options = options,
	.args = "a format (jsonl, json or csv) and a file",
	.min_args = 2,
	.max_args = 2,
};

/* How many findings are shown to people. */
enum {
	SHOWN = 20
};

/* An import on its way. */
struct job {
	const struct import_options *opts;
	const char *file;
	intake_format *format;
	intake all;
	import_versions versions;
	pv_change *changes; /* what differs from the files, by item */
	size_t change_count;
	pv_strlist commits; /* made so far */
	int is_stopped;     /* before a commit: none is half made */
};

/* --- reading -------------------------------------------------------------- */

static int read_input(pv_buf *out, pv_cli *cli, const char *file)
{
	if (strcmp(file, "-") == 0)
		return cli_read_stdin(out, cli);
	return pv_file_read(out, file, &cli->err);
}

static void tell_findings(pv_cli *cli)
{
	size_t count = pv_report_count(cli->report);

	if (cli->json)
		return;
	for (size_t i = 0; i < count && i < SHOWN; i++) {
		const pv_finding *finding = pv_report_at(cli->report, i);

		cli_note(cli, "%s:%d: %s: %s", finding->file, finding->line,
			 pv_severity_name(finding->severity), finding->message);
	}
	if (count > SHOWN)
		cli_note(cli, "... and %zu more findings; --json lists all",
			 count - SHOWN);
}

/* Of an id that comes several times only the first was taken. */
static void hint_at_versions(const struct job *job, pv_cli *cli)
{
	for (size_t i = 0; i < pv_report_count(cli->report); i++) {
		if (strcmp(pv_report_at(cli->report, i)->rule, "duplicate-id") !=
		    0)
			continue;
		if (!job->all.takes_versions)
			cli_hint(cli, "with --commit an id may come once with "
				      "each \"version\": all of them are made");
		return;
	}
}

static int refuse(const struct job *job, pv_cli *cli)
{
	size_t errors = pv_report_count_at(cli->report, PV_SEVERITY_ERROR);
	int rc = pv_fail_id(&cli->err, PV_ERR_VALIDATION,
			    "%zu of the records cannot be imported, so nothing "
			    "was",
			    errors);

	pv_error_at(&cli->err, rc, job->file, 0, 0);
	return pv_error_hint(&cli->err, rc, "without --strict they are left out");
}

static void add_change(struct job *job, const intake_item *item)
{
	pv_change *change = &job->changes[job->change_count++];

	change->path = item->path;
	change->data = item->text;
	change->len = item->len;
	if (!item->is_uncommitted)
		return;
	/* It says the same, perhaps in other words. */
	change->data = pv_buf_text(&item->old);
	change->len = item->old.len;
}

static int add_path(const pv_status_entry *entry, void *payload)
{
	return pv_strlist_add(payload, entry->path, NULL);
}

/* Finds the files that are there already and were not committed. */
static int find_uncommitted(struct job *job, pv_cli *cli)
{
	const char *below = cli->settings.prompts_dir;
	pv_strlist paths = { 0 };
	int rc = PV_OK;

	if (!job->opts->commit && !job->opts->each)
		return PV_OK;
	if (!intake_count(&job->all, INTAKE_SAME))
		return PV_OK;
	rc = pv_store_status(cli->store, &below, 1, add_path, &paths, &cli->err);
	pv_strlist_sort(&paths);
	for (size_t i = 0; i < job->all.count && rc == PV_OK; i++) {
		intake_item *item = &job->all.items[i];

		item->is_uncommitted = item->state == INTAKE_SAME &&
				       pv_strlist_search(&paths, item->path) >= 0;
	}
	pv_strlist_dispose(&paths);
	return rc;
}

static int is_wanted(const intake_item *item)
{
	return item->state != INTAKE_SAME || item->is_uncommitted;
}

/* What git ignores cannot be committed, as with `git add`. */
static int check_ignored(const struct job *job, pv_cli *cli)
{
	pv_strlist paths = { 0 };
	pv_strlist ignored = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < job->change_count && rc == PV_OK; i++)
		rc = pv_strlist_add(&paths, job->changes[i].path, &cli->err);
	for (size_t i = 0; i < job->versions.count && rc == PV_OK; i++)
		if (job->versions.rows[i].is_last)
			rc = pv_strlist_add(&paths,
					    job->versions.rows[i].item->path,
					    &cli->err);
	if (rc == PV_OK && paths.count)
		rc = ignored_find(&ignored, cli, &paths);
	if (rc != PV_OK || !ignored.count)
		goto out;
	if (job->opts->commit || job->opts->each) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "git ignores \"%s\"; nothing was imported",
			     ignored.items[0]);
		pv_error_hint(&cli->err, rc,
			      "change .gitignore, or import without committing");
	} else {
		cli_warn(cli, "git ignores %zu of the files, among them \"%s\"",
			 ignored.count, ignored.items[0]);
	}
out:
	pv_strlist_dispose(&paths);
	pv_strlist_dispose(&ignored);
	return rc;
}

static int read_all(struct job *job, pv_cli *cli)
{
	pv_buf input = { 0 };
	pv_buf prefix = { 0 };
	int rc;

	if (job->opts->prefix)
		pv_buf_printf(&prefix, "%s%s", job->opts->prefix,
			      pv_str_has_suffix(job->opts->prefix, "/") ? ""
									: "/");
	job->all.file = job->file;
	job->all.force = job->opts->force;
	job->all.no_verify = job->opts->no_verify;
	job->all.takes_versions = job->opts->commit || job->opts->each;
	rc = read_input(&input, cli, job->file);
	if (rc == PV_OK)
		rc = pv_report_new(&cli->report, &cli->err);
	if (rc == PV_OK)
		rc = intake_read(&job->all, cli, job->format, &input, prefix.ptr);
	if (rc == PV_OK)
		rc = import_versions_plan(&job->versions, cli, &job->all);
	if (rc == PV_OK)
		rc = find_uncommitted(job, cli);
	pv_buf_dispose(&prefix);
	pv_buf_dispose(&input);
	if (rc != PV_OK)
		return rc;
	tell_findings(cli);
	hint_at_versions(job, cli);
	if (pv_report_count_at(cli->report, PV_SEVERITY_ERROR) &&
	    job->opts->strict)
		return refuse(job, cli);
	job->changes = pv_calloc(job->all.count + 1, sizeof(*job->changes));
	if (!job->changes)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < job->all.count; i++)
		if (is_wanted(&job->all.items[i]))
			add_change(job, &job->all.items[i]);
	return check_ignored(job, cli);
}

/* --- writing -------------------------------------------------------------- */

static int commit_some(struct job *job, pv_cli *cli, size_t first, size_t count,
		       const char *message)
{
	const pv_change *changes = job->changes + first;
	const char **paths = pv_calloc(count, sizeof(*paths));
	committed made = { .cli = cli };
	pv_commit_options opts = { 0 };
	pv_swap *swap = NULL;
	pv_oid commit = { "" };
	int rc;

	if (!paths)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < count; i++)
		paths[i] = changes[i].path;
	opts.message = message;
	opts.no_verify = job->opts->no_verify;
	committed_options(&opts, &made);
	rc = pv_store_swap_files(&swap, cli->store, changes, count, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_commit_paths(&commit, cli->store, paths, count,
					   &opts, &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&job->commits, commit.hex, &cli->err);
	else if (swap && !commit.hex[0] && pv_swap_undo(swap, NULL) < 0)
		cli_warn(cli, "some files could not be put back");
	job->is_stopped = rc < 0 && !commit.hex[0];
	pv_swap_free(swap);
	pv_free(paths);
	committed_dispose(&made);
	return rc;
}

static int commit_once(struct job *job, pv_cli *cli)
{
	const char *name = strrchr(job->file, '/');
	pv_buf message = { 0 };
	int rc;

	name = name ? name + 1 : job->file;
	if (strcmp(name, "-") == 0)
		name = "standard input";
	if (job->opts->message)
		pv_buf_puts(&message, job->opts->message);
	else
		pv_buf_printf(&message, "Import %zu prompt%s from %s",
			      job->change_count,
			      job->change_count == 1 ? "" : "s", name);
	rc = pv_buf_status(&message, &cli->err);
	if (rc == PV_OK)
		rc = commit_some(job, cli, 0, job->change_count, message.ptr);
	pv_buf_dispose(&message);
	return rc;
}

/* Where a run of commits stopped, and that those before stay. */
static int fail_at(const struct job *job, pv_cli *cli, const char *id)
{
	const pv_strlist *commits = &job->commits;
	const pv_error what = cli->err;

	if (!job->is_stopped || !commits->count || what.code == PV_ENOMEM)
		return what.code;
	pv_fail_id(&cli->err, what.id, "\"%s\": %s", id, what.message);
	pv_error_at(&cli->err, what.code, what.source, what.line, what.column);
	return pv_error_hint(&cli->err, what.code,
			     "%zu of %zu prompts are committed, the last as "
			     "%.7s; the same command goes on with the rest",
			     commits->count, job->change_count,
			     commits->items[commits->count - 1]);
}

static int commit_each(struct job *job, pv_cli *cli)
{
	progress bar;
	pv_buf message = { 0 };
	int rc = PV_OK;
	size_t at = 0;

	progress_start(&bar, cli, "Importing prompts", job->change_count);
	for (size_t i = 0; i < job->all.count && rc == PV_OK; i++) {
		const intake_item *item = &job->all.items[i];

		if (!is_wanted(item))
			continue;
		pv_buf_clear(&message);
		if (job->opts->message)
			pv_buf_puts(&message, job->opts->message);
		else
			pv_buf_printf(&message, "Import %s", item->id);
		rc = pv_buf_status(&message, &cli->err);
		if (rc == PV_OK)
			rc = commit_some(job, cli, at++, 1, message.ptr);
		if (rc < 0)
			rc = fail_at(job, cli, item->id);
		progress_step(&bar, at);
	}
	progress_end(&bar);
	pv_buf_dispose(&message);
	return rc;
}

static int write_all(struct job *job, pv_cli *cli)
{
	const import_versions_how how = { job->opts->message,
					  job->opts->no_verify };
	int rc;

	if (!job->change_count && !job->versions.missing)
		return PV_OK;
	interrupt_hold();
	rc = job->opts->each || job->opts->commit ? autorelease_settle(cli)
						  : PV_OK;
	if (rc == PV_OK)
		rc = import_versions_make(&job->versions, cli, &how,
					  &job->commits);
	if (rc < 0 || !job->change_count)
		return rc;
	if (job->opts->each) {
		/* A commit of one file cannot see what the next will meet. */
		rc = pv_store_check_files(cli->store, job->changes,
					  job->change_count, &cli->err);
		return rc == PV_OK ? commit_each(job, cli) : rc;
	}
	if (job->opts->commit)
		return commit_once(job, cli);
	return pv_store_write_files(cli->store, job->changes, job->change_count,
				    &cli->err);
}

/* --- saying so ------------------------------------------------------------ */

static size_t count_in(const struct job *job, enum intake_state state)
{
	const import_versions *versions = &job->versions;
	size_t count = intake_count(&job->all, state);

	for (size_t i = 0; i < versions->count; i++)
		count += versions->rows[i].is_last &&
			 versions->rows[i].state == state;
	return count;
}

static void ids_json(pv_jsonw *w, const struct job *job, enum intake_state state)
{
	const import_versions *versions = &job->versions;
	const intake *all = &job->all;

	pv_jsonw_array(w);
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].state == state)
			pv_jsonw_string(w, all->items[i].id);
	for (size_t i = 0; i < versions->count; i++)
		if (versions->rows[i].is_last && versions->rows[i].state == state)
			pv_jsonw_string(w, versions->rows[i].item->id);
	pv_jsonw_array_end(w);
}

static void print_json(pv_cli *cli, const struct job *job)
{
	const pv_strlist *commits = &job->commits;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "created");
	ids_json(&w, job, INTAKE_NEW);
	pv_jsonw_key(&w, "updated");
	ids_json(&w, job, INTAKE_CHANGED);
	pv_jsonw_key(&w, "unchanged");
	ids_json(&w, job, INTAKE_SAME);
	pv_jsonw_member(&w, "commit",
			commits->count ? commits->items[commits->count - 1]
				       : NULL);
	pv_jsonw_key(&w, "commits");
	pv_jsonw_int(&w, (int64_t)commits->count);
	pv_jsonw_key(&w, "versions");
	import_versions_json(&w, &job->versions);
	pv_jsonw_key(&w, "findings");
	cli_findings_json(&w, cli->report);
	pv_jsonw_object_end(&w);
}

static void print_text(pv_cli *cli, const struct job *job)
{
	const pv_strlist *commits = &job->commits;

	cli_printf(cli, "%zu new, %zu changed, %zu unchanged",
		   count_in(job, INTAKE_NEW), count_in(job, INTAKE_CHANGED),
		   count_in(job, INTAKE_SAME));
	if (job->versions.missing)
		cli_printf(cli, ", %zu versions", job->versions.missing);
	if (commits->count == 1)
		cli_printf(cli, ", commit %.7s", commits->items[0]);
	else if (commits->count)
		cli_printf(cli, ", %zu commits", commits->count);
	cli_puts(cli, "\n");
	if (job->change_count && !commits->count)
		cli_hint(cli, "\"git pv commit\" commits them");
}

static int check_state(pv_cli *cli, const struct import_options *opts)
{
	return opts->commit || opts->each ? file_commit_state(cli) : PV_OK;
}

static int import(pv_cli *cli, const struct import_options *opts,
		  intake_format *format, const char *file)
{
	struct job job = { 0 };
	int rc;

	job.opts = opts;
	job.format = format;
	job.file = file;
	rc = check_state(cli, opts);
	if (rc == PV_OK)
		rc = read_all(&job, cli);
	if (rc == PV_OK)
		rc = write_all(&job, cli);
	if (rc == PV_OK && job.commits.count)
		cli_made(cli, "the commits up to %.7s are made all the same",
			 job.commits.items[job.commits.count - 1]);
	else if (rc == PV_OK && job.change_count)
		cli_made(cli, "the files are written all the same");
	if (rc == PV_OK && cli->json)
		print_json(cli, &job);
	else if (rc == PV_OK)
		print_text(cli, &job);
	if (rc == PV_OK && pv_report_count_at(cli->report, PV_SEVERITY_ERROR))
		rc = 1;
	import_versions_dispose(&job.versions);
	intake_dispose(&job.all);
	pv_free(job.changes);
	pv_strlist_dispose(&job.commits);
	return rc;
}

static intake_format *find_format(const char *name)
{
	static const struct {
		const char *name;
		intake_format *read;
	} formats[] = { { "jsonl", pv_import_jsonl },
			{ "json", pv_import_json },
			{ "csv", pv_import_csv } };

	for (size_t i = 0; i < pv_array_len(formats); i++)
		if (!strcmp(formats[i].name, name))
			return formats[i].read;
	return NULL;
}

int cmd_import(pv_cli *cli, int argc, char **argv)
{
	struct import_options opts = { 0 };
	intake_format *format;
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	format = find_format(argv[0]);
	if (!format)
		return cli_usage_error(cli,
				       "the format is jsonl, json or csv, not "
				       "\"%s\"",
				       argv[0]);
	if (opts.keep_going && opts.strict)
		return cli_usage_error(cli, "--keep-going and --strict exclude "
					    "each other");
	if (opts.commit && opts.each)
		return cli_usage_error(cli, "--commit and --each exclude each "
					    "other");
	return import(cli, &opts, format, argv[1]);
}
