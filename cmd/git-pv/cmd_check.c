/* SPDX-License-Identifier: MIT
 *
 * git pv check: everything the loader finds wrong or doubtful in prompt
 * files, and what only shows across files: names that are no ids, ids that
 * differ by case alone, folders that grow too large, stated versions.
 */
#include "prompts.h"

#include <pv/check.h>

#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "broken.h"
#include "examples.h"

struct check_options {
	const char *at;
	int staged;
};

static const cli_option options[] = {
	{ 0, "at", CLI_STRING, offsetof(struct check_options, at), "REV",
	  "check the prompts of a commit" },
	{ 0, "staged", CLI_FLAG, offsetof(struct check_options, staged), NULL,
	  "check what is staged" },
	{ 0 },
};

const cli_usage cmd_check_usage = {
	.synopsis = { "git pv check [--staged | --at REV] [--json] "
		      "[ID | PATH]..." },
	.examples = { "git pv check", "git pv check --staged support/triage" },
	.options = options,
	.args = "ID",
	.max_args = -1,
};

struct check {
	pv_cli *cli;
	const struct check_options *opts;
	pv_report *report; /* what is told in the end */
	pv_report *found;  /* of the prompt at hand, before settings apply */
	pv_check *rules;
	pv_point at;
	pv_strlist unmerged; /* sorted */
	/* The folder counted last; files come sorted by path. */
	pv_buf folder;
	size_t in_folder;
};

/* A folder with more files makes every commit of one slower. */
enum {
	FOLDER_MAX = 300
};

static int find(struct check *check, enum pv_severity severity, const char *rule,
		const char *file, const char *message, const char *hint)
{
	pv_finding finding = { severity, rule, file, 0, 0, message, hint };

	return pv_report_add(check->found, &finding, &check->cli->err);
}

/*
 * The file's own `version` against the tags: the released number, or the one
 * that comes next, which a described version begins with.
 */
static int check_version(struct check *check, const cli_prompt *entry)
{
	pv_cli *cli = check->cli;
	const char *stated = pv_prompt_stated_version(entry->prompt);
	pv_buf message = { 0 };
	pv_buf actual = { 0 };
	int rc;

	if (!*stated)
		return PV_OK;
	rc = pv_version_describe(&actual, cli->store, &cli->settings, entry->id,
				 &check->at, &cli->err);
	pv_buf_truncate(&actual, strcspn(pv_buf_text(&actual), "-+"));
	if (rc == PV_OK && strcmp(stated, pv_buf_text(&actual)) != 0) {
		pv_buf_printf(&message,
			      "the file says version \"%s\", by its tags it "
			      "is \"%s\"",
			      stated, pv_buf_text(&actual));
		rc = find(check, PV_SEVERITY_WARNING, "stated-version",
			  entry->path, pv_buf_text(&message),
			  "versions are kept in tags: drop the field");
	}
	pv_buf_dispose(&message);
	pv_buf_dispose(&actual);
	return rc;
}

static int add_unmerged(const pv_conflict *conflict, void *payload)
{
	struct check *check = payload;

	return pv_strlist_add(&check->unmerged, conflict->path, &check->cli->err);
}

/* An error that names the line of a conflict, if there is one. */
static int find_conflict(struct check *check, const char *path, int line,
			 const char *message, const char *cure)
{
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = "conflict-marker",
			       .file = path,
			       .line = line,
			       .column = line ? 1 : 0,
			       .message = message };
	pv_buf hint = { 0 };
	int rc;

	pv_buf_printf(&hint, "%s %s", cure, path);
	finding.hint = pv_buf_text(&hint);
	rc = pv_report_add(check->found, &finding, &check->cli->err);
	pv_buf_dispose(&hint);
	return rc;
}

/* Whatever stands in the file, git holds three versions of it. */
static int check_unmerged(struct check *check, const char *path)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	pv_cli *cli = check->cli;
	pv_buf text = { 0 };
	int line = 0;
	int rc;

	if (pv_store_read(&text, NULL, cli->store, &here, path, NULL) == PV_OK)
		line = broken_marker_line(pv_buf_text(&text), text.len);
	rc = find_conflict(check, path, line, "the file is not merged yet",
			   "settle it with git pv resolve");
	pv_buf_dispose(&text);
	return rc;
}

static int is_unmerged(const struct check *check, const char *path)
{
	return check->at.kind != PV_AT_COMMIT &&
	       pv_strlist_search(&check->unmerged, path) >= 0;
}

/* Markers that keep a prompt from loading; a text may well show some. */
static int check_markers(struct check *check, const cli_prompt *entry)
{
	int line = broken_marker_line(pv_buf_text(&entry->text), entry->text.len);

	if (!line)
		return PV_OK;
	return find_conflict(check, entry->path, line, "a conflict is left here",
			     "take the marker lines out, or bring the conflict "
			     "back with git checkout -m --");
}

/* What its own examples and tests make of it. */
static int check_example(const example *it, void *payload)
{
	struct check *check = payload;
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = "renders",
			       .file = it->entry->path,
			       .line = it->one ? it->one->line : 1,
			       .column = 1 };
	pv_buf message = { 0 };
	int rc;

	if (!it->err || it->err->code == PV_EUNSUPPORTED)
		return PV_OK;
	/* Why it does not compile the loader has told, as a filter of others. */
	if (!it->one && pv_report_count(check->found))
		return PV_OK;
	if (it->one) {
		pv_buf_puts(&message, "cannot be rendered with ");
		examples_name(&message, it->one);
	} else {
		pv_buf_puts(&message, "cannot be rendered");
	}
	pv_buf_printf(&message, ": %s", it->err->message);
	finding.message = pv_buf_text(&message);
	finding.hint = it->err->hint[0] ? it->err->hint
					: "try it with git pv render --examples";
	rc = pv_buf_status(&message, &check->cli->err);
	if (rc == PV_OK)
		rc = pv_report_add(check->found, &finding, &check->cli->err);
	pv_buf_dispose(&message);
	return rc;
}

/*
 * Runs the rules and hands what was found to the report; `entry` is NULL for
 * what is no prompt.
 */
static int settle(struct check *check, const char *path, const cli_prompt *entry)
{
	pv_check_subject subject = {
		.id = "", .path = path, .text = "", .found = check->found
	};
	pv_error *err = &check->cli->err;
	int rc;

	if (entry) {
		subject.id = entry->id;
		subject.text = pv_buf_text(&entry->text);
		subject.len = entry->text.len;
		subject.prompt = entry->prompt;
	}
	rc = pv_check_prompt(check->report, check->rules, &subject, err);
	pv_report_free(check->found);
	check->found = NULL;
	return rc == PV_OK ? pv_report_new(&check->found, err) : rc;
}

static int has_errors(const struct check *check)
{
	return pv_report_count_at(check->found, PV_SEVERITY_ERROR) > 0;
}

static int check_entry(struct check *check, const cli_prompt *entry)
{
	int rc;

	if (!entry->prompt && !has_errors(check)) {
		/* Nobody may take a prompt that does not load for a good one. */
		rc = find(check, PV_SEVERITY_ERROR, "limit", entry->path,
			  entry->failure.message, entry->failure.hint);
		if (rc < 0)
			return rc;
	}
	if (!entry->prompt)
		return check_markers(check, entry);
	rc = check_version(check, entry);
	if (rc == PV_OK && !has_errors(check))
		rc = examples_each(check->cli, &check->at, entry, check_example,
				   check);
	return rc;
}

static int check_prompt(struct check *check, const char *id, const char *path)
{
	cli_prompt entry = { 0 };
	int rc;

	if (is_unmerged(check, path)) {
		rc = check_unmerged(check, path);
		return rc == PV_OK ? settle(check, path, NULL) : rc;
	}
	rc = cli_prompt_read(&entry, check->cli, &check->at, id, path,
			     check->found);
	if (rc == PV_OK)
		rc = check_entry(check, &entry);
	if (rc == PV_OK)
		rc = settle(check, path, &entry);
	cli_prompt_dispose(&entry);
	return rc;
}

static int count_folder(struct check *check, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	pv_buf *folder = &check->folder;
	int rc;

	if (folder->len != len || strncmp(pv_buf_text(folder), path, len) != 0) {
		pv_buf_clear(folder);
		pv_buf_put(folder, path, len);
		check->in_folder = 0;
	}
	if (++check->in_folder != FOLDER_MAX + 1)
		return PV_OK;
	rc = find(check, PV_SEVERITY_WARNING, "large-folder",
		  pv_buf_text(folder), "more than 300 files in one folder",
		  "spread them over subfolders: commits get slower");
	return rc == PV_OK ? settle(check, pv_buf_text(folder), NULL) : rc;
}

static int is_yaml(const char *path)
{
	return pv_str_has_suffix(path, ".yaml") ||
	       pv_str_has_suffix(path, ".yml");
}

static int each_file(const char *path, const pv_oid *blob, void *payload)
{
	struct check *check = payload;
	pv_cli *cli = check->cli;
	pv_buf id = { 0 };
	pv_error why = { 0 };
	int rc;

	(void)blob;
	rc = count_folder(check, path);
	if (rc < 0 || !is_yaml(path) || is_unmerged(check, path))
		return rc;
	rc = pv_prompt_id(&id, &cli->settings, path, &why);
	if (rc == PV_OK) {
		rc = check_prompt(check, pv_buf_text(&id), path);
	} else if (rc == PV_ENOMEM) {
		rc = pv_fail_nomem(&cli->err);
	} else {
		rc = find(check, PV_SEVERITY_ERROR, "bad-id", path, why.message,
			  why.hint[0] ? why.hint
				      : "rename it: a-z 0-9 . _ - and .yaml");
		if (rc == PV_OK)
			rc = settle(check, path, NULL);
	}
	pv_buf_dispose(&id);
	return rc;
}

/* The prompts in conflict, whether there is a file of them or not. */
static int check_all_unmerged(struct check *check)
{
	const pv_settings *settings = &check->cli->settings;
	int rc = PV_OK;

	for (size_t i = 0; i < check->unmerged.count && rc == PV_OK; i++) {
		const char *path = check->unmerged.items[i];
		pv_buf id = { 0 };

		if (is_unmerged(check, path) &&
		    pv_prompt_id(&id, settings, path, NULL) == PV_OK)
			rc = check_prompt(check, pv_buf_text(&id), path);
		pv_buf_dispose(&id);
	}
	return rc;
}

static int check_all(struct check *check)
{
	pv_cli *cli = check->cli;
	int rc = check_all_unmerged(check);

	if (rc < 0)
		return rc;
	return pv_store_each(cli->store, &check->at, cli->settings.prompts_dir,
			     each_file, check, &cli->err);
}

/* Whether the user means a file rather than an id. */
static int is_path(const char *arg)
{
	return strchr(arg, '@') == NULL && is_yaml(arg);
}

static int check_path(struct check *check, const char *arg)
{
	pv_cli *cli = check->cli;
	pv_buf path = { 0 };
	pv_buf id = { 0 };
	int rc;

	rc = cli_repo_path(&path, cli, arg);
	if (rc == PV_OK)
		rc = pv_prompt_id(&id, &cli->settings, pv_buf_text(&path),
				  &cli->err);
	if (rc == PV_OK)
		rc = check_prompt(check, pv_buf_text(&id), pv_buf_text(&path));
	if (rc == PV_ENOTFOUND && !cli->err.hint[0])
		pv_error_hint(&cli->err, rc,
			      "prompts are the .yaml files below \"%s/\"",
			      cli->settings.prompts_dir);
	pv_buf_dispose(&path);
	pv_buf_dispose(&id);
	return rc;
}

/* An id: at the chosen point, or where the spec itself says. */
static int check_spec(struct check *check, const char *arg)
{
	const struct check_options *opts = check->opts;
	pv_cli *cli = check->cli;
	pv_point chosen = check->at;
	pv_spec spec = { 0 };
	pv_buf text = { 0 };
	int rc;

	pv_buf_puts(&text, arg);
	if (!strchr(arg, '@') && (opts->staged || opts->at))
		pv_buf_printf(&text, "@%s", opts->staged ? ":index" : opts->at);
	rc = pv_spec_resolve(&spec, cli->store, &cli->settings,
			     pv_buf_text(&text), PV_SPEC_WORKTREE, &cli->err);
	if (rc == PV_OK) {
		check->at = spec.at;
		rc = check_prompt(check, spec.id, spec.path);
		check->at = chosen;
	}
	pv_spec_dispose(&spec);
	pv_buf_dispose(&text);
	return rc;
}

static int check_args(struct check *check, int argc, char **argv)
{
	int rc = PV_OK;

	for (int i = 0; i < argc && rc == PV_OK; i++)
		rc = is_path(argv[i]) ? check_path(check, argv[i])
				      : check_spec(check, argv[i]);
	return rc;
}

static void print(const struct check *check)
{
	const pv_report *report = check->report;
	size_t errors = pv_report_count_at(report, PV_SEVERITY_ERROR);
	pv_cli *cli = check->cli;
	pv_jsonw w;

	if (cli->json) {
		pv_jsonw_init(&w, &cli->out);
		pv_jsonw_object(&w);
		pv_jsonw_key(&w, "ok");
		pv_jsonw_bool(&w, errors == 0);
		pv_jsonw_key(&w, "findings");
		cli_findings_json(&w, report);
		pv_jsonw_object_end(&w);
		return;
	}
	for (size_t i = 0; i < pv_report_count(report); i++)
		cli_finding_text(cli, pv_report_at(report, i));
	cli_note(cli, "%zu error%s, %zu warning%s", errors,
		 errors == 1 ? "" : "s",
		 pv_report_count_at(report, PV_SEVERITY_WARNING) - errors,
		 pv_report_count_at(report, PV_SEVERITY_WARNING) - errors == 1
			 ? ""
			 : "s");
}

/* The rules, set up by the pv.yaml of the point that is checked. */
static int start_rules(struct check *check)
{
	pv_check_options opts = { 0 };
	pv_cli *cli = check->cli;
	pv_buf text = { 0 };
	int rc = pv_store_read(&text, NULL, cli->store, &check->at, "pv.yaml",
			       &cli->err);

	if (rc == PV_OK) {
		opts.settings = pv_buf_text(&text);
		opts.settings_len = text.len;
	} else if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	if (rc == PV_OK)
		rc = pv_check_new(&check->rules, &opts, &cli->err);
	pv_buf_dispose(&text);
	return rc;
}

static int start(struct check *check, const struct check_options *opts)
{
	pv_cli *cli = check->cli;
	int rc;

	if (opts->staged && opts->at)
		return cli_usage_error(cli, "--staged and --at exclude another");
	rc = cli_point(&check->at, cli, opts->at);
	if (opts->staged)
		check->at.kind = PV_AT_INDEX;
	if (rc == PV_OK && !pv_store_is_bare(cli->store))
		rc = pv_store_conflict_each(cli->store, add_unmerged, check,
					    &cli->err);
	if (rc == PV_OK)
		rc = start_rules(check);
	if (rc == PV_OK)
		rc = pv_report_new(&check->found, &cli->err);
	return rc == PV_OK ? pv_report_new(&check->report, &cli->err) : rc;
}

int cmd_check(pv_cli *cli, int argc, char **argv)
{
	struct check_options opts = { 0 };
	struct check check = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	check.cli = cli;
	check.opts = &opts;
	rc = start(&check, &opts);
	if (rc == PV_OK)
		rc = argc ? check_args(&check, argc, argv) : check_all(&check);
	if (rc == PV_OK) {
		print(&check);
		rc = pv_report_count_at(check.report, PV_SEVERITY_ERROR) != 0;
	}
	pv_strlist_dispose(&check.unmerged);
	pv_buf_dispose(&check.folder);
	pv_report_free(check.report);
	pv_report_free(check.found);
	pv_check_free(check.rules);
	return rc;
}
