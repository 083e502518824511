/* SPDX-License-Identifier: MIT
 *
 * Which prompts `git pv list` lists.
 */
#ifndef PV_CMD_LIST_FILTER_H
#define PV_CMD_LIST_FILTER_H

#include "repo/prompts.h"

enum list_state {
	LIST_ACTIVE = 1,
	LIST_INACTIVE,
	LIST_ALL /* as 0, which is none of them given */
};

/* What is asked of a prompt; NULL and empty ask nothing. */
typedef struct list_filter {
	const char *category;
	const char *owner;
	const char *type;
	const char *provider;
	const char *model; /* "provider/name", or the name alone */
	const char *uses;  /* the id of one that it includes */
	const char *match; /* words in id, name, description, goal or tags */
	cli_list tags;     /* all of them */
	int state;         /* enum list_state */
} list_filter;

/* A prompt that does not load is wanted only where nothing is asked of it. */
int list_filter_wants(const list_filter *filter, const cli_prompt *entry);

/* What stands before the slash of "provider/name"; 0 where there is none. */
size_t list_provider_len(const char *model);
/* The same as a JSON value; null for none. */
void list_provider_json(pv_jsonw *w, const char *model);

#endif
