/* SPDX-License-Identifier: MIT
 *
 * A YAML text taken apart for merging: block mappings and sequences become
 * parts within parts that tile the text, so that putting parts of different
 * texts together needs no writer and loses no byte. A part is one entry: the
 * comments and blank lines before it (lead), its key or dash with what
 * belongs to the value's beginning (head), and its value up to the end of its
 * last line.
 *
 *     # lead            <- lead
 *     key: !tag |       <- from .. value is the head
 *       text            <- value .. end
 *
 * The texts have LF line ends, no byte order mark and a newline at the end.
 */
#ifndef PV_MERGE_PART_H
#define PV_MERGE_PART_H

#include "base/arena.h"
#include "diff/tree.h"

/* One side of a merge, parsed. */
typedef struct pv_source {
	pv_str text;
	pv_yaml *doc;
	pv_tree *tree;
	struct pv_part *root; /* NULL when it cannot be taken apart */
} pv_source;

typedef struct pv_part {
	const pv_source *source;
	const pv_yaml_node *node; /* the value as written: maybe an alias */
	const pv_tree *tree;      /* its data */
	size_t lead; /* bytes of the text, in the order of this list */
	size_t line; /* where the indentation is; `from` when compact */
	size_t from;
	size_t value; /* of a collection: where its first entry's lead is */
	size_t end;
	size_t column; /* of `from` */
	/* Of a block collection with entries: */
	struct pv_part *items;
	size_t count;
	size_t tail;        /* comments behind the last entry, up to `end` */
	size_t item_column; /* of the entries */
} pv_part;

/*
 * Parses `text` and takes it apart; `text` is borrowed, everything but the
 * document is allocated in `arena`. Texts that cannot be taken apart (flow style at the root, a
 * scalar, entries that share a line) have no `root`. Errors as pv_yaml_parse.
 * Release it with pv_source_dispose.
 */
int pv_source_read(pv_source *out, pv_arena *arena, pv_str text, pv_error *err);
void pv_source_dispose(pv_source *source);

/* The bytes [from, to) of a part's text. */
pv_str pv_part_slice(const pv_part *part, size_t from, size_t to);

/* The comments and blank lines before a part. */
pv_str pv_part_lead(const pv_part *part);

/* Whether the first entry begins on the line of the head: "- key: value". */
int pv_part_is_compact(const pv_part *part);

/* Whether two parts are the same bytes at the same column. */
int pv_part_same(const pv_part *a, const pv_part *b);

/* Appends all comments of a part, each on a line, without indentation. */
void pv_part_comments(pv_buf *out, const pv_part *part);

#endif
