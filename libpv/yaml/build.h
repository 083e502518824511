/* SPDX-License-Identifier: MIT
 *
 * Makes nodes from libyaml's events, in one pass and without recursion: a
 * stack of open collections is all the state. Shared by parse.c, build.c and
 * the two others named after it only.
 */
#ifndef PV_YAML_BUILD_H
#define PV_YAML_BUILD_H

#include <yaml.h>

#include "base/map.h"
#include "yaml/doc.h"
#include "yaml/gaps.h"
#include "yaml/marks.h"

/* What an alias stands for. */
struct pv_yaml_anchor {
	const pv_yaml_node *node;
	size_t nodes; /* the node and all below, aliases followed; while open:
			 what the builder had counted before it */
	size_t bytes; /* the same for the bytes of scalars */
	int height;   /* collections on the longest way down, itself included */
	int is_open;  /* its end has not been seen yet */
};

/* An open collection. */
struct pv_yaml_level {
	pv_yaml_node *node;
	pv_yaml_node *last;            /* newest child */
	const pv_yaml_node *key;       /* of the child that comes next */
	size_t end;                    /* where the newest key or child ends */
	struct pv_yaml_anchor *anchor; /* NULL without */
	int height;                    /* so far, as that of an anchor */
};

struct pv_yaml_builder {
	pv_yaml *doc;
	struct pv_yaml_marks marks;
	struct pv_yaml_gaps gaps;
	pv_map anchors; /* name to the newest pv_yaml_anchor of that name */
	struct pv_yaml_anchor *anchor; /* the newest */
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
	struct pv_yaml_level *level; /* the innermost, NULL when none is */
	pv_error *err;
	struct pv_yaml_level levels[PV_YAML_MAX_DEPTH + 1]; /* + the stream */
};

/*
 * Copies the text of the document, with room behind it for what most texts
 * need: one block is all they take. PV_ENOMEM.
 */
int pv_yaml_build_begin(struct pv_yaml_builder *b, const char *text);
/* Makes the root that no text stands for: a stream, or null. PV_ENOMEM. */
int pv_yaml_build_root(struct pv_yaml_builder *b, enum pv_yaml_kind kind);
/*
 * Runs libyaml to the end of the text and makes nodes from its events.
 * PV_ESYNTAX, PV_ELIMIT, PV_ENOMEM.
 */
int pv_yaml_build_events(struct pv_yaml_builder *b, yaml_parser_t *parser);
/* Copies tag and anchor, one of which may be NULL. PV_ENOMEM. */
int pv_yaml_build_properties(struct pv_yaml_builder *b, pv_yaml_node *node,
			     const yaml_char_t *tag, const yaml_char_t *anchor);
/* Marks the anchor of a collection as open, and as one aliases can follow. */
void pv_yaml_build_open(struct pv_yaml_builder *b, struct pv_yaml_level *level);
void pv_yaml_build_close(struct pv_yaml_builder *b,
			 const struct pv_yaml_level *level);
/* Counts what an alias stands for. PV_ELIMIT. */
int pv_yaml_build_follow(struct pv_yaml_builder *b, const pv_yaml_node *alias,
			 const struct pv_yaml_anchor *target);
/* Finds where a block scalar ends, or where an empty one stands. */
void pv_yaml_build_fit(struct pv_yaml_builder *b, pv_yaml_node *node,
		       int properties);
/* Sets the place of an error from a byte of the text; returns `code`. */
int pv_yaml_build_place(struct pv_yaml_builder *b, int code, size_t at);
/* The same from a node, and for what there are more of than `limit`. */
int pv_yaml_build_fail(struct pv_yaml_builder *b, const pv_yaml_node *node,
		       int code);
int pv_yaml_build_limit(struct pv_yaml_builder *b, const pv_yaml_node *node,
			const char *what, size_t limit);
/* Reports what libyaml found, at its place; returns the code. */
int pv_yaml_build_failure(struct pv_yaml_builder *b, const yaml_parser_t *parser);
/* Adds a hint for the mistakes that templates invite; returns `code`. */
int pv_yaml_build_hint(struct pv_yaml_builder *b, int code, size_t at);

#endif
