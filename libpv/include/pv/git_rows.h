/* SPDX-License-Identifier: MIT
 *
 * What git says of commits and of the files they changed, remembered in a
 * sidecar database, so that the history of a prompt is not searched for again
 * in every tree. It is all derived: it may be deleted at any time, and is
 * never asked whether it is up to date. A commit that it does not know is
 * looked up in git.
 */
#ifndef PV_GIT_ROWS_H
#define PV_GIT_ROWS_H

#include <pv/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Used by the store's thread only. */
typedef struct pv_git_rows pv_git_rows;

typedef struct pv_git_rows_options {
	const char *path;        /* the database file; its folder is made */
	const char *const *dirs; /* whose files are followed, from the top */
	size_t dir_count;
} pv_git_rows_options;

/*
 * Lends the rows to the store until they are freed, which has to be before
 * the store is. Nothing is opened before a walk asks; where there is no
 * database, or it is damaged, in use or about other folders, git is asked.
 * PV_ENOMEM.
 */
PV_API int pv_git_rows_new(pv_git_rows **out, pv_store *store,
			   const pv_git_rows_options *opts, pv_error *err);

/* NULL is accepted. */
PV_API void pv_git_rows_free(pv_git_rows *rows);

/* 1 when there is a database that can be read. */
PV_API int pv_git_rows_exist(pv_git_rows *rows);

/* 1 when there is a database that can be read and lacks HEAD's commit. */
PV_API int pv_git_rows_are_behind(pv_git_rows *rows);

typedef struct pv_git_rows_refresh {
	int is_rebuild; /* forget all and begin anew */
	size_t limit;   /* of commits; 0: none. With more nothing is done */
	int wait_ms;    /* for other writers */
	/* Called now and then with commits done and to do; may be NULL. */
	void (*progress)(size_t done, size_t total, void *payload);
	void *payload;
} pv_git_rows_refresh;

/* What a refresh found. */
typedef struct pv_git_rows_report {
	size_t added;   /* commits */
	size_t missing; /* commits beyond the limit, left to git */
	size_t commits; /* all that are known now */
	size_t paths;
	size_t changes;
} pv_git_rows_report;

/*
 * Adds what HEAD, branches and remote-tracking branches reach and the rows
 * lack, in one transaction: an interrupt or a full disk leaves them as they
 * were. A damaged database, and one about other folders, is begun anew.
 * PV_EUNSUPPORTED for a history that is shallow, grafted or replaced;
 * PV_ELOCKED, PV_EIO, PV_EDB, PV_EGIT, PV_ECANCELED, PV_ENOMEM.
 */
PV_API int pv_git_rows_update(pv_git_rows_report *out, pv_git_rows *rows,
			      const pv_git_rows_refresh *how, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
