/* SPDX-License-Identifier: MIT
 *
 * Any text as a template, under settings the first byte chooses: lexer, parser
 * and binding stay within it and within their limits, a refusal has a message
 * and a place in the text, and a template that compiles tells its variables.
 * What it needs from outside is among those, and all of them unless it has
 * blocks, which see what the template sets.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "jinja/bind/needs.h"
#include "jinja/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether what is needed and what is wanted are the same. */
struct comparison {
	const pv_jinja_needs *needs;
	size_t found;   /* needs that are wanted */
	int is_missing; /* something wanted is not needed */
};

static int compare(pv_str name, void *payload)
{
	struct comparison *comparison = payload;
	const pv_jinja_need *need = comparison->needs->first;

	while (need && !pv_str_eq(need->name, name))
		need = need->next;
	if (need)
		comparison->found++;
	else
		comparison->is_missing = 1;
	return 0;
}

static int is_in(pv_str text, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= text.len; i++)
		if (!memcmp(text.ptr + i, word, len))
			return 1;
	return 0;
}

static void check_needs(const pv_jinja_template *template,
			const pv_jinja_environment *env, pv_str source)
{
	const pv_jinja_needs_options opts = { .is_checked = 1, .has_spots = 1 };
	pv_jinja_needs needs;
	struct comparison comparison = { .needs = &needs };
	pv_arena arena = { 0 };
	size_t count = 0;

	if (pv_jinja_find_needs(&needs, env, source, &opts, &arena, NULL) < 0 ||
	    (needs.fault != NULL) != !template ||
	    (needs.fault && needs.fault_offset > source.len))
		abort();
	for (const pv_jinja_need *need = needs.first; need; need = need->next) {
		count++;
		if (need->offset >= source.len)
			abort();
	}
	if (template && pv_jinja_template_variables(template, compare,
						    &comparison, NULL) < 0)
		abort();
	if (template && !is_in(source, "extends") && !env->extensions &&
	    (comparison.found < count ||
	     (comparison.is_missing && !is_in(source, "block"))))
		abort();
	pv_arena_dispose(&arena);
}

/* Bits of the first byte. */
static void choose(pv_jinja_environment *env, unsigned bits)
{
	env->trims_blocks = (bits & 1) != 0;
	env->strips_blocks = (bits & 2) != 0;
	env->keeps_newline = (bits & 4) != 0;
	env->is_escaping = (bits & 8) != 0;
	env->extensions = bits & 16 ? 15 : 0;
	if (bits & 32) {
		env->line_statement = "%";
		env->line_comment = "##";
	}
	if (bits & 64) {
		env->block_start = "<%";
		env->block_end = "%>";
		env->variable_start = "<%=";
		env->variable_end = "%>";
		env->comment_start = "<%#";
		env->comment_end = "%>";
	}
	if (bits & 128)
		env->newline = "\r\n";
}

static void check_failure(const pv_jinja_failure *failure, int rc)
{
	if (rc == PV_ESYNTAX && (!failure->message || failure->line < 0 ||
				 (failure->line > 0 && failure->column < 1)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_jinja_environment env = { 0 };
	pv_jinja_template *template = NULL;
	pv_jinja_failure failure = { 0 };
	pv_str source;
	int rc;

	if (size == 0)
		return 0;
	choose(&env, data[0]);
	source.ptr = (const char *)data + 1;
	source.len = size - 1;
	rc = pv_jinja_compile(&template, &env, NULL, source, &failure, NULL);
	check_failure(&failure, rc);
	if (rc == PV_OK || rc == PV_ESYNTAX)
		check_needs(template, &env, source);
	pv_jinja_failure_dispose(&failure);
	pv_jinja_template_free(template);
	return 0;
}
