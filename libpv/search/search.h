/* SPDX-License-Identifier: MIT
 *
 * The inside of a search of prompts: the fields that a file has, as texts.
 */
#ifndef PV_SEARCH_SEARCH_H
#define PV_SEARCH_SEARCH_H

#include <pv/search.h>

#include "base/arena.h"
#include "index/search_words.h"

/* A text of a prompt file. */
typedef struct pv_prompt_text {
	int field;        /* its place in PV_PROMPT_NAMES, from 1 */
	const char *path; /* of it */
	pv_str text;
	const pv_yaml_node *node; /* NULL: the id, or the whole file */
} pv_prompt_text;

#define PV_PROMPT_NAMES "id: name: description: goal: tags: text:"

enum {
	PV_PROMPT_ID = 1,
	PV_PROMPT_TAGS = 5,
	PV_PROMPT_TEXT = 6
};

typedef struct pv_prompt_texts {
	pv_prompt_text *items;
	size_t count;
	size_t cap;
	pv_arena arena;
	pv_yaml *doc; /* NULL when the file is no YAML */
} pv_prompt_texts;

/* Takes a file apart; `id` and `text` are borrowed. PV_ENOMEM. */
int pv_prompt_texts_read(pv_prompt_texts *out, const char *id, pv_str text,
			 pv_error *err);
/* Frees what it holds and zeroes it. */
void pv_prompt_texts_dispose(pv_prompt_texts *texts);

struct pv_prompt_search {
	pv_arena arena;
	const pv_search_node *tree;
	const char *field; /* NULL: all */
	pv_words *words;
	pv_prompt_texts texts; /* of the file at hand, and what fits of it */
	pv_search_words *taken;
	size_t taken_cap;
	pv_arena found;
	pv_prompt_match *matches;
	size_t count;
	size_t cap;
};

#endif
