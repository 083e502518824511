/* SPDX-License-Identifier: MIT
 *
 * What people type to search: words that must all be there, "phrases", pre*,
 * OR, NOT or -, (groups), and the name of a field before a word, a phrase or a
 * group. It becomes a tree here; no text of a user reaches a
 * backend's own query language except as one quoted word or phrase.
 */
#ifndef PV_INDEX_SEARCH_TEXT_H
#define PV_INDEX_SEARCH_TEXT_H

#include "base/arena.h"
#include "base/str.h"

enum pv_search_kind {
	PV_SEARCH_WORDS, /* one word, or several in a row */
	PV_SEARCH_AND,
	PV_SEARCH_OR,
	PV_SEARCH_NOT /* left, but not right */
};

/* The fields of executions, and how they are called. */
#define PV_SEARCH_NAMES "prompt: input: output: tags:"

enum pv_search_field {
	PV_SEARCH_ANYWHERE,
	PV_SEARCH_PROMPT,
	PV_SEARCH_INPUT,
	PV_SEARCH_OUTPUT,
	PV_SEARCH_TAGS
};

typedef struct pv_search_node {
	enum pv_search_kind kind;
	pv_str text;   /* words: as typed, borrowed */
	int is_prefix; /* words: the last may go on */
	int field;     /* its place among the names, from 1; 0: anywhere */
	const struct pv_search_node *left;
	const struct pv_search_node *right;
} pv_search_node;

/*
 * Reads a search; the tree lies in `arena` and borrows from `text`. `names` are
 * those of the fields, each with its colon, one blank between. PV_EINVALID
 * with the column for what does not read, PV_ELIMIT for more than 100 words or
 * 20 groups within each other, PV_ENOMEM.
 */
int pv_search_parse(const pv_search_node **out, pv_arena *arena, pv_str text,
		    const char *names, pv_error *err);

#endif
