/* SPDX-License-Identifier: MIT
 *
 * The inside of a store, shared by the files of this folder and by nobody
 * else: it is the only place that includes <git2.h>.
 */
#ifndef PV_STORE_HANDLE_H
#define PV_STORE_HANDLE_H

#include <pv/store.h>

#include <git2.h>

#include "store/object/sha1.h"

/* libgit2 1.9 took a few things out of its main headers. */
#define pv_libgit2_is(minor) \
 (LIBGIT2_VER_MAJOR > 1 ||   \
  (LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR >= (minor)))
#if pv_libgit2_is(9)
# include <git2/sys/errors.h>
#endif

/* Tells one state of the index file from another. */
typedef struct pv_index_stamp {
	int is_known;    /* it has been looked at */
	int64_t seconds; /* when the file was written; 0 without one */
	int64_t nanoseconds;
	uint64_t inode;
	uint64_t size;
} pv_index_stamp;

/* How the repository's file system is made to keep things, see durable.h. */
enum pv_durability {
	PV_DURABLE_UNKNOWN,  /* not looked at yet */
	PV_DURABLE_EACH,     /* each file is synced */
	PV_DURABLE_IN_ORDER, /* a synced file takes the earlier ones along */
	PV_DURABLE_NOTHING   /* the user wants no waiting */
};

/* What core.sharedRepository does with permissions, see shared_mode.h. */
enum pv_sharing {
	PV_SHARING_UNKNOWN, /* not looked up yet */
	PV_SHARING_NONE,
	PV_SHARING_ADDS,
	PV_SHARING_REPLACES
};

enum {
	PV_UNSYNCED_MAX = 64
};

struct pv_store {
	pv_trace trace; /* as in the options */
	git_repository *repo;
	git_config *config; /* all levels, as they were found; see config.h */
	git_config *config_files; /* the same, looking at the files each time */
	char *start; /* where it was looked for; NULL until it is open */
	int is_config_asked; /* git is being asked for the configuration */
	char *git_dir;
	char *common_dir;
	char *objects_dir;          /* the common folder's, or as git says */
	char *work_dir;             /* NULL when bare */
	char *index_file;           /* GIT_INDEX_FILE made absolute, or NULL */
	pv_index_stamp index_stamp; /* of what is loaded */
	struct pv_index_map *index; /* NULL while not loaded */
	int is_index_lent;          /* parts of it to libgit2 */
	struct pv_path_memo *path_memo;     /* of path_chain.c, while in use */
	const struct pv_path_facts *facts;  /* lent, or NULL */
	int has_packs;                      /* there is a folder for them */
	struct pv_packs *packs;             /* NULL until a walk reads one */
	struct pv_raw_objects *raw_objects; /* loose ones read last, or NULL */
	struct pv_packed_refs *packed_refs; /* as last seen, or NULL */
	enum pv_durability durability;
	int unsynced[PV_UNSYNCED_MAX]; /* objects' files, open, of durable.c */
	size_t unsynced_count;
	enum pv_sharing sharing;
	unsigned shared_mode;
	int has_loose_level;
	int loose_level; /* of compression */
	int is_explicit; /* not found from its top: git must be told, too */
	const char *(*env)(const char *name, void *payload); /* may be NULL */
	void *payload;
	int (*is_canceled)(void *payload); /* may be NULL */
	void *cancel_payload;
};

/* PV_ECANCELED when the caller wants no more of what is being done. */
int pv_store_check_canceled(const pv_store *store, pv_error *err);

/* The value of an environment variable as the caller injected it, or NULL. */
const char *pv_store_env(const pv_store *store, const char *name);

/* The same as a boolean; `fallback` when it is not set or unreadable. */
int pv_store_env_bool(const pv_store *store, const char *name, int fallback);

/*
 * Turns libgit2's last error into ours: `rc` is its code, `doing` a verb
 * phrase, `what` the thing in quotes (may be NULL).
 */
int pv_fail_git(pv_error *err, int rc, const char *doing, const char *what);

/* Starts libgit2; the count of starts, each undone by git_libgit2_shutdown. */
int pv_libgit2_init(pv_error *err);

/*
 * Makes sure that libgit2 is started, for what needs no store. Starting it
 * costs milliseconds, so this one is not undone.
 */
int pv_libgit2_start(pv_error *err);

/* Between hex ids and libgit2's. A pv_oid of ours is always well-formed. */
void pv_oid_from_git(pv_oid *out, const git_oid *oid);
int pv_oid_to_git(git_oid *out, const pv_oid *oid, pv_error *err);

#endif
