/* SPDX-License-Identifier: MIT
 *
 * Mustache templates as trees, made by mustache_parse.c, constant afterwards.
 */
#ifndef PV_RENDER_MUSTACHE_TREE_H
#define PV_RENDER_MUSTACHE_TREE_H

#include "base/str.h"
#include "jinja/run/run.h"

enum pv_mustache_kind {
	PV_MUSTACHE_TEXT,
	PV_MUSTACHE_VALUE,    /* {{name}} */
	PV_MUSTACHE_RAW,      /* {{{name}}}, {{&name}} */
	PV_MUSTACHE_SECTION,  /* {{#name}} */
	PV_MUSTACHE_INVERTED, /* {{^name}} */
	PV_MUSTACHE_PARTIAL   /* {{>name}} */
};

/* A name between dots, with its hash. */
typedef struct pv_mustache_key {
	pv_str text;
	uint64_t hash;
} pv_mustache_key;

typedef struct pv_mustache_node {
	enum pv_mustache_kind kind;
	pv_str text;           /* what is printed; the whole name */
	size_t offset;         /* of the tag */
	pv_mustache_key *keys; /* none for "." */
	size_t key_count;
	pv_str indent;                  /* of a partial alone on its line */
	struct pv_mustache_node *first; /* inside of a section */
	struct pv_mustache_node *next;
} pv_mustache_node;

/*
 * Parses a text, which nodes borrow from. Raises TemplateSyntaxError, then
 * `*place_out` is where; PV_ENOMEM, PV_ELIMIT.
 */
int pv_mustache_parse(pv_mustache_node **out, size_t *place_out,
		      pv_jinja_run *run, pv_str text);

#endif
