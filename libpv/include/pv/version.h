/* SPDX-License-Identifier: MIT
 *
 * Versions: semantic version numbers, the annotated tags that carry them, and
 * specs such as `support/triage@1.2` that name a prompt at a point. A version
 * is the tag <id>/vX.Y.Z; its message ends in the trailers Pv-Prompt,
 * Pv-Version, Pv-Blob, Pv-Closure and Pv-Bump.
 */
#ifndef PV_VERSION_H
#define PV_VERSION_H

#include <pv/diff.h>
#include <pv/prompt.h>
#include <pv/schema.h>
#include <pv/store.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	PV_SEMVER_PRE_MAX = 63,
	PV_VERSION_TEXT = 160
};

/* A semantic version (semver.org 2.0.0) without build metadata. */
typedef struct pv_semver {
	unsigned major; /* each at most 9999 */
	unsigned minor;
	unsigned patch;
	char pre[PV_SEMVER_PRE_MAX + 1]; /* "rc.1"; "" for a release */
} pv_semver;

/* Parses "1.2.3" or "1.2.3-rc.1", a leading "v" allowed. PV_EINVALID. */
PV_API int pv_semver_parse(pv_semver *out, const char *text, pv_error *err);

/* Writes "1.2.3-rc.1". */
PV_API void pv_semver_format(char out[PV_VERSION_TEXT], const pv_semver *version);

/* Precedence of semver.org section 11: -1, 0 or 1. */
PV_API int pv_semver_cmp(const pv_semver *a, const pv_semver *b);

/*
 * The next release after `last` by `bump`, by a patch for NONE; after a
 * pre-release the one it announces, if that is step enough. PV_ELIMIT beyond
 * 9999.
 */
PV_API int pv_semver_next(pv_semver *out, const pv_semver *last,
			  enum pv_bump bump, pv_error *err);

/* --- the prompts of a repository ----------------------------------------- */

/*
 * The folder prompts live in (`prompts:` of pv.yaml), the repository-wide
 * default branch, and auto_tag. Read from the default branch's commit.
 */
typedef struct pv_settings {
	char prompts_dir[256];    /* "prompts" */
	char default_branch[256]; /* "main" */
	int auto_tag;             /* commit on the default branch releases */
	int is_configured;        /* prompts_dir is from git's configuration */
	int no_fallback;          /* "env:E" is E alone; loading leaves it 0 */
	pv_oid file;              /* the pv.yaml read; hex "" for none */
} pv_settings;

/*
 * Reads the settings: `git config` (pv.prompts, pv.defaultBranch,
 * pv.versioning.autoTag) before pv.yaml before defaults. pv.yaml is read from
 * the default branch's commit, before the first commit from the working tree;
 * from there also when the commit's is broken and that one is not, so that it
 * can be mended.
 * The default branch is what is set, else the one origin's HEAD names, else
 * init.defaultBranch, main or master where they exist, else
 * HEAD's. PV_ESYNTAX for a pv.yaml that does not parse, PV_EINVALID for a
 * value that cannot be.
 */
PV_API int pv_settings_load(pv_settings *out, pv_store *store, pv_error *err);

/* Whether a text can be a pv.yaml. PV_ESYNTAX, PV_EINVALID, PV_ENOMEM. */
PV_API int pv_settings_check(const char *text, size_t len, pv_error *err);

/*
 * The folder of prompts that a text names as a pv.yaml, "prompts" for one that
 * names none. PV_ESYNTAX, PV_EINVALID, PV_ENOMEM.
 */
PV_API int pv_settings_folder(char out[256], const char *text, size_t len,
			      pv_error *err);

/*
 * Makes the folder of prompts that of a commit: what its own pv.yaml names,
 * "prompts" where that is missing or broken. Other points, and a folder from
 * git's configuration, change nothing. PV_EIO, PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_settings_at(pv_settings *settings, pv_store *store,
			  const pv_point *at, pv_error *err);

/*
 * The commit at the default branch's tip: the local branch, else the
 * remote-tracking one, else HEAD's commit. PV_ENOTFOUND (id
 * "version-not-found") before the first commit.
 */
PV_API int pv_settings_tip(pv_oid *out, pv_store *store,
			   const pv_settings *settings, pv_error *err);

/* The file of a prompt: "<prompts_dir>/<id>.yaml". PV_EINVALID, PV_ENOMEM. */
PV_API int pv_prompt_path(pv_buf *out, const pv_settings *settings,
			  const char *id, pv_error *err);

/* The id of a prompt file's path; PV_ENOTFOUND when it is none. */
PV_API int pv_prompt_id(pv_buf *out, const pv_settings *settings,
			const char *path, pv_error *err);

/* The prompts of one state of a repository, by id: what templates include. */
typedef struct pv_prompt_tree {
	pv_store *store;
	const pv_settings *settings;
	pv_point at;
} pv_prompt_tree;

/*
 * `load` of a pv_render_loader (pv/render.h) whose payload is a pv_prompt_tree:
 * never looks outside of its prompts at that point. PV_ENOTFOUND also for what
 * is no id.
 */
PV_API int pv_prompt_tree_load(pv_buf *out, const char *name, void *payload,
			       pv_error *err);

/*
 * `read` of the same loader: a JSON or YAML file of that state, as JSON. No path
 * leads out of the repository, or to a hidden file. PV_ENOTFOUND.
 */
PV_API int pv_prompt_tree_read(pv_buf *out, const char *path, void *payload,
			       pv_error *err);

/*
 * Compiles the JSON Schema that stands in a field of the prompt: the `schema`
 * of "output", or "input", which may be one itself. A `$ref` that is a path counts from the top of the
 * repository; JSON and YAML files of the tree's state are read, nothing is
 * fetched. PV_ENOTFOUND when the prompt has none, failures of pv_schema_new.
 * The caller frees the schema.
 */
PV_API int pv_prompt_tree_schema(pv_schema **out, const pv_prompt_tree *tree,
				 const pv_prompt *prompt, const char *field,
				 pv_error *err);

/* Two states of a prompt, and where in the repository each is. */
typedef struct pv_prompt_change {
	pv_store *store;
	const pv_settings *settings;
	const pv_prompt *before;
	const pv_prompt *after;
	pv_point from;
	pv_point to;
} pv_prompt_change;

/*
 * pv_prompt_impact with all that the two states refer to: schemas are compared
 * with the files they name, variables that included prompts ask for count as
 * the prompt's own. So is the step of a version derived. What cannot be read
 * counts as not there. The store is only touched where a prompt includes one or
 * its schemas refer to files. PV_ENOMEM.
 */
PV_API int pv_prompt_impact_at(enum pv_bump *out, const pv_prompt_change *change,
			       pv_report *breaking, pv_error *err);

/*
 * The sha256 (hex) over the sorted (path, blob) of the prompt, everything it
 * includes and the schemas it refers to, with those they refer to, at a point; "dynamic:" comes before
 * it when an include is computed. A missing include counts as blob "".
 * PV_ENOTFOUND for the prompt itself, PV_ESYNTAX, PV_ELIMIT beyond 1000
 * members.
 */
PV_API int pv_closure(pv_buf *out, pv_store *store, const pv_settings *settings,
		      const pv_point *at, const char *id, pv_error *err);

/*
 * What prompts depend on at two points, to be compared prompt by prompt; what
 * is read for one serves the next. `settings` must live as long. PV_ENOMEM.
 * The caller frees it.
 */
typedef struct pv_dependencies pv_dependencies;

PV_API int pv_dependencies_new(pv_dependencies **out, pv_store *store,
			       const pv_settings *settings, const pv_point *from,
			       const pv_point *to, pv_error *err);

/* Frees it and what it lent; NULL is accepted. */
PV_API void pv_dependencies_free(pv_dependencies *both);

/*
 * The files in the closures of a prompt, called `before_id` at the one point
 * and `after_id` at the other, that are not the same at both, its own left out,
 * by path. They are lent until the next call. Where a closure cannot be told,
 * because a file of it does not load, there are none. PV_ENOMEM, PV_EGIT, PV_EIO.
 */
PV_API int pv_dependencies_compare(const pv_closure_change **out,
				   size_t *count_out, pv_dependencies *both,
				   const char *before_id, const char *after_id,
				   pv_error *err);

/* 0 when the text of a prompt surely refers to no other file. */
PV_API int pv_prompt_may_refer(const char *text, size_t len);

/* --- versions ------------------------------------------------------------ */

/* One version of a prompt, from its tag. */
typedef struct pv_version_info {
	pv_semver number;
	char text[PV_VERSION_TEXT]; /* "1.2.0" */
	char *tag;                  /* "support/triage/v1.2.0" */
	pv_oid commit;
	pv_oid blob;
	char *closure;
	enum pv_bump bump;
	pv_signature tagger;
	char *subject;    /* of the commit it names */
	int is_published; /* known in refs/pv/remote/<any>/tags/ */
	int is_removed;   /* the prompt is gone at the branch's tip */
} pv_version_info;

typedef struct pv_version_list {
	pv_version_info *items; /* highest first */
	size_t count;
} pv_version_list;

/*
 * All versions of `id` whose tags are reachable from the default branch (from
 * HEAD when there is no such branch), highest first; none is PV_OK.
 * Malformed tags are passed over. The caller disposes the list.
 */
PV_API int pv_version_list_load(pv_version_list *out, pv_store *store,
				const pv_settings *settings, const char *id,
				pv_error *err);

/* Frees a list and zeroes it; a zeroed one is accepted. */
PV_API void pv_version_list_dispose(pv_version_list *list);

/*
 * Appends the id that a prompt had before `git pv mv`, as the last rename in
 * the history of a commit says it (trailer Pv-Renamed-From); nothing when
 * there was none. The versions it had until then are those of that id.
 * PV_ENOTFOUND, PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_version_former(pv_buf *out, pv_store *store,
			     const pv_settings *settings, const char *id,
			     const pv_oid *commit, pv_error *err);

/*
 * What the version of a prompt at a point is called: the number of the
 * highest version whose blob equals its bytes and whose tag is on the point's
 * commit or one before it (for what is not committed, or is on another branch
 * than the default one, the tag may be elsewhere), else the derived string
 * "<next>-<branch>.<n>+g<commit>", with ".dirty" appended when the point is
 * the index or the working tree and differs from HEAD. `n` counts the commits
 * since the last version that touched the file. PV_ENOTFOUND (id
 * "prompt-not-found") when there is no such prompt. For more than a few
 * prompts use a pv_version_index.
 */
PV_API int pv_version_describe(pv_buf *out, pv_store *store,
			       const pv_settings *settings, const char *id,
			       const pv_point *at, pv_error *err);

/* --- the versions of many prompts ---------------------------------------- */

/*
 * The version tags of a repository, read in one pass over its refs, for
 * commands that describe many prompts. Tag objects and history are read when
 * first needed and kept. It is a snapshot: tags and commits made later are
 * not seen. The store and the settings must outlive it.
 */
typedef struct pv_version_index pv_version_index;

/* Reads the refs. PV_EGIT, PV_ENOMEM. The caller frees the index. */
PV_API int pv_version_index_load(pv_version_index **out, pv_store *store,
				 const pv_settings *settings, pv_error *err);

/* Frees an index and what it lent; NULL is accepted. */
PV_API void pv_version_index_free(pv_version_index *index);

/*
 * pv_version_describe with an index. `blob` is the prompt's blob at the point
 * where the caller knows it (as pv_prompt_each tells), else NULL.
 */
PV_API int pv_version_index_describe(pv_buf *out, pv_version_index *index,
				     const char *id, const pv_point *at,
				     const pv_oid *blob, pv_error *err);

/*
 * As pv_version_index_describe at a commit that changed the prompt, for a
 * history: a state that a merge brought to the default branch has the version
 * of the merge, although that commit came later. `blob` as above. `commit` may
 * be NULL for the change in the working tree, which is to be committed: always
 * the derived string, because a text that came back to that of an older version
 * is released with a number of its own.
 */
PV_API int pv_version_index_describe_change(pv_buf *out, pv_version_index *index,
					    const char *id, const pv_oid *commit,
					    const pv_oid *blob, pv_error *err);

/*
 * The highest version of `id`, pre-releases included, lent until the index is
 * freed; NULL and PV_OK when there is none. Its `subject` is "" and
 * `is_published` and `is_removed` are not filled in: pv_version_list_load
 * tells those.
 */
PV_API int pv_version_index_latest(const pv_version_info **out,
				   pv_version_index *index, const char *id,
				   pv_error *err);

/* Which part of a closure differs from a version's. */
enum pv_stale {
	PV_STALE_NOT,
	PV_STALE_BELOW, /* what the prompt's own file refers to */
	PV_STALE_OWN    /* the prompt's own file */
};

/*
 * Whether the closure of `id` at a point differs from that of its highest
 * version, in the index and the working tree of the highest that HEAD has: an
 * enum pv_stale (PV_STALE_NOT also when there is no version), or negative.
 * `blob` as above.
 */
PV_API int pv_version_index_is_stale(pv_version_index *index, const char *id,
				     const pv_point *at, const pv_oid *blob,
				     pv_error *err);

/* --- environments --------------------------------------------------------- */

enum {
	PV_ENVIRONMENT_NAME = 65, /* bytes of a name with its end */
	PV_FALLBACKS_MAX = 8      /* environments of a chain */
};

/* An environment, and where to look in turn for what it does not have. */
typedef struct pv_fallbacks {
	char names[PV_FALLBACKS_MAX][PV_ENVIRONMENT_NAME];
	size_t count;
} pv_fallbacks;

/*
 * Reads the chain of an environment: itself, then what `git config`
 * (pv.environments.<name>.fallback) or `environments.<name>.fallback` of
 * pv.yaml name; itself alone with `settings->no_fallback`. PV_EINVALID for a
 * chain that goes in circles or a bad name, PV_ELIMIT for one that is too long,
 * PV_ESYNTAX, PV_ENOMEM.
 */
PV_API int pv_fallbacks_load(pv_fallbacks *out, pv_store *store,
			     const pv_settings *settings, const char *name,
			     pv_error *err);

/* --- specs --------------------------------------------------------------- */

/* A resolved spec; release it with pv_spec_dispose. */
typedef struct pv_spec {
	char *id;   /* the prompt's */
	char *path; /* of its file */
	pv_point at;
	char *rev;   /* what stood behind the "@", "" for none */
	char *label; /* "support/triage@1.2.0", as asked for */
	char version[PV_VERSION_TEXT]; /* the one asked for; "" for other revs */
	/* Of "env:E" the environment that it was found in; "" for other revs. */
	char resolved_from[PV_ENVIRONMENT_NAME];
} pv_spec;

enum pv_spec_default {
	PV_SPEC_WORKTREE, /* working tree if there is one, else the branch */
	PV_SPEC_COMMIT    /* HEAD's last commit, or the default branch's */
};

/*
 * Resolves "id" or "id@rev". After the first "@", in this order: ":index",
 * ":worktree", "env:E", "ref:NAME"; "latest"; X, X.Y, X.Y.Z[-pre]; a full
 * ref, branch, tag, remote branch; 7 or more hex digits; each from "ref:NAME"
 * on with ~n and ^n. "env:E" goes on to the fallbacks of E where the prompt is
 * not deployed there, is not active, or its bytes are missing; one that is not
 * active counts where no other is. PV_ENOTFOUND (ids "prompt-not-found" with similar ids in
 * the hint, "version-not-found", "environment-not-found"), PV_EAMBIGUOUS,
 * PV_EINVALID. At a commit the file is looked for where that commit's pv.yaml
 * says (pv_settings_at).
 */
PV_API int pv_spec_resolve(pv_spec *out, pv_store *store,
			   const pv_settings *settings, const char *spec,
			   enum pv_spec_default otherwise, pv_error *err);

/*
 * Resolves only a revision (with or without a leading "@"), for prompt `id`
 * when version numbers are to be understood (NULL: they are not).
 */
PV_API int pv_rev_resolve(pv_point *out, pv_store *store,
			  const pv_settings *settings, const char *id,
			  const char *rev, pv_error *err);

/* Frees what a spec holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_spec_dispose(pv_spec *spec);

/*
 * Calls `fn` for each prompt at a point, by id, until it returns non-zero. At
 * a commit they are in the folder of its own pv.yaml (pv_settings_at).
 */
PV_API int pv_prompt_each(pv_store *store, const pv_settings *settings,
			  const pv_point *at,
			  int (*fn)(const char *id, const char *path,
				    const pv_oid *blob, void *payload),
			  void *payload, pv_error *err);

/* --- releasing ----------------------------------------------------------- */

/* What was released, or would be. */
typedef struct pv_release {
	char *id;
	char version[PV_VERSION_TEXT];
	char previous[PV_VERSION_TEXT]; /* "" for the first */
	char *tag;
	pv_oid commit;
	enum pv_bump bump;
} pv_release;

typedef struct pv_release_list {
	pv_release *items;
	size_t count;
	size_t cap;
} pv_release_list;

typedef struct pv_release_options {
	const char *const *ids; /* NULL: every prompt */
	size_t id_count;
	enum pv_bump bump;   /* at least this; NONE: as derived */
	int force;           /* `bump` may also be less than derived */
	const char *pre;     /* "rc" makes 1.3.0-rc.1; NULL: none */
	const char *version; /* just this number; then the three above are not */
	int dry_run;         /* only say what would be released */
} pv_release_options;

/*
 * Releases, at the default branch's tip, each chosen prompt whose closure
 * differs from its last version: an annotated tag on the first-parent commit
 * that brought the state, with that commit's committer as tagger, so that two
 * clones make the same tag. Tags a crash left out are made here too. A prompt
 * that does not load is refused (PV_ESYNTAX, PV_ESCHEMA) before any tag is
 * made. A version is above every one the prompt has; where the name of a
 * pre-release would make it lower, nothing is released (PV_EPOLICY), nor where
 * `version` is not higher than all. PV_EINVALID when that is no version. A prompt
 * given by its id goes on from a pre-release to the release, or to another
 * `pre`, also unchanged. PV_ENOTFOUND for an id that is not on the branch,
 * PV_EPOLICY for a lower bump than derived without `force`. The caller
 * disposes the list, which holds what was released even on failure.
 * PV_EEXISTS, when all others are released, for prompts whose tag has no room
 * beside a ref that is there.
 */
PV_API int pv_release_run(pv_release_list *out, pv_store *store,
			  const pv_settings *settings,
			  const pv_release_options *opts, pv_error *err);

/* A version whose number comes from elsewhere. */
typedef struct pv_exact_release {
	const char *id;
	const char *version;  /* "1.2.0" */
	const char *previous; /* the one before it, for the bump; NULL: first */
	pv_oid commit;        /* on the default branch, has the prompt */
} pv_exact_release;

/*
 * Tags a commit as that version of a prompt, with the commit's committer as
 * tagger, and asks nothing of the numbers there are: for what was called so
 * before it came here. PV_EEXISTS when the version is there with other
 * contents, PV_EINVALID for a number that is none, PV_ENOTFOUND; else as
 * pv_store_tag.
 */
PV_API int pv_release_exactly(pv_store *store, const pv_settings *settings,
			      const pv_exact_release *release, pv_error *err);

/* Moves the items of `more`, which is freed, to the end of `list`. PV_ENOMEM. */
PV_API int pv_release_list_append(pv_release_list *list, pv_release_list *more,
				  pv_error *err);

/* Frees a list and zeroes it; a zeroed one is accepted. */
PV_API void pv_release_list_dispose(pv_release_list *list);

/* A version as a remote has it: "refs/tags/support/triage/v1.2.0". */
typedef struct pv_remote_version {
	const char *refname;
	pv_oid oid; /* of the tag */
} pv_remote_version;

/* A version that has another number now. */
typedef struct pv_remint {
	char *id;
	char was[PV_VERSION_TEXT];
	char now[PV_VERSION_TEXT];
	pv_oid commit;
} pv_remint;

typedef struct pv_remint_list {
	pv_remint *items;
	size_t count;
	size_t cap;
} pv_remint_list;

typedef struct pv_remint_request {
	const char *id;
	const pv_remote_version *theirs; /* also of other prompts */
	size_t count;
	int dry_run; /* only say what would be done */
} pv_remint_request;

/*
 * Gives way to a remote: where it has a version of a prompt that is another one
 * here, the versions from there on that no remote has get the next numbers, in
 * their order, and the remote's take their names. The new tags are there before
 * an old one goes, so nothing is lost whenever it ends. Appends what was done.
 * PV_ECONFLICT, before anything is done, when one of them is no tag that git-pv
 * made or another remote has it; PV_ELIMIT, PV_EGIT and as pv_store_tag. The
 * caller disposes the list.
 */
PV_API int pv_version_remint(pv_remint_list *out, pv_store *store,
			     const pv_remint_request *request, pv_error *err);

/* Frees a list and zeroes it; a zeroed one is accepted. */
PV_API void pv_remint_list_dispose(pv_remint_list *list);

/* The branch of deployments. */
#define PV_ENVIRONMENT_REF "refs/heads/pv/deployments"

/*
 * Appends the name of the remote whose deployments count: pv.remote of git's
 * configuration, else that of the branch pv/deployments, else the only one
 * there is, else "origin". PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_environment_remote(pv_buf *out, pv_store *store, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
