/* SPDX-License-Identifier: MIT
 *
 * `git pv blame SPEC`: who wrote each sentence of a prompt, in which version
 * and when. The work is pv_blame_new's; here tips are found, commits named.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <pv/blame.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "repo/field_names.h"
#include "repo/git_rows.h"
#include "repo/history.h"
#include "repo/prompts.h"

enum {
	TIPS_MAX = 64,         /* parents of a merge under way */
	MIN_VERSION_WIDTH = 8, /* columns */
	VERSION_WIDTH = 20,
	AUTHOR_WIDTH = 18
};

struct blame_options {
	const char *field;
};

static const cli_option options[] = {
	{ 0, "field", CLI_STRING, offsetof(struct blame_options, field), "F",
	  "this field only, and what is below it: messages[0]" },
	{ 0 },
};

const cli_usage cmd_blame_usage = {
	.synopsis = { "git pv blame [--field F] [--json] ID[@REV]" },
	.examples = { "git pv blame support/triage",
		      "git pv blame support/triage@1.2 --field messages[0]" },
	.options = options,
	.args = "the id of a prompt",
	.min_args = 1,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

/* A commit that wrote something. */
struct author {
	pv_commit commit;
	pv_buf version;
	pv_buf id; /* the prompt's then */
};

struct job {
	pv_cli *cli;
	pv_spec spec;
	pv_buf text; /* what is not committed */
	pv_oid tips[TIPS_MAX];
	pv_blame_query query;
	pv_blame *blame;
	history_versions versions;
	pv_map authors;    /* commit to its struct author, owned */
	int version_width; /* of the longest version */
};

static int free_author(pv_str key, void *value, void *payload)
{
	struct author *author = value;

	(void)key;
	(void)payload;
	pv_commit_dispose(&author->commit);
	pv_buf_dispose(&author->version);
	pv_buf_dispose(&author->id);
	pv_free(author);
	return 0;
}

static void job_dispose(struct job *job)
{
	pv_map_each(&job->authors, free_author, NULL);
	pv_map_dispose(&job->authors);
	history_versions_dispose(&job->versions);
	pv_blame_free(job->blame);
	pv_buf_dispose(&job->text);
	pv_spec_dispose(&job->spec);
}

/* --- what to blame --------------------------------------------------------- */

/* A merge under way has further parents, one id a line. */
static int add_merge_heads(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_buf path = { 0 };
	pv_buf lines = { 0 };
	size_t digits = sizeof(job->tips[0].hex) - 1;
	int rc;

	pv_buf_printf(&path, "%s/MERGE_HEAD", pv_store_git_dir(cli->store));
	rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK)
		rc = pv_file_read(&lines, path.ptr, &cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	for (size_t at = 0; rc == PV_OK && at + digits <= lines.len &&
			    job->query.tip_count < TIPS_MAX;
	     at += digits + 1) {
		pv_oid *tip = &job->tips[job->query.tip_count++];

		memcpy(tip->hex, lines.ptr + at, digits);
		tip->hex[digits] = '\0';
	}
	pv_buf_dispose(&path);
	pv_buf_dispose(&lines);
	return rc;
}

static int locate_uncommitted(struct job *job)
{
	pv_cli *cli = job->cli;
	int rc = pv_store_read(&job->text, NULL, cli->store, &job->spec.at,
			       job->spec.path, &cli->err);

	job->query.text = pv_buf_text(&job->text);
	job->query.text_len = job->text.len;
	if (rc == PV_OK)
		rc = pv_store_head(NULL, &job->tips[0], cli->store, &cli->err);
	job->query.tip_count = rc == PV_OK && job->tips[0].hex[0];
	if (rc == PV_OK && job->query.tip_count &&
	    pv_store_state(cli->store) == PV_STATE_MERGE)
		rc = add_merge_heads(job);
	return rc;
}

static int locate(struct job *job, const char *spec)
{
	pv_cli *cli = job->cli;
	int rc = cli_spec_resolve(&job->spec, cli, spec, PV_SPEC_WORKTREE);

	if (rc < 0)
		return rc;
	job->query.path = job->spec.path;
	job->query.tips = job->tips;
	if (job->spec.at.kind != PV_AT_COMMIT)
		return locate_uncommitted(job);
	job->tips[0] = job->spec.at.commit;
	job->query.tip_count = 1;
	return PV_OK;
}

/* --- who it was -------------------------------------------------------------- */

static int read_author(struct author *out, struct job *job,
		       const pv_blame_row *row)
{
	pv_cli *cli = job->cli;
	history_row at = { .commit = row->commit, .blob = row->blob };
	int rc = pv_store_commit_read(&out->commit, cli->store, &row->commit,
				      &cli->err);

	if (rc == PV_OK &&
	    pv_prompt_id(&out->id, &cli->settings, row->path, NULL) == PV_OK) {
		at.id = out->id.ptr;
		if (strcmp(at.id, job->spec.id) != 0)
			rc = history_versions_load(&job->versions, cli, at.id);
		if (rc == PV_OK)
			rc = history_version(&out->version, &job->versions, &at);
	}
	return rc;
}

/* NULL in `*out` for what is not committed. */
static int find_author(const struct author **out, struct job *job,
		       const pv_blame_row *row)
{
	pv_str key = pv_str_of(row->commit.hex);
	struct author *author;
	int rc;

	*out = key.len ? pv_map_find(&job->authors, key) : NULL;
	if (*out || !key.len)
		return PV_OK;
	author = pv_calloc(1, sizeof(*author));
	if (!author)
		return pv_fail_nomem(&job->cli->err);
	rc = pv_map_set(&job->authors, key, author, NULL, &job->cli->err);
	if (rc < 0) {
		pv_free(author);
		return rc;
	}
	*out = author;
	return read_author(author, job, row);
}

/* --- printing ---------------------------------------------------------------- */

static void json_author(pv_jsonw *w, const pv_commit *commit)
{
	char date[PV_TIME_TEXT];

	pv_jsonw_object(w);
	pv_jsonw_member(w, "name", commit->author.name);
	pv_jsonw_member(w, "email", commit->author.email);
	pv_jsonw_object_end(w);
	pv_time_format(date, commit->author.when * 1000000);
	pv_jsonw_member(w, "date", date);
	pv_jsonw_member(w, "subject", commit->subject);
}

/* The message a field belongs to: "messages[2].content" is of number 2. */
static void json_message(pv_jsonw *w, const char *field)
{
	static const char prefix[] = "messages[";
	size_t len = strlen(prefix);

	pv_jsonw_key(w, "message");
	if (strncmp(field, prefix, len) == 0)
		pv_jsonw_int(w, strtol(field + len, NULL, 10));
	else
		pv_jsonw_null(w);
}

static void json_row(pv_jsonw *w, const pv_blame_row *row,
		     const struct author *author, const pv_spec *spec)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "field", row->field);
	json_message(w, row->field);
	pv_jsonw_key(w, "sentence");
	if (row->sentence)
		pv_jsonw_int(w, (int64_t)row->sentence);
	else
		pv_jsonw_null(w);
	pv_jsonw_key(w, "text");
	pv_jsonw_stringn(w, row->text, row->text_len);
	cli_oid_json(w, "commit", &row->commit);
	cli_text_json(w, "version", author ? pv_buf_text(&author->version) : "");
	cli_text_json(w, "id", author ? pv_buf_text(&author->id) : "");
	pv_jsonw_key(w, "author");
	if (author) {
		json_author(w, &author->commit);
	} else {
		pv_jsonw_null(w);
		pv_jsonw_member(w, "date", NULL);
		pv_jsonw_member(w, "subject", NULL);
	}
	cli_fallback_json(w, spec);
	pv_jsonw_object_end(w);
}

/* A name in a column: cut, or filled up with blanks. */
static void put_name(pv_cli *cli, const char *name)
{
	pv_buf cell = { 0 };
	size_t columns = 0;
	size_t len = 0;

	while (name[len] && columns < AUTHOR_WIDTH) {
		do
			len++;
		while (((unsigned char)name[len] & 0xc0) == 0x80);
		columns++;
	}
	pv_buf_put(&cell, name, len);
	for (; columns < AUTHOR_WIDTH; columns++)
		pv_buf_putc(&cell, ' ');
	cli_line(cli, pv_buf_text(&cell));
	pv_buf_dispose(&cell);
}

/* A sentence on one line, however it is wrapped. */
static void put_sentence(pv_cli *cli, const char *text, size_t len)
{
	pv_buf line = { 0 };
	int blank = 0;

	for (size_t i = 0; i < len; i++) {
		if (strchr(" \t\r\n", text[i]) && text[i]) {
			blank = 1;
			continue;
		}
		if (blank)
			pv_buf_putc(&line, ' ');
		blank = 0;
		pv_buf_putc(&line, text[i]);
	}
	cli_line(cli, pv_buf_text(&line));
	pv_buf_dispose(&line);
}

/* The commit stands beside it; a hash that is cut would be another. */
static int version_len(const char *version)
{
	size_t len = strcspn(version, "+");

	return len < VERSION_WIDTH ? (int)len : VERSION_WIDTH;
}

static void text_row(const struct job *job, const pv_blame_row *row,
		     const struct author *author)
{
	pv_cli *cli = job->cli;

	cli_printf(cli, "  %s%-7.7s%s ", cli_color(cli, CLI_COLOR_META),
		   author ? row->commit.hex : "-------",
		   cli_color(cli, CLI_COLOR_RESET));
	if (author) {
		char date[PV_TIME_TEXT];

		pv_time_format_offset(date, author->commit.author.when,
				      author->commit.author.offset);
		date[strlen("2026-11-20")] = '\0';
		cli_printf(cli, "%s%-*.*s%s ", cli_color(cli, CLI_COLOR_NEW),
			   job->version_width,
			   version_len(pv_buf_text(&author->version)),
			   pv_buf_text(&author->version),
			   cli_color(cli, CLI_COLOR_RESET));
		put_name(cli, author->commit.author.name);
		cli_printf(cli, " %s  ", date);
	} else {
		cli_printf(cli, "%-*s  ",
			   job->version_width + 1 + AUTHOR_WIDTH + 11,
			   "not committed yet");
	}
	put_sentence(cli, row->text, row->text_len);
	cli_puts(cli, "\n");
}

static void text_heading(pv_cli *cli, const pv_blame_row *row,
			 const pv_blame_row *before)
{
	if (before && strcmp(before->field, row->field) == 0)
		return;
	cli_puts(cli, cli_color(cli, CLI_COLOR_BOLD));
	cli_line(cli, *row->field ? row->field : "(the whole file)");
	cli_puts(cli, cli_color(cli, CLI_COLOR_RESET));
	cli_puts(cli, "\n");
}

/* All rows have their columns in one place. */
static int measure(struct job *job)
{
	int rc = PV_OK;

	job->version_width = MIN_VERSION_WIDTH;
	for (size_t i = 0; rc == PV_OK && i < pv_blame_count(job->blame); i++) {
		const struct author *author;
		int width;

		rc = find_author(&author, job, pv_blame_at(job->blame, i));
		if (rc < 0 || !author)
			continue;
		width = version_len(pv_buf_text(&author->version));
		if (width > job->version_width)
			job->version_width = width;
	}
	return rc;
}

static int print(struct job *job)
{
	pv_cli *cli = job->cli;
	const pv_blame_row *before = NULL;
	pv_jsonw w;
	int rc = measure(job);

	pv_jsonw_init(&w, &cli->out);
	if (cli->json)
		pv_jsonw_array(&w);
	for (size_t i = 0; rc == PV_OK && i < pv_blame_count(job->blame); i++) {
		const pv_blame_row *row = pv_blame_at(job->blame, i);
		const struct author *author;

		rc = find_author(&author, job, row);
		if (rc == PV_OK && cli->json) {
			json_row(&w, row, author, &job->spec);
		} else if (rc == PV_OK) {
			text_heading(cli, row, before);
			text_row(job, row, author);
		}
		before = row;
	}
	if (cli->json)
		pv_jsonw_array_end(&w);
	return rc;
}

int cmd_blame(pv_cli *cli, int argc, char **argv)
{
	struct blame_options opts = { 0 };
	struct job job = { .cli = cli };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	job.query.field = opts.field;
	rc = locate(&job, argv[0]);
	if (rc == PV_OK)
		rc = git_rows_use(cli);
	if (rc == PV_OK)
		rc = pv_blame_new(&job.blame, cli->store, &cli->settings,
				  &job.query, &cli->err);
	rc = field_names_hint(cli, rc, argv[0], opts.field);
	if (rc == PV_OK)
		rc = history_versions_load(&job.versions, cli, job.spec.id);
	if (rc == PV_OK)
		rc = print(&job);
	job_dispose(&job);
	return rc;
}
