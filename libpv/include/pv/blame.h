/* SPDX-License-Identifier: MIT
 *
 * Who wrote which sentence of a prompt, and when. Sentences of texts and other
 * values as a whole are followed back through the commits that touched the
 * prompt, by their words: wrapping, indenting, quoting and moving a message
 * change nothing. Renames are followed, those of `git pv mv` and those git
 * detects.
 */
#ifndef PV_BLAME_H
#define PV_BLAME_H

#include <pv/diff.h>
#include <pv/store.h>
#include <pv/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A part of a prompt and the commit that brought it. */
typedef struct pv_blame_row {
	const char *field; /* "messages[0].content"; "" where it is no YAML */
	size_t sentence;   /* of the field, from 1; 0 for a whole value */
	const char *text;  /* as the field's value has it, NUL-terminated */
	size_t text_len;
	pv_oid commit;    /* hex "" when it is not committed yet */
	pv_oid blob;      /* of the prompt in that commit; "" likewise */
	const char *path; /* the file's there */
} pv_blame_row;

/* What to blame. */
typedef struct pv_blame_query {
	const char *path;   /* of the file, where it ends */
	const char *field;  /* this field and what is below it; NULL: all */
	const pv_oid *tips; /* one commit, or those uncommitted work is on */
	size_t tip_count;
	const char *text; /* the uncommitted text; NULL: as the commit has it */
	size_t text_len;
} pv_blame_query;

typedef struct pv_blame pv_blame;

/*
 * Blames each part of a prompt. As in `git blame` the first commit that can
 * have brought a part, going back, is its author; a merge passes on what any
 * of its parents has. A revision that is no YAML is compared as plain text.
 * PV_ENOTFOUND when the commit lacks the file or the text the field,
 * PV_EINVALID without a commit and a text, PV_EGIT, PV_ELIMIT, PV_ENOMEM. The
 * caller frees the blame.
 */
PV_API int pv_blame_new(pv_blame **out, pv_store *store,
			const pv_settings *settings,
			const pv_blame_query *query, pv_error *err);

/* Frees a blame; NULL is accepted. */
PV_API void pv_blame_free(pv_blame *blame);

/* The parts in the order of the text. */
PV_API size_t pv_blame_count(const pv_blame *blame);
PV_API const pv_blame_row *pv_blame_at(const pv_blame *blame, size_t idx);

/* What to look for in the history of a prompt. */
typedef struct pv_field_query {
	pv_oid start;
	const char *path;   /* of the file at the start */
	const char *field;  /* its path at the start; NULL: the whole file */
	const char *phrase; /* changes of how often it occurs; or NULL */
} pv_field_query;

/* A commit that changed the field, or how often it has the phrase. */
typedef struct pv_field_commit {
	pv_oid commit;
	pv_oid blob;
	const char *path;         /* the file's there */
	size_t count;             /* how often it has the phrase */
	enum pv_change_kind kind; /* of the field; added or removed: phrases */
} pv_field_commit;

/*
 * Walks the commits that changed one field of a prompt, youngest first,
 * calling `fn` until it returns non-zero, which becomes the result. A message
 * is followed by what it is, not by its number, and the file under its former
 * names; a merge counts when it is unlike all of its parents. With `phrase`
 * it is the commits that have it more or less often than their parents, in
 * the field or anywhere: blanks and line ends are one. PV_ENOTFOUND when
 * there is no such file or field at the start, PV_EINVALID for a phrase of
 * blanks, PV_EGIT, PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_field_walk(pv_store *store, const pv_settings *settings,
			 const pv_field_query *query,
			 int (*fn)(const pv_field_commit *row, void *payload),
			 void *payload, pv_error *err);

/* A commit in the history of a prompt. */
typedef struct pv_history_commit {
	pv_oid commit;
	pv_oid blob;      /* hex "" when the commit removed the prompt */
	const char *path; /* the file's there */
} pv_history_commit;

/*
 * As pv_history_walk, but through the renames that `git pv mv` recorded: where
 * a commit gave the prompt its name, and at a merge with a side that has it
 * under a former one still, the walk goes on under that. No commit comes twice,
 * and they come in git's order. `hide` is not supported: PV_EINVALID.
 */
PV_API int pv_history_follow(pv_store *store, const pv_settings *settings,
			     const pv_history_query *query,
			     int (*fn)(const pv_history_commit *row,
				       void *payload),
			     void *payload, pv_error *err);

/* Where a file comes from; hex "" and 0 for what is not known. */
typedef struct pv_origin {
	pv_oid first;       /* the commit that brought it */
	int64_t first_date; /* the committer's, seconds since 1970 */
	pv_oid last; /* the commit that `git log -1 START -- path` shows */
	int64_t last_date;
	int is_hidden; /* by the boundary of a shallow clone: `first` */
} pv_origin;

/*
 * Finds for each path, one or all in a walk, which commit of its history, as
 * pv_history_follow has it, changed it last and which brought it: the oldest
 * of those that have it and no parent has, renames that `git pv mv` recorded
 * aside. `out` has as many places as there are paths. PV_ENOTFOUND, PV_EGIT, PV_ECANCELED,
 * PV_ENOMEM.
 */
PV_API int pv_history_origins(pv_origin *out, pv_store *store,
			      const pv_settings *settings,
			      const pv_last_query *query, pv_error *err);

/* A file that a commit has where a parent of it has nothing. */
typedef struct pv_former_query {
	const pv_oid *commit;
	const pv_oid *parent;
	const char *path; /* in the commit */
} pv_former_query;

/*
 * Appends the path under which the parent has the file; nothing when it is
 * new. The trailer Pv-Renamed-From of the commit comes first, then a file that
 * is gone with the same bytes, then the most similar one, half of its lines at
 * least. PV_EGIT, PV_ELIMIT, PV_ENOMEM.
 */
PV_API int pv_former_path(pv_buf *out, pv_store *store,
			  const pv_settings *settings,
			  const pv_former_query *query, pv_error *err);

/* A prompt that only one of two states has. */
typedef struct pv_lone_prompt {
	const char *path;
	pv_oid blob; /* hex "" when it is not known without reading */
} pv_lone_prompt;

/* One of the two states, and what only it has. */
typedef struct pv_lone_prompts {
	pv_point at;
	const pv_lone_prompt *items;
	size_t count;
} pv_lone_prompts;

/*
 * Which prompts were moved: sets `from_out`, which has room for each prompt
 * that only `after` has, to 1 + the index of what it was in `before`, or to 0.
 * The trailers Pv-Renamed-From of the commits between the two states come
 * first, read in both directions, then what `git diff -M` would find. PV_EGIT,
 * PV_ECANCELED, PV_ENOMEM.
 */
PV_API int pv_moves_find(size_t *from_out, pv_store *store,
			 const pv_settings *settings,
			 const pv_lone_prompts *before,
			 const pv_lone_prompts *after, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
