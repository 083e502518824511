/* SPDX-License-Identifier: MIT
 *
 * Asking nodes about values. Without a result the first thing wrong ends the
 * walk; with one the walk goes on and each thing wrong becomes a finding.
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
	pv_schema_result *result; /* NULL: nothing is collected */
	size_t steps;             /* that are left */
	int depth;
	int rc; /* a limit or a lack of memory, which ends it all */
	pv_error *err;
} pv_run;

/* pv_ask() of what its type alone does not make right. */
int pv_ask_deeply(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at, pv_marks *marks);
/* The same of a value without parts, about which no other schema is asked. */
int pv_ask_simply(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at);

/* Whether the value is as the node demands; 0 as well once `run->rc` is set. */
static inline int pv_ask(pv_run *run, const pv_node *node,
			 const pv_value *value, const pv_at *at, pv_marks *marks)
{
	if (node->alias)
		node = node->alias;
	if (node->sure & pv_type_of(value))
		return 1;
	if (value->kind < PV_VALUE_ARRAY && !node->logic)
		return pv_ask_simply(run, node, value, at);
	return pv_ask_deeply(run, node, value, at, marks);
}

/* The same with nothing collected: what fails here is no fault yet. */
int pv_ask_silently(pv_run *run, const pv_node *node, const pv_value *value,
		    const pv_at *at, pv_marks *marks);

/* What pv_ask_simply() does with what is not right at a glance. */
int pv_ask_slowly(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at);
int pv_ask_scalar(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at);
int pv_ask_choice(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at);
int pv_ask_array(pv_run *run, const pv_node *node, const pv_value *value,
		 const pv_at *at, pv_marks *marks);
int pv_ask_object(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at, pv_marks *marks);
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
