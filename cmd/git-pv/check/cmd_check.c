/* SPDX-License-Identifier: MIT
 *
 * git pv check: which prompts are checked, at which point, and what shows
 * before one is read: names that are no ids, folders that grow too large.
 */
#include "check/check.h"

#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "repo/broken.h"

struct check_options {
	const char *at;
	const char *rev;
	int staged;
	int fix;
	int dry_run;
	int notes;
	int format; /* enum check_format */
};

static const char *const formats[] = { "text",  "json",   "github", "sarif",
				       "junit", "gitlab", NULL };

static const cli_option options[] = {
	{ 0, "at", CLI_STRING, offsetof(struct check_options, at), "REV",
	  "check the prompts of a commit" },
	{ 0, "staged", CLI_FLAG, offsetof(struct check_options, staged), NULL,
	  "check what is staged" },
	{ 0, "rev", CLI_STRING, offsetof(struct check_options, rev), "A..B",
	  "check the prompts that differ between two revisions" },
	{ 0, "fix", CLI_FLAG, offsetof(struct check_options, fix), NULL,
	  "mend what needs no judgement in the files" },
	{ 'n', "dry-run", CLI_FLAG, offsetof(struct check_options, dry_run),
	  NULL, "with --fix: only show what would be mended" },
	{ 0, "notes", CLI_FLAG, offsetof(struct check_options, notes), NULL,
	  "show notes, too, when no prompt is named" },
	{ 0, "format", CLI_ENUM, offsetof(struct check_options, format),
	  "FORMAT", "text, json, github, sarif, junit or gitlab", formats },
	{ 0 },
};

const cli_usage cmd_check_usage = {
	.synopsis = { "git pv check [--staged | --at REV | --rev A..B] "
		      "[--json | --format FORMAT] [ID | PATH]...",
		      "git pv check --fix [--dry-run] [--json] [ID | PATH]..." },
	.examples = { "git pv check", "git pv check --staged support/triage",
		      "git pv check --rev main..HEAD --format github" },
	.options = options,
	.args = "ID",
	.max_args = -1,
	.ids = CLI_IDS_ALL,
};

/* A folder with more files makes every commit of one slower. */
enum {
	FOLDER_MAX = 300
};

static int add_unmerged(const pv_conflict *conflict, void *payload)
{
	struct check *check = payload;

	return pv_strlist_add(&check->unmerged, conflict->path, &check->cli->err);
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
	rc = check_find(check, PV_SEVERITY_WARNING, "large-folder",
			pv_buf_text(folder), "more than 300 files in one folder",
			"spread them over subfolders: commits get slower");
	/* What pv.yaml sets by path is about the files in it. */
	return rc == PV_OK ? check_settle(check, path, NULL) : rc;
}

int check_is_yaml(const char *path)
{
	return pv_str_has_suffix(path, ".yaml") ||
	       pv_str_has_suffix(path, ".yml");
}

int check_is_below(const char *path, const pv_buf *folder)
{
	size_t len = folder->len;

	return !len || (strncmp(path, folder->ptr, len) == 0 &&
			(path[len] == '/' || path[len] == '\0'));
}

/* A file that should be a prompt, by a name that is none's. */
static int find_bad_id(struct check *check, const char *path, const pv_error *why)
{
	int rc = check_find(check, PV_SEVERITY_ERROR, "bad-id", path,
			    why->message,
			    why->hint[0] ? why->hint
					 : "rename it: a-z 0-9 . _ - and .yaml");

	return rc == PV_OK ? check_settle(check, path, NULL) : rc;
}

static int each_file(const char *path, const pv_oid *blob, void *payload)
{
	struct check *check = payload;
	pv_cli *cli = check->cli;
	pv_buf id = { 0 };
	pv_error why = { 0 };
	int is_meant = 1;
	int rc;

	if (!check_is_below(path, &check->below))
		return PV_OK;
	rc = count_folder(check, path);
	if (rc < 0)
		return rc;
	if (!check_is_yaml(path))
		return check_other(path, blob, check);
	if (check_is_unmerged(check, path))
		return check->has_told_unmerged ? PV_OK
						: check_unmerged(check, path);
	rc = pv_prompt_id(&id, &cli->settings, path, &why);
	if (rc == PV_OK && check->is_range)
		rc = check_range_has(&is_meant, check, pv_buf_text(&id), path,
				     blob);
	if (rc == PV_OK) {
		if (is_meant)
			rc = check_prompt(check, pv_buf_text(&id), path);
	} else if (rc == PV_ENOMEM) {
		rc = pv_fail_nomem(&cli->err);
	} else {
		rc = find_bad_id(check, path, &why);
	}
	pv_buf_dispose(&id);
	return rc;
}

/* Most likely the name of the folder is misspelt, and nothing is checked. */
static int check_folder(struct check *check)
{
	const char *folder = check->cli->settings.prompts_dir;
	pv_buf message = { 0 };
	int rc;

	if (check->folder.len || !strcmp(folder, "prompts"))
		return PV_OK;
	pv_buf_printf(&message, "there are no prompts in \"%s\"", folder);
	rc = pv_buf_status(&message, &check->cli->err);
	if (rc == PV_OK)
		rc = check_find(check, PV_SEVERITY_WARNING, "setting",
				"pv.yaml", pv_buf_text(&message),
				"\"prompts\" in pv.yaml names the folder");
	if (rc == PV_OK)
		rc = check_settle(check, "pv.yaml", NULL);
	pv_buf_dispose(&message);
	return rc;
}

static int check_all(struct check *check)
{
	pv_cli *cli = check->cli;
	int rc = check_all_unmerged(check);

	if (rc == PV_OK)
		rc = check_beside(check);
	if (rc == PV_OK)
		rc = pv_check_settings_file(check->report, check->rules,
					    &cli->err);
	if (rc == PV_OK)
		rc = pv_check_secrets(check->report, check->rules, &cli->err);
	if (rc < 0)
		return rc;
	rc = pv_store_each(cli->store, &check->at, cli->settings.prompts_dir,
			   each_file, check, &cli->err);
	if (rc == PV_OK)
		rc = check_files(check);
	return rc < 0 ? rc : check_folder(check);
}

/* Whether the user means a file rather than an id. */
static int is_path(const char *arg)
{
	return strchr(arg, '@') == NULL &&
	       (check_is_yaml(arg) || pv_str_has_suffix(arg, ".jsonl") ||
		pv_str_has_suffix(arg, ".csv"));
}

static int is_in_prompts(const struct check *check, const char *path)
{
	const pv_buf folder = { .ptr = check->cli->settings.prompts_dir,
				.len = strlen(check->cli->settings.prompts_dir) };

	return check_is_below(path, &folder);
}

/* A folder of the working tree, where no prompt has that name as its id. */
static int is_folder(const struct check *check, const char *arg)
{
	pv_cli *cli = check->cli;
	size_t len = strlen(arg);
	pv_buf path = { 0 };
	struct stat info;
	int is = check->at.kind == PV_AT_WORKTREE && stat(arg, &info) == 0 &&
		 S_ISDIR(info.st_mode) &&
		 cli_repo_path(&path, cli, arg) == PV_OK &&
		 (strcmp(arg, ".") == 0 || (len && arg[len - 1] == '/') ||
		  is_in_prompts(check, pv_buf_text(&path)));

	pv_error_clear(&cli->err);
	pv_buf_dispose(&path);
	return is;
}

/* All prompts in a folder, and in those below. */
static int check_below(struct check *check, const char *arg)
{
	pv_cli *cli = check->cli;
	pv_buf *below = &check->below;
	int rc;

	pv_buf_clear(below);
	rc = cli_repo_path(below, cli, arg);
	while (below->len && below->ptr[below->len - 1] == '/')
		pv_buf_truncate(below, below->len - 1);
	if (strcmp(pv_buf_text(below), ".") == 0)
		pv_buf_clear(below);
	if (rc == PV_OK)
		rc = pv_store_each(cli->store, &check->at,
				   cli->settings.prompts_dir, each_file, check,
				   &cli->err);
	if (rc == PV_OK)
		rc = check_files(check);
	pv_buf_clear(below);
	return rc;
}

static int check_path(struct check *check, const char *arg)
{
	pv_cli *cli = check->cli;
	pv_buf path = { 0 };
	pv_buf id = { 0 };
	pv_error why;
	int rc;

	rc = cli_repo_path(&path, cli, arg);
	if (rc == PV_OK && pv_check_is_data_file(pv_buf_text(&path))) {
		rc = check_data_file(check, pv_buf_text(&path));
		pv_buf_dispose(&path);
		return rc;
	}
	if (rc == PV_OK)
		rc = pv_prompt_id(&id, &cli->settings, pv_buf_text(&path),
				  &cli->err);
	if (rc == PV_OK)
		rc = check_prompt(check, pv_buf_text(&id), pv_buf_text(&path));
	else if (rc != PV_ENOMEM && path.len &&
		 is_in_prompts(check, pv_buf_text(&path))) {
		why = cli->err;
		pv_error_clear(&cli->err);
		rc = find_bad_id(check, pv_buf_text(&path), &why);
	}
	if (rc == PV_ENOTFOUND && !cli->err.hint[0])
		pv_error_hint(&cli->err, rc,
			      "prompts are the .yaml files below \"%s/\"",
			      cli->settings.prompts_dir);
	pv_buf_dispose(&path);
	pv_buf_dispose(&id);
	return rc;
}

static int note_fallback(struct check *check, const pv_spec *spec)
{
	pv_error *err = &check->cli->err;
	int rc = pv_strlist_add(&check->answered, spec->label, err);

	return rc < 0 ? rc
		      : pv_strlist_add(&check->answered, cli_fallback_of(spec),
				       err);
}

/* An id: at the chosen point, or where the spec itself says. */
static int check_spec(struct check *check, const char *arg,
		      const struct check_options *opts)
{
	pv_cli *cli = check->cli;
	pv_point chosen = check->at;
	pv_spec spec = { 0 };
	pv_buf text = { 0 };
	int rc;

	pv_buf_puts(&text, arg);
	if (!strchr(arg, '@') && (opts->staged || opts->at))
		pv_buf_printf(&text, "@%s", opts->staged ? ":index" : opts->at);
	rc = cli_spec_resolve(&spec, cli, pv_buf_text(&text), PV_SPEC_WORKTREE);
	if (rc == PV_OK && cli_fallback_of(&spec))
		rc = note_fallback(check, &spec);
	if (rc == PV_OK) {
		check->at = spec.at;
		rc = check_prompt(check, spec.id, spec.path);
		check->at = chosen;
	}
	pv_spec_dispose(&spec);
	pv_buf_dispose(&text);
	return rc;
}

static int check_args(struct check *check, int argc, char **argv,
		      const struct check_options *opts)
{
	int rc = PV_OK;

	for (int i = 0; i < argc && rc == PV_OK; i++)
		rc = is_folder(check, argv[i]) ? check_below(check, argv[i])
		     : is_path(argv[i])        ? check_path(check, argv[i])
					: check_spec(check, argv[i], opts);
	return rc;
}

/* What does not parse for the markers of a conflict is told as that. */
static int explain_settings(pv_cli *cli, int rc, const pv_buf *text)
{
	int line = broken_marker_line(pv_buf_text(text), text->len);

	if (rc != PV_ESYNTAX || !line)
		return rc;
	pv_fail(&cli->err, PV_ESYNTAX, "a conflict is left here");
	pv_error_at(&cli->err, rc, "pv.yaml", line, 1);
	return pv_error_hint(&cli->err, rc,
			     "settle it with git pv resolve pv.yaml, or take "
			     "the marker lines out");
}

int check_begin(struct check *check, const pv_point *settings)
{
	pv_check_options opts = { 0 };
	pv_cli *cli = check->cli;
	pv_buf text = { 0 };
	int rc = pv_store_read(&text, NULL, cli->store, settings, "pv.yaml",
			       &cli->err);

	if (rc == PV_OK) {
		opts.settings = pv_buf_text(&text);
		opts.settings_len = text.len;
	} else if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	check_source_init(&opts.source, check);
	opts.groups = check->groups;
	if (rc == PV_OK)
		rc = pv_check_new(&check->rules, &opts, &cli->err);
	rc = explain_settings(cli, rc, &text);
	pv_buf_dispose(&text);
	if (rc == PV_OK)
		rc = pv_report_new(&check->found, &cli->err);
	return rc == PV_OK ? pv_report_new(&check->report, &cli->err) : rc;
}

static int check_options(pv_cli *cli, struct check_options *opts)
{
	if (opts->staged + (opts->at != NULL) + (opts->rev != NULL) > 1)
		return cli_usage_error(cli, "--staged, --at and --rev exclude "
					    "another");
	if (opts->fix && (opts->staged || opts->at || opts->rev))
		return cli_usage_error(cli, "--fix is for the working tree");
	if (opts->dry_run && !opts->fix)
		return cli_usage_error(cli, "--dry-run goes with --fix");
	if (opts->dry_run && (cli->json || opts->format > CHECK_TEXT))
		return cli_usage_error(cli, "--dry-run shows a diff, not a "
					    "report");
	if (cli->json && opts->format && opts->format != CHECK_JSON)
		return cli_usage_error(cli, "--json is --format json");
	if (opts->format == CHECK_JSON)
		cli->json = 1;
	if (!opts->format)
		opts->format = cli->json ? CHECK_JSON : CHECK_TEXT;
	return PV_OK;
}

static int start(struct check *check, const struct check_options *opts)
{
	pv_cli *cli = check->cli;
	int rc = PV_OK;

	if (check->is_fixing && pv_store_is_bare(cli->store))
		return cli_usage_error(cli, "--fix needs a working tree");
	if (!opts->rev)
		rc = cli_point(&check->at, cli, opts->at);
	if (opts->staged)
		check->at.kind = PV_AT_INDEX;
	if (rc == PV_OK && !pv_store_is_bare(cli->store))
		rc = pv_store_conflict_each(cli->store, add_unmerged, check,
					    &cli->err);
	return rc == PV_OK ? check_begin(check, &check->at) : rc;
}

void check_end(struct check *check)
{
	check_range_dispose(check);
	check_source_dispose(check);
	pv_strlist_dispose(&check->unmerged);
	pv_strlist_dispose(&check->checked);
	pv_strlist_dispose(&check->answered);
	pv_buf_dispose(&check->folder);
	pv_buf_dispose(&check->below);
	pv_report_free(check->report);
	pv_report_free(check->found);
	pv_check_free(check->rules);
}

int cmd_check(pv_cli *cli, int argc, char **argv)
{
	struct check_options opts = { 0 };
	struct check check = { .cli = cli };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	rc = check_options(cli, &opts);
	check.is_fixing = opts.fix;
	check.shows_notes = opts.notes || argc > 0;
	check.is_dry = opts.dry_run;
	if (rc == PV_OK && opts.rev)
		rc = check_range_read(&check, opts.rev, argc, argv);
	if (rc == PV_OK)
		rc = start(&check, &opts);
	if (rc == PV_OK)
		rc = argc && !opts.rev ? check_args(&check, argc, argv, &opts)
				       : check_all(&check);
	if (rc == PV_OK)
		rc = check_print(&check, (enum check_format)opts.format);
	if (rc == PV_OK)
		rc = pv_report_count_at(check.report, PV_SEVERITY_ERROR) != 0;
	check_end(&check);
	return rc;
}
