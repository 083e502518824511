/* SPDX-License-Identifier: MIT
 *
 * git pv render --file: the options of a Jinja2 environment. Prompts are all
 * written in one language, so none of these goes with them.
 */
#include "prompt/render.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

const char *const render_newlines[] = { "lf", "crlf", "cr", NULL };

static const char *const string_options[PV_RENDER_STRINGS] = {
	[PV_RENDER_BLOCK_START] = "--block-start",
	[PV_RENDER_BLOCK_END] = "--block-end",
	[PV_RENDER_VARIABLE_START] = "--variable-start",
	[PV_RENDER_VARIABLE_END] = "--variable-end",
	[PV_RENDER_COMMENT_START] = "--comment-start",
	[PV_RENDER_COMMENT_END] = "--comment-end",
	[PV_RENDER_LINE_STATEMENT_PREFIX] = "--line-statement-prefix",
	[PV_RENDER_LINE_COMMENT_PREFIX] = "--line-comment-prefix",
};

int render_check_bare(pv_cli *cli, const struct render_options *opts)
{
	const struct {
		const char *name;
		int is_given;
	} others[] = {
		{ "--search-path", opts->folder != NULL },
		{ "--trim-blocks", opts->trims_blocks },
		{ "--lstrip-blocks", opts->strips_blocks },
		{ "--keep-trailing-newline", opts->keeps_newline },
		{ "--autoescape", opts->is_escaping },
		{ "--chat-template", opts->is_chat },
		{ "--extension", opts->extensions.count > 0 },
		{ "--newstyle-gettext", opts->is_newstyle },
		{ "--newline-sequence", opts->newline },
	};
	const char *name = NULL;

	for (size_t i = 0; i < pv_array_len(others); i++)
		if (others[i].is_given)
			name = others[i].name;
	for (size_t i = 0; i < PV_RENDER_STRINGS; i++)
		if (opts->strings[i])
			name = string_options[i];
	return name ? cli_usage_error(cli, "%s goes with --file", name) : PV_OK;
}

static int read_extension(unsigned *bits, pv_cli *cli, const char *name)
{
	static const struct {
		const char *name; /* as Jinja2 has it: jinja2.ext.do */
		unsigned bit;
	} known[] = { { "do", PV_RENDER_DO },
		      { "loopcontrols", PV_RENDER_LOOPCONTROLS },
		      { "i18n", PV_RENDER_I18N } };
	static const char prefix[] = "jinja2.ext.";
	size_t skip = pv_str_has_prefix(name, prefix) ? strlen(prefix) : 0;
	int rc;

	for (size_t i = 0; i < pv_array_len(known); i++) {
		if (strcmp(name + skip, known[i].name) != 0)
			continue;
		*bits |= known[i].bit;
		return PV_OK;
	}
	rc = cli_usage_error(cli, "there is no extension \"%.80s\"", name);
	return pv_error_hint(&cli->err, rc,
			     "extensions are do, loopcontrols and i18n");
}

int render_read_bare(pv_render_options *out, pv_cli *cli,
		     const struct render_options *opts)
{
	static const char *const newlines[] = { NULL, "\n", "\r\n", "\r" };
	int rc = PV_OK;

	out->trims_blocks = opts->trims_blocks;
	out->strips_blocks = opts->strips_blocks;
	out->keeps_newline = opts->keeps_newline;
	out->is_escaping = opts->is_escaping;
	out->is_chat = opts->is_chat;
	out->is_newstyle = opts->is_newstyle;
	memcpy(out->strings, opts->strings, sizeof(out->strings));
	out->strings[PV_RENDER_NEWLINE_SEQUENCE] = newlines[opts->newline];
	for (size_t i = 0; rc == PV_OK && i < opts->extensions.count; i++)
		rc = read_extension(&out->extensions, cli,
				    opts->extensions.items[i].value);
	return rc;
}
