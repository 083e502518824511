/* SPDX-License-Identifier: MIT
 *
 * See new.h. An answer that cannot be is asked for again; the text that was
 * written in the editor stays in a file until the prompt has it.
 */
#include "prompt/new.h"
#include "prompt/slug.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "repo/prompts.h"
#include "ui/ask.h"
#include "ui/editor.h"
#include "ui/value.h"

void new_answers_dispose(new_answers *answers)
{
	pv_buf_dispose(&answers->name);
	pv_buf_dispose(&answers->id);
	pv_buf_dispose(&answers->goal);
	pv_buf_dispose(&answers->category);
	pv_buf_dispose(&answers->model);
	pv_buf_dispose(&answers->temperature);
	pv_buf_dispose(&answers->max_tokens);
	pv_buf_dispose(&answers->text);
	pv_buf_dispose(&answers->file);
	pv_buf_dispose(&answers->kept);
}

/* --- what an earlier call could not use -------------------------------------- */

/* The answers as lines "KEY=VALUE"; the text is in a file of its own. */
static void kept_path(pv_buf *out, pv_cli *cli)
{
	pv_buf_printf(out, "%s/PV_NEW_ANSWERS", pv_store_git_dir(cli->store));
}

/* Appends the value of a key; 0 when there is none. */
static int kept_value(pv_buf *out, const new_answers *answers, const char *key)
{
	const char *line = pv_buf_text(&answers->kept);
	size_t len = strlen(key);

	while (*line) {
		size_t end = strcspn(line, "\n");

		if (end > len && !memcmp(line, key, len) && line[len] == '=') {
			pv_buf_put(out, line + len + 1, end - len - 1);
			return 1;
		}
		line += end + (line[end] != '\0');
	}
	return 0;
}

static int kept_is(const new_answers *answers, const char *key, const char *value)
{
	pv_buf kept = { 0 };
	int is = kept_value(&kept, answers, key) &&
		 !strcmp(pv_buf_text(&kept), value);

	pv_buf_dispose(&kept);
	return is;
}

/* What cannot be read is no answer. */
static void read_kept(new_answers *answers, pv_cli *cli)
{
	pv_buf path = { 0 };

	kept_path(&path, cli);
	if (path.status != PV_OK ||
	    pv_file_read(&answers->kept, path.ptr, NULL) < 0)
		pv_buf_clear(&answers->kept);
	pv_buf_dispose(&path);
}

/* They are no answers of whoever makes another prompt. */
static void forget_kept(new_answers *answers)
{
	pv_buf_clear(&answers->kept);
}

void new_answers_keep(const new_answers *answers, pv_cli *cli,
		      const struct new_options *opts)
{
	const struct {
		const char *key;
		const char *value;
	} rows[] = { { "id", pv_buf_text(&answers->id) },
		     { "name", opts->name },
		     { "goal", opts->goal },
		     { "category", opts->category },
		     { "model", opts->model },
		     { "temperature", opts->temperature },
		     { "token limit", opts->max_tokens } };
	pv_buf text = { 0 };
	pv_buf path = { 0 };

	kept_path(&path, cli);
	for (size_t i = 0; i < pv_array_len(rows); i++)
		if (rows[i].value && !strchr(rows[i].value, '\n'))
			pv_buf_printf(&text, "%s=%s\n", rows[i].key,
				      rows[i].value);
	if (path.status == PV_OK && text.status == PV_OK &&
	    pv_file_output(path.ptr, text.ptr, text.len, NULL) == PV_OK)
		cli_warn(cli, "your answers are kept: the next \"git pv new\" "
			      "offers them");
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
}

void new_answers_done(const new_answers *answers, pv_cli *cli)
{
	pv_buf path = { 0 };

	if (answers->file.len)
		unlink(answers->file.ptr);
	kept_path(&path, cli);
	if (answers->kept.len && path.status == PV_OK)
		unlink(path.ptr);
	pv_buf_dispose(&path);
}

/* --- lines ------------------------------------------------------------------ */

static const char *last_part(const char *id)
{
	const char *slash = strrchr(id, '/');

	return slash ? slash + 1 : id;
}

static int is_id_free(pv_cli *cli, const char *id)
{
	pv_buf path = { 0 };
	int rc = pv_prompt_path(&path, &cli->settings, id, &cli->err);

	if (rc == PV_OK)
		rc = new_must_be_free(cli, id, path.ptr);
	pv_buf_dispose(&path);
	return rc;
}

/* Makes a number one of JSON: not below 0, whole where that is asked. */
static int take_number(pv_buf *number, pv_cli *cli, int is_whole)
{
	pv_buf json = { 0 };
	int rc = value_json(&json, pv_buf_text(number), &cli->err);

	if (rc == PV_OK &&
	    (json.len == 0 || json.ptr[0] < '0' || json.ptr[0] > '9' ||
	     (is_whole && strspn(json.ptr, "0123456789") != json.len)))
		rc = pv_fail(&cli->err, PV_EINVALID, "\"%.40s\" is no %snumber",
			     pv_buf_text(number), is_whole ? "whole " : "");
	if (rc == PV_OK) {
		pv_buf_clear(number);
		pv_buf_put(number, json.ptr, json.len);
		rc = pv_buf_status(number, &cli->err);
	}
	pv_buf_dispose(&json);
	return rc;
}

enum question {
	ASK_TEXT,
	ASK_ID,
	ASK_NUMBER,
	ASK_WHOLE
};

static int check_answer(pv_cli *cli, enum question kind, pv_buf *answer)
{
	const char *text = pv_buf_text(answer);
	int rc = cli_check_utf8(cli, "the answer", text, answer->len);

	if (rc != PV_OK)
		return rc;
	if (kind == ASK_ID)
		return is_id_free(cli, text);
	if (kind != ASK_TEXT && *text)
		return take_number(answer, cli, kind == ASK_WHOLE);
	return PV_OK;
}

/* Asks until the answer is one that can be. */
static int ask(pv_buf *out, pv_cli *cli, enum question kind,
	       const char *question, const char *otherwise)
{
	for (;;) {
		int rc = ask_line(out, cli, question, otherwise);

		if (rc != PV_OK)
			return rc;
		rc = check_answer(cli, kind, out);
		if (rc == PV_OK || rc == PV_ENOMEM)
			return rc;
		cli_warn(cli, "%s", cli->err.message);
		if (cli->err.hint[0])
			cli_hint(cli, "%s", cli->err.hint);
		pv_error_clear(&cli->err);
	}
}

static int ask_field(const char **field, pv_buf *room, const new_answers *all,
		     pv_cli *cli, enum question kind, const char *question)
{
	pv_buf kept = { 0 };
	int rc;

	if (*field)
		return PV_OK;
	(void)kept_value(&kept, all,
			 strncmp(question, "model", 5) ? question : "model");
	rc = ask(room, cli, kind, question, pv_buf_text(&kept));
	pv_buf_dispose(&kept);
	if (rc == PV_OK && room->len)
		*field = room->ptr;
	return rc;
}

static int ask_name(new_answers *out, struct new_options *opts, pv_cli *cli,
		    const char *id)
{
	pv_buf kept = { 0 };
	int rc;

	if (opts->name)
		return PV_OK;
	(void)kept_value(&kept, out, "name");
	rc = ask(&out->name, cli, ASK_TEXT, "name",
		 kept.len ? kept.ptr
		 : id     ? last_part(id)
			  : "");
	if (rc == PV_OK && out->name.len)
		opts->name = out->name.ptr;
	pv_buf_dispose(&kept);
	return rc;
}

/* What was kept counts for the prompt it was given for, and for no other. */
static int ask_names(new_answers *out, struct new_options *opts, pv_cli *cli,
		     const char *id)
{
	pv_buf slug = { 0 };
	int rc;

	if (id && !kept_is(out, "id", id))
		forget_kept(out);
	rc = ask_name(out, opts, cli, id);
	if (opts->name && !kept_is(out, "name", opts->name))
		forget_kept(out);
	if (id) {
		pv_buf_puts(&out->id, id);
		return rc == PV_OK ? pv_buf_status(&out->id, &cli->err) : rc;
	}
	if (rc == PV_OK && !kept_value(&slug, out, "id") && opts->name)
		put_slug(&slug, opts->name);
	if (rc == PV_OK)
		rc = pv_buf_status(&slug, &cli->err);
	if (rc == PV_OK)
		rc = ask(&out->id, cli, ASK_ID, "id", pv_buf_text(&slug));
	pv_buf_dispose(&slug);
	return rc;
}

static int ask_model(new_answers *out, struct new_options *opts, pv_cli *cli)
{
	int rc = ask_field(&opts->model, &out->model, out, cli, ASK_TEXT,
			   "model (provider/name)");

	if (rc == PV_OK)
		rc = ask_field(&opts->temperature, &out->temperature, out, cli,
			       ASK_NUMBER, "temperature");
	return rc == PV_OK ? ask_field(&opts->max_tokens, &out->max_tokens, out,
				       cli, ASK_WHOLE, "token limit")
			   : rc;
}

/* --- the text --------------------------------------------------------------- */

/* Each prompt has a file of its own: a text is not to get into another one. */
static int text_path(pv_buf *out, pv_cli *cli, const char *id)
{
	size_t start;

	pv_buf_printf(out, "%s/PV_NEW_PROMPT.", pv_store_git_dir(cli->store));
	start = out->len;
	pv_buf_puts(out, id);
	for (size_t i = start; i < out->len; i++)
		if (out->ptr[i] == '/')
			out->ptr[i] = '~';
	return pv_buf_status(out, &cli->err);
}

/* What an earlier call left there is opened again. */
static int open_editor(new_answers *out, pv_cli *cli)
{
	FILE *file;
	int rc;

	rc = text_path(&out->file, cli, pv_buf_text(&out->id));
	if (rc != PV_OK)
		return rc;
	file = fopen(out->file.ptr, "a");
	if (!file || fclose(file) != 0)
		return pv_fail(&cli->err, PV_EIO, "cannot write \"%s\"",
			       out->file.ptr);
	rc = editor_open(cli, out->file.ptr);
	if (rc == PV_OK)
		rc = pv_file_read(&out->text, out->file.ptr, &cli->err);
	value_from_file(&out->text);
	return rc;
}

static int ask_text(new_answers *out, struct new_options *opts, pv_cli *cli)
{
	int rc = open_editor(out, cli);

	if (rc != PV_OK)
		return rc;
	opts->text = pv_buf_text(&out->text);
	if (opts->text[strspn(opts->text, " \t\n")])
		return PV_OK;
	new_answers_done(out, cli);
	pv_buf_clear(&out->file);
	return pv_fail(&cli->err, PV_EINVALID,
		       "there is no text for \"%s\", so nothing was made",
		       "prompt");
}

int new_ask(new_answers *out, struct new_options *opts, pv_cli *cli,
	    const char *id)
{
	int rc = id ? is_id_free(cli, id) : PV_OK;

	read_kept(out, cli);
	if (rc == PV_OK)
		rc = ask_names(out, opts, cli, id);
	if (rc == PV_OK)
		rc = ask_field(&opts->goal, &out->goal, out, cli, ASK_TEXT,
			       "goal");
	if (rc == PV_OK)
		rc = ask_field(&opts->category, &out->category, out, cli,
			       ASK_TEXT, "category");
	if (rc == PV_OK)
		rc = ask_model(out, opts, cli);
	if (rc == PV_OK)
		rc = ask_text(out, opts, cli);
	if (rc == PV_ECANCELED)
		(void)pv_error_hint(&cli->err, rc, "nothing was made");
	return rc;
}
