/* SPDX-License-Identifier: MIT
 *
 * See message.h. The editor works on COMMIT_EDITMSG in the git folder, as
 * git's own does, so that a message survives a commit that fails.
 */
#include "message.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/file.h"
#include "editor.h"

static void from_paragraphs(pv_buf *out, const cli_list *paragraphs)
{
	for (size_t i = 0; i < paragraphs->count; i++) {
		if (i)
			pv_buf_putc(out, '\n');
		pv_buf_puts(out, paragraphs->items[i].value);
		pv_buf_putc(out, '\n');
	}
}

static int from_file(pv_buf *out, pv_cli *cli, const char *file)
{
	if (strcmp(file, "-") == 0)
		return cli_read_stdin(out, cli);
	return pv_file_read(out, file, &cli->err);
}

/* Runs git on `input`; what it prints is appended. Nothing when it fails. */
static int filter(pv_buf *out, pv_cli *cli, const char *const *args,
		  const pv_buf *input)
{
	pv_buf errors = { 0 };
	pv_git_options opts = { 0 };
	size_t start = out->len;
	int status = 0;
	int rc;

	if (input) {
		opts.input = pv_buf_text(input);
		opts.input_len = input->len;
	}
	opts.errors = &errors;
	rc = pv_git_run(out, &status, cli->store, args, &opts, &cli->err);
	if (rc == PV_OK && status != 0)
		pv_buf_truncate(out, start);
	pv_buf_dispose(&errors);
	return rc;
}

/* The text a merge proposes, or the user's template, or nothing. */
static int initial_text(pv_buf *out, pv_cli *cli)
{
	static const char *const args[] = { "config", "--type=path", "--get",
					    "commit.template", NULL };
	pv_buf path = { 0 };
	int rc = PV_OK;

	pv_buf_printf(&path, "%s/MERGE_MSG", pv_store_git_dir(cli->store));
	if (pv_file_exists(pv_buf_text(&path))) {
		rc = pv_file_read(out, path.ptr, &cli->err);
		goto out;
	}
	pv_buf_clear(&path);
	rc = filter(&path, cli, args, NULL);
	while (path.len && path.ptr[path.len - 1] == '\n')
		pv_buf_truncate(&path, path.len - 1);
	if (rc == PV_OK && path.len)
		rc = pv_file_read(out, path.ptr, &cli->err);
out:
	pv_buf_dispose(&path);
	return rc;
}

/* commit.cleanup of a message that somebody edits. */
enum cleanup {
	CLEAN_COMMENTS, /* the default */
	CLEAN_SCISSORS,
	CLEAN_SPACE /* or nothing: comments would stay */
};

static enum cleanup cleanup_mode(pv_cli *cli)
{
	pv_buf value = { 0 };
	enum cleanup mode = CLEAN_COMMENTS;

	if (pv_store_config(&value, cli->store, "commit.cleanup", NULL) == PV_OK) {
		if (strcmp(pv_buf_text(&value), "scissors") == 0)
			mode = CLEAN_SCISSORS;
		else if (strcmp(pv_buf_text(&value), "whitespace") == 0 ||
			 strcmp(pv_buf_text(&value), "verbatim") == 0)
			mode = CLEAN_SPACE;
	}
	pv_buf_dispose(&value);
	return mode;
}

/* What git shows below the message, commented out by git itself. */
static int explanation(pv_buf *out, pv_cli *cli, const pv_strlist *paths)
{
	static const char *const comment[] = { "stripspace", "--comment-lines",
					       NULL };
	enum cleanup mode = cleanup_mode(cli);
	pv_buf text = { 0 };
	int rc;

	if (mode == CLEAN_SPACE ||
	    !pv_store_config_bool(cli->store, "commit.status", 1))
		return PV_OK;
	if (mode == CLEAN_SCISSORS)
		pv_buf_puts(&text, "------------------------ >8 "
				   "------------------------\nDo not change "
				   "the line above. What is below is left "
				   "out.\n\nFiles:\n");
	else
		pv_buf_puts(&text, "Please enter the message of this commit. "
				   "Lines that start with\nthis character are "
				   "left out, and an empty message stops the "
				   "commit.\n\nFiles:\n");
	for (size_t i = 0; i < paths->count; i++)
		pv_buf_printf(&text, "\t%s\n", paths->items[i]);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = filter(out, cli, comment, &text);
	pv_buf_dispose(&text);
	return rc;
}

static int edit(pv_buf *out, pv_cli *cli, const pv_buf *start)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/COMMIT_EDITMSG", pv_store_git_dir(cli->store));
	rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK)
		rc = pv_file_write(path.ptr, start->ptr, start->len, &cli->err);
	if (rc == PV_OK)
		rc = editor_open(cli, path.ptr);
	if (rc == PV_OK)
		rc = pv_file_read(out, path.ptr, &cli->err);
	pv_buf_dispose(&path);
	return rc;
}

static int from_editor(pv_buf *out, pv_cli *cli, const pv_strlist *paths)
{
	pv_buf start = { 0 };
	int rc = initial_text(&start, cli);

	pv_buf_putc(&start, '\n');
	if (rc == PV_OK)
		rc = explanation(&start, cli, paths);
	if (rc == PV_OK)
		rc = pv_buf_status(&start, &cli->err);
	if (rc == PV_OK)
		rc = edit(out, cli, &start);
	pv_buf_dispose(&start);
	return rc;
}

static int is_blank(const pv_buf *text)
{
	return pv_str_trim((pv_str){ pv_buf_text(text), text->len }).len == 0;
}

int message_gather(pv_buf *out, int *edited_out, pv_cli *cli,
		   const message_source *source)
{
	int rc = PV_OK;

	*edited_out = 0;
	if (source->paragraphs->count)
		from_paragraphs(out, source->paragraphs);
	else if (source->file)
		rc = from_file(out, cli, source->file);
	else
		rc = from_editor(out, cli, source->paths);
	*edited_out = !source->paragraphs->count && !source->file;
	if (rc == PV_OK)
		rc = pv_buf_status(out, &cli->err);
	if (rc == PV_OK && is_blank(out)) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "the commit message is empty");
		pv_error_hint(&cli->err, rc, "say what changed with -m MSG");
	}
	return rc;
}
