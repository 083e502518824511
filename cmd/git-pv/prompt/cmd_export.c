/* SPDX-License-Identifier: MIT
 *
 * `git pv export`: prompts as JSON lines, one JSON array or CSV, for other
 * programs and for `import` in another repository.
 */
#include <stddef.h>
#include <string.h>

#include <pv/exchange.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli.h"
#include "repo/broken.h"

struct export_options {
	const char *at;
	const char *output;
};

static const cli_option options[] = {
	{ 0, "at", CLI_STRING, offsetof(struct export_options, at), "REV",
	  "the state at a commit, branch or tag, not the files" },
	{ 'o', "output", CLI_STRING, offsetof(struct export_options, output),
	  "FILE", "write FILE, whole or not at all" },
	{ 0 },
};

const cli_usage cmd_export_usage = {
	.synopsis = { "git pv export (jsonl | json | csv) [--at REV] "
		      "[-o FILE] [--json] [ID...]" },
	.examples = { "git pv export jsonl -o prompts.jsonl",
		      "git pv export csv --at main support/triage" },
	.options = options,
	.args = "a format (jsonl, json or csv)",
	.min_args = 1,
	.max_args = -1,
	.ids = CLI_IDS_REST,
};

/* An export on its way. */
struct job {
	pv_cli *cli;
	pv_point at;
	pv_buf lines;
	pv_buf text; /* the lines in the format that is asked for */
	size_t count;
	int is_csv;
};

/* Says of the last line where its prompt was found. CSV has no place for it. */
static void add_fallback(struct job *job, const pv_spec *spec)
{
	pv_jsonw w;

	if (!cli_fallback_of(spec) || job->is_csv || !job->lines.len)
		return;
	pv_buf_truncate(&job->lines, job->lines.len - strlen("}\n"));
	pv_buf_puts(&job->lines, ",\"resolved_from\":");
	pv_jsonw_init(&w, &job->lines);
	pv_jsonw_string(&w, cli_fallback_of(spec));
	pv_buf_puts(&job->lines, "}\n");
}

static int export_one(struct job *job, const pv_point *at, const char *id,
		      const char *path, const pv_spec *spec)
{
	pv_cli *cli = job->cli;
	pv_prompt *prompt = NULL;
	pv_buf text = { 0 };
	int rc;

	rc = pv_store_read(&text, NULL, cli->store, at, path, &cli->err);
	if (rc == PV_OK)
		rc = broken_check(&prompt, cli, path, &text);
	if (rc == PV_OK && prompt) {
		rc = pv_export_jsonl(&job->lines, id, prompt, &cli->err);
		if (rc == PV_EINVALID)
			pv_error_at(&cli->err, rc, path, cli->err.line,
				    cli->err.column);
		job->count++;
		if (rc == PV_OK && spec)
			add_fallback(job, spec);
	}
	pv_prompt_free(prompt);
	pv_buf_dispose(&text);
	return rc;
}

static int each(const char *id, const char *path, const pv_oid *blob,
		void *payload)
{
	struct job *job = payload;

	(void)blob;
	return export_one(job, &job->at, id, path, NULL);
}

static int export_spec(struct job *job, const char *arg, int has_at)
{
	pv_cli *cli = job->cli;
	pv_spec spec = { 0 };
	pv_buf text = { 0 };
	int rc;

	pv_buf_puts(&text, arg);
	if (has_at && !strchr(arg, '@'))
		pv_buf_printf(&text, "@%s", job->at.commit.hex);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = cli_spec_resolve(&spec, cli, text.ptr, PV_SPEC_WORKTREE);
	if (rc == PV_OK)
		rc = export_one(job, &spec.at, spec.id, spec.path, &spec);
	pv_spec_dispose(&spec);
	pv_buf_dispose(&text);
	return rc;
}

static int choose_point(struct job *job, const struct export_options *opts)
{
	pv_cli *cli = job->cli;

	job->at.kind = PV_AT_WORKTREE;
	if (opts->at)
		return pv_rev_resolve(&job->at, cli->store, &cli->settings,
				      NULL, opts->at, &cli->err);
	if (!pv_store_is_bare(cli->store))
		return PV_OK;
	job->at.kind = PV_AT_COMMIT;
	return pv_settings_tip(&job->at.commit, cli->store, &cli->settings,
			       &cli->err);
}

static int gather(struct job *job, const struct export_options *opts, int count,
		  char **ids)
{
	pv_cli *cli = job->cli;
	int is_commit;
	int rc;

	rc = broken_start(cli);
	if (rc == PV_OK)
		rc = choose_point(job, opts);
	is_commit = opts->at && job->at.kind == PV_AT_COMMIT;
	for (int i = 0; i < count && rc == PV_OK; i++)
		rc = export_spec(job, ids[i], is_commit);
	if (rc == PV_OK && count == 0)
		rc = pv_prompt_each(cli->store, &cli->settings, &job->at, each,
				    job, &cli->err);
	if (rc == PV_OK)
		rc = broken_finish(cli, "nothing was exported; name prompts to "
					"leave this one out");
	return rc == PV_OK ? pv_buf_status(&job->lines, &cli->err) : rc;
}

/* --- formats -------------------------------------------------------------- */

static int as_lines(pv_buf *out, const pv_buf *lines, pv_error *err)
{
	pv_buf_put(out, pv_buf_text(lines), lines->len);
	return pv_buf_status(out, err);
}

/* A prompt a line here, too. */
static int as_array(pv_buf *out, const pv_buf *lines, pv_error *err)
{
	const char *at = pv_buf_text(lines);

	pv_buf_putc(out, '[');
	for (int is_first = 1; *at; is_first = 0) {
		size_t len = strcspn(at, "\n");

		pv_buf_puts(out, is_first ? "\n" : ",\n");
		pv_buf_put(out, at, len);
		at += len + (at[len] == '\n');
	}
	pv_buf_puts(out, "\n]\n");
	return pv_buf_status(out, err);
}

static int as_table(pv_buf *out, const pv_buf *lines, pv_error *err)
{
	return pv_export_csv(out, pv_buf_text(lines), lines->len, err);
}

struct format {
	const char *name;
	int (*write)(pv_buf *out, const pv_buf *lines, pv_error *err);
};

static const struct format *find_format(const char *name)
{
	static const struct format formats[] = { { "jsonl", as_lines },
						 { "json", as_array },
						 { "csv", as_table } };

	for (size_t i = 0; i < pv_array_len(formats); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

/* --- where they go -------------------------------------------------------- */

/* The lines as one array, for those who asked for one document. */
static void print_array(pv_cli *cli, const pv_buf *lines)
{
	const char *at = pv_buf_text(lines);
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_array(&w);
	while (*at) {
		size_t len = strcspn(at, "\n");

		pv_jsonw_raw(&w, at, len);
		at += len + (at[len] == '\n');
	}
	pv_jsonw_array_end(&w);
}

static void print_file(pv_cli *cli, const char *file, size_t count)
{
	pv_jsonw w;

	if (!cli->json) {
		cli_note(cli, "%zu prompt%s in %s", count,
			 count == 1 ? "" : "s", file);
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "file", file);
	pv_jsonw_key(&w, "count");
	pv_jsonw_int(&w, (int64_t)count);
	pv_jsonw_object_end(&w);
}

static int deliver_file(struct job *job, const char *file)
{
	pv_cli *cli = job->cli;
	int rc;

	rc = pv_file_output(file, pv_buf_text(&job->text), job->text.len,
			    &cli->err);
	if (rc == PV_OK)
		print_file(cli, file, job->count);
	return rc;
}

static int deliver(struct job *job, const struct export_options *opts)
{
	pv_cli *cli = job->cli;

	if (opts->output && strcmp(opts->output, "-") != 0)
		return deliver_file(job, opts->output);
	if (cli->json)
		print_array(cli, &job->lines);
	else
		cli_text(cli, pv_buf_text(&job->text), job->text.len);
	return PV_OK;
}

int cmd_export(pv_cli *cli, int argc, char **argv)
{
	struct export_options opts = { 0 };
	struct job job = { 0 };
	const struct format *format;
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
	job.cli = cli;
	job.is_csv = format->write == as_table;
	rc = gather(&job, &opts, argc - 1, argv + 1);
	if (rc == PV_OK)
		rc = format->write(&job.text, &job.lines, &cli->err);
	if (rc == PV_OK)
		rc = deliver(&job, &opts);
	pv_buf_dispose(&job.lines);
	pv_buf_dispose(&job.text);
	return rc;
}
