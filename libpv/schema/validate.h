/* SPDX-License-Identifier: MIT
 *
 * Asking nodes about values: each thing wrong becomes a finding, and the walk
 * goes on. Where the answer is all that is wanted, decide.h has it.
 */
#ifndef PV_SCHEMA_VALIDATE_H
#define PV_SCHEMA_VALIDATE_H

#include "schema/marks.h"
#include "schema/node.h"

/*
 * The way to a value, from the inside out; NULL is the whole of the data, and
 * any value where nothing is collected.
 */
typedef struct pv_at {
	const struct pv_at *up;
	pv_str key;     /* NULL `ptr`: an element */
	size_t index;   /* of an element */
	int is_missing; /* a key that has no value: its object is the place */
} pv_at;

/* The resources that the walk came through, innermost first. */
typedef struct pv_scope {
	const struct pv_scope *up;
	const pv_resource *in;
} pv_scope;

typedef struct pv_run {
	const pv_scope *scope;
	pv_matcher matcher;
	pv_schema_result *result; /* NULL where only the answer is asked for */
	size_t steps;             /* that are left */
	int depth;
	int rc; /* a limit or a lack of memory, which ends it all */
	pv_error *err;
} pv_run;

/*
 * Whether the value is as the node demands; 0 as well once `run->rc` is set.
 * What is wrong is added to the result.
 */
int pv_ask(pv_run *run, const pv_node *node, const pv_value *value,
	   const pv_at *at, pv_marks *marks);

int pv_ask_scalar(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at);
int pv_ask_choice(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at);
int pv_ask_array(pv_run *run, const pv_node *node, const pv_value *value,
		 const pv_at *at, pv_marks *marks);
int pv_ask_object(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at, pv_marks *marks);
/* Whether no two elements are equal; `at` may be NULL without a result. */
int pv_ask_unique(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at);
int pv_ask_logic(pv_run *run, const pv_node *node, const pv_value *value,
		 const pv_at *at, pv_marks *marks);

/* Whether a pattern matches somewhere in the text. */
int pv_ask_pattern(pv_run *run, const pv_pattern *pattern, pv_str text);

/* Fails with a limit error, unless the run has failed already. Always 0. */
int pv_out_of_steps(pv_run *run);

/* Takes steps; 0 and a limit error when they are used up. */
static inline int pv_take_steps(pv_run *run, size_t count)
{
	if (run->rc < 0 || count > run->steps)
		return pv_out_of_steps(run);
	run->steps -= count;
	return 1;
}

/* Fails with a limit error. Always 0. */
int pv_too_deep(pv_run *run);

/*
 * Begins with a schema: takes a step and a level, and notes its resource in
 * `scope`, which begins as { run->scope, resource } and stays until
 * pv_leave() with the scope from before. 0: a limit is met.
 */
static inline int pv_enter(pv_run *run, const pv_scope *scope)
{
	if (!pv_take_steps(run, 1))
		return 0;
	if (run->depth == PV_SCHEMA_MAX_DEPTH)
		return pv_too_deep(run);
	run->depth++;
	if (!scope->up || scope->up->in != scope->in)
		run->scope = scope;
	return 1;
}

static inline void pv_leave(pv_run *run, const pv_scope *outer)
{
	run->scope = outer;
	run->depth--;
}

/* What the anchor means here, by the outermost resource that has it; or NULL. */
const pv_node *pv_find_dynamic(const pv_run *run, pv_str anchor);

/* --- findings (finding.c) ------------------------------------------------------ */

/*
 * Says what is wrong: "`a.b` " and `format`. Always 0, so that a caller can
 * return it.
 */
int pv_wrong(pv_run *run, const pv_node *node, const char *keyword,
	     const pv_at *at, const char *format, ...) PV_PRINTF(5, 6);
/* What makes a word many behind a number. */
static inline const char *pv_plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* The same with what is in a buffer behind `words`; the buffer is disposed. */
int pv_wrong_with(pv_run *run, const pv_node *node, const char *keyword,
		  const pv_at *at, const char *words, pv_buf *text);
/* How many findings there are so far, and back to that number. */
size_t pv_findings(const pv_run *run);
void pv_findings_drop(pv_run *run, size_t from, size_t to);

/* Appends a value as people write it, cut where it is long. */
void pv_value_show(pv_buf *out, const pv_value *value);

struct pv_schema_result {
	pv_arena arena; /* of the texts */
	pv_schema_finding *items;
	size_t count;
	size_t cap;
};

#endif
