/* SPDX-License-Identifier: MIT
 *
 * Reading prompts for the commands that show them. A broken prompt is a
 * result, too: list and status show it as such instead of giving up.
 */
#include "repo/prompts.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"

int cli_point(pv_point *out, pv_cli *cli, const char *rev)
{
	memset(out, 0, sizeof(*out));
	if (rev)
		return pv_rev_resolve(out, cli->store, &cli->settings, NULL,
				      rev, &cli->err);
	if (!pv_store_is_bare(cli->store)) {
		out->kind = PV_AT_WORKTREE;
		return PV_OK;
	}
	out->kind = PV_AT_COMMIT;
	return pv_settings_tip(&out->commit, cli->store, &cli->settings,
			       &cli->err);
}

int cli_prompt_read(cli_prompt *out, pv_cli *cli, const pv_point *at,
		    const char *id, const char *path, pv_report *report)
{
	pv_prompt_options opts = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	out->id = pv_strdup(id);
	out->path = pv_strdup(path);
	if (!out->id || !out->path)
		return pv_fail_nomem(&cli->err);
	out->text.max = PV_YAML_MAX_SIZE;
	rc = pv_store_read(&out->text, &out->blob, cli->store, at, path,
			   &cli->err);
	if (rc < 0)
		return rc;
	opts.file = path;
	rc = pv_prompt_parse(&out->prompt, pv_buf_text(&out->text),
			     out->text.len, &opts, report, &out->failure);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	if (rc < 0 && !out->failure.source[0])
		pv_error_at(&out->failure, rc, path, out->failure.line,
			    out->failure.column);
	return PV_OK;
}

void cli_prompt_dispose(cli_prompt *entry)
{
	pv_free(entry->id);
	pv_free(entry->path);
	pv_buf_dispose(&entry->text);
	pv_prompt_free(entry->prompt);
	memset(entry, 0, sizeof(*entry));
}

int cli_prompt_commit(pv_oid *out, pv_cli *cli, const pv_point *at,
		      const char *path, const pv_oid *blob)
{
	pv_point head = { PV_AT_COMMIT, { "" } };
	pv_oid there;
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	if (at->kind == PV_AT_COMMIT) {
		*out = at->commit;
		return PV_OK;
	}
	/* Read once: two files each would cost more than all the rest. */
	if (!cli->has_head)
		rc = pv_store_head(NULL, &cli->head, cli->store, &cli->err);
	if (rc < 0)
		return rc;
	cli->has_head = 1;
	head.commit = cli->head;
	if (!head.commit.hex[0])
		return PV_OK;
	rc = pv_store_find(&there, cli->store, &head, path, &cli->err);
	if (rc == PV_ENOTFOUND)
		return PV_OK;
	if (rc == PV_OK && strcmp(there.hex, blob->hex) == 0)
		*out = head.commit;
	return rc;
}

/* What was asked for by its number is called so, like bytes or not. */
int cli_prompt_version(pv_buf *out, pv_cli *cli, const pv_spec *spec)
{
	if (!spec->version[0])
		return pv_version_describe(out, cli->store, &cli->settings,
					   spec->id, &spec->at, &cli->err);
	pv_buf_puts(out, spec->version);
	return pv_buf_status(out, &cli->err);
}

void cli_oid_json(pv_jsonw *w, const char *key, const pv_oid *oid)
{
	cli_text_json(w, key, oid->hex);
}

void cli_text_json(pv_jsonw *w, const char *key, const char *text)
{
	pv_jsonw_member(w, key, text && *text ? text : NULL);
}

void cli_raw_json(pv_jsonw *w, const char *key, const char *json)
{
	pv_jsonw_key(w, key);
	if (json)
		pv_jsonw_raw(w, json, strlen(json));
	else
		pv_jsonw_null(w);
}

void cli_variable_members(pv_jsonw *w, const pv_variable *var)
{
	pv_jsonw_member(w, "name", var->name);
	pv_jsonw_member(w, "type", var->type);
	pv_jsonw_key(w, "required");
	pv_jsonw_bool(w, var->is_required);
	cli_raw_json(w, "default", var->default_json);
	pv_jsonw_member(w, "source", var->source);
	cli_text_json(w, "description", var->description);
	pv_jsonw_key(w, "line");
	if (var->used_line)
		pv_jsonw_int(w, var->used_line);
	else
		pv_jsonw_null(w);
	pv_jsonw_key(w, "conditional");
	pv_jsonw_bool(w, var->is_conditional);
}

void cli_variables_json(pv_jsonw *w, const pv_prompt *prompt)
{
	pv_jsonw_array(w);
	for (size_t i = 0; i < pv_prompt_variable_count(prompt); i++) {
		pv_jsonw_object(w);
		cli_variable_members(w, pv_prompt_variable(prompt, i));
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void use_json(pv_jsonw *w, const pv_variable_use *use)
{
	pv_jsonw_object(w);
	if (*use->prompt) {
		pv_jsonw_member(w, "prompt", use->prompt);
	} else {
		pv_jsonw_key(w, "message");
		pv_jsonw_int(w, use->message);
	}
	pv_jsonw_key(w, "line");
	pv_jsonw_int(w, use->line);
	pv_jsonw_key(w, "column");
	pv_jsonw_int(w, use->column);
	pv_jsonw_object_end(w);
}

void cli_uses_json(pv_jsonw *w, const pv_variable_use *uses, size_t count)
{
	pv_jsonw_key(w, "used_at");
	pv_jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		use_json(w, &uses[i]);
	pv_jsonw_array_end(w);
}

void cli_tags_json(pv_jsonw *w, const pv_prompt *prompt)
{
	size_t count = prompt ? pv_prompt_tag_count(prompt) : 0;

	pv_jsonw_array(w);
	for (size_t i = 0; i < count; i++)
		pv_jsonw_string(w, pv_prompt_tag(prompt, i));
	pv_jsonw_array_end(w);
}

size_t cli_variable_width(const pv_variable *var, size_t width)
{
	enum {
		WIDEST = 40
	};
	size_t columns;

	pv_utf8_fit(var->name, strlen(var->name), WIDEST, &columns);
	return columns > width ? columns : width;
}

void cli_variable_text(cli_layout *line, const pv_variable *var, size_t width)
{
	layout_cell(line, CLI_COLOR_RESET, var->name, layout_share(line, width));
	layout_cell(line, CLI_COLOR_RESET, var->type, strlen("integer"));
	layout_cell(line, CLI_COLOR_RESET,
		    var->is_required ? "required" : "optional", 0);
	if (var->default_json) {
		layout_text(line, "default:");
		line->due--;
		layout_text(line, var->default_json);
	}
	layout_text(line, var->description);
}

void cli_variables_text(pv_cli *cli, const pv_prompt *prompt)
{
	size_t count = pv_prompt_variable_count(prompt);
	size_t width = 0;
	cli_layout line;

	for (size_t i = 0; i < count; i++)
		width = cli_variable_width(pv_prompt_variable(prompt, i), width);
	for (size_t i = 0; i < count; i++) {
		layout_begin(&line, cli);
		cli_variable_text(&line, pv_prompt_variable(prompt, i), width);
		layout_end(&line);
	}
}

void cli_no_prompts(pv_cli *cli)
{
	cli_note(cli, "no prompts; \"git pv new\" with an id makes the first");
}
