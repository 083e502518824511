/* SPDX-License-Identifier: MIT
 *
 * What a template needs from outside: the names it reads and the templates it
 * refers to, found in its tree, by Jinja2's rules of scope. Unlike the names
 * of pv_jinja_template_variables, which are what Jinja2's own analysis gives,
 * these have a place, and it is known what becomes of the template without
 * them; and what a template sets for its blocks is not among them.
 */
#ifndef PV_JINJA_NEEDS_H
#define PV_JINJA_NEEDS_H

#include "base/arena.h"
#include "base/str.h"
#include "jinja/environment.h"

/* A name read. `offset` is where in the source it is used first. */
typedef struct pv_jinja_need {
	pv_str name; /* borrowed from the source */
	size_t offset;
	uint8_t is_required;    /* some use fails when nobody sets it */
	uint8_t is_conditional; /* each use is one that may not be reached */
	uint8_t is_in_block; /* each use is in a block, or an included one's */
	struct pv_jinja_need *next;
} pv_jinja_need;

/* One of the places where a name is read. */
typedef struct pv_jinja_spot {
	pv_str name;
	size_t offset;
} pv_jinja_spot;

/* A literal template name in an include, import or extends. */
typedef struct pv_jinja_inclusion {
	pv_str name;
	size_t offset; /* of the literal */
} pv_jinja_inclusion;

typedef struct pv_jinja_needs {
	pv_jinja_need *first;
	pv_jinja_inclusion *inclusions; /* in order of offset */
	size_t inclusion_count;
	size_t inclusion_cap;
	pv_jinja_spot *spots; /* all uses of the template itself, if asked for */
	size_t spot_count;
	size_t spot_cap;
	int is_dynamic;      /* some template's name is computed */
	const char *fault;   /* Jinja2's message about the template, or NULL */
	size_t fault_offset; /* on Jinja2's line */
	int is_unknown;      /* the fault: no filter or test has that name */
} pv_jinja_needs;

/* All zero: the template for itself, by the grammar. */
typedef struct pv_jinja_needs_options {
	int is_checked; /* look for faults beyond the grammar, too */
	int has_spots;  /* keep all places, not only the first of each name */
	/*
	 * What an included template of that name needs, whose names live as
	 * long as `out`: NULL for nothing. PV_ENOTFOUND when there is no such
	 * template. NULL: included ones need nothing.
	 */
	int (*included)(const pv_jinja_need **out, pv_str name, void *payload);
	void *payload;
} pv_jinja_needs_options;

/*
 * Analyses a template; all of `out` lives in the arena and borrows from the
 * source, which must be UTF-8. A fault is not an error: then `out` has what was
 * read before it. Faults beyond the grammar are such as two blocks of one name.
 * A template beyond the limits of the parser is at fault, too. What included
 * templates need is needed here, unless a name is set where they are included;
 * its offset is then that of their name. PV_ENOMEM, failures of `included`.
 */
int pv_jinja_find_needs(pv_jinja_needs *out, const pv_jinja_environment *env,
			pv_str source, const pv_jinja_needs_options *opts,
			pv_arena *arena, pv_error *err);

/* Whether a name is a word of expressions: "and", "true", ... */
int pv_jinja_is_word(pv_str name);

#endif
