/* SPDX-License-Identifier: MIT
 *
 * See pick_field.h. The commit's first parent is the base; what it would have
 * made had it changed the fields only is theirs. The merge of these with what
 * is here is an ordinary one: where it stops, the index has its three stages
 * and git a cherry-pick under way, so all that goes on from there does.
 */
#include "version/pick_field.h"

#include <stdio.h>
#include <string.h>

#include <pv/merge.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "repo/broken.h"
#include "repo/committed.h"
#include "repo/file_commit.h"
#include "repo/git.h"
#include "repo/gitmove.h"
#include "repo/named.h"
#include "repo/unfinished.h"
#include "version/autorelease.h"
#include "version/pick_names.h"
#include "version/sequence.h"

/* A pick on its way. */
struct job {
	pv_cli *cli;
	const pick_field_options *opts;
	const char **fields; /* with room for opts->fields */
	pv_commit commit;
	pv_oid parent;
	pick_names names;
	pv_strlist paths;   /* the prompts it changed, in the commit ... */
	pv_strlist present; /* ... and here; "" for none */
	pv_buf path;        /* of the one picked, here */
	pv_buf id;
	pv_buf base;
	pv_buf ours;
	pv_buf theirs;
	pv_merge *merge;
	pv_oid made; /* the new commit; hex "" until made */
	committed seen;
	autorelease done;
	const char *result;
};

static void job_dispose(struct job *job)
{
	pv_merge_free(job->merge);
	pv_commit_dispose(&job->commit);
	pv_strlist_dispose(&job->paths);
	pv_strlist_dispose(&job->present);
	pv_buf_dispose(&job->path);
	pv_buf_dispose(&job->id);
	pv_buf_dispose(&job->base);
	pv_buf_dispose(&job->ours);
	pv_buf_dispose(&job->theirs);
	committed_dispose(&job->seen);
	autorelease_dispose(&job->done);
	pv_free(job->fields);
}

/* --- the commit ---------------------------------------------------------- */

static int choose_parent(struct job *job)
{
	size_t count = job->commit.parent_count;
	size_t wanted = (size_t)job->opts->mainline;
	pv_error *err = &job->cli->err;
	int rc;

	if (count == 0)
		return pv_fail(err, PV_EINVALID,
			       "the commit %.7s has no parent: it adds what it "
			       "has as a whole",
			       job->commit.oid.hex);
	if (count > 1 && wanted == 0) {
		rc = pv_fail(err, PV_EINVALID, "the commit %.7s is a merge",
			     job->commit.oid.hex);
		return pv_error_hint(err, rc,
				     "\"--mainline N\" takes what changed "
				     "against its parent N");
	}
	if (wanted > count)
		return pv_fail(err, PV_EINVALID,
			       "the commit %.7s has no parent %zu",
			       job->commit.oid.hex, wanted);
	job->parent = job->commit.parents[wanted ? wanted - 1 : 0];
	return PV_OK;
}

static int add_path(struct job *job, const char *path)
{
	pv_cli *cli = job->cli;
	pv_buf here = { 0 };
	pv_buf id = { 0 };
	int rc = pv_prompt_id(&id, &cli->settings, path, NULL);

	pv_buf_dispose(&id);
	if (rc != PV_OK)
		return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : PV_OK;
	rc = pick_names_here(&here, cli, &job->names, path);
	if (rc == PV_OK)
		rc = pv_strlist_add(&job->paths, path, &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&job->present, pv_buf_text(&here), &cli->err);
	pv_buf_dispose(&here);
	return rc;
}

/* The prompts that the commit has and changed, by their files. */
static int list_paths(struct job *job)
{
	const char *const args[] = { "diff-tree",
				     "-r",
				     "-z",
				     "--no-renames",
				     "--name-only",
				     "--diff-filter=M",
				     job->parent.hex,
				     job->commit.oid.hex,
				     NULL };
	pv_buf out = { 0 };
	int rc = cli_git(&out, job->cli, args);

	for (size_t at = 0; rc == PV_OK && at < out.len;
	     at += strlen(out.ptr + at) + 1)
		rc = add_path(job, out.ptr + at);
	pv_buf_dispose(&out);
	return rc;
}

static int read_commit(struct job *job, const char *name)
{
	pv_cli *cli = job->cli;
	pv_oid oid = { "" };
	int rc = sequence_commit(&oid, cli, name);

	if (rc == PV_OK)
		rc = pv_store_commit_read(&job->commit, cli->store, &oid,
					  &cli->err);
	if (rc == PV_OK)
		rc = choose_parent(job);
	if (rc == PV_OK)
		rc = pick_names_init(&job->names, cli, &oid);
	return rc == PV_OK ? list_paths(job) : rc;
}

/* --- which prompt -------------------------------------------------------- */

static int read_at(pv_buf *out, struct job *job, const pv_oid *commit,
		   const char *path)
{
	pv_point at = { PV_AT_COMMIT, *commit };

	pv_buf_clear(out);
	return pv_store_read(out, NULL, job->cli->store, &at, path,
			     &job->cli->err);
}

/* Reads what the commit made of one prompt, of the fields only. */
static int read_change(struct job *job, size_t idx)
{
	const char *path = job->paths.items[idx];
	pv_merge_side before = { 0 };
	pv_merge_side after = { 0 };
	pv_buf text = { 0 };
	int rc = read_at(&job->base, job, &job->parent, path);

	if (rc == PV_OK)
		rc = read_at(&text, job, &job->commit.oid, path);
	before.text = pv_buf_text(&job->base);
	before.len = job->base.len;
	after.text = pv_buf_text(&text);
	after.len = text.len;
	pv_buf_clear(&job->theirs);
	if (rc == PV_OK)
		rc = pv_merge_pick(&job->theirs, &before, &after, job->fields,
				   job->opts->fields.count, &job->cli->err);
	pv_buf_dispose(&text);
	return rc;
}

static void put_id(pv_buf *out, const struct job *job, const char *path)
{
	pv_buf id = { 0 };

	pv_prompt_id(&id, &job->cli->settings, path, NULL);
	pv_buf_printf(out, "%s%s", out->len ? ", " : "", pv_buf_text(&id));
	pv_buf_dispose(&id);
}

/* PV_ENOTFOUND or PV_EAMBIGUOUS; the hint lists prompts. */
static int refuse_choice(struct job *job, const pv_buf *fitting, const char *id)
{
	pv_error *err = &job->cli->err;
	pv_buf all = { 0 };
	int rc;

	for (size_t i = 0; i < job->paths.count; i++)
		put_id(&all, job, job->paths.items[i]);
	pv_error_clear(err);
	if (fitting && fitting->len) {
		rc = pv_fail(err, PV_EAMBIGUOUS,
			     "several prompts changed there: %.120s",
			     fitting->ptr);
		rc = pv_error_hint(err, rc, "name one of them behind the commit");
	} else {
		rc = id ? pv_fail_id(err, PV_ERR_NOT_FOUND,
				     "the commit %.7s does not change \"%.80s\"",
				     job->commit.oid.hex, id)
			: pv_fail_id(err, PV_ERR_NOT_FOUND,
				     "the commit %.7s changes that field in no "
				     "prompt",
				     job->commit.oid.hex);
		if (all.len)
			rc = pv_error_hint(err, rc, "it changes: %.140s",
					   all.ptr);
		else
			rc = pv_error_hint(err, rc,
					   "prompts that it adds or removes are "
					   "picked as a whole, without --field");
	}
	pv_buf_dispose(&all);
	return rc;
}

/* The one prompt whose fields changed; all are tried. */
static int choose_fitting(size_t *out, struct job *job)
{
	pv_buf fitting = { 0 };
	size_t count = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < job->paths.count && rc == PV_OK; i++) {
		rc = read_change(job, i);
		if (rc == PV_OK) {
			*out = i;
			count++;
			put_id(&fitting, job, job->paths.items[i]);
		}
		if (rc == PV_ENOTFOUND || rc == PV_ESYNTAX ||
		    rc == PV_EUNSUPPORTED)
			rc = PV_OK;
	}
	if (rc == PV_OK && count != 1)
		rc = refuse_choice(job, &fitting, NULL);
	pv_buf_dispose(&fitting);
	return rc;
}

static int choose_named(size_t *out, struct job *job, const char *id)
{
	pv_cli *cli = job->cli;
	pv_buf path = { 0 };
	int rc = pv_id_check(id, &cli->err);

	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &cli->settings, id, &cli->err);
	*out = job->paths.count;
	for (size_t i = 0; rc == PV_OK && i < job->paths.count; i++)
		if (strcmp(job->present.items[i], path.ptr) == 0 ||
		    (*out == job->paths.count &&
		     strcmp(job->paths.items[i], path.ptr) == 0))
			*out = i;
	if (rc == PV_OK && *out == job->paths.count)
		rc = refuse_choice(job, NULL, id);
	pv_buf_dispose(&path);
	return rc;
}

static int choose(struct job *job, const char *id)
{
	pv_cli *cli = job->cli;
	size_t idx = 0;
	int rc;

	rc = id ? named_spec(cli, &id) : PV_OK;
	if (id && rc == PV_OK)
		rc = choose_named(&idx, job, id);
	else if (rc == PV_OK)
		rc = job->paths.count == 1 ? PV_OK : choose_fitting(&idx, job);
	if (rc == PV_OK)
		rc = read_change(job, idx);
	if (rc != PV_OK)
		return rc;
	pv_error_clear(&cli->err);
	if (!*job->present.items[idx]) {
		rc = pv_fail_id(&cli->err, PV_ERR_PROMPT_NOT_FOUND,
				"the prompt of \"%.100s\" is not here",
				job->paths.items[idx]);
		return pv_error_hint(&cli->err, rc,
				     "it would have to be picked as a whole");
	}
	pv_buf_puts(&job->path, job->present.items[idx]);
	rc = pv_prompt_id(&job->id, &cli->settings, pv_buf_text(&job->path),
			  &cli->err);
	return rc == PV_OK ? pv_buf_status(&job->path, &cli->err) : rc;
}

/* --- the merge ----------------------------------------------------------- */

static int refuse_nothing(pv_cli *cli)
{
	int rc = pv_fail_id(&cli->err, PV_ERR_NOT_FOUND, "nothing to pick");

	return pv_error_hint(&cli->err, rc,
			     "what the commit changed is there already");
}

/* Without a commit what is not committed yet is merged into, too. */
static int merge(struct job *job)
{
	pv_point here = { PV_AT_WORKTREE, { "" } };
	const char *path = pv_buf_text(&job->path);
	pv_merge_input input = { .path = path };
	pv_cli *cli = job->cli;
	int rc = job->opts->no_commit ? PV_OK : file_commit_clean(cli, path);

	if (rc == PV_OK)
		rc = pv_store_read(&job->ours, NULL, cli->store, &here, path,
				   &cli->err);
	input.base.text = pv_buf_text(&job->base);
	input.base.len = job->base.len;
	input.ours.text = pv_buf_text(&job->ours);
	input.ours.len = job->ours.len;
	input.theirs.text = pv_buf_text(&job->theirs);
	input.theirs.len = job->theirs.len;
	if (rc == PV_OK)
		rc = pv_merge_new(&job->merge, &input, &cli->err);
	return rc;
}

/* --- a clean one --------------------------------------------------------- */

static int write_message(pv_buf *out, const struct job *job)
{
	const cli_list *fields = &job->opts->fields;
	pv_str message = pv_str_trim(pv_str_of(job->commit.message));

	pv_buf_put(out, message.ptr, message.len);
	pv_buf_printf(out, "\n\n(field%s ", fields->count == 1 ? "" : "s");
	for (size_t i = 0; i < fields->count; i++)
		pv_buf_printf(out, "%s%s", i ? ", " : "", fields->items[i].value);
	pv_buf_printf(out, " cherry picked from commit %s)\n",
		      job->commit.oid.hex);
	return pv_buf_status(out, &job->cli->err);
}

static int commit_text(struct job *job, const pv_change *change,
		       const char *message)
{
	const pv_signature *author = &job->commit.author;
	pv_commit_options opts = { 0 };
	pv_cli *cli = job->cli;
	pv_buf who = { 0 };
	char date[64];
	int rc;

	pv_buf_printf(&who, "%s <%s>", author->name, author->email);
	rc = pv_buf_status(&who, &cli->err);
	snprintf(date, sizeof(date), "@%lld %c%02d%02d",
		 (long long)author->when, author->offset < 0 ? '-' : '+',
		 (author->offset < 0 ? -author->offset : author->offset) / 60,
		 (author->offset < 0 ? -author->offset : author->offset) % 60);
	opts.message = message;
	opts.keep_message = 1;
	opts.no_verify = job->opts->no_verify;
	opts.author = who.ptr;
	opts.date = date;
	committed_options(&opts, &job->seen);
	if (rc == PV_OK)
		rc = file_commit(&job->made, cli, change, 1, &opts);
	pv_buf_dispose(&who);
	return rc;
}

static int commit(struct job *job, const pv_change *change)
{
	pv_cli *cli = job->cli;
	pv_strlist ids = { 0 };
	pv_buf message = { 0 };
	int rc = write_message(&message, job);

	if (rc == PV_OK)
		rc = pv_strlist_add(&ids, pv_buf_text(&job->id), &cli->err);
	if (rc == PV_OK)
		rc = autorelease_announce(&job->done, cli, &ids);
	if (rc == PV_OK) {
		rc = commit_text(job, change, message.ptr);
		if (job->made.hex[0])
			autorelease_commit(&job->done, cli, &job->seen.ids);
		else
			autorelease_forget(&job->done);
	}
	pv_strlist_dispose(&ids);
	pv_buf_dispose(&message);
	return rc;
}

static int stage(pv_cli *cli, const char *path)
{
	const char *args[] = { "add", "--sparse", "--", NULL, NULL };
	pv_buf spec = { 0 };
	int rc;

	pv_buf_printf(&spec, ":(top,literal)%s", path);
	rc = pv_buf_status(&spec, &cli->err);
	args[3] = pv_buf_text(&spec);
	if (rc == PV_OK)
		rc = cli_git(NULL, cli, args);
	pv_buf_dispose(&spec);
	return rc;
}

/* What was not staged before stays so: nobody asked for that. */
static int apply(struct job *job, const pv_change *change)
{
	pv_point index = { PV_AT_INDEX, { "" } };
	pv_cli *cli = job->cli;
	pv_buf staged = { 0 };
	int is_same;
	int rc;

	rc = pv_store_read(&staged, NULL, cli->store, &index, change->path, NULL);
	is_same = rc == PV_OK && staged.len == job->ours.len &&
		  memcmp(pv_buf_text(&staged), pv_buf_text(&job->ours),
			 staged.len) == 0;
	pv_buf_dispose(&staged);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	rc = pv_store_write_files(cli->store, change, 1, &cli->err);
	if (rc == PV_OK && is_same)
		rc = stage(cli, change->path);
	else if (rc == PV_OK)
		cli_hint(cli,
			 "the file had changes that are not staged, so nothing "
			 "is: \"git add\" it");
	return rc;
}

static int take(struct job *job)
{
	pv_change change = { .path = pv_buf_text(&job->path) };
	pv_cli *cli = job->cli;
	int rc;

	change.data = pv_merge_text(job->merge, &change.len);
	if (change.len == job->ours.len &&
	    memcmp(change.data, pv_buf_text(&job->ours), change.len) == 0)
		return refuse_nothing(cli);
	job->result = job->opts->no_commit ? "applied" : "picked";
	if (job->opts->no_commit)
		return apply(job, &change);
	rc = broken_check_text(cli, change.path, change.data, change.len,
			       "take what belongs to it, too, with another "
			       "--field");
	return rc == PV_OK ? commit(job, &change) : rc;
}

/* --- one that stops ------------------------------------------------------ */

static int stop(struct job *job)
{
	unfinished what = { .path = pv_buf_text(&job->path),
			    .sides = { &job->base, &job->ours, &job->theirs } };
	pv_cli *cli = job->cli;
	pv_buf message = { 0 };
	int rc = write_message(&message, job);

	job->result = "conflict";
	if (!job->opts->no_commit) {
		what.commit = &job->commit.oid;
		what.message = &message;
	}
	if (rc == PV_OK)
		rc = unfinished_leave(&what, cli);
	pv_buf_dispose(&message);
	return rc;
}

/* --- what became of it --------------------------------------------------- */

static int is_stopped(const struct job *job)
{
	return pv_merge_markers(job->merge) > 0;
}

static int print_json(struct job *job)
{
	const cli_list *fields = &job->opts->fields;
	const pv_oid *head = job->made.hex[0] ? &job->made : &job->names.head;
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &job->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "result", job->result);
	pv_jsonw_member(&w, "commit", head->hex);
	pv_jsonw_key(&w, "picked");
	pv_jsonw_array(&w);
	pv_jsonw_string(&w, job->commit.oid.hex);
	pv_jsonw_array_end(&w);
	pv_jsonw_member(&w, "id", pv_buf_text(&job->id));
	pv_jsonw_key(&w, "fields");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < fields->count; i++)
		pv_jsonw_string(&w, fields->items[i].value);
	pv_jsonw_array_end(&w);
	autorelease_json(&w, &job->done);
	rc = git_move_conflicts_json(&w, job->cli);
	pv_jsonw_object_end(&w);
	return rc;
}

static int print_text(struct job *job)
{
	pv_cli *cli = job->cli;

	if (is_stopped(job))
		return git_move_conflicts_text(cli, job->opts->no_commit
							    ? NULL
							    : "cherry-pick");
	if (job->made.hex[0]) {
		cli_printf(cli, "[%.7s] ", job->made.hex);
		cli_line(cli, job->commit.subject);
		cli_puts(cli, "\n");
	}
	autorelease_text(cli, &job->done);
	return PV_OK;
}

static int list_fields(struct job *job)
{
	const cli_list *fields = &job->opts->fields;

	job->fields = pv_calloc(fields->count + 1, sizeof(*job->fields));
	if (!job->fields)
		return pv_fail_nomem(&job->cli->err);
	for (size_t i = 0; i < fields->count; i++)
		job->fields[i] = fields->items[i].value;
	return PV_OK;
}

int pick_field(pv_cli *cli, const pick_field_options *opts, const char *commit,
	       const char *id)
{
	struct job job = { .cli = cli, .opts = opts, .seen = { .cli = cli } };
	int rc = file_commit_state(cli);

	if (rc == PV_OK)
		rc = list_fields(&job);
	if (rc == PV_OK)
		rc = read_commit(&job, commit);
	if (rc == PV_OK)
		rc = choose(&job, id);
	if (rc == PV_OK)
		rc = merge(&job);
	if (rc == PV_OK)
		rc = is_stopped(&job) ? stop(&job) : take(&job);
	if (rc == PV_OK)
		rc = cli->json ? print_json(&job) : print_text(&job);
	if (rc == PV_OK)
		rc = is_stopped(&job) ? 1 : autorelease_status(&job.done);
	job_dispose(&job);
	return rc;
}
