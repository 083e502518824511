/* SPDX-License-Identifier: MIT
 *
 * Reviews of git-appraise, which keeps them in git notes: one JSON document on
 * each line, in notes of the commits that are reviewed. A line is read here,
 * by itself; whoever imports them knows which commit it is about. The schemas
 * are those of https://github.com/google/git-appraise, version 0.
 */
#ifndef PV_APPRAISE_H
#define PV_APPRAISE_H

#include <pv/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The notes that a line is of. */
enum pv_appraise_kind {
	PV_APPRAISE_REQUEST, /* refs/notes/devtools/reviews */
	PV_APPRAISE_COMMENT, /* refs/notes/devtools/discuss */
	PV_APPRAISE_CI,      /* refs/notes/devtools/ci */
	PV_APPRAISE_ANALYSIS /* refs/notes/devtools/analyses */
};

enum {
	PV_APPRAISE_KINDS = 4
};

/* The ref of a kind of notes; static. */
PV_API const char *pv_appraise_ref(enum pv_appraise_kind kind);

enum pv_appraise_resolved {
	PV_APPRAISE_UNSAID,
	PV_APPRAISE_RESOLVED, /* of a commit: it is accepted */
	PV_APPRAISE_UNRESOLVED
};

/* One line. Texts that it does not have are NULL, ids have the hex "". */
typedef struct pv_appraise_note {
	enum pv_appraise_kind kind;
	pv_oid key;       /* SHA-1 of the line: what others call it by */
	int64_t at;       /* seconds since the epoch; 0: not told */
	const char *by;   /* who asks, says or ran it */
	const char *text; /* its description */
	/* Requests: */
	const char *source; /* full name of a ref */
	const char *target; /* the same; NULL: the request is abandoned */
	const char *const *reviewers;
	size_t reviewer_count;
	pv_oid base;
	pv_oid alias; /* what the commit became by a rebase */
	/* Comments: */
	pv_oid original; /* the key of the comment that this is better of */
	pv_oid parent;   /* that of the one it answers */
	pv_oid commit;   /* where the place is: */
	const char *path;
	int line; /* 0: none */
	enum pv_appraise_resolved resolved;
	/* Reports of CI and analyses: */
	const char *status;
	const char *url;
	struct pv_appraise_memory *memory;
} pv_appraise_note;

/*
 * Reads a line without its newline. Members that are not known are passed
 * over. PV_EINVALID for what is no JSON object or has a member of another
 * type, PV_EUNSUPPORTED for another version of the schema, PV_ELIMIT beyond a
 * megabyte, PV_ENOMEM. The caller disposes it.
 */
PV_API int pv_appraise_read(pv_appraise_note *out, enum pv_appraise_kind kind,
			    const char *line, size_t len, pv_error *err);

/* Frees what it holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_appraise_note_dispose(pv_appraise_note *note);

#ifdef __cplusplus
}
#endif

#endif
