/* SPDX-License-Identifier: MIT
 *
 * From the options of a caller to the environment of the engine. Prompts have
 * one of their own, so that all of a repository's are written in one language;
 * what a bare template's may be is Jinja2's to say, and what is no environment
 * there is refused.
 */
#include "render/renderer.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "prompt/scan.h"

_Static_assert((int)PV_RENDER_DO == (int)PV_JINJA_EXT_DO &&
		       (int)PV_RENDER_LOOPCONTROLS ==
			       (int)PV_JINJA_EXT_LOOPCONTROLS &&
		       (int)PV_RENDER_I18N == (int)PV_JINJA_EXT_I18N,
	       "extensions are the engine's");

enum {
	EXTENSIONS = PV_RENDER_DO | PV_RENDER_LOOPCONTROLS | PV_RENDER_I18N
};

/* As Jinja2 calls them. */
static const char *const string_names[PV_RENDER_STRINGS] = {
	[PV_RENDER_BLOCK_START] = "block_start_string",
	[PV_RENDER_BLOCK_END] = "block_end_string",
	[PV_RENDER_VARIABLE_START] = "variable_start_string",
	[PV_RENDER_VARIABLE_END] = "variable_end_string",
	[PV_RENDER_COMMENT_START] = "comment_start_string",
	[PV_RENDER_COMMENT_END] = "comment_end_string",
	[PV_RENDER_LINE_STATEMENT_PREFIX] = "line_statement_prefix",
	[PV_RENDER_LINE_COMMENT_PREFIX] = "line_comment_prefix",
	[PV_RENDER_NEWLINE_SEQUENCE] = "newline_sequence",
};

static int kind_of(enum pv_undefined undefined)
{
	switch (undefined) {
	case PV_UNDEFINED_STRICT:
		return PV_JINJA_UNDEFINED_STRICT;
	case PV_UNDEFINED_CHAINABLE:
		return PV_JINJA_UNDEFINED_CHAINABLE;
	case PV_UNDEFINED_DEBUG:
		return PV_JINJA_UNDEFINED_DEBUG;
	case PV_UNDEFINED_USUAL:
	case PV_UNDEFINED_LENIENT:
		break;
	}
	return PV_JINJA_UNDEFINED_DEFAULT;
}

/* --- strings ---------------------------------------------------------------- */

static const char *either(const char *given, const char *standard)
{
	return given ? given : standard;
}

/* What Jinja2 asserts of an environment, and that nothing is empty. */
static int check_strings(const char *const *strings, pv_error *err)
{
	const char *newline = strings[PV_RENDER_NEWLINE_SEQUENCE];
	const char *block = either(strings[PV_RENDER_BLOCK_START], "{%");
	const char *variable = either(strings[PV_RENDER_VARIABLE_START], "{{");
	const char *comment = either(strings[PV_RENDER_COMMENT_START], "{#");

	for (size_t i = 0; i < PV_RENDER_STRINGS; i++) {
		const char *text = strings[i];

		if (text && !*text)
			return pv_fail(err, PV_EINVALID, "%s is empty",
				       string_names[i]);
		if (text && pv_utf8_valid(text, strlen(text)) < strlen(text))
			return pv_fail(err, PV_EINVALID, "%s is not UTF-8",
				       string_names[i]);
	}
	if (!strcmp(block, variable) || !strcmp(block, comment) ||
	    !strcmp(variable, comment))
		return pv_fail(err, PV_EINVALID,
			       "blocks, variables and comments must start "
			       "differently");
	if (newline && strcmp(newline, "\n") != 0 &&
	    strcmp(newline, "\r") != 0 && strcmp(newline, "\r\n") != 0)
		return pv_fail(err, PV_EINVALID,
			       "a newline sequence is \\n, \\r\\n or \\r");
	return PV_OK;
}

static int copy_strings(pv_renderer *renderer, pv_error *err)
{
	const char **strings = renderer->opts.strings;

	for (size_t i = 0; i < PV_RENDER_STRINGS; i++) {
		if (!strings[i])
			continue;
		strings[i] = pv_arena_dup(&renderer->arena, strings[i],
					  strlen(strings[i]));
		if (!strings[i])
			return pv_fail_nomem(err);
	}
	return PV_OK;
}

static void set_strings(pv_jinja_environment *env, const char *const *strings)
{
	env->block_start = strings[PV_RENDER_BLOCK_START];
	env->block_end = strings[PV_RENDER_BLOCK_END];
	env->variable_start = strings[PV_RENDER_VARIABLE_START];
	env->variable_end = strings[PV_RENDER_VARIABLE_END];
	env->comment_start = strings[PV_RENDER_COMMENT_START];
	env->comment_end = strings[PV_RENDER_COMMENT_END];
	env->line_statement = strings[PV_RENDER_LINE_STATEMENT_PREFIX];
	env->line_comment = strings[PV_RENDER_LINE_COMMENT_PREFIX];
	env->newline = strings[PV_RENDER_NEWLINE_SEQUENCE];
	env->settings.newline = env->newline;
}

/* --- environments ----------------------------------------------------------- */

static void set_chat(pv_jinja_environment *env)
{
	env->trims_blocks = 1;
	env->strips_blocks = 1;
	env->extensions |= PV_JINJA_EXT_LOOPCONTROLS | PV_JINJA_EXT_GENERATION;
	env->has_chat_globals = 1;
	env->settings.has_chat_json = 1;
	env->settings.sandbox = PV_JINJA_IMMUTABLE;
}

/* Of a bare template. */
static int set_bare(pv_renderer *renderer, pv_error *err)
{
	const pv_render_options *opts = &renderer->opts;
	pv_jinja_environment *env = &renderer->env;
	int rc = check_strings(opts->strings, err);

	if (rc == PV_OK)
		rc = copy_strings(renderer, err);
	if (rc < 0)
		return rc;
	set_strings(env, opts->strings);
	env->settings.sandbox = PV_JINJA_OPEN;
	env->trims_blocks = opts->trims_blocks;
	env->strips_blocks = opts->strips_blocks;
	env->keeps_newline = opts->keeps_newline;
	env->is_escaping = opts->is_escaping;
	env->extensions = opts->extensions & EXTENSIONS;
	if (opts->is_newstyle)
		env->extensions |= PV_JINJA_EXT_NEWSTYLE;
	if (opts->is_chat)
		set_chat(env);
	return PV_OK;
}

int pv_render_set_environment(pv_renderer *renderer, pv_error *err)
{
	pv_jinja_environment *env = &renderer->env;
	int rc = PV_OK;

	if (renderer->is_prompt)
		*env = pv_prompt_environment;
	else
		rc = set_bare(renderer, err);
	env->settings.undefined_kind = kind_of(renderer->opts.undefined);
	return rc;
}
