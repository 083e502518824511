/* SPDX-License-Identifier: MIT
 *
 * git pv activate and deactivate: set `active` of prompts in the working tree,
 * that word and nothing else of the files. What is taken back leaves the bytes
 * that were there before. All are looked at before the first is written.
 */
#include "repo/history.h"
#include "repo/hold.h"
#include "repo/prompt_file.h"
#include "repo/prompts.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "ui/interrupt.h"

const cli_usage cmd_activate_usage = {
	.synopsis = { "git pv activate [--json] ID..." },
	.examples = { "git pv activate support/triage",
		      "git pv activate support/triage support/reply" },
	.args = "ID",
	.min_args = 1,
	.max_args = -1,
	.ids = CLI_IDS_ALL,
};

const cli_usage cmd_deactivate_usage = {
	.synopsis = { "git pv deactivate [--json] ID..." },
	.examples = { "git pv deactivate support/triage",
		      "git pv deactivate support/triage support/reply" },
	.args = "ID",
	.min_args = 1,
	.max_args = -1,
	.ids = CLI_IDS_ALL,
};

/* One prompt and what is to become of it. */
struct item {
	prompt_file file;
	pv_yaml *doc;
	int is_changed;
};

static void item_dispose(struct item *item)
{
	pv_yaml_free(item->doc);
	prompt_file_dispose(&item->file);
}

static int reads_active(int *out, pv_cli *cli, const prompt_file *file)
{
	pv_prompt_options opts = { pv_buf_text(&file->path) };
	pv_prompt *prompt = NULL;
	int rc = pv_prompt_parse(&prompt, pv_buf_text(&file->before),
				 file->before.len, &opts, NULL, &cli->err);

	if (rc == PV_OK)
		*out = pv_prompt_is_active(prompt);
	pv_prompt_free(prompt);
	return rc;
}

/* --- whether the key was there ------------------------------------------- */

/* The last state that was active, and whether it said so. */
struct past {
	pv_cli *cli;
	int is_found;
	int has_key;
};

static int look_at(struct past *past, const pv_buf *text)
{
	pv_prompt *prompt = NULL;
	pv_yaml *doc = NULL;
	int rc = pv_prompt_parse(&prompt, pv_buf_text(text), text->len, NULL,
				 NULL, NULL);

	past->is_found = rc == PV_OK && pv_prompt_is_active(prompt);
	pv_prompt_free(prompt);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&past->cli->err);
	if (!past->is_found)
		return PV_OK;
	rc = pv_yaml_parse(&doc, pv_buf_text(text), text->len, NULL,
			   &past->cli->err);
	past->has_key = rc == PV_OK && pv_yaml_get(pv_yaml_root(doc), "active");
	pv_yaml_free(doc);
	return rc;
}

static int each_state(const history_row *row, void *payload)
{
	struct past *past = payload;
	pv_buf text = { .max = PV_YAML_MAX_SIZE };
	int rc = PV_OK;

	if (row->blob.hex[0])
		rc = pv_store_read_blob(&text, past->cli->store, &row->blob,
					&past->cli->err);
	if (rc == PV_OK && row->blob.hex[0])
		rc = look_at(past, &text);
	pv_buf_dispose(&text);
	return rc == PV_OK ? past->is_found : rc;
}

static int set_text(pv_yaml *doc, int to, pv_error *err)
{
	return pv_yaml_set(doc, "active", to ? "true" : "false", err);
}

/* Whether deactivate makes these bytes of those without the key. */
static int is_as_added(int *out, const pv_buf *text, pv_error *err)
{
	pv_yaml *doc = NULL;
	pv_yaml *again = NULL;
	const char *bytes;
	size_t len;
	int rc = pv_yaml_parse(&doc, pv_buf_text(text), text->len, NULL, err);

	*out = 0;
	if (rc == PV_OK)
		rc = pv_yaml_delete(doc, "active", err);
	if (rc < 0)
		goto out;
	bytes = pv_yaml_text(doc, &len);
	rc = pv_yaml_parse(&again, bytes, len, NULL, err);
	if (rc == PV_OK)
		rc = set_text(again, 0, err);
	if (rc < 0)
		goto out;
	bytes = pv_yaml_text(again, &len);
	*out = len == text->len && !memcmp(bytes, pv_buf_text(text), len);
out:
	pv_yaml_free(doc);
	pv_yaml_free(again);
	return rc;
}

/*
 * Active is what a prompt is that does not say so. The key goes when it is
 * where deactivate puts it, unless it was there when it was active last: either
 * way doing both leaves the bytes as they were, in any order.
 */
static int was_without_key(int *out, pv_cli *cli, const prompt_file *file)
{
	struct past past = { .cli = cli };
	history_options where = { .id = file->id,
				  .path = pv_buf_text(&file->path),
				  .limit = -1 };
	int rc = pv_store_head(NULL, &where.start, cli->store, &cli->err);

	if (rc == PV_OK && where.start.hex[0])
		rc = history_each(cli, &where, each_state, &past);
	*out = 0;
	if (rc < 0 || past.has_key)
		return rc < 0 ? rc : PV_OK;
	return is_as_added(out, &file->before, &cli->err);
}

static int set_key(struct item *item, pv_cli *cli, int to)
{
	int goes = 0;
	int rc = to ? was_without_key(&goes, cli, &item->file) : PV_OK;

	if (rc == PV_OK && goes)
		return pv_yaml_delete(item->doc, "active", &cli->err);
	return rc == PV_OK ? set_text(item->doc, to, &cli->err) : rc;
}

/* A prompt that is as wanted stays as it is, to the byte. */
static int prepare(struct item *item, pv_cli *cli, const char *id, int to)
{
	prompt_file *file = &item->file;
	int is_active = 0;
	int rc = prompt_file_read(file, cli, id);

	if (rc == PV_OK)
		rc = prompt_file_take_raw(file);
	if (rc == PV_OK)
		rc = reads_active(&is_active, cli, file);
	if (rc < 0 || is_active == to)
		return rc;
	item->is_changed = 1;
	rc = pv_yaml_parse(&item->doc, pv_buf_text(&file->before),
			   file->before.len, NULL, &cli->err);
	return rc == PV_OK ? set_key(item, cli, to) : rc;
}

/* One that is named twice is written once. */
static int is_repeated(char **argv, int at)
{
	for (int i = 0; i < at; i++)
		if (strcmp(argv[i], argv[at]) == 0)
			return 1;
	return 0;
}

static int write_items(const struct item *items, size_t count)
{
	int rc = PV_OK;

	interrupt_hold();
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		pv_change change = { pv_buf_text(&items[i].file.path), NULL, 0 };

		if (!items[i].is_changed)
			continue;
		change.data = pv_yaml_text(items[i].doc, &change.len);
		rc = prompt_file_write(&items[i].file, &change);
	}
	return rc;
}

static void print_json(pv_cli *cli, const struct item *items, size_t count, int to)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < count; i++) {
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "id", items[i].file.id);
		pv_jsonw_member(&w, "path", pv_buf_text(&items[i].file.path));
		pv_jsonw_key(&w, "active");
		pv_jsonw_bool(&w, to);
		pv_jsonw_key(&w, "changed");
		pv_jsonw_bool(&w, items[i].is_changed);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
}

static void print_text(pv_cli *cli, const struct item *items, size_t count, int to)
{
	const char *state = to ? "active" : "inactive";
	size_t changed = 0;

	for (size_t i = 0; i < count; i++) {
		changed += (size_t)items[i].is_changed;
		cli_printf(cli, "%s is %s%s\n", items[i].file.id,
			   items[i].is_changed ? "now " : "", state);
	}
	if (changed)
		cli_note(cli, "record it with: git pv commit");
}

static int set_active(pv_cli *cli, int argc, char **argv, int to)
{
	struct item *items;
	size_t count = 0;
	int held = 0;
	int rc = cli_start(cli, NULL, &argc, argv);

	if (rc != 0)
		return rc;
	items = pv_calloc((size_t)argc, sizeof(*items));
	if (!items)
		return pv_fail_nomem(&cli->err);
	rc = hold_repository(&held, cli, "another edit is being made");
	for (int i = 0; i < argc && rc == PV_OK; i++)
		if (!is_repeated(argv, i))
			rc = prepare(&items[count++], cli, argv[i], to);
	if (rc == PV_OK)
		rc = write_items(items, count);
	hold_release(held);
	if (rc == PV_OK && cli->json)
		print_json(cli, items, count, to);
	else if (rc == PV_OK)
		print_text(cli, items, count, to);
	for (size_t i = 0; i < count; i++)
		item_dispose(&items[i]);
	pv_free(items);
	return rc;
}

int cmd_activate(pv_cli *cli, int argc, char **argv)
{
	return set_active(cli, argc, argv, 1);
}

int cmd_deactivate(pv_cli *cli, int argc, char **argv)
{
	return set_active(cli, argc, argv, 0);
}
