/* SPDX-License-Identifier: MIT
 *
 * What somebody remembers of commits, so that a walk need not read them: the
 * index lends it to a store. A fact is never a guess: a commit that is known
 * is known with its parents and all that differs from each of them below the
 * folders that are covered, and so are all its ancestors. What is not known,
 * or cannot be read, is asked of git: only the time tells the difference.
 */
#ifndef PV_STORE_PATH_FACTS_H
#define PV_STORE_PATH_FACTS_H

#include <pv/store.h>

#include "base/str.h"

enum {
	PV_RAW_ID = 20 /* bytes of an object's name */
};

/* A commit without its words. */
typedef struct pv_commit_fact {
	int64_t date; /* the committer's, seconds */
	unsigned char tree[PV_RAW_ID];
	const unsigned char *parents; /* PV_RAW_ID bytes each, lent for now */
	size_t parent_count;
} pv_commit_fact;

/* That a commit has something else at a path than one of its parents. */
typedef struct pv_path_fact {
	unsigned char commit[PV_RAW_ID];
	uint32_t parent; /* its number; 0 also for a commit without any */
	int is_new;      /* the parent has no file there */
	int is_mode;     /* the mode alone is another */
	uint32_t mode;   /* what the commit has; 0 for nothing */
	unsigned char id[PV_RAW_ID];
} pv_path_fact;

typedef int pv_path_fact_fn(const char *path, const pv_path_fact *fact,
			    void *payload);

/* Each answers 1 for known, 0 for not known, or PV_ENOMEM. */
typedef struct pv_path_facts {
	void *payload;
	int (*commit)(pv_commit_fact *out, void *payload,
		      const unsigned char *id);
	/* All of a path, in no certain order; `fn` gives PV_OK or PV_ENOMEM. */
	int (*path)(void *payload, const char *path, pv_path_fact_fn *fn,
		    void *fn_payload);
	/* All of all known commits at or below a folder. */
	int (*all)(void *payload, const char *dir, pv_path_fact_fn *fn,
		   void *fn_payload);
} pv_path_facts;

/* Lends facts to a store, or takes them away with NULL; not owned. */
void pv_store_set_facts(pv_store *store, const pv_path_facts *facts);

/* The bytes of an id; PV_EINVALID for hex "". */
int pv_raw_id(unsigned char out[PV_RAW_ID], const pv_oid *oid);

/* A commit that nobody knows yet, told after all of its parents. */
typedef struct pv_new_commit {
	unsigned char id[PV_RAW_ID];
	pv_commit_fact fact;
} pv_new_commit;

typedef struct pv_fact_maker {
	const char *const *dirs; /* the folders covered */
	size_t dir_count;
	int is_first; /* nothing is known: the facts need not be asked */
	void *payload;
	/* The commit, then what it changed. Non-zero ends it all. */
	int (*commit)(const pv_new_commit *commit, void *payload, pv_error *err);
	int (*change)(const char *path, const pv_path_fact *fact, void *payload,
		      pv_error *err);
	/* Before the first: how many there are. */
	int (*begin)(size_t count, void *payload, pv_error *err);
} pv_fact_maker;

/*
 * PV_EUNSUPPORTED where grafts, a shallow boundary or replaced objects give
 * commits other parents than they name: there facts are not used. PV_EIO,
 * PV_ENOMEM.
 */
int pv_store_check_facts(pv_store *store, pv_error *err);

/*
 * Tells all commits that are reachable from `tips` and that the store's facts
 * do not know. A tip that is no commit is passed over. As above, PV_EGIT, PV_ENOTFOUND
 * for objects that are missing, PV_ECANCELED, PV_ENOMEM, or what a callback
 * gave.
 */
int pv_store_make_facts(pv_store *store, const pv_oid *tips, size_t tip_count,
			const pv_fact_maker *maker, pv_error *err);

#endif
