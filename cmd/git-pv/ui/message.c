/* SPDX-License-Identifier: MIT
 *
 * See message.h.
 */
#include "ui/message.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/file.h"
#include "ui/editor.h"
#include "version/commit_summary.h"

static void from_paragraphs(pv_buf *out, const cli_list *paragraphs)
{
	for (size_t i = 0; i < paragraphs->count; i++) {
		if (out->len)
			pv_buf_putc(out, '\n');
		pv_buf_puts(out, paragraphs->items[i].value);
		if (out->len && out->ptr[out->len - 1] != '\n')
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

/* Appends a file of the git folder; 1 when it is there. */
static int add_file(pv_buf *out, pv_cli *cli, const char *name)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/%s", pv_store_git_dir(cli->store), name);
	rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK && pv_file_exists(path.ptr)) {
		rc = pv_file_read(out, path.ptr, &cli->err);
		rc = rc < 0 ? rc : 1;
	}
	pv_buf_dispose(&path);
	return rc;
}

static int add_template(message *out, pv_cli *cli)
{
	static const char *const args[] = { "config", "--type=path", "--get",
					    "commit.template", NULL };
	pv_buf path = { 0 };
	int rc = filter(&path, cli, args, NULL);

	while (path.len && path.ptr[path.len - 1] == '\n')
		pv_buf_truncate(&path, path.len - 1);
	if (rc != PV_OK || !path.len)
		goto out;
	out->origin = "template";
	rc = pv_file_read(&out->proposal, path.ptr, &cli->err);
	if (rc == PV_OK)
		pv_buf_put(&out->text, out->proposal.ptr, out->proposal.len);
out:
	pv_buf_dispose(&path);
	return rc;
}

/*
 * The user's template, which has to be edited, else a summary, which is a
 * message as it stands.
 */
static int add_own(message *out, pv_cli *cli, const selection *chosen)
{
	int rc = add_template(out, cli);

	return rc == PV_OK && !out->origin
		       ? commit_summary(&out->text, cli, chosen)
		       : rc;
}

/* What a squash or a merge left to say, or what is made here. */
static int initial_text(message *out, pv_cli *cli, const selection *chosen)
{
	int squash = add_file(&out->text, cli, "SQUASH_MSG");
	int merge = squash < 0 ? squash : add_file(&out->text, cli, "MERGE_MSG");

	if (merge < 0)
		return merge;
	if (squash || merge)
		out->origin = squash ? "squash" : "merge";
	else
		return add_own(out, cli, chosen);
	return PV_OK;
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

static int for_editor(message *out, pv_cli *cli, const selection *chosen)
{
	int rc = initial_text(out, cli, chosen);

	out->needs_editor = 1;
	pv_buf_putc(&out->text, '\n');
	return rc == PV_OK ? explanation(&out->text, cli, &chosen->paths) : rc;
}

/* The text that was given, as far as it can be judged before the hooks. */
static int check(const message *given, pv_cli *cli)
{
	int rc = pv_buf_status(&given->text, &cli->err);

	if (rc == PV_OK && given->text.len &&
	    memchr(given->text.ptr, '\0', given->text.len))
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "the commit message has a NUL byte in it");
	if (rc == PV_OK && !given->text.len) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "the commit message is empty");
		pv_error_hint(&cli->err, rc, "say what changed with -m MSG");
	}
	return rc;
}

int message_gather(message *out, pv_cli *cli, const message_source *source)
{
	int rc = PV_OK;

	out->cli = cli;
	out->origin = "message";
	if (source->paragraphs->count) {
		from_paragraphs(&out->text, source->paragraphs);
	} else if (source->file) {
		rc = from_file(&out->text, cli, source->file);
	} else {
		out->origin = NULL;
		rc = for_editor(out, cli, source->chosen);
	}
	return rc == PV_OK ? check(out, cli) : rc;
}

static int edit(const char *path, void *payload, pv_error *err)
{
	const message *given = payload;
	int rc = editor_open(given->cli, path);

	/* The editor's failure is where the commit looks for it. */
	if (rc < 0 && err && err != &given->cli->err)
		*err = given->cli->err;
	return rc;
}

void message_options(pv_commit_options *out, message *from)
{
	out->message = pv_buf_text(&from->text);
	out->source = from->origin;
	if (!from->needs_editor)
		return;
	out->edit = edit;
	out->payload = from;
	out->proposal = from->proposal.len ? from->proposal.ptr : NULL;
}

void message_dispose(message *old)
{
	pv_buf_dispose(&old->text);
	pv_buf_dispose(&old->proposal);
}
