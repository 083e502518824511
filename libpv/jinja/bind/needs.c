/* SPDX-License-Identifier: MIT
 *
 * Looking for what a template needs, as a whole: the text is parsed, its tree
 * gone through, and what is wrong with it told in Jinja2's words. The tree is
 * never run, so nothing is kept but the findings.
 */
#include "jinja/bind/needs.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "jinja/bind/bind.h"
#include "jinja/bind/needs_walk.h"

/* --- the place of a fault -------------------------------------------------- */

/* Where the line with this number starts. */
static size_t line_start(pv_str text, int line)
{
	size_t at = 0;

	while (line > 1 && at < text.len) {
		const char *end = memchr(text.ptr + at, '\n', text.len - at);

		if (!end)
			break;
		at = (size_t)(end - text.ptr) + 1;
		line--;
	}
	return at;
}

/* The first character of a line that is no blank, or where it starts. */
static size_t first_of_line(pv_str text, size_t start)
{
	size_t at = start;

	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return at < text.len && text.ptr[at] != '\n' ? at : start;
}

/* Where the parser says it failed, if that is on the line Jinja2 names. */
static size_t fault_offset(const pv_jinja_parser *parser)
{
	pv_str text = parser->lexer.source;
	size_t at = parser->fail_pos;
	size_t start;
	const char *end;

	if (!parser->is_placed)
		return 0;
	start = line_start(text, parser->fail_line);
	if (at > text.len || at < start)
		return first_of_line(text, start);
	end = at > start ? memchr(text.ptr + start, '\n', at - start) : NULL;
	return end ? first_of_line(text, start) : at;
}

/* --- places in the source as it was ---------------------------------------- */

/* Where the parser, who saw one byte for each, had \r\n. */
struct breaks {
	size_t *offsets;
	size_t count;
	size_t cap;
};

static int find_breaks(struct breaks *out, pv_str source)
{
	for (size_t i = 0; i + 1 < source.len; i++) {
		if (source.ptr[i] != '\r' || source.ptr[i + 1] != '\n')
			continue;
		if (pv_array_reserve(&out->offsets, &out->cap, out->count + 1,
				     sizeof(*out->offsets)) < 0)
			return PV_ENOMEM;
		out->offsets[out->count] = i - out->count;
		out->count++;
	}
	return PV_OK;
}

static size_t original(const struct breaks *breaks, size_t offset)
{
	size_t first = 0;
	size_t last = breaks->count;

	while (first < last) {
		size_t middle = first + (last - first) / 2;

		if (breaks->offsets[middle] < offset)
			first = middle + 1;
		else
			last = middle;
	}
	return offset + first;
}

static int restore_offsets(pv_jinja_needs *out, pv_str source)
{
	struct breaks breaks = { 0 };
	int rc = find_breaks(&breaks, source);

	if (rc == PV_OK) {
		for (size_t i = 0; i < out->inclusion_count; i++)
			out->inclusions[i].offset =
				original(&breaks, out->inclusions[i].offset);
		for (pv_jinja_need *need = out->first; need; need = need->next)
			need->offset = original(&breaks, need->offset);
		for (size_t i = 0; i < out->spot_count; i++)
			out->spots[i].offset =
				original(&breaks, out->spots[i].offset);
		out->fault_offset = original(&breaks, out->fault_offset);
	}
	pv_free(breaks.offsets);
	return rc;
}

static int compare_inclusions(const void *a, const void *b)
{
	const pv_jinja_inclusion *left = a;
	const pv_jinja_inclusion *right = b;

	return (left->offset > right->offset) - (left->offset < right->offset);
}

/* --- the whole ------------------------------------------------------------- */

static int walk(pv_jinja_needs *out, const pv_jinja_template *template,
		pv_jinja_parser *parser, const pv_jinja_needs_options *opts)
{
	static const char *const given[] = { "caller", "kwargs", "loop",
					     "super", "varargs" };
	pv_arena *arena = parser->run->arena;
	pv_jinja_needs_walk w = { .out = out,
				  .end = &out->first,
				  .arena = arena,
				  .opts = opts,
				  .parser = parser };

	w.is_child = parser->has_extends;
	w.known = pv_arena_calloc(arena,
				  (parser->name_count + 1) * sizeof(*w.known));
	if (!w.known)
		return PV_ENOMEM;
	for (size_t i = 0; i < pv_array_len(given); i++)
		w.words[i] = pv_jinja_find_name(parser, pv_str_of(given[i]));
	pv_jinja_needs_template(&w, &template->root.body);
	pv_free(w.log);
	pv_map_dispose(&w.foreign);
	if (w.rc < 0)
		return w.rc;
	if (out->inclusion_count > 1)
		qsort(out->inclusions, out->inclusion_count,
		      sizeof(*out->inclusions), compare_inclusions);
	return PV_OK;
}

/* Keeps why the parser or the binder refused the template. */
static void keep_fault(pv_jinja_needs *out, const pv_jinja_parser *parser, int rc)
{
	const pv_jinja_run *run = parser->run;

	out->fault = rc == PV_ELIMIT ? run->err->message : run->raised.message;
	out->fault_offset = fault_offset(parser);
	out->is_unknown = rc != PV_ELIMIT &&
			  run->raised.error == PV_JINJA_TEMPLATE_ASSERTION_ERROR &&
			  (!strncmp(out->fault, "No filter named", 15) ||
			   !strncmp(out->fault, "No test named", 13));
}

static int analyse(pv_jinja_needs *out, pv_jinja_parser *parser, pv_str source,
		   const pv_jinja_needs_options *opts)
{
	pv_jinja_template template = { .env = parser->env };
	int rc = pv_jinja_template_parse(&template, parser, source);
	int walked;

	if (rc == PV_ENOMEM)
		return rc;
	/* Binding cuts off what is never reached, so it comes later. */
	walked = walk(out, &template, parser, opts);
	if (walked < 0)
		return walked;
	if (rc == PV_OK && opts->is_checked)
		rc = pv_jinja_template_bind(&template, parser);
	if (rc == PV_ENOMEM)
		return rc;
	if (rc < 0)
		keep_fault(out, parser, rc);
	if (parser->lexer.source.ptr != source.ptr)
		return restore_offsets(out, source);
	return PV_OK;
}

int pv_jinja_find_needs(pv_jinja_needs *out, const pv_jinja_environment *env,
			pv_str source, const pv_jinja_needs_options *opts,
			pv_arena *arena, pv_error *err)
{
	pv_jinja_parser parser;
	pv_jinja_run run = { 0 };
	pv_error limit = { 0 };
	int rc;

	memset(out, 0, sizeof(*out));
	memset(&parser, 0, offsetof(pv_jinja_parser, tags));
	parser.is_analysis = 1;
	pv_jinja_run_init(&run, arena, &env->settings, NULL);
	run.err = &limit;
	parser.run = &run;
	parser.env = env;
	rc = analyse(out, &parser, source, opts);
	if (rc == PV_OK && out->fault == limit.message) {
		out->fault = pv_arena_dup(arena, limit.message,
					  strlen(limit.message));
		rc = out->fault ? PV_OK : PV_ENOMEM;
	}
	pv_jinja_run_dispose(&run);
	return rc == PV_ENOMEM ? pv_fail_nomem(err) : rc;
}

/* --- names ----------------------------------------------------------------- */

int pv_jinja_is_word(pv_str name)
{
	static const char *const words[] = { "False", "None",  "True", "and",
					     "else",  "false", "if",   "in",
					     "is",    "none",  "not",  "or",
					     "true" };

	for (size_t i = 0; i < pv_array_len(words); i++)
		if (pv_str_is(name, words[i]))
			return 1;
	return 0;
}
