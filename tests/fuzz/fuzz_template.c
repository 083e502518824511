/* SPDX-License-Identifier: MIT
 *
 * Any text as a template, under settings the first byte chooses: lexer, parser
 * and binding stay within it and within their limits, a refusal has a message
 * and a place in the text, and a template that compiles tells its variables.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "jinja/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count(pv_str name, void *payload)
{
	size_t *total = payload;

	*total += name.len;
	return 0;
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
	size_t total = 0;
	pv_str source;
	int rc;

	if (size == 0)
		return 0;
	choose(&env, data[0]);
	source.ptr = (const char *)data + 1;
	source.len = size - 1;
	rc = pv_jinja_compile(&template, &env, NULL, source, &failure, NULL);
	check_failure(&failure, rc);
	if (rc == PV_OK &&
	    pv_jinja_template_variables(template, count, &total, NULL) < 0)
		abort();
	pv_jinja_failure_dispose(&failure);
	pv_jinja_template_free(template);
	return 0;
}
