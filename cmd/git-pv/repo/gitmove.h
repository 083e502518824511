/* SPDX-License-Identifier: MIT
 *
 * Moving the working tree through the git program: merge, revert, switch. Git
 * does it so that filters, hooks, sparse checkouts and rerere behave as ever;
 * here the semantic merge driver is wired for the one call where `install`
 * has not done it, and the outcome is read off the repository, not off git's
 * words, which may be in any language.
 */
#ifndef PV_CMD_GITMOVE_H
#define PV_CMD_GITMOVE_H

#include "cli.h"

#include "base/str.h"

/* A run of git; `{ 0 }` at first, release it with git_move_dispose. */
typedef struct git_move {
	pv_strlist args; /* behind "git" */
	int interactive; /* an editor may open: git keeps the terminal */
	int is_of_refs;  /* the files stay, so who has the index may keep it */
	int is_switch;   /* the branch stays where it is */
	int concludes; /* what is staged becomes a commit, through pre-commit */
	pv_oid target; /* whose files git brings; hex "": nobody knows */
	pv_oid before; /* HEAD's commit; hex "" when unborn */
	pv_oid after;
	int status;          /* git's exit status */
	size_t was_unmerged; /* paths in conflict before */
	size_t unmerged;     /* and afterwards */
	int is_due;          /* git failed with what it would commit staged */
	int is_prepared;     /* and it was git that staged it */
	int is_unwritten;    /* a merge that git could not even stage */
	int is_empty;        /* git found nothing to commit */
	int is_replayed;     /* rerere settled and staged all that conflicted */
	pv_strlist dirty;    /* files the user had changed before */
	pv_buf talk;         /* what git said on standard error, with --json */
} git_move;

/* Adds an argument. PV_ENOMEM. */
int git_move_arg(git_move *move, pv_cli *cli, const char *arg);

/*
 * Adds a branch or revision. A branch that has a tag of its name becomes
 * "heads/NAME": git would take the tag, or refuse to choose.
 */
int git_move_rev(git_move *move, pv_cli *cli, const char *name);

/* Whether git would not take `name` for the branch it is. */
int git_move_is_ambiguous(pv_cli *cli, const char *name);

/*
 * Runs git. Its talk goes where talk goes; with --json it is kept back, for
 * standard output belongs to the document. PV_OK whatever git's status.
 */
int git_move_run(git_move *move, pv_cli *cli);

/*
 * 1 when git stopped at a conflict; not when it refused to start because of
 * conflicts that were there.
 */
int git_move_is_conflict(const git_move *move);

/*
 * Before --continue: whether what is staged may be committed, as `git pv
 * commit` sees it. PV_ECONFLICT for unmerged files, PV_ESCHEMA for prompts
 * that do not load or still have conflict markers.
 */
int git_move_check_staged(pv_cli *cli);

/*
 * PV_EGIT in git's own words where they were kept, with a hint: the one given
 * or, where git stopped in the middle, how to undo what it did.
 */
int git_move_fail(const git_move *move, pv_cli *cli, const char *hint);

/*
 * The same where all that was left was to commit, which a hook refused:
 * PV_EPOLICY, as for a commit. What it said is passed on whole. PV_ECONFLICT
 * where git stopped for the user to look at what rerere made.
 */
int git_move_refuse(git_move *move, pv_cli *cli, const char *hint);

/* Whether HEAD is elsewhere now, whatever git's exit status says. */
int git_move_is_done(const git_move *move);

/*
 * After a move that was made and reported: `rc`, or the failure of a git that
 * could not tell all of it, or do what comes after.
 */
int git_move_end(const git_move *move, pv_cli *cli, int rc);

void git_move_dispose(git_move *move);

/*
 * Writes `conflicts`, an array with an element per field both sides changed,
 * {id, path, field, base, ours, theirs}; `field` is "" where the conflict
 * is of whole files or between neighbouring lines.
 */
int git_move_conflicts_json(pv_jsonw *w, pv_cli *cli);

/*
 * The same for people, with the next commands as hints; `verb` is what goes
 * on, NULL when only a commit is to be made.
 */
int git_move_conflicts_text(pv_cli *cli, const char *verb);

#endif
