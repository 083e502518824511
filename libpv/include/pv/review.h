/* SPDX-License-Identifier: MIT
 *
 * Reviews: what people said of a change before it was merged or deployed. A
 * review is a chain of commits at refs/pv/reviews/<xx>/<id>, one event each,
 * which is only ever added to; its id is that of the commit that opened it.
 * Chains that grew apart in two clones are joined, and whoever has the same
 * events sees the same review: they are ordered by their Lamport time, then
 * by the ids of their commits, whatever clocks say.
 */
#ifndef PV_REVIEW_H
#define PV_REVIEW_H

#include <pv/version.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PV_REVIEW_REFS "refs/pv/reviews/"

enum pv_review_kind {
	PV_REVIEW_OPENED,
	PV_REVIEW_REVISED,   /* another commit is to be reviewed */
	PV_REVIEW_COMMENTED, /* also as an answer to a comment */
	PV_REVIEW_RESOLVED,  /* a comment */
	PV_REVIEW_APPROVED,
	PV_REVIEW_REJECTED,  /* changes are asked for */
	PV_REVIEW_WITHDRAWN, /* the author's own vote */
	PV_REVIEW_MERGED,
	PV_REVIEW_CLOSED
};

/* The name an event has in JSON: "opened", "changes-requested"; static. */
PV_API const char *pv_review_kind_name(enum pv_review_kind kind);

/* A prompt as it is voted on. */
typedef struct pv_review_subject {
	const char *id;
	pv_oid blob;         /* hex "" where the change removes it */
	const char *closure; /* "" likewise */
} pv_review_subject;

/*
 * Where an event was brought in from: whoever made it only passes on what
 * somebody else has said in another program, so it is no vote of anybody.
 */
typedef struct pv_review_origin {
	const char *system; /* "git-appraise" */
	const char *key;    /* what it is known by there */
	const char *by;     /* who said it, in that program's words */
	int64_t at;         /* seconds since the epoch; 0: not known */
} pv_review_origin;

/* One event. Texts that it does not have are NULL, ids have the hex "". */
typedef struct pv_review_event {
	enum pv_review_kind kind;
	const char *title;       /* opened */
	const char *text;        /* what was said */
	const char *source;      /* opened: the branch */
	const char *target;      /* opened: the branch it is for */
	const char *environment; /* opened: a released version for there */
	const char *prompt;      /* commented; opened for an environment */
	const char *version;     /* opened for an environment */
	const char *field;       /* commented: "messages[0].content" */
	const char *quote;       /* commented: the sentence */
	const char *comment;     /* the event answered or resolved */
	const char *method;      /* merged: "merge", "squash", "rebase", ... */
	int line;                /* commented: in the field; 0: none */
	pv_oid head;             /* the commit that it is about */
	pv_oid base;             /* opened, revised: what it is compared with */
	pv_oid commit;           /* merged: what brought it */
	const char *const *reviewers; /* opened: who is asked */
	size_t reviewer_count;
	const pv_review_subject *subjects; /* of a vote, by id */
	size_t subject_count;
	const pv_review_origin *origin; /* NULL: it is of here */
	/* Of one that was read: */
	pv_oid oid;
	const char *by; /* "Name <mail>" */
	int64_t at;     /* seconds since the epoch */
	int64_t lamport;
} pv_review_event;

/* Who said it, and when: of what was brought in, not whoever did that. Lent. */
PV_API const char *pv_review_said_by(const pv_review_event *event);
PV_API int64_t pv_review_said_at(const pv_review_event *event);

enum pv_review_state {
	PV_REVIEW_IS_OPEN,
	PV_REVIEW_IS_APPROVED, /* somebody approved, nobody asks for changes */
	PV_REVIEW_IS_REJECTED,
	PV_REVIEW_IS_MERGED,
	PV_REVIEW_IS_CLOSED
};

/* "open", "approved", "changes-requested", "merged", "closed"; static. */
PV_API const char *pv_review_state_name(enum pv_review_state state);

/*
 * What somebody says of the change, last of all. One with an origin is told,
 * and changes neither the state nor a vote that was made here.
 */
typedef struct pv_review_vote {
	const pv_review_event *event; /* approved or rejected */
	int is_current;               /* it is of the head to review now */
	int is_counted; /* current, and of here; a policy may take it back */
} pv_review_vote;

typedef struct pv_review_comment {
	const pv_review_event *event;
	const pv_review_event *resolved; /* NULL: it is not */
} pv_review_comment;

/* A review as its events make it. All is lent until it is freed. */
typedef struct pv_review {
	char id[41];
	pv_oid tip;
	enum pv_review_state state;
	const pv_review_event *opened;
	pv_oid head; /* what is to be reviewed now */
	pv_oid base;
	const pv_review_event *end; /* merged or closed; NULL while it is open */
	pv_review_event *const *events; /* in their order */
	size_t event_count;
	size_t unknown_count; /* what this program does not understand */
	pv_review_vote *votes;
	size_t vote_count;
	pv_review_comment *comments;
	size_t comment_count;
	int64_t lamport; /* of the last event */
	struct pv_review_chain *chain;
} pv_review;

/*
 * Reads the review of an id, or of the start of one, at least 4 hex digits.
 * PV_ENOTFOUND (id "review-not-found"), PV_EAMBIGUOUS, PV_EINVALID for a chain
 * that no review begins, PV_ELIMIT beyond 10,000 events, PV_EGIT. The caller
 * frees it.
 */
PV_API int pv_review_load(pv_review **out, pv_store *store, const char *id,
			  pv_error *err);

/* The same of a full id and the commit that its chain ends in. */
PV_API int pv_review_read(pv_review **out, pv_store *store, const char *id,
			  const pv_oid *tip, pv_error *err);

/*
 * Finds the state anew where a policy took `is_counted` back from votes: what
 * is counted of nobody does not approve. Without that it is the state already.
 */
PV_API void pv_review_settle(pv_review *review);

/*
 * Calls `fn` with "Name <mail>" of the author of each commit that `head` has
 * and `base` has not (hex "": all of them), until it returns non-zero, which
 * becomes the result. PV_ENOTFOUND, PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_review_each_author(pv_store *store, const pv_oid *head,
				 const pv_oid *base,
				 int (*fn)(const char *person, void *payload),
				 void *payload, pv_error *err);

/* Frees a review; NULL is accepted. */
PV_API void pv_review_free(pv_review *review);

/*
 * Calls `fn` with the id and the tip of each review, by id, until it returns
 * non-zero, which becomes the result. PV_EIO, PV_ENOMEM.
 */
PV_API int pv_review_each(pv_store *store,
			  int (*fn)(const char *id, const pv_oid *tip,
				    void *payload),
			  void *payload, pv_error *err);

/*
 * Opens a review by an event that is PV_REVIEW_OPENED; `id_out` is the new id.
 * The commit to be reviewed is kept alive by the chain. It is signed as
 * commits are. PV_EINVALID for an event that lacks what its kind needs or a
 * text that is not UTF-8, PV_ENOTFOUND for a head that is not there, and the
 * errors of pv_store_commit_lone.
 */
PV_API int pv_review_open(char id_out[41], pv_store *store,
			  const pv_review_event *event, pv_error *err);

/*
 * Adds an event to a review, on top of what others add meanwhile. Errors as
 * pv_review_open and pv_review_load; PV_ECONFLICT when it never succeeds.
 */
PV_API int pv_review_add(pv_oid *out, pv_store *store, const char *id,
			 const pv_review_event *event, pv_error *err);

/* What became of a review when it met another state of itself. */
enum pv_review_union {
	PV_REVIEW_SAME,  /* it had all of it */
	PV_REVIEW_NEW,   /* it was not known */
	PV_REVIEW_AHEAD, /* it was behind, and is the other one now */
	PV_REVIEW_JOINED /* both had what the other lacked */
};

/*
 * Takes the events of the chain that ends in `theirs` into the review here.
 * Both clones make the same commit of the same two tips. PV_EINVALID when that
 * chain is no review of this id, else as pv_review_add.
 */
PV_API int pv_review_unite(enum pv_review_union *out, pv_store *store,
			   const char *id, const pv_oid *theirs, pv_error *err);

typedef struct pv_review_subjects {
	pv_review_subject *items; /* by id */
	size_t count;
	struct pv_review_subjects_memory *memory;
} pv_review_subjects;

/*
 * The prompts that a change is about: those that are not the same at `base`
 * and at `head`, or of which anything is not that they depend on. PV_ENOTFOUND,
 * PV_ESYNTAX, PV_ELIMIT, PV_EGIT. The caller disposes it.
 */
PV_API int pv_review_subjects_load(pv_review_subjects *out, pv_store *store,
				   const pv_settings *settings,
				   const pv_oid *base, const pv_oid *head,
				   pv_error *err);

/* Frees what it holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_review_subjects_dispose(pv_review_subjects *subjects);

/* 1 when a vote was for exactly these prompts, with all they depend on. */
PV_API int pv_review_vote_holds(const pv_review_vote *vote,
				const pv_review_subject *subjects, size_t count);

/* A text that a comment can be about. */
typedef struct pv_review_text {
	const char *ptr;
	size_t len;
} pv_review_text;

/*
 * The line of `now`, from 1, on which a sentence is, also when it was wrapped
 * anew or some of its words have changed; of several places that are as like it
 * the nearest to `line`. `before` is the text that the sentence was in, NULL
 * when that is not known: what is more like another sentence of it is not
 * meant. 0 when nothing of it is left.
 */
PV_API int pv_review_place(const pv_review_text *now,
			   const pv_review_text *before, const char *quote,
			   int line);

/* Appends the sentence that is on a line of a text; nothing for no such line. */
PV_API void pv_review_quote(pv_buf *out, const char *text, size_t len, int line);

#ifdef __cplusplus
}
#endif

#endif
