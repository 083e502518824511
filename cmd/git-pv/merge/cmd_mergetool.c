/* SPDX-License-Identifier: MIT
 *
 * git pv mergetool: what `git mergetool -t pv` runs for one file. On a
 * terminal it goes through the fields in conflict; elsewhere it merges by
 * fields what was merged by lines, and says whether that was all. Without
 * files it becomes that call of git, which finds them and stages what is
 * settled.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <pv/merge.h>
#include <pv/yaml.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "merge/conflict.h"
#include "merge/resolve.h"
#include "setup/wiring.h"

enum {
	FILES = 4
};

const cli_usage cmd_mergetool_usage = {
	.synopsis = { "git pv mergetool",
		      "git pv mergetool BASE LOCAL REMOTE MERGED" },
	.examples = { "git pv mergetool", "git config merge.tool pv" },
	.args = "BASE LOCAL REMOTE MERGED, or nothing",
	.max_args = FILES,
};

/* One file that is being merged. */
struct tool {
	pv_cli *cli;
	const char *merged;
	pv_buf sides[3];
	pv_merge_input input;
	pv_merge_conflicts *rows;
	pv_unmerged *file;
};

enum answer {
	ANSWER_AGAIN,
	ANSWER_OURS = 'o',
	ANSWER_THEIRS = 't',
	ANSWER_UNION = 'u',
	ANSWER_EDIT = 'e',
	ANSWER_SKIP = 's',
	ANSWER_QUIT = 'q'
};

/* A side that is not there is an empty file, or no file at all. */
static int read_side(pv_merge_side *out, pv_buf *text, pv_cli *cli,
		     const char *path)
{
	int rc;

	text->max = PV_YAML_MAX_SIZE;
	rc = pv_file_read(text, path, &cli->err);
	out->text = pv_buf_text(text);
	out->len = text->len;
	return rc;
}

static int load(struct tool *tool, char **argv)
{
	pv_cli *cli = tool->cli;
	pv_merge_side *base = &tool->input.base;
	pv_buf text = { .max = PV_YAML_MAX_SIZE };
	int rc = read_side(base, &tool->sides[0], cli, argv[0]);

	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	if (rc == PV_OK && base->len == 0)
		base->text = NULL;
	if (rc == PV_OK)
		rc = read_side(&tool->input.ours, &tool->sides[1], cli, argv[1]);
	if (rc == PV_OK)
		rc = read_side(&tool->input.theirs, &tool->sides[2], cli,
			       argv[2]);
	tool->merged = argv[3];
	tool->input.path = argv[3];
	if (rc == PV_OK)
		rc = pv_file_read(&text, argv[3], &cli->err);
	if (rc == PV_OK)
		rc = pv_unmerged_new(&tool->file, &tool->input,
				     pv_buf_text(&text), text.len, &cli->err);
	if (rc == PV_OK)
		rc = pv_merge_conflicts_find(&tool->rows, &tool->input,
					     &cli->err);
	pv_buf_dispose(&text);
	return rc;
}

/* --- asking -------------------------------------------------------------- */

static int ask(pv_cli *cli, enum answer *out)
{
	static const char answers[] = "otuesq";
	char line[64];
	int rc;

	cli_puts(cli, "[o]urs, [t]heirs, [u]nion, [e]dit, [s]kip, [q]uit? ");
	rc = cli_flush(cli);
	*out = ANSWER_QUIT;
	if (rc < 0 || !fgets(line, sizeof(line), stdin))
		return rc;
	*out = ANSWER_AGAIN;
	if (*line && strchr(answers, *line) && (line[1] == '\n' || !line[1]))
		*out = (enum answer) * line;
	return PV_OK;
}

static void show(const struct tool *tool, const char *field)
{
	size_t count = pv_merge_conflicts_count(tool->rows);

	cli_line(tool->cli, *field ? field : tool->merged);
	cli_puts(tool->cli, "\n");
	for (size_t i = 0; i < count; i++) {
		const pv_merge_conflict *row =
			pv_merge_conflicts_at(tool->rows, i);

		if (*field && strcmp(row->path, field) == 0)
			conflict_values_text(tool->cli, row);
	}
}

/* Next to the file, like what git mergetool itself puts there. */
static int edit(struct tool *tool, const char *field)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s.PV_RESOLVE.yaml", tool->merged);
	rc = pv_buf_status(&path, &tool->cli->err);
	if (rc == PV_OK)
		rc = resolve_edit(tool->cli, tool->file, field,
				  pv_buf_text(&path));
	pv_buf_dispose(&path);
	return rc;
}

static int settle(struct tool *tool, const char *field, enum answer answer)
{
	static const struct {
		enum answer answer;
		enum pv_settle_how how;
	} ways[] = { { ANSWER_OURS, PV_SETTLE_OURS },
		     { ANSWER_THEIRS, PV_SETTLE_THEIRS },
		     { ANSWER_UNION, PV_SETTLE_UNION } };
	pv_settle call = { .field = field };

	if (answer == ANSWER_EDIT)
		return edit(tool, field);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (ways[i].answer == answer)
			call.how = ways[i].how;
	return pv_unmerged_settle(tool->file, &call, &tool->cli->err);
}

/* A choice that is impossible is told, and asked for again. */
static int settle_or_tell(struct tool *tool, const char *field, enum answer answer)
{
	pv_cli *cli = tool->cli;
	int rc = settle(tool, field, answer);

	if (rc == PV_OK || rc == PV_ENOMEM || rc == PV_ECANCELED)
		return rc;
	cli_warn(cli, "%s", cli->err.message);
	pv_error_clear(&cli->err);
	return PV_OK;
}

/* Goes through the fields until all are settled, left out, or enough. */
static int ask_all(struct tool *tool)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_unmerged_count(tool->file) && rc == PV_OK;) {
		const char *field = pv_unmerged_at(tool->file, i)->path;
		enum answer answer = ANSWER_AGAIN;

		if (!pv_unmerged_is_left(tool->file, i)) {
			i++;
			continue;
		}
		show(tool, field);
		rc = ask(tool->cli, &answer);
		if (rc < 0 || answer == ANSWER_QUIT)
			return rc;
		if (answer == ANSWER_SKIP)
			i++;
		else if (answer != ANSWER_AGAIN)
			rc = settle_or_tell(tool, field, answer);
	}
	return rc;
}

/* --- the whole ----------------------------------------------------------- */

/* Whether the file may be staged: git does that when the tool exits with 0. */
static int reads(const struct tool *tool)
{
	pv_yaml_options opts = { .tags = PV_YAML_TAGS_KEEP,
				 .streams = 1,
				 .duplicate_keys = 1 };
	pv_yaml *doc = NULL;
	size_t len;
	const char *text = pv_unmerged_text(tool->file, &len);
	int rc;

	if (!pv_str_has_suffix(tool->merged, ".yaml") &&
	    !pv_str_has_suffix(tool->merged, ".yml"))
		return 1;
	rc = pv_yaml_parse(&doc, text, len, &opts, &tool->cli->err);
	pv_yaml_free(doc);
	if (rc == PV_OK)
		return 1;
	cli_warn(tool->cli, "%s:%d: %s", tool->merged, tool->cli->err.line,
		 tool->cli->err.message);
	pv_error_clear(&tool->cli->err);
	return 0;
}

static int run(struct tool *tool)
{
	pv_cli *cli = tool->cli;
	size_t left;
	size_t len;
	const char *text;
	int rc = PV_OK;

	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		rc = ask_all(tool);
	if (rc < 0)
		return rc;
	text = pv_unmerged_text(tool->file, &len);
	rc = pv_file_output(tool->merged, text, len, &cli->err);
	if (rc < 0)
		return rc;
	left = pv_unmerged_markers(tool->file);
	if (left > 0)
		cli_note(cli, "%s: %zu conflict%s left", tool->merged, left,
			 left == 1 ? "" : "s");
	return left > 0 || !reads(tool);
}

/* --- all files ----------------------------------------------------------- */

/* "-c key=value" for what makes this git's tool, installed or not. */
static int add_settings(pv_strlist *out, pv_cli *cli)
{
	const cli_setting *setting = cli_driver_settings();
	pv_buf text = { 0 };
	int rc = PV_OK;

	for (; setting->key && rc == PV_OK; setting++) {
		if (!pv_str_has_prefix(setting->key, "mergetool."))
			continue;
		pv_buf_clear(&text);
		pv_buf_printf(&text, "%s=%s", setting->key, setting->value);
		rc = pv_buf_status(&text, &cli->err);
		if (rc == PV_OK)
			rc = pv_strlist_add(out, "-c", &cli->err);
		if (rc == PV_OK)
			rc = pv_strlist_add(out, pv_buf_text(&text), &cli->err);
	}
	pv_buf_dispose(&text);
	return rc;
}

/* Comes back with an error only. */
static int exec_git(pv_cli *cli, const pv_strlist *line)
{
	char **args = pv_calloc(line->count + 1, sizeof(*args));
	int errnum;

	if (!args)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < line->count; i++)
		args[i] = line->items[i];
	execvp("git", args);
	errnum = errno;
	pv_free(args);
	return pv_fail_errno(&cli->err, errnum, "run", "git");
}

/* Becomes `git mergetool -t pv`, which keeps the terminal. */
static int become_git(pv_cli *cli)
{
	static const char *const words[] = { "mergetool", "-t", "pv" };
	pv_strlist line = { 0 };
	int rc = pv_strlist_add(&line, "git", &cli->err);

	if (rc == PV_OK)
		rc = add_settings(&line, cli);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words) && rc == PV_OK; i++)
		rc = pv_strlist_add(&line, words[i], &cli->err);
	if (rc == PV_OK)
		rc = cli_flush(cli);
	if (rc == PV_OK)
		rc = exec_git(cli, &line);
	pv_strlist_dispose(&line);
	return rc;
}

int cmd_mergetool(pv_cli *cli, int argc, char **argv)
{
	struct tool tool = { .cli = cli };
	int rc;

	rc = cli_start(cli, NULL, &argc, argv);
	if (rc != 0)
		return rc;
	if (argc == 0)
		return become_git(cli);
	if (argc != FILES)
		return cli_usage_error(cli, "mergetool needs %s",
				       cmd_mergetool_usage.args);
	rc = load(&tool, argv);
	if (rc == PV_OK)
		rc = run(&tool);
	pv_merge_conflicts_free(tool.rows);
	pv_unmerged_free(tool.file);
	for (size_t i = 0; i < 3; i++)
		pv_buf_dispose(&tool.sides[i]);
	return rc;
}
