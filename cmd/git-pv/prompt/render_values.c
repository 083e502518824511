/* SPDX-License-Identifier: MIT
 *
 * The variables of a render: files of JSON or YAML, of which later ones count
 * more, then single ones, which count most.
 */
#include "prompt/render.h"

#include <string.h>

#include <pv/yaml.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"

enum {
	VALUES_MAX = 256 << 20 /* bytes */
};

static int is_yaml_name(const char *name)
{
	return pv_str_has_suffix(name, ".yaml") ||
	       pv_str_has_suffix(name, ".yml");
}

size_t render_bom(const pv_buf *text)
{
	return pv_str_has_prefix(pv_buf_text(text), "\xEF\xBB\xBF") ? 3 : 0;
}

/* What a file that does not say so by its name looks like. */
static int looks_like_json(const pv_buf *text)
{
	const char *at = pv_buf_text(text) + render_bom(text);

	return at[strspn(at, " \t\r\n")] == '{';
}

static int from_yaml(pv_context *out, const pv_buf *text, pv_error *err)
{
	pv_yaml *doc = NULL;
	pv_buf json = { 0 };
	int rc;

	rc = pv_yaml_parse(&doc, pv_buf_text(text), text->len, NULL, err);
	if (rc == PV_OK)
		rc = pv_yaml_to_json(&json, pv_yaml_root(doc), err);
	if (rc == PV_OK)
		rc = pv_context_add(out, pv_buf_text(&json), json.len, err);
	pv_buf_dispose(&json);
	pv_yaml_free(doc);
	return rc;
}

/* JSON or YAML; a "{" may begin either, so the second try decides. */
static int parse(pv_context *out, const char *name, const pv_buf *text,
		 pv_error *err)
{
	size_t bom = render_bom(text);
	int rc;

	if (is_yaml_name(name) ||
	    !(pv_str_has_suffix(name, ".json") || looks_like_json(text)))
		return from_yaml(out, text, err);
	rc = pv_context_add(out, pv_buf_text(text) + bom, text->len - bom, err);
	if (rc == PV_EINVALID && !pv_str_has_suffix(name, ".json") &&
	    from_yaml(out, text, NULL) == PV_OK)
		return PV_OK;
	return rc;
}

static int read_values(pv_context *out, pv_cli *cli, const char *name)
{
	int is_stdin = strcmp(name, "-") == 0;
	pv_buf text = { .max = VALUES_MAX };
	int rc;

	rc = is_stdin ? cli_read_stdin(&text, cli)
		      : pv_file_read(&text, name, &cli->err);
	if (rc == PV_ENOTFOUND)
		pv_error_hint(&cli->err, rc,
			      "--vars takes a file, - for standard input; "
			      "--var NAME=VALUE sets a single one");
	if (rc == PV_OK)
		rc = parse(out, name, &text, &cli->err);
	if ((rc == PV_EINVALID || rc == PV_ESYNTAX) && !cli->err.source[0])
		pv_error_at(&cli->err, rc, is_stdin ? "standard input" : name,
			    cli->err.line, cli->err.column);
	if (rc == PV_EINVALID && !cli->err.hint[0])
		pv_error_hint(&cli->err, rc,
			      "--vars takes one JSON or YAML mapping of names "
			      "to values");
	pv_buf_dispose(&text);
	return rc;
}

static int add_var(pv_context *context, pv_cli *cli, const char *arg)
{
	const char *sign = strchr(arg, '=');
	pv_buf name = { 0 };
	int rc;

	if (!sign || sign == arg) {
		rc = cli_usage_error(cli, "--var takes NAME=VALUE, not \"%.80s\"",
				     arg);
		return pv_error_hint(&cli->err, rc,
				     "write --var NAME=VALUE, in quotes if it "
				     "has blanks");
	}
	pv_buf_put(&name, arg, (size_t)(sign - arg));
	rc = pv_buf_status(&name, &cli->err);
	if (rc == PV_OK)
		rc = pv_context_set_text(context, name.ptr, sign + 1,
					 strlen(sign + 1), &cli->err);
	pv_buf_dispose(&name);
	return rc;
}

int render_add_vars(pv_context *context, const render_call *call)
{
	const cli_list *vars = &call->opts->vars;
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < vars->count; i++)
		rc = add_var(context, call->cli, vars->items[i].value);
	return rc;
}

int render_values(pv_context **out, const render_call *call)
{
	const cli_list *files = &call->opts->values;
	pv_cli *cli = call->cli;
	int rc;

	*out = NULL;
	rc = pv_context_new(out, NULL, 0, &cli->err);
	for (size_t i = 0; rc == PV_OK && i < files->count; i++)
		rc = read_values(*out, cli, files->items[i].value);
	if (rc == PV_OK)
		rc = render_add_vars(*out, call);
	if (rc < 0) {
		pv_context_free(*out);
		*out = NULL;
	}
	return rc;
}
