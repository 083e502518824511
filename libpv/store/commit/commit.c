/* SPDX-License-Identifier: MIT
 *
 * Committing what is in the working tree or in the index, step by step as
 * `git commit` does it: lock the index, write the objects, run the hooks,
 * write the commit, move the branch, and only then let the new index appear.
 * Whatever fails before the branch moves leaves everything as it was.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/commit/commit_finish.h"
#include "store/commit/commit_message.h"
#include "store/commit/commit_object.h"
#include "store/commit/commit_review.h"
#include "store/commit/commit_scan.h"
#include "store/commit/hooks.h"
#include "store/index/index_file.h"
#include "store/index/left_lock.h"
#include "store/ref/ref_move.h"

/* One commit in the making. */
struct job {
	pv_store *store;
	const pv_commit_options *opts;
	pv_identity identity;
	pv_buf refname; /* what moves: HEAD's branch, or "HEAD" */
	git_oid head;
	git_oid head_tree;
	int is_unborn;
	git_oid tree;          /* of the new commit */
	pv_index_file pending; /* the index as hooks see it; may be empty */
	pv_strlist env;        /* for hooks */
	int is_hooked;         /* pre-commit has run */
	pv_note note;          /* of the index's lock, while the branch moves */
};

/*
 * What moves. Read again once the hooks have run: like git, a commit goes to
 * the branch that HEAD is on then, if that is where its parent is.
 */
static int find_target(struct job *job, pv_error *err)
{
	git_reference *head = NULL;
	const char *target;
	int rc = git_reference_lookup(&head, job->store->repo, "HEAD");

	if (rc < 0)
		return pv_fail_git(err, rc, "read", "HEAD");
	target = git_reference_symbolic_target(head);
	pv_buf_clear(&job->refname);
	pv_buf_puts(&job->refname, target ? target : "HEAD");
	git_reference_free(head);
	return pv_buf_status(&job->refname, err);
}

/*
 * Reads HEAD: the ref that will move, its commit and tree. Under the index
 * lock, which other writers hold until their index is in place: outside of
 * it, the index could be older than HEAD and take back what they committed.
 */
static int load_head(struct job *job, pv_error *err)
{
	git_repository *repo = job->store->repo;
	git_commit *commit = NULL;
	int rc = find_target(job, err);

	if (rc < 0)
		return rc;
	rc = git_reference_name_to_id(&job->head, repo, "HEAD");
	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		job->is_unborn = 1;
		return PV_OK;
	}
	if (rc == 0)
		rc = git_commit_lookup(&commit, repo, &job->head);
	if (rc < 0)
		return pv_fail_git(err, rc, "read", "HEAD");
	git_oid_cpy(&job->head_tree, git_commit_tree_id(commit));
	git_commit_free(commit);
	return PV_OK;
}

static const git_oid *base_tree(const struct job *job)
{
	return job->is_unborn ? NULL : &job->head_tree;
}

/* The environment of the hooks: who commits, which index, no editor. */
static int build_env(struct job *job, const char *index, pv_error *err)
{
	pv_buf setting = { 0 };
	int rc;

	pv_strlist_dispose(&job->env);
	pv_buf_printf(&setting, "GIT_INDEX_FILE=%s", index);
	rc = pv_buf_status(&setting, err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&job->env, setting.ptr, err);
	if (rc == PV_OK && !job->opts->edited && !job->opts->edit)
		rc = pv_strlist_add(&job->env, "GIT_EDITOR=:", err);
	if (rc == PV_OK)
		rc = pv_identity_env(&job->env, &job->identity, err);
	pv_buf_dispose(&setting);
	return rc;
}

static const char *const *hook_env(const struct job *job)
{
	return (const char *const *)job->env.items;
}

static int begin(struct job *job, pv_store *store,
		 const pv_commit_options *opts, pv_error *err)
{
	memset(job, 0, sizeof(*job));
	job->store = store;
	job->opts = opts;
	if (!store->work_dir)
		return pv_fail(err, PV_EUNSUPPORTED,
			       "a bare repository has no files to commit");
	if (!opts->message)
		return pv_fail(err, PV_EINVALID, "a commit needs a message");
	return pv_identity_load(&job->identity, store, opts, err);
}

static void end(struct job *job)
{
	pv_index_dispose(&job->pending);
	pv_identity_dispose(&job->identity);
	pv_buf_dispose(&job->refname);
	pv_strlist_dispose(&job->env);
	/* The lock is gone by now, one way or the other. */
	pv_note_remove(&job->note);
	pv_note_dispose(&job->note);
}

/* Writes the tree of the edits; the objects are durable afterwards. */
static int write_tree(struct job *job, pv_commit_scan *scan,
		      pv_objects *objects, pv_error *err)
{
	int rc = pv_store_tree_update(&job->tree, base_tree(job), scan->edits,
				      scan->edit_count, objects, err);

	return rc < 0 ? rc : pv_objects_finish(objects, err);
}

static int check_changed(const struct job *job, const pv_commit_scan *scan,
			 pv_error *err)
{
	if (job->opts->allow_empty)
		return PV_OK;
	if (scan->edit_count &&
	    (job->is_unborn || !git_oid_equal(&job->tree, &job->head_tree)))
		return PV_OK;
	return pv_fail(err, PV_ENOTFOUND, "there is nothing to commit");
}

static int has_pre_commit(const struct job *job, pv_error *err)
{
	return job->opts->no_verify
		       ? 0
		       : pv_hook_exists(job->store, "pre-commit", err);
}

static int has_hooks(const struct job *job, pv_error *err)
{
	int rc = pv_hook_exists(job->store, "prepare-commit-msg", err);

	if (rc == 0)
		rc = has_pre_commit(job, err);
	if (rc == 0 && !job->opts->no_verify)
		rc = pv_hook_exists(job->store, "commit-msg", err);
	return rc;
}

/* Makes the index that hooks look at: HEAD plus the committed paths. */
static int make_pending(struct job *job, const pv_commit_scan *scan, pv_error *err)
{
	pv_buf name = { 0 };
	int rc;

	pv_buf_printf(&name, "next-index-%ld.lock", (long)getpid());
	rc = pv_buf_status(&name, err);
	if (rc == PV_OK)
		rc = pv_index_copy(&job->pending, job->store, name.ptr,
				   base_tree(job), err);
	if (rc == PV_OK)
		rc = pv_stage_files_put(job->pending.index, scan->files,
					scan->count, err);
	if (rc == PV_OK)
		rc = pv_index_write(&job->pending, err);
	pv_buf_dispose(&name);
	return rc;
}

/* Once pre-commit can no longer change what is committed. */
static int review(const struct job *job, const pv_commit_scan *scan,
		  const git_oid *before, pv_objects *objects, pv_error *err)
{
	git_odb *odb;
	int rc = job->is_hooked ? 0 : has_pre_commit(job, err);

	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_objects_odb(&odb, objects, err);
	if (rc < 0)
		return rc;
	return pv_commit_review(scan, job->is_hooked ? before : NULL, odb,
				job->opts, err);
}

/* The tree of an index that a hook may have changed. */
static int take_index(struct job *job, const char *path, pv_error *err)
{
	const git_oid before = job->tree;
	pv_commit_scan scan = { 0 };
	pv_objects objects = { 0 };
	git_index *index = NULL;
	int rc = pv_index_open(&index, path, err);

	scan.store = job->store;
	scan.index = index;
	scan.head = base_tree(job);
	if (rc == PV_OK)
		rc = pv_commit_scan_index(&scan, err);
	if (rc == PV_OK)
		rc = pv_objects_begin(&objects, job->store, scan.edit_count, err);
	if (rc == PV_OK)
		rc = write_tree(job, &scan, &objects, err);
	if (rc == PV_OK)
		rc = check_changed(job, &scan, err);
	if (rc == PV_OK)
		rc = review(job, &scan, &before, &objects, err);
	pv_objects_dispose(&objects);
	pv_commit_scan_dispose(&scan);
	git_index_free(index);
	return rc;
}

/* Runs pre-commit; what it stages becomes part of the commit. */
static int run_pre_commit(struct job *job, const char *index, pv_error *err)
{
	int rc = build_env(job, index, err);

	if (rc == PV_OK)
		rc = has_pre_commit(job, err);
	if (rc <= 0)
		return rc;
	rc = pv_hook_run(job->store, "pre-commit", NULL, hook_env(job), err);
	job->is_hooked = 1;
	return rc < 0 ? rc : take_index(job, index, err);
}

/* From the tree to the moved branch. */
static int publish(git_oid *out, struct job *job, const pv_index_file *index,
		   pv_error *err)
{
	pv_commit_parts parts = { .tree = job->tree, .identity = &job->identity };
	pv_ref_change change = { NULL, out, NULL, NULL, NULL };
	pv_buf message = { 0 };
	pv_buf reflog = { 0 };
	int rc;

	rc = pv_commit_message(&message, job->store, job->opts, hook_env(job),
			       err);
	if (rc == PV_OK)
		rc = pv_store_check_canceled(job->store, err);
	if (rc < 0)
		goto out;
	parts.message = pv_buf_text(&message);
	parts.parents = &job->head;
	parts.parent_count = !job->is_unborn;
	rc = pv_commit_write(out, job->store, &parts, err);
	if (rc == PV_OK)
		rc = find_target(job, err);
	if (rc < 0)
		goto out;
	pv_commit_reflog(&reflog, job->store, &parts);
	rc = pv_buf_status(&reflog, err);
	if (rc < 0)
		goto out;
	change.refname = job->refname.ptr;
	change.expected = job->is_unborn ? NULL : &job->head;
	change.who = &job->identity.committer;
	change.message = reflog.ptr;
	if (index->is_held)
		rc = pv_left_lock_announce(&job->note, job->store,
					   change.refname, out, err);
	if (rc == PV_OK)
		rc = pv_ref_move(job->store, &change, err);
out:
	pv_buf_dispose(&message);
	pv_buf_dispose(&reflog);
	return rc;
}

/* As git does for an index that was written; nothing depends on it. */
static void tell_index(const struct job *job)
{
	static const char name[] = "post-index-change";
	static const char *const args[] = { "0", "0", NULL };

	if (pv_hook_exists(job->store, name, NULL))
		pv_hook_run(job->store, name, args, hook_env(job), NULL);
}

/* After the branch has moved. */
static int conclude(struct job *job, pv_index_file *index, pv_error *err)
{
	int is_written = index->is_held;
	int rc = PV_OK;

	pv_commit_forget(job->store);
	if (index->is_held)
		rc = pv_index_commit(index, err);
	if (rc < 0)
		return pv_error_hint(err, rc,
				     "the commit is made; restore the index "
				     "with `git restore --staged :/`");
	pv_index_dispose(&job->pending);
	if (build_env(job, index->path, NULL) == PV_OK) {
		if (is_written)
			tell_index(job);
		pv_commit_epilogue(job->store, hook_env(job));
	}
	return PV_OK;
}

/* Paths in order, each once. */
static int sort_paths(pv_strlist *out, const char *const *paths, size_t count,
		      pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < count; i++)
		rc = pv_strlist_add(out, paths[i], err);
	pv_strlist_sort(out);
	pv_strlist_unique(out);
	return rc;
}

/* Everything up to the point where the index is ready to be swapped. */
static int prepare_paths(struct job *job, pv_index_file *index,
			 const pv_strlist *paths, pv_error *err)
{
	pv_commit_scan scan = { .store = job->store,
				.index = index->index,
				.map = &index->map,
				.head = base_tree(job),
				.untrack = job->opts->untrack };
	pv_objects objects = { 0 };
	const char *seen;
	int rc = pv_objects_begin(&objects, job->store, paths->count, err);

	if (rc == PV_OK)
		rc = pv_commit_scan_paths(&scan, paths, &objects, err);
	if (rc == PV_OK)
		rc = write_tree(job, &scan, &objects, err);
	if (rc == PV_OK)
		rc = check_changed(job, &scan, err);
	if (rc == PV_OK)
		rc = pv_index_stage(index, scan.files, scan.count, &job->tree,
				    err);
	if (rc == PV_OK)
		rc = review(job, &scan, NULL, &objects, err);
	if (rc == PV_OK)
		rc = has_hooks(job, err);
	if (rc > 0)
		rc = make_pending(job, &scan, err);
	seen = job->pending.temporary ? job->pending.temporary : index->path;
	if (rc == PV_OK)
		rc = run_pre_commit(job, seen, err);
	pv_objects_dispose(&objects);
	pv_commit_scan_dispose(&scan);
	return rc;
}

/* The same for what is staged: nothing in the index changes, and hooks may
 * want to stage. */
static int prepare_staged(struct job *job, pv_index_file *index, pv_error *err)
{
	int rc;

	if (!job->is_unborn && !pv_file_exists(index->path)) {
		rc = pv_fail(err, PV_ENOTFOUND, "there is no index \"%s\"",
			     index->path);
		return pv_error_hint(err, rc,
				     "`git reset` makes one from the last "
				     "commit");
	}
	rc = take_index(job, index->path, err);
	pv_index_unlock(index);
	return rc == PV_OK ? run_pre_commit(job, index->path, err) : rc;
}

/* Commits the paths, or what is staged when there are none. */
static int make_commit(pv_oid *out, struct job *job, const pv_strlist *paths,
		       pv_error *err)
{
	pv_index_file index = { 0 };
	git_oid commit;
	int rc = pv_index_lock(&index, job->store, err);

	if (rc == PV_OK)
		rc = load_head(job, err);
	if (rc == PV_OK)
		rc = paths ? prepare_paths(job, &index, paths, err)
			   : prepare_staged(job, &index, err);
	if (rc == PV_OK)
		rc = publish(&commit, job, &index, err);
	if (rc == PV_OK && job->opts->refname)
		pv_buf_puts(job->opts->refname, job->refname.ptr);
	if (rc == PV_OK) {
		pv_oid_from_git(out, &commit);
		rc = conclude(job, &index, err);
	}
	pv_index_dispose(&index);
	return rc;
}

static int commit_or_conclude(pv_oid *out, pv_store *store,
			      const pv_strlist *paths,
			      const pv_commit_options *opts, pv_error *err)
{
	struct job job;
	int rc;

	out->hex[0] = '\0';
	rc = begin(&job, store, opts, err);
	if (rc == PV_OK)
		rc = pv_commit_is_pending(store)
			     ? pv_commit_conclude(out, store, opts, err)
			     : make_commit(out, &job, paths, err);
	end(&job);
	return rc;
}

static int commit_paths(pv_oid *out, pv_store *store, const char *const *paths,
			size_t count, const pv_commit_options *opts,
			pv_error *err)
{
	pv_strlist sorted = { 0 };
	int rc = sort_paths(&sorted, paths, count, err);

	out->hex[0] = '\0';
	if (rc == PV_OK)
		rc = commit_or_conclude(out, store, &sorted, opts, err);
	pv_strlist_dispose(&sorted);
	return rc;
}

int pv_store_commit_paths(pv_oid *out, pv_store *store,
			  const char *const *paths, size_t count,
			  const pv_commit_options *opts, pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "store", "commit",
			    commit_paths(out, store, paths, count, opts, err));
}

static int commit_staged(pv_oid *out, pv_store *store,
			 const pv_commit_options *opts, pv_error *err)
{
	return commit_or_conclude(out, store, NULL, opts, err);
}

int pv_store_commit_staged(pv_oid *out, pv_store *store,
			   const pv_commit_options *opts, pv_error *err)
{
	const pv_trace *trace = pv_store_trace(store);
	int64_t began = pv_trace_begin(trace);

	return pv_trace_end(trace, began, "store", "commit",
			    commit_staged(out, store, opts, err));
}
