/* SPDX-License-Identifier: MIT
 *
 * The configuration of a store, in git's order of precedence: system, XDG,
 * user, repository, working tree, then the command line and GIT_CONFIG_*.
 * Which files those are comes from the injected environment.
 */
#ifndef PV_STORE_CONFIG_H
#define PV_STORE_CONFIG_H

#include <git2/sys/config.h>

#include "store/handle.h"

/* What a configuration backend of libgit2 hands out, which 1.9 wrapped. */
#if pv_libgit2_is(9)
typedef git_config_backend_entry pv_config_entry;
# define pv_config_entry_of(item) (&(item)->entry)
#else
typedef git_config_entry pv_config_entry;
# define pv_config_entry_of(item) (item)
#endif

/*
 * Two levels that libgit2 1.5 has no name for. It orders levels by number,
 * so the working tree's file sits above the repository's and the command
 * line above both; what git has as defaults sits below everything.
 */
enum {
	PV_CONFIG_DEFAULTS = GIT_CONFIG_LEVEL_PROGRAMDATA,
	PV_CONFIG_WORKTREE = GIT_CONFIG_LEVEL_APP,
	PV_CONFIG_COMMAND = GIT_CONFIG_LEVEL_APP + 1
};

/* Keys and values in order; NULL for a value means "true by presence". */
typedef struct pv_config_list {
	pv_config_entry *items;
	size_t count;
	size_t cap;
	int owners; /* backends and snapshots that share the list */
} pv_config_list;

/*
 * Lower-cases section and name, keeping the subsection between the first and
 * the last dot. 0 when it is no key at all.
 */
int pv_config_key_fold(char *key);

/* Appends copies; the key is brought into git's canonical form. */
int pv_config_list_add(pv_config_list *list, const char *key, const char *value,
		       pv_error *err);
void pv_config_list_free(pv_config_list *list);

/* Adds a list to `config` at a level; the list is taken on success only. */
int pv_config_add_list(git_config *config, pv_config_list *list, int level,
		       pv_error *err);

/* Reads GIT_CONFIG_COUNT and GIT_CONFIG_PARAMETERS into `out`. */
int pv_config_parse_env(pv_config_list *out, const pv_store *store,
			pv_error *err);

/*
 * Creates store->config with the protected levels: those that whoever runs
 * the program controls, and that may say which repositories are trusted.
 */
int pv_config_open(pv_store *store, pv_error *err);

/* Adds what git has without any file, below all levels. */
int pv_config_add_defaults(git_config *config, const pv_store *store,
			   pv_error *err);

/*
 * What git makes of the files; NULL where `files`, which is what libgit2 makes
 * of them, is good enough, or store->start is not set yet. PV_EGIT with git's
 * words.
 */
int pv_config_ask_git(git_config **out, pv_store *store, git_config *files,
		      pv_error *err);

/* Asks git where it has to be asked, from now on; the last step of opening. */
int pv_config_settle(pv_store *store, const char *start, pv_error *err);

/* Adds the repository's own file. */
int pv_config_add_local(pv_store *store, pv_error *err);

/*
 * Keeps what is set now: libgit2 would look whether a file has changed before
 * each answer, and commands ask for dozens of values. What git changes when it
 * is run through the store is seen. PV_EGIT.
 */
int pv_config_freeze(pv_store *store, pv_error *err);

/* The same again; what cannot be read stays as it was. */
void pv_config_renew(pv_store *store);

/*
 * zlib's level under `key`, else under core.compression, else `fallback`;
 * what is no level is passed over.
 */
int pv_config_compression(const pv_store *store, const char *key, int fallback);

/* Adds config.worktree, when the repository says that it has one. */
int pv_config_add_worktree(pv_store *store, pv_error *err);

#endif
