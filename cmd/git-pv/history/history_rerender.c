/* SPDX-License-Identifier: MIT
 *
 * `git pv history show ID --rerender`: the prompt that was stored with an
 * execution, made anew from its commit and input and compared byte for byte.
 * What keeps it from being proven is an answer with a name, not a failure.
 */
#include "history/history_verbs.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "prompt/render.h"
#include "repo/prompts.h"

enum {
	EXCERPT = 40 /* bytes of either side that are shown */
};

/* The first place where the two differ. */
struct difference {
	int is_set;
	int message;        /* counted from 0; -1: of the one text */
	const char *member; /* of the message; NULL: of a text */
	size_t byte;
	pv_buf stored; /* from there on */
	pv_buf made;
};

/* A proof on its way. */
struct proof {
	pv_cli *cli;
	const pv_execution *row;
	const char *reason; /* why it is none; NULL while nothing speaks against */
	pv_buf words;       /* the same for people */
	pv_oid commit;
	pv_oid blob;
	cli_prompt entry;
	pv_prompt_tree tree;
	pv_render_loader loader;
	pv_renderer *renderer;
	pv_rendering *rendering;
	size_t bytes; /* that are the same */
	struct difference diff;
};

static int deny(struct proof *it, const char *reason, const char *format, ...)
	PV_PRINTF(3, 4);

/* Gives the answer; PV_OK, for there is nothing wrong with asking. */
static int deny(struct proof *it, const char *reason, const char *format, ...)
{
	va_list args;
	char text[400];

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	it->reason = reason;
	pv_buf_puts(&it->words, text);
	return pv_buf_status(&it->words, &it->cli->err);
}

/* The same for what a failure says, unless it is one of this machine. */
static int deny_for(struct proof *it, int rc, const char *reason, const char *what)
{
	pv_error *err = &it->cli->err;

	if (rc == PV_ENOMEM || rc == PV_EIO || rc == PV_ECANCELED)
		return rc;
	rc = deny(it, reason, "%s: %s", what, err->message);
	if (rc == PV_OK)
		pv_error_clear(err);
	return rc;
}

/* --- the prompt as it was ------------------------------------------------- */

static int check_commit(struct proof *it)
{
	pv_commit commit = { 0 };
	pv_cli *cli = it->cli;
	int rc = pv_store_commit_read(&commit, cli->store, &it->commit,
				      &cli->err);

	pv_commit_dispose(&commit);
	if (rc == PV_OK)
		return PV_OK;
	return deny_for(it, rc, "commit-gone",
			"its commit is not in this repository");
}

/* As the blob says; the row's own word for it has to agree. */
static int check_blob(struct proof *it)
{
	const char *blob = pv_execution_text(it->row, "blob");

	it->blob = it->entry.blob;
	if (!blob || strcmp(blob, it->blob.hex) == 0)
		return PV_OK;
	return deny(it, "other-blob",
		    "the commit has the prompt as blob %.12s, the execution "
		    "names %.12s",
		    it->blob.hex, blob);
}

static int parse_failure(struct proof *it)
{
	if (it->entry.prompt)
		return PV_OK;
	it->cli->err = it->entry.failure;
	return deny_for(it, it->entry.failure.code, "no-prompt",
			"the prompt does not load");
}

static int read_committed(struct proof *it, const char *id)
{
	pv_cli *cli = it->cli;
	pv_buf path = { 0 };
	int rc = check_commit(it);

	if (rc < 0 || it->reason)
		return rc;
	it->tree.at.kind = PV_AT_COMMIT;
	it->tree.at.commit = it->commit;
	rc = pv_settings_at(&cli->settings, cli->store, &it->tree.at, &cli->err);
	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &cli->settings, id, &cli->err);
	if (rc == PV_OK)
		rc = cli_prompt_read(&it->entry, cli, &it->tree.at, id,
				     path.ptr, NULL);
	pv_buf_dispose(&path);
	if (rc < 0)
		return deny_for(it, rc, "no-prompt",
				"its commit lacks the prompt");
	rc = parse_failure(it);
	return rc == PV_OK && !it->reason ? check_blob(it) : rc;
}

/* What was never committed is in git all the same, see record_keep.c. */
static int read_dirty(struct proof *it, const char *id)
{
	pv_prompt_options opts = { .file = id };
	cli_prompt *entry = &it->entry;
	pv_cli *cli = it->cli;
	int rc = pv_store_read_blob(&entry->text, cli->store, &it->blob,
				    &cli->err);

	if (rc < 0)
		return deny_for(it, rc, "text-gone",
				"its text is not in this repository");
	rc = pv_prompt_parse(&entry->prompt, pv_buf_text(&entry->text),
			     entry->text.len, &opts, NULL, &entry->failure);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	return parse_failure(it);
}

static int read_prompt(struct proof *it)
{
	const char *id = pv_execution_text(it->row, "prompt_id");
	const char *commit = pv_execution_text(it->row, "commit");
	const char *blob = pv_execution_text(it->row, "blob");

	if (!id)
		return deny(it, "no-prompt", "it names no prompt");
	if (!pv_execution_has(it->row, "rendered"))
		return deny(it, "no-content",
			    "its prompt was not stored: content was not "
			    "captured, or is pruned");
	if (commit) {
		snprintf(it->commit.hex, sizeof(it->commit.hex), "%s", commit);
		return read_committed(it, id);
	}
	if (!blob)
		return deny(it, "no-commit", "it names no commit and no blob");
	snprintf(it->blob.hex, sizeof(it->blob.hex), "%s", blob);
	return read_dirty(it, id);
}

/* --- rendering ------------------------------------------------------------ */

static int open_renderer(struct proof *it)
{
	pv_render_options opts = { .name = it->entry.id };
	pv_cli *cli = it->cli;
	int rc;

	it->tree.store = cli->store;
	it->tree.settings = &cli->settings;
	/* Nobody knows what an uncommitted prompt included. */
	if (it->commit.hex[0]) {
		it->loader.load = pv_prompt_tree_load;
		it->loader.read = pv_prompt_tree_read;
		it->loader.payload = &it->tree;
		opts.loader = &it->loader;
	}
	rc = pv_rendering_new(&it->rendering, &cli->err);
	return rc < 0 ? rc
		      : pv_renderer_new(&it->renderer, it->entry.prompt, &opts,
					&cli->err);
}

static int run_renderer(struct proof *it, pv_context *context)
{
	int rc = pv_render(it->rendering, it->renderer, context, &it->cli->err);

	if (rc == PV_ERENDER && !it->commit.hex[0])
		return deny_for(it, rc, "render",
				"it does not render, and what an uncommitted "
				"prompt includes is not known");
	return rc < 0 ? deny_for(it, rc, "render", "it does not render") : rc;
}

static int render(struct proof *it)
{
	pv_context *context = NULL;
	pv_buf input = { 0 };
	int rc = PV_OK;

	if (pv_execution_has(it->row, "input"))
		rc = pv_execution_value(&input, it->row, "input", &it->cli->err);
	if (rc == PV_OK)
		rc = pv_context_new(&context, input.len ? input.ptr : NULL,
				    input.len, &it->cli->err);
	if (rc < 0)
		rc = deny_for(it, rc, "input",
			      "its input is no set of variables");
	else
		rc = open_renderer(it);
	if (rc < 0)
		rc = deny_for(it, rc, "render", "it does not render");
	if (rc == PV_OK && !it->reason)
		rc = run_renderer(it, context);
	pv_context_free(context);
	pv_buf_dispose(&input);
	return rc;
}

/* --- comparing ------------------------------------------------------------ */

/* From `at` on, not beginning within a character. */
static void put_excerpt(pv_buf *out, pv_str text, size_t at)
{
	size_t end = at + EXCERPT < text.len ? at + EXCERPT : text.len;

	while (at && at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80)
		at--;
	while (end < text.len && ((unsigned char)text.ptr[end] & 0xC0) == 0x80)
		end--;
	pv_buf_put(out, text.ptr + at, end - at);
}

/* Notes the first difference of two texts; later ones are not noted. */
static int compare_texts(struct proof *it, int message, const char *member,
			 pv_str stored, pv_str made)
{
	struct difference *diff = &it->diff;
	size_t at = 0;

	while (at < stored.len && at < made.len && stored.ptr[at] == made.ptr[at])
		at++;
	if (at == stored.len && at == made.len) {
		it->bytes += at;
		return PV_OK;
	}
	diff->is_set = 1;
	diff->message = message;
	diff->member = member;
	diff->byte = at;
	put_excerpt(&diff->stored, stored, at);
	put_excerpt(&diff->made, made, at);
	if (message < 0)
		return deny(it, "different",
			    "the texts differ from byte %zu on", at);
	return deny(it, "different",
		    "\"%s\" of message %d differs from byte %zu on", member,
		    message + 1, at);
}

/* A text as it is, anything else as JSON; "" for what is not there. */
static int text_of(pv_buf *out, const pv_json *value, pv_error *err)
{
	size_t len = 0;
	const char *text = pv_json_text(value, &len);
	enum pv_json_type type = pv_json_type_of(value);

	if (type == PV_JSON_ABSENT || type == PV_JSON_NULL)
		return PV_OK;
	if (!text)
		return pv_json_dump(out, value, err);
	pv_buf_put(out, text, len);
	return pv_buf_status(out, err);
}

static int compare_member(struct proof *it, int message, const char *member,
			  const pv_json *stored, const pv_json *made)
{
	pv_error *err = &it->cli->err;
	pv_buf ours = { 0 };
	pv_buf theirs = { 0 };
	int rc = text_of(&theirs, pv_json_get(stored, member), err);

	if (rc == PV_OK)
		rc = text_of(&ours, pv_json_get(made, member), err);
	if (rc == PV_OK)
		rc = compare_texts(it, message, member,
				   (pv_str){ pv_buf_text(&theirs), theirs.len },
				   (pv_str){ pv_buf_text(&ours), ours.len });
	pv_buf_dispose(&ours);
	pv_buf_dispose(&theirs);
	return rc;
}

/* Ids of messages are ours: others need not have stored them. */
static int compare_message(struct proof *it, int at, const pv_json *stored,
			   const pv_json *made)
{
	static const char *const members[] = { "role", "content", "name",
					       "tool_calls", "tool_call_id" };
	int rc = PV_OK;

	for (size_t i = 0; i < 5 && rc == PV_OK && !it->reason; i++)
		rc = compare_member(it, at, members[i], stored, made);
	return rc;
}

static int compare_messages(struct proof *it, const pv_json *stored,
			    const pv_json *made)
{
	size_t count = pv_json_count(made);
	int rc = PV_OK;

	if (pv_json_count(stored) != count)
		return deny(it, "different",
			    "%zu messages are stored, the prompt has %zu",
			    pv_json_count(stored), count);
	for (size_t i = 0; i < count && rc == PV_OK && !it->reason; i++)
		rc = compare_message(it, (int)i, pv_json_at(stored, i),
				     pv_json_at(made, i));
	return rc;
}

/* A text stands for the one message there is. */
static int compare_text(struct proof *it, const pv_json *stored)
{
	size_t count = pv_rendering_count(it->rendering);
	const pv_rendered_message *one = pv_rendering_message(it->rendering, 0);
	pv_str text = { NULL, 0 };

	text.ptr = pv_json_text(stored, &text.len);
	if (count != 1)
		return deny(it, "different",
			    "one text is stored, the prompt has %zu messages",
			    count);
	return compare_texts(it, -1, NULL, text,
			     (pv_str){ one->content, one->len });
}

static int compare_parsed(struct proof *it, const pv_json *stored,
			  const pv_json *made)
{
	if (pv_json_type_of(stored) == PV_JSON_STRING)
		return compare_text(it, stored);
	if (pv_json_type_of(stored) != PV_JSON_ARRAY)
		return deny(it, "different",
			    "what is stored is neither a text nor messages");
	if (pv_renderer_is_text(it->renderer))
		return deny(it, "different",
			    "messages are stored, the prompt is one text");
	return compare_messages(it, stored, pv_json_get(made, "messages"));
}

static int compare(struct proof *it)
{
	pv_error *err = &it->cli->err;
	pv_json_doc *stored = NULL;
	pv_json_doc *made = NULL;
	pv_buf text = { 0 };
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc = pv_execution_value(&text, it->row, "rendered", err);

	pv_jsonw_init(&w, &json);
	pv_jsonw_object(&w);
	render_members(&w, it->renderer, it->rendering, -1);
	pv_jsonw_object_end(&w);
	if (rc == PV_OK)
		rc = pv_buf_status(&json, err);
	if (rc == PV_OK)
		rc = pv_json_parse(&stored, text.ptr, text.len, err);
	if (rc == PV_OK)
		rc = pv_json_parse(&made, json.ptr, json.len, err);
	if (rc == PV_OK)
		rc = compare_parsed(it, pv_json_root(stored), pv_json_root(made));
	pv_json_free(stored);
	pv_json_free(made);
	pv_buf_dispose(&text);
	pv_buf_dispose(&json);
	return rc;
}

/* --- saying so ------------------------------------------------------------ */

static void difference_json(pv_jsonw *w, const struct difference *diff)
{
	pv_jsonw_key(w, "difference");
	if (!diff->is_set) {
		pv_jsonw_null(w);
		return;
	}
	pv_jsonw_object(w);
	pv_jsonw_key(w, "message");
	if (diff->message < 0)
		pv_jsonw_null(w);
	else
		pv_jsonw_int(w, diff->message);
	pv_jsonw_member(w, "member", diff->member);
	pv_jsonw_key(w, "byte");
	pv_jsonw_int(w, (int64_t)diff->byte);
	pv_jsonw_key(w, "stored");
	pv_jsonw_stringn(w, pv_buf_text(&diff->stored), diff->stored.len);
	pv_jsonw_key(w, "rendered");
	pv_jsonw_stringn(w, pv_buf_text(&diff->made), diff->made.len);
	pv_jsonw_object_end(w);
}

static void print_json(const struct proof *it)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &it->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", pv_execution_text(it->row, "id"));
	pv_jsonw_key(&w, "ok");
	pv_jsonw_bool(&w, !it->reason);
	pv_jsonw_member(&w, "reason", it->reason);
	pv_jsonw_member(&w, "message",
			it->reason ? pv_buf_text(&it->words) : NULL);
	cli_oid_json(&w, "commit", &it->commit);
	cli_oid_json(&w, "blob", &it->blob);
	pv_jsonw_key(&w, "bytes");
	pv_jsonw_int(&w, (int64_t)it->bytes);
	difference_json(&w, &it->diff);
	pv_jsonw_object_end(&w);
}

static void put_side(pv_cli *cli, const char *name, const pv_buf *text)
{
	cli_printf(cli, "%s: ", name);
	cli_line(cli, pv_buf_text(text));
	cli_puts(cli, text->len ? "\n" : "(nothing more)\n");
}

static void print_text(const struct proof *it)
{
	pv_cli *cli = it->cli;

	if (!it->reason) {
		cli_printf(cli,
			   "proven: %s %.12s and the input give these %zu "
			   "bytes\n",
			   it->commit.hex[0] ? "commit" : "blob",
			   it->commit.hex[0] ? it->commit.hex : it->blob.hex,
			   it->bytes);
		return;
	}
	cli_puts(cli, "not proven: ");
	cli_line(cli, pv_buf_text(&it->words));
	cli_puts(cli, "\n");
	if (!it->diff.is_set)
		return;
	put_side(cli, "stored", &it->diff.stored);
	put_side(cli, "rendered", &it->diff.made);
}

int history_rerender(pv_cli *cli, const pv_execution *row)
{
	struct proof it = { .cli = cli, .row = row };
	int rc = read_prompt(&it);

	if (rc == PV_OK && !it.reason)
		rc = render(&it);
	if (rc == PV_OK && !it.reason)
		rc = compare(&it);
	if (rc == PV_OK && cli->json)
		print_json(&it);
	else if (rc == PV_OK)
		print_text(&it);
	if (rc == PV_OK && it.reason)
		rc = 1;
	pv_rendering_free(it.rendering);
	pv_renderer_free(it.renderer);
	cli_prompt_dispose(&it.entry);
	pv_buf_dispose(&it.words);
	pv_buf_dispose(&it.diff.stored);
	pv_buf_dispose(&it.diff.made);
	return rc;
}
