/* SPDX-License-Identifier: MIT
 *
 * Regular expressions as JSON Schema means them: ECMA-262 with the flag u, but
 * an escape that means nothing is the character itself, as schemas in the wild
 * have it. PCRE2 matches, under limits: time that grows without bound ends in
 * PV_ELIMIT.
 */
#ifndef PV_SCHEMA_PATTERN_H
#define PV_SCHEMA_PATTERN_H

#include <pv/buf.h>

#include "base/str.h"
#include "schema/pattern_plain.h"

typedef struct pv_pattern pv_pattern;

/* What the message of PV_EINVALID begins with when PCRE2 has the reason. */
#define PV_PATTERN_NONE "not a regular expression: "

/* What matching needs besides the pattern; `{ 0 }` is ready. One a thread. */
typedef struct pv_matcher {
	void *data;
	void *context;
} pv_matcher;

/* PV_EINVALID for what is no pattern, PV_ELIMIT for huge ones, PV_ENOMEM. */
int pv_pattern_new(pv_pattern **out, pv_str text, pv_error *err);
void pv_pattern_free(pv_pattern *pattern);
/*
 * As pv_pattern_new, for finding out where it matches; such a pattern is never
 * plain.
 */
int pv_pattern_new_search(pv_pattern **out, pv_str text, pv_error *err);
/* What the pattern is when it is plain, else NULL; borrowed. */
const pv_plain *pv_pattern_plain(const pv_pattern *pattern);
/* 1 or 0: whether it matches somewhere in valid UTF-8; PV_ELIMIT, PV_ENOMEM. */
int pv_pattern_find(const pv_pattern *pattern, pv_matcher *matcher,
		    pv_str subject, pv_error *err);
/* The bytes that a match takes. */
typedef struct pv_pattern_span {
	size_t start;
	size_t end;
} pv_pattern_span;

/*
 * The same from byte `out->end` on, which begins a character, and where it
 * matches. Of a pattern for searching only.
 */
int pv_pattern_search(pv_pattern_span *out, const pv_pattern *pattern,
		      pv_matcher *matcher, pv_str subject, pv_error *err);
void pv_matcher_dispose(pv_matcher *matcher);

/*
 * Appends what ECMA's pattern is in PCRE2's syntax. PV_EINVALID where ECMA has
 * no such syntax; `is_strict` refuses escapes that mean nothing as well.
 */
int pv_pattern_translate(pv_buf *out, pv_str text, int is_strict, pv_error *err);

#endif
