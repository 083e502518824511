/* SPDX-License-Identifier: MIT
 *
 * Searching the texts of prompts: their id, name, description, goal, tags and
 * templates, in one state of a repository or in all versions there are.
 */
#ifndef PV_SEARCH_H
#define PV_SEARCH_H

#include <pv/git_rows.h>
#include <pv/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A line of a text with words that were looked for. */
typedef struct pv_prompt_match {
	const char *field;   /* as pv_yaml_path: "messages[0].content", "id" */
	int line;            /* of the file; 0 for the id */
	const char *snippet; /* up to sixteen words; hits between \2 and \3 */
} pv_prompt_match;

/* Matches by the order of the file; lent. */
typedef struct pv_prompt_matches {
	const pv_prompt_match *items;
	size_t count;
} pv_prompt_matches;

/* Used by one thread at a time. */
typedef struct pv_prompt_search pv_prompt_search;

/*
 * Reads what is looked for: words that must all be there, "phrases", pre*, OR,
 * NOT or -, (groups), and id: name: description: goal: tags: text: before one of
 * them. Words are those that `git pv history search` finds: without case and
 * diacritics. `field` (NULL: all) is one of these names, or the path of a text,
 * which all that lies below belongs to. PV_EINVALID with the column of what
 * does not read, PV_ELIMIT, PV_EDB, PV_ENOMEM. The caller frees it.
 */
PV_API int pv_prompt_search_new(pv_prompt_search **out, const char *words,
				const char *field, pv_error *err);

/* NULL is accepted. */
PV_API void pv_prompt_search_free(pv_prompt_search *search);

/*
 * Looks into a prompt file: the matches are lent until the next call, none when
 * it does not fit. Of a file that is no YAML, the whole is its text. PV_ENOMEM.
 */
PV_API int pv_prompt_search_text(pv_prompt_matches *out,
				 pv_prompt_search *search, const char *id,
				 const char *text, size_t len, pv_error *err);

/* A version that fits; lent for the call. */
typedef struct pv_version_hit {
	const char *id;
	const pv_version_info *version; /* as pv_version_index_latest's */
	pv_prompt_matches matches;
} pv_version_hit;

/* Where versions are looked for. */
typedef struct pv_version_scope {
	pv_store *store;
	const pv_settings *settings;
	pv_git_rows *rows; /* tell where words are; may be NULL */
} pv_version_scope;

/*
 * Looks into each version that pv_version_list_load would list of any prompt,
 * removed ones too, by id and highest first, until `fn` returns non-zero, which
 * becomes the result. The rows get the tags that they lack first; what they
 * cannot tell is read, so that only the time depends on them. PV_EGIT, PV_ENOTFOUND, PV_EIO, PV_ENOMEM.
 */
PV_API int pv_prompt_search_versions(pv_prompt_search *search,
				     const pv_version_scope *scope,
				     int (*fn)(const pv_version_hit *hit,
					       void *payload),
				     void *payload, pv_error *err);

/*
 * Adds what the rows lack of the words of all versions, or makes that anew:
 * `*count_out` texts are known then. PV_ELOCKED, PV_EIO, PV_EDB, PV_EGIT,
 * PV_ENOTFOUND, PV_ENOMEM.
 */
PV_API int pv_git_rows_add_texts(size_t *count_out, pv_git_rows *rows,
				 pv_store *store, const pv_settings *settings,
				 const pv_git_rows_refresh *how, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
