/* SPDX-License-Identifier: MIT
 *
 * A git repository as libpv sees it: objects, refs, commits, history. The
 * object database and the refs are read and written through libgit2; what git
 * itself must do (hooks, signing, network, gc, and moving a working tree) is
 * done by the git program. A store is used by one thread at a time; threads
 * open one each. The first store initialises libgit2.
 */
#ifndef PV_STORE_H
#define PV_STORE_H

#include <pv/buf.h>
#include <pv/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An object id in lower-case hex; "" stands for none. */
typedef struct pv_oid {
	char hex[41];
} pv_oid;

typedef struct pv_store pv_store;

typedef struct pv_store_options {
	const char *path; /* where to start looking; NULL: "." */
	/* Environment look-up (GIT_DIR, GIT_AUTHOR_NAME, ...); NULL: none. */
	const char *(*env)(const char *name, void *payload);
	void *payload;
	pv_trace trace; /* who is told of each step; nobody when zero */
} pv_store_options;

/*
 * Opens the repository at or above `path`, or the one GIT_DIR and its
 * relatives name. PV_ENOTFOUND (id "not-a-repository"), PV_EUNSUPPORTED for
 * object formats and extensions libgit2 cannot read, PV_EAUTH for a
 * repository of somebody else that is not a safe.directory, PV_EGIT,
 * PV_ENOMEM. The caller frees the store.
 */
PV_API int pv_store_open(pv_store **out, const pv_store_options *opts,
			 pv_error *err);

/* Who is told of the store's steps, lent; for modules with steps of their own. */
PV_API const pv_trace *pv_store_trace(const pv_store *store);

/* Closes a store; NULL is accepted. */
PV_API void pv_store_free(pv_store *store);

/*
 * `is_canceled` is asked between the steps of a commit, and when a signal
 * interrupts the wait for git: non-zero ends what is being done with
 * PV_ECANCELED, everything being put back. It is not asked where it could no
 * longer be told what was done. NULL: nothing is canceled, as at first.
 */
PV_API void pv_store_set_cancel(pv_store *store,
				int (*is_canceled)(void *payload), void *payload);

/* Absolute paths without a final slash; the work dir is NULL when bare. */
PV_API const char *pv_store_git_dir(const pv_store *store);
PV_API const char *pv_store_common_dir(const pv_store *store);
PV_API const char *pv_store_work_dir(const pv_store *store);

/* 1 when there is no working tree. */
PV_API int pv_store_is_bare(const pv_store *store);

/*
 * Appends the value of a git configuration key, `git -c` and GIT_CONFIG_*
 * included, as it was when the store was opened or last ran git.
 * PV_ENOTFOUND when it is not set, PV_EINVALID for a bad key.
 */
PV_API int pv_store_config(pv_buf *out, pv_store *store, const char *key,
			   pv_error *err);

/* The same as a boolean in git's spellings; `fallback` when not set. */
PV_API int pv_store_config_bool(pv_store *store, const char *key, int fallback);

/*
 * Gives a file or folder that was just made in the git folder the permissions
 * that core.sharedRepository asks for; what fails changes nothing.
 */
PV_API void pv_store_share(pv_store *store, const char *path);

/*
 * Appends the names of the remotes that the configuration knows, sorted, a
 * newline behind each. PV_ENOMEM, PV_EGIT.
 */
PV_API int pv_store_remotes(pv_buf *out, pv_store *store, pv_error *err);

/* --- refs ---------------------------------------------------------------- */

/*
 * Where HEAD is: the short name of its branch in `branch` ("" when detached)
 * and its commit (hex "" while the branch is unborn). Either output may be
 * NULL. PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_store_head(pv_buf *branch, pv_oid *commit_out, pv_store *store,
			 pv_error *err);

/*
 * Resolves what a person writes for a commit: HEAD or @, a full ref, a
 * branch, tag or remote branch, or 7 or more hex digits, each followed by any
 * number of ~n and ^n. Tags are peeled. Nothing else of git's revision
 * grammar is understood, so user text is safe here. PV_ENOTFOUND (id
 * "version-not-found"), PV_EAMBIGUOUS, PV_EINVALID.
 */
PV_API int pv_store_resolve(pv_oid *out, pv_store *store, const char *rev,
			    pv_error *err);

/*
 * Whether `name` may be a branch: git's rules, and UTF-8 without invisible
 * characters that does not look like a full id or a full ref. PV_EINVALID.
 */
PV_API int pv_branch_check(const char *name, pv_error *err);

/*
 * Whether the branch `refname`, a full name, may be moved without its files:
 * PV_ECONFLICT when a working tree has it, born or not.
 */
PV_API int pv_branch_check_free(pv_store *store, const char *refname,
				pv_error *err);

/* The id a ref holds (a tag is not peeled). PV_ENOTFOUND. */
PV_API int pv_store_ref(pv_oid *out, pv_store *store, const char *refname,
			pv_error *err);

/*
 * Moves a ref from `expected` to `target` in one step: hex "" as `expected`
 * means it must not exist, as `target` that it is deleted. HEAD and other
 * symbolic refs are followed. A busy lock is waited for briefly. `reflog` is
 * the message, its author the committer. PV_ECONFLICT when the ref holds
 * something else, PV_ELOCKED with the lock's path and age, PV_EEXISTS for a
 * name that clashes with another ("a" and "a/b"), PV_ENOTFOUND when there is
 * no object `target` or a branch would not name a commit, PV_EINVALID,
 * PV_EPOLICY when a hook refused, PV_EGIT.
 */
PV_API int pv_store_ref_update(pv_store *store, const char *refname,
			       const pv_oid *target, const pv_oid *expected,
			       const char *reflog, pv_error *err);

/*
 * Keeps commits and blobs alive that no branch may hold: the ref `refname`
 * gets a commit of its own that has all that it kept before and these. What is
 * not in the repository is left out; what is kept already costs a look. Errors
 * as pv_store_ref_update, PV_ECONFLICT when others do it all the time.
 */
PV_API int pv_store_keep(pv_store *store, const char *refname,
			 const pv_oid *items, size_t count, pv_error *err);

/*
 * Stores a blob; gc drops it after a while unless something refers to it.
 * PV_EIO, PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_store_write_blob(pv_oid *out, pv_store *store, const char *data,
			       size_t len, pv_error *err);

/*
 * Calls `fn` for each ref whose name starts with `prefix` ("refs/tags/x/"),
 * in byte order of names, until it returns non-zero, which becomes the
 * result. `oid` is not peeled. The cost depends on how many match, not on how
 * many there are. PV_EIO, PV_ENOMEM.
 */
PV_API int pv_store_ref_each(pv_store *store, const char *prefix,
			     int (*fn)(const char *refname, const pv_oid *oid,
				       void *payload),
			     void *payload, pv_error *err);

/* --- reading ------------------------------------------------------------- */

/* A state of the files: a commit's tree, the index, or the working tree. */
enum pv_point_kind {
	PV_AT_COMMIT,
	PV_AT_INDEX,
	PV_AT_WORKTREE
};

typedef struct pv_point {
	enum pv_point_kind kind;
	pv_oid commit; /* for PV_AT_COMMIT */
} pv_point;

/*
 * Appends the bytes of the file `path` (relative to the top, "/" between
 * components) at a point, as git would store them; `blob_out` (may be NULL)
 * gets the id they have or would have. A file that a sparse checkout leaves
 * out of the working tree is taken from the index. PV_ENOTFOUND when there is
 * no such regular file, PV_EINVALID for a symbolic link of the working tree
 * and a path that leaves the repository or goes through one, PV_ECONFLICT for
 * an unmerged path of the index, PV_EUNSUPPORTED for the working tree of a bare
 * repository, PV_EIO, PV_EGIT, PV_ELIMIT beyond `out->max`.
 */
PV_API int pv_store_read(pv_buf *out, pv_oid *blob_out, pv_store *store,
			 const pv_point *at, const char *path, pv_error *err);

/*
 * Appends the bytes a file has in the working tree, unless git would store
 * others for it than these with LF for CRLF: then `*is_raw_out` is 0, and
 * nothing is appended. Errors as pv_store_read.
 */
PV_API int pv_store_read_raw(pv_buf *out, int *is_raw_out, pv_store *store,
			     const char *path, pv_error *err);

/* Appends the bytes of a blob. PV_ENOTFOUND, PV_EGIT, PV_ELIMIT. */
PV_API int pv_store_read_blob(pv_buf *out, pv_store *store, const pv_oid *blob,
			      pv_error *err);

/*
 * The blob id of the file at `path`, without reading it where git knows it.
 * Errors as pv_store_read.
 */
PV_API int pv_store_find(pv_oid *blob_out, pv_store *store, const pv_point *at,
			 const char *path, pv_error *err);

/*
 * Calls `fn` for each regular file below the folder `prefix` ("" for all) at
 * a point, in byte order of paths, until it returns non-zero, which becomes
 * the result. In the working tree ignored files are left out; `blob` is NULL
 * there when the bytes would have to be read to know it.
 */
PV_API int pv_store_each(pv_store *store, const pv_point *at, const char *prefix,
			 int (*fn)(const char *path, const pv_oid *blob,
				   void *payload),
			 void *payload, pv_error *err);

/*
 * The same for each symbolic link, none of which is followed: also for `prefix`
 * when that is one.
 */
PV_API int pv_store_each_link(pv_store *store, const pv_point *at,
			      const char *prefix,
			      int (*fn)(const char *path, const pv_oid *blob,
					void *payload),
			      void *payload, pv_error *err);

/* The id `len` bytes have as a blob; nothing is written. PV_EGIT. */
PV_API int pv_store_hash(pv_oid *out, const char *data, size_t len,
			 pv_error *err);

/* Who and when, as a commit or tag has it. */
typedef struct pv_signature {
	char *name;
	char *email;
	int64_t when; /* seconds since the epoch */
	int offset;   /* minutes east of UTC */
} pv_signature;

/* A commit, read; release it with pv_commit_dispose. */
typedef struct pv_commit {
	pv_oid oid;
	pv_oid tree;
	pv_oid *parents;
	size_t parent_count;
	pv_signature author;
	pv_signature committer;
	char *message; /* without the subject's leading blank lines */
	char *subject; /* first paragraph on one line */
} pv_commit;

/* Reads a commit. PV_ENOTFOUND, PV_EGIT, PV_ENOMEM. */
PV_API int pv_store_commit_read(pv_commit *out, pv_store *store,
				const pv_oid *oid, pv_error *err);

/* Frees what a commit holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_commit_dispose(pv_commit *commit);

/*
 * Who commits, and when, by git's rules; release it with
 * pv_signature_dispose. PV_EINVALID with a hint when git would not know
 * either, PV_ENOMEM.
 */
PV_API int pv_store_committer(pv_signature *out, pv_store *store, pv_error *err);

/* Frees what a signature holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_signature_dispose(pv_signature *signature);

/* An annotated tag, read; release it with pv_tag_dispose. */
typedef struct pv_tag {
	pv_oid oid;          /* of the tag object */
	pv_oid target;       /* the commit it names */
	pv_signature tagger; /* empty texts when the tag has none */
	char *message;       /* without the signature of a signed tag */
} pv_tag;

/*
 * Reads the tag object `oid`. PV_ENOTFOUND, PV_EINVALID when it is no tag or
 * does not lead to a commit, PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_store_tag_read(pv_tag *out, pv_store *store, const pv_oid *oid,
			     pv_error *err);

/* Frees what a tag holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_tag_dispose(pv_tag *tag);

/*
 * The value of the last trailer `key` ("Pv-Blob", in any case) in the last
 * paragraph of a message, by the rules of `git interpret-trailers`: a slice
 * of the message, its length in `*len_out`; or NULL. A folded value keeps its
 * line ends.
 */
PV_API const char *pv_trailer_find(const char *message, const char *key,
				   size_t *len_out);

/*
 * Calls `fn` for each trailer of a message, in their order, until it returns
 * non-zero, which becomes the result. Key and value are slices of the message.
 */
PV_API int pv_trailer_each(const char *message,
			   int (*fn)(const char *key, size_t key_len,
				     const char *value, size_t len, void *payload),
			   void *payload);

/* --- history ------------------------------------------------------------- */

enum pv_history_mode {
	PV_HISTORY_DEFAULT,     /* the commits of `git log -- path` */
	PV_HISTORY_FULL,        /* of `git log --full-history -- path` */
	PV_HISTORY_FIRST_PARENT /* of `git log --first-parent -- path` */
};

typedef struct pv_history_query {
	pv_oid start;
	const char *path;
	enum pv_history_mode mode;
	const pv_oid *hide; /* commits left out, with all their ancestors */
	size_t hide_count;
} pv_history_query;

/*
 * Walks the history of one path, newest first in git's order, calling `fn`
 * with each commit and the path's blob there (hex "" where the commit removed
 * it) until it returns non-zero, which becomes the result. A shallow boundary
 * ends the walk like a root. PV_ENOTFOUND, PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_history_walk(pv_store *store, const pv_history_query *query,
			   int (*fn)(const pv_oid *commit, const pv_oid *blob,
				     void *payload),
			   void *payload, pv_error *err);

/* The commit that changed a file last. */
typedef struct pv_last_change {
	pv_oid commit; /* hex "" when there is none */
	int64_t date;  /* the committer's, seconds since 1970 */
} pv_last_change;

typedef struct pv_last_query {
	pv_oid start;
	const char *dir;          /* the paths are at or below it; "" for all */
	const char *const *paths; /* distinct ones */
	size_t count;
} pv_last_query;

/*
 * Finds for each path the commit that `git log -1 START -- path` shows, in one
 * walk for all: `out` has as many places as there are paths. PV_ENOTFOUND,
 * PV_EGIT, PV_ECANCELED, PV_ENOMEM.
 */
PV_API int pv_history_last(pv_last_change *out, pv_store *store,
			   const pv_last_query *query, pv_error *err);

/* 1 when `ancestor` is `commit` or reachable from it, 0 when not, or < 0. */
PV_API int pv_store_is_ancestor(pv_store *store, const pv_oid *ancestor,
				const pv_oid *commit, pv_error *err);

/* The best common ancestor. PV_ENOTFOUND when there is none. */
PV_API int pv_store_merge_base(pv_oid *out, pv_store *store, const pv_oid *a,
			       const pv_oid *b, pv_error *err);

/* How far a commit is from another one. */
typedef struct pv_divergence {
	pv_oid tip;
	size_t ahead;  /* commits that only the tip reaches */
	size_t behind; /* commits that only the other reaches */
} pv_divergence;

/*
 * Counts both for each tip, against `base`, as `git rev-list --left-right
 * --count TIP...BASE` does. PV_ENOTFOUND, PV_EGIT, PV_ECANCELED, PV_ENOMEM.
 */
PV_API int pv_store_divergence(pv_divergence *rows, size_t count, pv_store *store,
			       const pv_oid *base, pv_error *err);

/* --- writing ------------------------------------------------------------- */

/* One file of a change: bytes to write, or NULL `data` to remove it. */
typedef struct pv_change {
	const char *path;
	const char *data;
	size_t len;
} pv_change;

/* A path that a commit is about to change. */
typedef struct pv_staged {
	const char *path;
	pv_oid blob;  /* hex "" where the commit removes it */
	int is_file;  /* 0 also for a link and a submodule */
	int is_hooks; /* pre-commit staged it so */
} pv_staged;

typedef struct pv_commit_options {
	const char *message; /* cleaned up as git does, required */
	int no_verify;       /* skip pre-commit and commit-msg */
	int allow_empty;     /* else PV_ENOTFOUND when nothing changes */
	int untrack;         /* remove what only the index dropped */
	int keep_message;    /* do not clean up: bytes as given */
	pv_buf *refname;     /* what moved is added; not by a merge */
	int edited; /* came from an editor: comment lines go, as in git */
	/*
	 * Opens an editor on the file that holds `message`; what it has then
	 * is the message. NULL: `message` is final. Implies `edited`.
	 */
	int (*edit)(const char *path, void *payload, pv_error *err);
	void *payload;
	/*
	 * Called with `reviewer` once it is known what the commit changes,
	 * pre-commit having run, in byte order of paths; a negative code
	 * refuses it. Not called when git concludes a merge. May be NULL.
	 */
	int (*review)(const pv_staged *files, size_t count, void *reviewer,
		      pv_error *err);
	void *reviewer;
	const char *source;   /* for prepare-commit-msg; NULL: as git says */
	const char *proposal; /* refused when left unedited; may be NULL */
	const char *author;   /* "Name <mail>"; NULL: as git would */
	const char *date;     /* author date as git reads it; NULL: now */
	int64_t when; /* now, in seconds since 1970; 0: as the clock says */
} pv_commit_options;

/*
 * Commits the working tree's state of `paths` on HEAD's branch, as `git
 * commit --only` does: other staged changes stay staged and uncommitted. A
 * path that is gone, or beyond a link now, is removed, an untracked one added. During a merge the
 * whole index is committed with MERGE_HEAD as further parents, provided
 * nothing is unmerged. Hooks run through git, commit.gpgSign is honoured. A
 * branch that moved meanwhile is PV_ECONFLICT. PV_ENOTFOUND when nothing
 * changed, PV_EPOLICY when a hook refused, PV_EINVALID for an empty message,
 * PV_ELOCKED, PV_ECANCELED, PV_EIO, PV_EGIT. After a failure everything is as
 * it was.
 */
PV_API int pv_store_commit_paths(pv_oid *out, pv_store *store,
				 const char *const *paths, size_t count,
				 const pv_commit_options *opts, pv_error *err);

/* Commits exactly what is staged. Errors as pv_store_commit_paths. */
PV_API int pv_store_commit_staged(pv_oid *out, pv_store *store,
				  const pv_commit_options *opts, pv_error *err);

/* Changes to one branch. */
typedef struct pv_change_set {
	const char *branch; /* full ref name */
	const pv_change *changes;
	size_t count;
	/*
	 * The commit to put them on, hex "" for none, and what the branch holds
	 * now, hex "" when it is not there; NULL: the branch's tip. With it
	 * nothing is tried twice, and it does not matter whether a working tree
	 * has the branch.
	 */
	const pv_oid *base;
	const pv_oid *expected;
} pv_change_set;

/*
 * Commits changes on top of their branch without a working tree, retrying
 * when the branch moves and none of the changed paths was touched meanwhile;
 * else PV_ECONFLICT. A missing branch is created without a parent. No hooks
 * run. PV_ECONFLICT also when the branch is checked out somewhere; with a
 * `base` PV_ECONFLICT or PV_ELOCKED when others move the branch; else the
 * errors of pv_store_commit_paths.
 */
PV_API int pv_store_commit_changes(pv_oid *out, pv_store *store,
				   const pv_change_set *set,
				   const pv_commit_options *opts, pv_error *err);

/* A merge commit to make, of a tree that is stored. */
typedef struct pv_merge_commit {
	const char *refname; /* moves from `ours` to it; in full, or HEAD */
	pv_oid tree;
	pv_oid ours;
	pv_oid theirs;
	const char *reflog;
} pv_merge_commit;

/*
 * Makes a merge commit without a working tree. No hooks run, commit.gpgSign
 * is honoured. PV_ECONFLICT when the branch has moved or is checked out; else
 * the errors of pv_store_commit_paths.
 */
PV_API int pv_store_commit_merge(pv_oid *out, pv_store *store,
				 const pv_merge_commit *merge,
				 const pv_commit_options *opts, pv_error *err);

/* A commit that no branch is to hold. */
typedef struct pv_lone_commit {
	const pv_change *files; /* all that its tree has, at the top */
	size_t count;
	const pv_oid *tree; /* instead of them, one that is stored; or NULL */
	const pv_oid *parents;
	size_t parent_count;
	const char *message; /* bytes as given */
	/*
	 * Both author and committer, and then it is never signed; NULL: the
	 * committer that git would have.
	 */
	const pv_signature *who;
} pv_lone_commit;

/*
 * Makes a commit and moves no ref: until one leads to it, gc drops it after a
 * while. commit.gpgSign is honoured. The errors of pv_store_commit_merge, and
 * PV_ENOTFOUND for a parent that is not there.
 */
PV_API int pv_store_commit_lone(pv_oid *out, pv_store *store,
				const pv_lone_commit *commit, pv_error *err);

/*
 * Whether the working tree could take `changes`, without writing: no path
 * twice, none that is another's folder, none that leads through a link or
 * stands for something else than a file. PV_EINVALID, PV_EUNSUPPORTED in a
 * bare repository.
 */
PV_API int pv_store_check_files(pv_store *store, const pv_change *changes,
				size_t count, pv_error *err);

/*
 * Writes `changes` into the working tree only (bytes as given, after git's
 * conversions), each file atomically, and all of them or none. Errors as
 * pv_store_check_files, and PV_EIO.
 */
PV_API int pv_store_write_files(pv_store *store, const pv_change *changes,
				size_t count, pv_error *err);

/* The same for one file, without conversions: see pv_store_read_raw. */
PV_API int pv_store_write_raw(pv_store *store, const pv_change *change,
			      pv_error *err);

/* Files that were written and can still be put back. */
typedef struct pv_swap pv_swap;

/*
 * As pv_store_write_files, keeping the old files. `changes` is lent until
 * `*out`, owned, is released.
 */
PV_API int pv_store_swap_files(pv_swap **out, pv_store *store,
			       const pv_change *changes, size_t count,
			       pv_error *err);

/*
 * Puts the old files back, as far as possible; needs no room on the disk.
 * PV_EIO names one that stayed.
 */
PV_API int pv_swap_undo(pv_swap *swap, pv_error *err);

/* Lets go of the old files. */
PV_API void pv_swap_free(pv_swap *swap);

/* An annotated tag to make. */
typedef struct pv_tag_request {
	const char *name; /* below refs/tags/ */
	pv_oid commit;
	const pv_signature *tagger; /* NULL: the committer identity */
	const char *message;        /* cleaned up as `git tag` does */
} pv_tag_request;

/*
 * Creates an annotated tag, byte for byte what `git tag -a` makes, signed
 * when tag.gpgSign asks for it. PV_EEXISTS unless the tag is there already
 * with the same contents (then `out` is its id), PV_EINVALID for a bad name,
 * PV_ENOTFOUND for a missing commit, PV_ELOCKED, PV_EGIT.
 */
PV_API int pv_store_tag(pv_oid *out, pv_store *store, const pv_tag_request *tag,
			pv_error *err);

/*
 * Creates many annotated tags at once: either all of them or, after a
 * failure, none. Those that exist with the same contents are left alone. Much
 * faster than one at a time: the objects go into one pack, and many new refs
 * are packed. `out` gets `count` tag object ids and may be NULL. Errors as
 * pv_store_tag; tags that must be signed, and fewer than a few dozen, are
 * made one by one, so there a failure leaves the earlier ones.
 */
PV_API int pv_store_tag_many(pv_oid *out, pv_store *store,
			     const pv_tag_request *tags, size_t count,
			     pv_error *err);

/* --- state of the working tree ------------------------------------------- */

/* One path that differs: letters as `git status --porcelain` prints them. */
typedef struct pv_status_entry {
	const char *path;
	char staged;   /* index against HEAD: ' ', A M D R T U ? */
	char unstaged; /* working tree against index */
} pv_status_entry;

/*
 * Calls `fn` for each path below one of `prefixes` (all when the count is 0)
 * that differs between HEAD, index and working tree, untracked files each on
 * its own, in byte order, until it returns non-zero, which becomes the
 * result. Renames show as a deletion and an addition. A file dropped from the
 * index only comes twice, staged first. PV_EUNSUPPORTED in a bare repository,
 * PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_store_status(pv_store *store, const char *const *prefixes,
			   size_t count,
			   int (*fn)(const pv_status_entry *entry, void *payload),
			   void *payload, pv_error *err);

/* What operation is under way. */
enum pv_store_state {
	PV_STATE_NONE,
	PV_STATE_MERGE,
	PV_STATE_REVERT,
	PV_STATE_CHERRY_PICK,
	PV_STATE_REBASE,
	PV_STATE_OTHER
};

/* What git is in the middle of, from the files it keeps for that. */
PV_API enum pv_store_state pv_store_state(pv_store *store);

/* What the lock of the index is, "<index>.lock". */
enum pv_index_lock {
	PV_INDEX_LOCK_NONE, /* there is none */
	PV_INDEX_LOCK_HELD, /* by whom cannot be told */
	PV_INDEX_LOCK_DUE,  /* the same, and it is the index of HEAD's commit:
			       renamed, not deleted, if its owner is dead */
	PV_INDEX_LOCK_LEFT  /* by a commit made here that was killed */
};

/* An enum pv_index_lock, and the lock's path unless there is none. PV_ENOMEM. */
PV_API int pv_store_index_lock(pv_buf *path_out, pv_store *store, pv_error *err);

/*
 * Does with an index lock of PV_INDEX_LOCK_LEFT what its owner would have
 * done: it becomes the index when the commit is on its branch, else it goes.
 * All else is left alone. What asks how files and index differ, for people or
 * to change them, is wise to call it first. PV_ENOMEM.
 */
PV_API int pv_store_settle(pv_store *store, pv_error *err);

/* One unmerged path with its three sides; hex "" for a side that lacks it. */
typedef struct pv_conflict {
	const char *path;
	pv_oid base;
	pv_oid ours;
	pv_oid theirs;
} pv_conflict;

/*
 * Calls `fn` for each unmerged path, in byte order, until it returns
 * non-zero, which becomes the result. PV_EUNSUPPORTED, PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_store_conflict_each(pv_store *store,
				  int (*fn)(const pv_conflict *conflict,
					    void *payload),
				  void *payload, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
