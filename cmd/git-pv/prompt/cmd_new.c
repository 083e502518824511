/* SPDX-License-Identifier: MIT
 *
 * git pv new: a prompt file from options, from standard input, or from
 * another prompt at any version. What would not load is not written.
 */
#include "prompt/new.h"
#include "repo/prompts.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "repo/ignored.h"
#include "repo/named.h"
#include "ui/ask.h"
#include "ui/interrupt.h"
#include "ui/value.h"
#include "version/commit_check.h"

static const cli_option options[] = {
	{ 0, "text", CLI_STRING, offsetof(struct new_options, text), "TEXT",
	  "the prompt, instead of standard input" },
	{ 0, "message", CLI_LIST, offsetof(struct new_options, messages),
	  "ROLE=TEXT", "a message; may be repeated" },
	{ 0, "from", CLI_STRING, offsetof(struct new_options, from), "ID[@REV]",
	  "start from a copy of this prompt" },
	{ 0, "name", CLI_STRING, offsetof(struct new_options, name), "NAME",
	  "what people call it" },
	{ 0, "description", CLI_STRING,
	  offsetof(struct new_options, description), "TEXT", "what it does" },
	{ 0, "goal", CLI_STRING, offsetof(struct new_options, goal), "TEXT",
	  "what it is to achieve" },
	{ 0, "category", CLI_STRING, offsetof(struct new_options, category),
	  "NAME", "its category" },
	{ 0, "owner", CLI_STRING, offsetof(struct new_options, owner), "NAME",
	  "who looks after it" },
	{ 0, "tag", CLI_LIST, offsetof(struct new_options, tags), "TAG",
	  "a tag; may be repeated" },
	{ 0, "model", CLI_STRING, offsetof(struct new_options, model),
	  "PROVIDER/NAME", "the model it is written for" },
	{ 0 },
};

const cli_usage cmd_new_usage = {
	.synopsis = { "git pv new ID [options] < TEXT",
		      "git pv new ID [options] --text TEXT",
		      "git pv new ID [options] --message ROLE=TEXT...",
		      "git pv new ID [options] --from ID[@REV]",
		      "git pv new [ID] [options]" },
	.examples = { "printf 'Sort: {{ ticket }}\\n' | "
		      "git pv new support/triage",
		      "git pv new support/urgent --from support/triage@1.2" },
	.options = options,
	.args = "ID",
	.max_args = 1,
};

/* Top-level fields that are one text each. */
struct field {
	const char *key;
	const char *value;
};

enum {
	FIELDS = 5
};

static void list_fields(struct field out[FIELDS], const struct new_options *opts)
{
	const struct field fields[FIELDS] = {
		{ "name", opts->name },   { "description", opts->description },
		{ "goal", opts->goal },   { "category", opts->category },
		{ "owner", opts->owner },
	};

	memcpy(out, fields, sizeof(fields));
}

/* A number is one of JSON: it was asked for. */
static void number_json(pv_jsonw *w, const char *key, const char *number)
{
	if (!number)
		return;
	pv_jsonw_key(w, key);
	pv_jsonw_raw(w, number, strlen(number));
}

static void model_json(pv_jsonw *w, const struct new_options *opts)
{
	const char *model = opts->model;
	const char *slash = model ? strchr(model, '/') : NULL;

	pv_jsonw_object(w);
	if (slash) {
		pv_jsonw_key(w, "provider");
		pv_jsonw_stringn(w, model, (size_t)(slash - model));
	}
	if (model)
		pv_jsonw_member(w, "name", slash ? slash + 1 : model);
	number_json(w, "temperature", opts->temperature);
	number_json(w, "max_tokens", opts->max_tokens);
	pv_jsonw_object_end(w);
}

static void tags_json(pv_jsonw *w, const cli_list *tags)
{
	pv_jsonw_array(w);
	for (size_t i = 0; i < tags->count; i++)
		pv_jsonw_string(w, tags->items[i].value);
	pv_jsonw_array_end(w);
}

static int messages_json(pv_jsonw *w, pv_cli *cli, const cli_list *messages)
{
	pv_jsonw_array(w);
	for (size_t i = 0; i < messages->count; i++) {
		const char *value = messages->items[i].value;
		const char *equals = strchr(value, '=');

		if (!equals)
			return cli_usage_error(cli,
					       "--message needs ROLE=TEXT, not \"%s\"",
					       value);
		pv_jsonw_object(w);
		pv_jsonw_key(w, "role");
		pv_jsonw_stringn(w, value, (size_t)(equals - value));
		pv_jsonw_member(w, "content", equals + 1);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
	return PV_OK;
}

static const char schema_mark[] = "# yaml-language-server: $schema=";
static const char schema_file[] = "schemas/prompt.schema.json\n";

void new_schema_comment(pv_buf *out, const char *path)
{
	pv_buf_puts(out, schema_mark);
	for (; *path; path++)
		if (*path == '/')
			pv_buf_puts(out, "../");
	pv_buf_puts(out, schema_file);
}

/* The length of such a line at the start of a text, or 0. */
static size_t schema_comment_len(const char *text)
{
	const char *at = text;

	if (!pv_str_has_prefix(at, schema_mark))
		return 0;
	at += strlen(schema_mark);
	while (pv_str_has_prefix(at, "../"))
		at += 3;
	if (!pv_str_has_prefix(at, schema_file))
		return 0;
	return (size_t)(at - text) + strlen(schema_file);
}

/* The prompt's own text: --text, else standard input. */
static int read_text(pv_buf *out, pv_cli *cli, const struct new_options *opts)
{
	int rc;

	if (opts->text) {
		pv_buf_puts(out, opts->text);
		return pv_buf_status(out, &cli->err);
	}
	if (isatty(STDIN_FILENO))
		cli_note(cli, "type the prompt, then Ctrl-D on a new line");
	rc = cli_read_stdin(out, cli);
	value_from_file(out);
	if (rc < 0 || out->len)
		return rc;
	rc = pv_fail(&cli->err, PV_EINVALID, "there is no text for \"%s\"",
		     "prompt");
	return pv_error_hint(&cli->err, rc,
			     "give it on standard input, or use --text, "
			     "--message or --from");
}

static int check_utf8(pv_cli *cli, const struct new_options *opts,
		      const pv_buf *text)
{
	struct field fields[FIELDS];
	const cli_list *lists[] = { &opts->tags, &opts->messages };
	int rc = cli_check_utf8(cli, "the text", pv_buf_text(text), text->len);

	list_fields(fields, opts);
	for (size_t i = 0; i < FIELDS && rc == PV_OK; i++)
		if (fields[i].value)
			rc = cli_check_utf8(cli, fields[i].key, fields[i].value,
					    strlen(fields[i].value));
	for (size_t i = 0; i < pv_array_len(lists); i++)
		for (size_t j = 0; j < lists[i]->count && rc == PV_OK; j++)
			rc = cli_check_utf8(cli, i ? "a message" : "a tag",
					    lists[i]->items[j].value,
					    strlen(lists[i]->items[j].value));
	if (rc == PV_OK && opts->model)
		rc = cli_check_utf8(cli, "the model", opts->model,
				    strlen(opts->model));
	return rc;
}

static int fields_json(pv_buf *out, pv_cli *cli, const struct new_options *opts,
		       const pv_buf *text)
{
	struct field fields[FIELDS];
	pv_jsonw w;
	int rc = PV_OK;

	list_fields(fields, opts);
	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].value)
			pv_jsonw_member(&w, fields[i].key, fields[i].value);
	if (opts->tags.count) {
		pv_jsonw_key(&w, "tags");
		tags_json(&w, &opts->tags);
	}
	if (opts->model || opts->temperature || opts->max_tokens) {
		pv_jsonw_key(&w, "model");
		model_json(&w, opts);
	}
	if (opts->messages.count) {
		pv_jsonw_key(&w, "messages");
		rc = messages_json(&w, cli, &opts->messages);
	} else {
		pv_jsonw_key(&w, "prompt");
		pv_jsonw_stringn(&w, pv_buf_text(text), text->len);
	}
	pv_jsonw_object_end(&w);
	return rc == PV_OK ? pv_buf_status(out, &cli->err) : rc;
}

static int make_text(pv_buf *out, pv_cli *cli, const struct new_options *opts,
		     const char *path)
{
	pv_buf text = { 0 };
	pv_buf json = { 0 };
	int rc = PV_OK;

	if (opts->text && opts->messages.count)
		return cli_usage_error(cli,
				       "--text and --message exclude one another");
	if (!opts->messages.count)
		rc = read_text(&text, cli, opts);
	if (rc == PV_OK)
		rc = check_utf8(cli, opts, &text);
	if (rc == PV_OK)
		rc = fields_json(&json, cli, opts, &text);
	if (rc == PV_OK) {
		new_schema_comment(out, path);
		rc = pv_yaml_from_json(out, pv_buf_text(&json), json.len,
				       &cli->err);
	}
	pv_buf_dispose(&text);
	pv_buf_dispose(&json);
	return rc;
}

/* Applies the options to a copy of another prompt, keeping its text. */
static int apply_fields(pv_yaml *doc, pv_cli *cli, const struct new_options *opts)
{
	struct field fields[FIELDS];
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc = PV_OK;

	list_fields(fields, opts);
	for (size_t i = 0; i < FIELDS && rc == PV_OK; i++)
		if (fields[i].value)
			rc = pv_yaml_set_text(doc, fields[i].key, fields[i].value,
					      strlen(fields[i].value), &cli->err);
	if (rc == PV_OK && opts->tags.count) {
		pv_jsonw_init(&w, &json);
		tags_json(&w, &opts->tags);
		rc = pv_yaml_set(doc, "tags", pv_buf_text(&json), &cli->err);
	}
	if (rc == PV_OK && opts->model) {
		pv_buf_clear(&json);
		pv_jsonw_init(&w, &json);
		model_json(&w, opts);
		rc = pv_yaml_set(doc, "model", pv_buf_text(&json), &cli->err);
	}
	pv_buf_dispose(&json);
	return rc;
}

/* A copy elsewhere reaches the schema by another way. */
static int put_copy(pv_buf *out, const pv_yaml *doc, const char *path,
		    pv_error *err)
{
	size_t len;
	const char *text = pv_yaml_text(doc, &len);
	size_t skip = schema_comment_len(text);

	if (skip)
		new_schema_comment(out, path);
	pv_buf_put(out, text + skip, len - skip);
	return pv_buf_status(out, err);
}

/* `spec` becomes what --from names; the caller disposes it. */
static int copy_text(pv_buf *out, pv_spec *spec, pv_cli *cli,
		     const struct new_options *opts, const char *path)
{
	const char *from = opts->from;
	pv_buf text = { 0 };
	pv_yaml *doc = NULL;
	int rc;

	if (opts->text || opts->messages.count)
		return cli_usage_error(cli,
				       "--from excludes --text and --message");
	rc = named_spec(cli, &from);
	if (rc == PV_OK)
		rc = cli_spec_resolve(spec, cli, from, PV_SPEC_WORKTREE);
	if (rc == PV_OK)
		rc = pv_store_read(&text, NULL, cli->store, &spec->at,
				   spec->path, &cli->err);
	if (rc == PV_OK)
		rc = pv_yaml_parse(&doc, pv_buf_text(&text), text.len, NULL,
				   &cli->err);
	if (rc == PV_OK)
		rc = apply_fields(doc, cli, opts);
	if (rc == PV_OK)
		rc = put_copy(out, doc, path, &cli->err);
	pv_yaml_free(doc);
	pv_buf_dispose(&text);
	return rc;
}

int new_must_be_free(pv_cli *cli, const char *id, const char *path)
{
	const pv_point here = { PV_AT_WORKTREE, { "" } };
	pv_oid blob;
	int rc;

	rc = pv_store_find(&blob, cli->store, &here, path, &cli->err);
	if (rc == PV_ENOTFOUND)
		pv_error_clear(&cli->err);
	if (rc != PV_OK)
		return rc == PV_ENOTFOUND ? PV_OK : rc;
	rc = pv_fail(&cli->err, PV_EEXISTS, "prompt \"%s\" exists already", id);
	return pv_error_hint(&cli->err, rc,
			     "change it with \"git pv edit %.60s\"", id);
}

/* Loads the text as it would be loaded later, and refuses what commit would. */
static int validate(pv_cli *cli, const char *id, const char *path,
		    const pv_buf *text)
{
	pv_prompt_options opts = { path };
	pv_prompt *prompt = NULL;
	int rc;

	rc = pv_report_new(&cli->report, &cli->err);
	if (rc == PV_OK)
		rc = pv_prompt_parse(&prompt, pv_buf_text(text), text->len,
				     &opts, cli->report, &cli->err);
	pv_prompt_free(prompt);
	return rc == PV_OK ? commit_check_text(cli, id, path, text) : rc;
}

static void print(pv_cli *cli, const char *id, const char *path,
		  const pv_spec *from)
{
	pv_jsonw w;

	if (!cli->json) {
		cli_line(cli, path);
		cli_puts(cli, "\n");
		cli_note(cli,
			 "made %s; record it with: git pv commit -m "
			 "\"add %s\" %s",
			 id, id, id);
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", id);
	pv_jsonw_member(&w, "path", path);
	pv_jsonw_key(&w, "findings");
	cli_findings_json(&w, cli->report);
	cli_fallback_json(&w, from);
	pv_jsonw_object_end(&w);
}

static int make(pv_cli *cli, const struct new_options *opts, const char *id)
{
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	pv_spec from = { 0 };
	pv_change change = { 0 };
	int rc;

	rc = pv_prompt_path(&path, &cli->settings, id, &cli->err);
	if (rc == PV_OK)
		rc = new_must_be_free(cli, id, pv_buf_text(&path));
	if (rc == PV_OK)
		rc = opts->from
			     ? copy_text(&text, &from, cli, opts,
					 pv_buf_text(&path))
			     : make_text(&text, cli, opts, pv_buf_text(&path));
	if (rc == PV_OK)
		rc = validate(cli, id, pv_buf_text(&path), &text);
	if (rc == PV_OK) {
		change.path = pv_buf_text(&path);
		change.data = pv_buf_text(&text);
		change.len = text.len;
		interrupt_hold();
		rc = pv_store_write_files(cli->store, &change, 1, &cli->err);
	}
	if (rc == PV_OK)
		cli_made(cli, "the file is written all the same");
	if (rc == PV_OK && ignored_is(cli, pv_buf_text(&path)) == 1)
		cli_warn(cli, "git ignores \"%s\": it will not be committed",
			 pv_buf_text(&path));
	if (rc == PV_OK)
		print(cli, id, pv_buf_text(&path), &from);
	pv_spec_dispose(&from);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	return rc;
}

/* Nothing of what somebody typed is lost. */
static void keep(const new_answers *answers, const struct new_options *opts,
		 pv_cli *cli)
{
	struct stat info;

	new_answers_keep(answers, cli, opts);
	if (stat(answers->file.ptr, &info) == 0 && info.st_size > 0)
		cli_warn(cli, "your text is kept in \"%s\"", answers->file.ptr);
	else
		(void)unlink(answers->file.ptr);
}

/* A person at a terminal who gives no text is asked for it, and for the rest. */
static int make_asking(pv_cli *cli, struct new_options *opts, const char *id)
{
	new_answers answers = { 0 };
	int rc = new_ask(&answers, opts, cli, id);

	if (rc == PV_OK)
		rc = make(cli, opts, pv_buf_text(&answers.id));
	if (rc == PV_OK)
		new_answers_done(&answers, cli);
	else if (answers.file.len)
		keep(&answers, opts, cli);
	new_answers_dispose(&answers);
	return rc;
}

int cmd_new(pv_cli *cli, int argc, char **argv)
{
	struct new_options opts = { 0 };
	int is_asking;
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	is_asking = !opts.text && !opts.messages.count && !opts.from &&
		    ask_is_possible(cli);
	if (rc == 0 && is_asking)
		rc = make_asking(cli, &opts, argc ? argv[0] : NULL);
	else if (rc == 0 && !argc)
		rc = cli_usage_error(cli, "new needs an ID");
	else if (rc == 0)
		rc = make(cli, &opts, argv[0]);
	cli_list_dispose(&opts.tags);
	cli_list_dispose(&opts.messages);
	return rc;
}
