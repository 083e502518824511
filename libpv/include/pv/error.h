/* SPDX-License-Identifier: MIT
 *
 * Errors. Every function that can fail returns 0 (PV_OK) or a negative
 * `enum pv_code`, and takes a `pv_error *err` as its last parameter. The
 * caller owns the error, usually on its stack; NULL means "the code is
 * enough". It is written on failure only, by the function that detected the
 * failure, and passed up unchanged.
 *
 * A code says what a caller can do; an id (`enum pv_error_id`) says what
 * happened, finely enough for scripts. One table maps ids to codes, names,
 * exit statuses and HTTP statuses, and every front end uses it.
 */
#ifndef PV_ERROR_H
#define PV_ERROR_H

#include <pv/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Negative results. Each is something a caller reacts to differently. */
enum pv_code {
	PV_OK = 0,
	PV_ENOMEM = -1,   /* an allocation failed; nothing was changed */
	PV_EINVALID = -2, /* a malformed argument, id, path or value */
	PV_ENOTFOUND = -3,
	PV_EEXISTS = -4,
	PV_EAMBIGUOUS = -5, /* a short name fits more than one thing */
	PV_ECONFLICT = -6,  /* a merge conflict, or a lost compare-and-swap */
	PV_ESYNTAX = -7,    /* YAML or template text does not parse */
	PV_ESCHEMA = -8,    /* data does not fit its JSON Schema */
	PV_ERENDER = -9,
	PV_EIO = -10,
	PV_EGIT = -11, /* libgit2 or the git program refused */
	PV_EDB = -12,
	PV_ENET = -13,
	PV_EAUTH = -14,
	PV_ELIMIT = -15, /* a documented limit was reached */
	PV_ECANCELED = -16,
	PV_EPOLICY = -17, /* a gate or rule of the repository said no */
	PV_ELOCKED = -18, /* somebody else holds the lock */
	PV_EUNSUPPORTED = -19
};

/* Rows of the error table. Names are stable: scripts match them. */
enum pv_error_id {
	PV_ERR_INTERNAL = 0,
	PV_ERR_INVALID,
	PV_ERR_USAGE,
	PV_ERR_NOT_FOUND,
	PV_ERR_PROMPT_NOT_FOUND,
	PV_ERR_VERSION_NOT_FOUND,
	PV_ERR_EXPERIMENT_NOT_FOUND,
	PV_ERR_ENVIRONMENT_NOT_FOUND,
	PV_ERR_REVIEW_NOT_FOUND,
	PV_ERR_NOT_A_REPOSITORY,
	PV_ERR_AMBIGUOUS,
	PV_ERR_EXISTS,
	PV_ERR_SYNTAX,
	PV_ERR_RENDER,
	PV_ERR_MISSING_VARIABLE,
	PV_ERR_VALIDATION,
	PV_ERR_SCHEMA,
	PV_ERR_CONFLICT,
	PV_ERR_POLICY,
	PV_ERR_LOCKED,
	PV_ERR_LIMIT,
	PV_ERR_IO,
	PV_ERR_GIT,
	PV_ERR_DB,
	PV_ERR_NET,
	PV_ERR_AUTH,
	PV_ERR_CANCELED,
	PV_ERR_UNSUPPORTED,
	PV_ERR_COUNT
};

typedef struct pv_error {
	int code;          /* enum pv_code */
	int id;            /* enum pv_error_id */
	int line;          /* 1-based, 0 when the error has no place */
	int column;        /* 1-based, in code points */
	char source[128];  /* file, spec or template name; may be empty */
	char message[256]; /* lower case, one line, no final period */
	char hint[160];    /* what to do about it; may be empty */
} pv_error;

/* One row of the error table. */
typedef struct pv_error_row {
	const char *name; /* "prompt-not-found"; the `code` of JSON errors */
	int code;         /* enum pv_code */
	int exit_status;  /* of the command line program */
	int http_status;  /* of the server */
} pv_error_row;

/*
 * The table's row for `id`. Never NULL: an id out of range gives the row of
 * PV_ERR_INTERNAL. The row is static.
 */
PV_API const pv_error_row *pv_error_table(int id);

/*
 * Clears `err` (NULL allowed), so that a caller can tell "never written"
 * (code 0) from a failure.
 */
PV_API void pv_error_clear(pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
