/* SPDX-License-Identifier: MIT
 *
 * Makes nodes from libyaml's events, in one pass and without recursion: a
 * stack of open collections is all the state. Shared by parse.c, which runs
 * libyaml, build.c and build_place.c only.
 */
#ifndef PV_YAML_BUILD_H
#define PV_YAML_BUILD_H

#include <yaml.h>

#include "base/map.h"
#include "yaml/doc.h"
#include "yaml/marks.h"

/* An open collection. */
struct pv_yaml_level {
	pv_yaml_item *item;
	pv_yaml_item *last;      /* newest child */
	const pv_yaml_node *key; /* of the child that comes next */
	size_t end;              /* where the newest key or child ends */
};

struct pv_yaml_builder {
	pv_yaml *doc;
	struct pv_yaml_marks marks;
	pv_map anchors; /* name to the newest pv_yaml_item of that name */
	char *slab; /* free bytes of the arena, cut into nodes and texts here */
	size_t slab_left;
	size_t slab_next; /* size of the next one */
	size_t nodes;
	size_t expanded; /* nodes with aliases followed */
	size_t bytes;    /* of their scalars */
	size_t aliases;
	size_t documents;
	size_t content; /* behind the "---" of this document, 0 without */
	int depth;      /* levels in use */
	pv_error *err;
	struct pv_yaml_level levels[PV_YAML_MAX_DEPTH + 1]; /* + the stream */
};

/* The collection that is open; NULL when none is. */
static inline struct pv_yaml_level *pv_yaml_build_level(struct pv_yaml_builder *b)
{
	return b->depth ? &b->levels[b->depth - 1] : NULL;
}

/* Sizes the first slab; everything else is zero or set by load(). */
void pv_yaml_build_begin(struct pv_yaml_builder *b);
/* Makes the root that no text stands for: a stream, or null. PV_ENOMEM. */
int pv_yaml_build_root(struct pv_yaml_builder *b, enum pv_yaml_kind kind);
/* Takes one event in. PV_ESYNTAX, PV_ELIMIT, PV_ENOMEM. */
int pv_yaml_build_event(struct pv_yaml_builder *b, const yaml_event_t *event);
/* Finds where a block scalar ends, or where an empty one stands. */
void pv_yaml_build_fit(struct pv_yaml_builder *b, pv_yaml_node *node,
		       int properties);
/* Sets the place of an error from a byte of the text; returns `code`. */
int pv_yaml_build_place(struct pv_yaml_builder *b, int code, size_t at);
/* Adds a hint for the mistakes that templates invite; returns `code`. */
int pv_yaml_build_hint(struct pv_yaml_builder *b, int code, size_t at);

#endif
