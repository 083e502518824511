/* SPDX-License-Identifier: MIT
 *
 * The tags of a template that begin, part or end a block.
 */
#ifndef PV_MERGE_STATEMENT_TAGS_H
#define PV_MERGE_STATEMENT_TAGS_H

#include "base/str.h"

#include <pv/error.h>

enum pv_tag_kind {
	PV_TAGS_JINJA,    /* {% if x %} ... {% else %} ... {% endif %} */
	PV_TAGS_SECTIONS, /* {{#x}} ... {{/x}} of Mustache and Handlebars */
	PV_TAG_KINDS
};

typedef struct pv_tag {
	size_t at;     /* where it begins */
	size_t opener; /* index of the tag that begins its block; its own if it
			  does */
	pv_str word;   /* "if", "endif"; of a section, its name */
} pv_tag;

/* Release it with pv_tags_dispose. */
typedef struct pv_tags {
	pv_tag *items; /* in the order of the text, which they borrow from */
	size_t count;
	size_t cap;
	int is_whole; /* each block that begins ends, and the other way round */
} pv_tags;

/* PV_ENOMEM. */
int pv_tags_read(pv_tags *out, enum pv_tag_kind kind, pv_str text, pv_error *err);
void pv_tags_dispose(pv_tags *tags);

#endif
