/* SPDX-License-Identifier: MIT
 *
 * Prompts are mostly literal blocks, and libyaml goes through them byte by
 * byte to find that each line is what it says. So the text of such a block,
 * all but its first character and last break, is kept from libyaml, and put
 * back into the scalar that it makes of those two. Whether what looks like one
 * is one is known only then: a gap that turns out to be in anything else, or
 * any error at all, and the text is parsed again without gaps.
 */
#ifndef PV_YAML_GAPS_H
#define PV_YAML_GAPS_H

#include <yaml.h>

#include "base/str.h"
#include "yaml/marks.h"

/* What is left out of a block. Characters are counted as libyaml counts them. */
struct pv_yaml_gap {
	size_t from; /* bytes of the text */
	size_t to;
	size_t indent; /* of the block's content */
	size_t head;   /* bytes of the scalar before the gap */
	size_t len;    /* of what is in the gap in the scalar */
	size_t header; /* character of the block's indicator */
	size_t at;     /* character, without this gap and those before it */
	size_t chars;  /* left out up to here, this gap included */
	size_t lines;  /* likewise */
};

struct pv_yaml_gaps {
	struct pv_yaml_gap *items;
	size_t count;
	size_t cap;
	size_t passed; /* gaps before the newest mark */
	size_t filled; /* gaps whose scalar has come */
	pv_str text;   /* all of it, behind the byte order mark */
	size_t next;   /* how much of it libyaml has read, */
	size_t gap;    /* and the gap that comes next there */
};

/* Finds the gaps in the text that `marks` is about. PV_ENOMEM. */
int pv_yaml_gaps_find(struct pv_yaml_gaps *out,
		      const struct pv_yaml_marks *marks, pv_error *err);
void pv_yaml_gaps_dispose(struct pv_yaml_gaps *gaps);

/* libyaml's input: the text without what is in gaps. */
yaml_read_handler_t pv_yaml_gaps_read;

/*
 * Moves the marks of an event to where they are in the whole text. Returns
 * the gap in the event's scalar, NULL when there is none. All gaps have to be
 * filled in the end.
 */
const struct pv_yaml_gap *pv_yaml_gaps_pass(struct pv_yaml_gaps *gaps,
					    yaml_event_t *event);

/* Copies a scalar with what is in its gap: gap->len bytes more. */
void pv_yaml_gaps_fill(char *to, const struct pv_yaml_gaps *gaps,
		       const struct pv_yaml_gap *gap, pv_str scalar);

#endif
