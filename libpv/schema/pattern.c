/* SPDX-License-Identifier: MIT
 *
 * Patterns on PCRE2, plain ones aside. Its memory is ours, so that tests can
 * make it fail.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "schema/pattern.h"

#include <pcre2.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	MATCH_LIMIT = 1000000, /* steps of backtracking */
	HEAP_KIB = 20000,
	MAX_PATTERN = 100000 /* bytes, translated */
};

struct pv_pattern {
	pcre2_code *code; /* NULL: it is plain */
	int is_jitted;
	pv_plain plain;
};

static void *give(size_t size, void *payload)
{
	(void)payload;
	return pv_malloc(size);
}

static void take(void *block, void *payload)
{
	(void)payload;
	pv_free(block);
}

static int fail_pattern(pv_error *err, int number)
{
	unsigned char words[120];

	if (pcre2_get_error_message(number, words, sizeof(words)) < 0)
		words[0] = '\0';
	return pv_fail(err, PV_EINVALID, PV_PATTERN_NONE "%s", (char *)words);
}

/* Compiles the translated text. */
static int compile(pcre2_code **out, const pv_buf *text, pv_error *err)
{
	uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY |
			   PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF |
			   PCRE2_NO_UTF_CHECK;
	pcre2_general_context *memory =
		pcre2_general_context_create(give, take, NULL);
	pcre2_compile_context *context =
		memory ? pcre2_compile_context_create(memory) : NULL;
	int number = PCRE2_ERROR_NOMEMORY;
	PCRE2_SIZE offset = 0;

	*out = NULL;
	if (context)
		*out = pcre2_compile((PCRE2_SPTR)pv_buf_text(text), text->len,
				     options, &number, &offset, context);
	pcre2_compile_context_free(context);
	pcre2_general_context_free(memory);
	if (*out)
		return PV_OK;
	if (!context || number == PCRE2_ERROR_NOMEMORY ||
	    number == 121 /* failed to allocate heap memory */)
		return pv_fail_nomem(err);
	return fail_pattern(err, number);
}

static int compile_for_search(pv_pattern *pattern, pv_str text, pv_error *err)
{
	pv_buf translated = { 0 };
	int rc = pv_pattern_translate(&translated, text, 0, err);

	if (rc == PV_OK && translated.len > MAX_PATTERN)
		rc = pv_fail(err, PV_ELIMIT, "a regular expression is too long");
	if (rc == PV_OK)
		rc = compile(&pattern->code, &translated, err);
	if (rc == PV_OK) /* else the interpreter matches */
		pattern->is_jitted =
			!pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
	pv_buf_dispose(&translated);
	return rc;
}

static int new_pattern(pv_pattern **out, pv_str text, int may_be_plain,
		       pv_error *err)
{
	pv_pattern *pattern = pv_calloc(1, sizeof(*pattern));
	int rc = PV_OK;

	if (!pattern)
		return pv_fail_nomem(err);
	if (!may_be_plain || !pv_plain_read(&pattern->plain, text))
		rc = compile_for_search(pattern, text, err);
	if (rc < 0)
		pv_pattern_free(pattern);
	else
		*out = pattern;
	return rc;
}

int pv_pattern_new(pv_pattern **out, pv_str text, pv_error *err)
{
	return new_pattern(out, text, 1, err);
}

int pv_pattern_new_search(pv_pattern **out, pv_str text, pv_error *err)
{
	return new_pattern(out, text, 0, err);
}

void pv_pattern_free(pv_pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_code_free(pattern->code);
	pv_free(pattern);
}

const pv_plain *pv_pattern_plain(const pv_pattern *pattern)
{
	return pattern->code ? NULL : &pattern->plain;
}

static int prepare(pv_matcher *matcher, pv_error *err)
{
	pcre2_general_context *memory;

	if (matcher->data)
		return PV_OK;
	memory = pcre2_general_context_create(give, take, NULL);
	if (memory && !matcher->context)
		matcher->context = pcre2_match_context_create(memory);
	if (memory && matcher->context)
		matcher->data = pcre2_match_data_create(1, memory);
	pcre2_general_context_free(memory);
	if (!matcher->data)
		return pv_fail_nomem(err);
	pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
	pcre2_set_depth_limit(matcher->context, MATCH_LIMIT);
	pcre2_set_heap_limit(matcher->context, HEAP_KIB);
	return PV_OK;
}

/* 1 or 0, PCRE2's offsets being in the matcher. */
static int match(const pv_pattern *pattern, pv_matcher *matcher, pv_str subject,
		 size_t from, pv_error *err)
{
	int rc = prepare(matcher, err);

	if (rc < 0)
		return rc;
	rc = (pattern->is_jitted
		      ? pcre2_jit_match
		      : pcre2_match)(pattern->code, (PCRE2_SPTR)subject.ptr,
				     subject.len, from, PCRE2_NO_UTF_CHECK,
				     matcher->data, matcher->context);
	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (rc == PCRE2_ERROR_NOMEMORY)
		return pv_fail_nomem(err);
	rc = pv_fail(err, PV_ELIMIT,
		     "matching a regular expression takes too many steps");
	return pv_error_hint(err, rc,
			     "write it so that no text fits in many ways, "
			     "as (a+)+ does");
}

int pv_pattern_find(const pv_pattern *pattern, pv_matcher *matcher,
		    pv_str subject, pv_error *err)
{
	if (!pattern->code)
		return pv_plain_find(&pattern->plain, subject);
	return match(pattern, matcher, subject, 0, err);
}

int pv_pattern_search(pv_pattern_span *out, const pv_pattern *pattern,
		      pv_matcher *matcher, pv_str subject, pv_error *err)
{
	int rc = match(pattern, matcher, subject, out->end, err);
	const PCRE2_SIZE *span;

	if (rc <= 0)
		return rc;
	span = pcre2_get_ovector_pointer(matcher->data);
	out->start = span[0];
	out->end = span[1];
	return rc;
}

void pv_matcher_dispose(pv_matcher *matcher)
{
	pcre2_match_data_free(matcher->data);
	pcre2_match_context_free(matcher->context);
	matcher->data = NULL;
	matcher->context = NULL;
}
