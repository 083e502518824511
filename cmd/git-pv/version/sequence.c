/* SPDX-License-Identifier: MIT
 *
 * See sequence.h: a run of git's sequencer, from its arguments to what people
 * and programs are told.
 */
#include "version/sequence.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/file.h"
#include "repo/named.h"

/* It may begin with what a prompt is called: "Its name@1.0". */
static int resolve_spec(pv_spec *out, pv_cli *cli, const char *name)
{
	const char *given = name;
	pv_error what;
	int rc = cli_spec_resolve(out, cli, name, PV_SPEC_COMMIT);

	if (rc != PV_ENOTFOUND && rc != PV_EINVALID)
		return rc;
	what = cli->err;
	pv_error_clear(&cli->err);
	rc = named_spec(cli, &name);
	if (rc == PV_OK && name != given)
		return cli_spec_resolve(out, cli, name, PV_SPEC_COMMIT);
	if (rc == PV_OK)
		cli->err = what;
	return cli->err.code;
}

int sequence_commit(pv_oid *out, pv_cli *cli, const char *name)
{
	pv_spec spec = { 0 };
	int rc;

	if (!strchr(name, '@') || name[0] == '@')
		return pv_store_resolve(out, cli->store, name, &cli->err);
	rc = resolve_spec(&spec, cli, name);
	if (rc == PV_OK && spec.at.kind != PV_AT_COMMIT)
		rc = pv_fail(&cli->err, PV_EINVALID, "\"%s\" is no commit", name);
	if (rc == PV_OK)
		*out = spec.at.commit;
	pv_spec_dispose(&spec);
	return rc;
}

int sequence_args(sequence *run, pv_cli *cli)
{
	static const char *const steps[] = { NULL, "--abort", "--continue",
					     "--skip" };
	int rc = git_move_arg(&run->move, cli, run->kind->verb);

	if (rc == PV_OK && run->step != SEQUENCE_START)
		rc = git_move_arg(&run->move, cli, steps[run->step]);
	return rc;
}

/* --- what git refused ---------------------------------------------------- */

/* Also between two commits, where git keeps but the list of what is left. */
static int is_under_way(const sequence *run, pv_cli *cli)
{
	pv_buf path = { 0 };
	int found = pv_store_state(cli->store) == run->kind->state;

	pv_buf_printf(&path, "%s/sequencer/todo", pv_store_git_dir(cli->store));
	found = found || (path.status == PV_OK && pv_file_exists(path.ptr));
	pv_buf_dispose(&path);
	return found;
}

/*
 * Git leaves what it could not commit staged, and may forget what it was
 * about. It starts with a clean index only, so what is staged is all its own.
 */
static int put_back(int *status_out, pv_cli *cli)
{
	static const char *const reset[] = { "reset", "-q", "--merge", NULL };
	pv_git_options opts = { 0 };
	pv_buf talk = { 0 };
	int rc;

	opts.errors = &talk;
	rc = pv_git_run(NULL, status_out, cli->store, reset, &opts, &cli->err);
	pv_buf_dispose(&talk);
	return rc;
}

/* Of one commit nothing stays under way; of several the others are left. */
static int refuse_nothing(const sequence *run, pv_cli *cli)
{
	const sequence_kind *kind = run->kind;
	int is_only = run->step == SEQUENCE_START && !run->is_long;
	int status;
	int rc = PV_OK;

	if (is_only && is_under_way(run, cli))
		rc = put_back(&status, cli);
	if (rc < 0)
		return rc;
	rc = pv_fail_id(&cli->err, PV_ERR_NOT_FOUND, "%s", kind->nothing);
	return pv_error_hint(&cli->err, rc, "%s",
			     is_only ? kind->there : kind->left);
}

/* Whether it stopped at a commit that changes nothing. */
static int is_nothing(const sequence *run, pv_cli *cli)
{
	const git_move *move = &run->move;

	if (move->is_empty)
		return 1;
	return run->is_long && move->status == 1 && !move->unmerged &&
	       !move->is_due && is_under_way(run, cli);
}

/* What a run that git refused has left behind. */
static int refused(sequence *run, pv_cli *cli)
{
	const sequence_kind *kind = run->kind;
	git_move *move = &run->move;
	int is_late = run->step == SEQUENCE_CONTINUE || run->is_long;
	int status = 0;
	int rc;

	if (move->is_replayed && is_under_way(run, cli))
		return git_move_refuse(move, cli, kind->replayed);
	if (run->step != SEQUENCE_ABORT && is_nothing(run, cli))
		return refuse_nothing(run, cli);
	if (is_late && move->is_due && is_under_way(run, cli))
		return git_move_refuse(move, cli, kind->staged);
	if (run->step != SEQUENCE_START)
		return git_move_fail(move, cli, kind->stuck);
	if (!move->is_prepared)
		return git_move_fail(move, cli, kind->refused);
	rc = put_back(&status, cli);
	if (rc < 0)
		return rc;
	return git_move_refuse(move, cli,
			       status ? kind->not_undone : kind->undone);
}

/* --- the run ------------------------------------------------------------- */

static int check_state(const sequence *run, pv_cli *cli)
{
	int rc;

	if (run->step == SEQUENCE_START || is_under_way(run, cli))
		return PV_OK;
	rc = pv_fail(&cli->err, PV_EINVALID, "%s", run->kind->idle);
	return pv_error_hint(&cli->err, rc, "%s", run->kind->start);
}

static void conclude(sequence *run, pv_cli *cli)
{
	int is_moved = git_move_is_done(&run->move);

	run->result = run->kind->done;
	if (git_move_is_conflict(&run->move))
		run->result = "conflict";
	else if (run->step == SEQUENCE_ABORT)
		run->result = "aborted";
	else if (run->step == SEQUENCE_SKIP && !is_moved)
		run->result = "skipped";
	if (is_moved && run->step != SEQUENCE_ABORT)
		autorelease_move(&run->done, cli, &run->move.before);
}

/* One commit that was made is made, whatever git's exit status says. */
static int is_refused(const sequence *run)
{
	const git_move *move = &run->move;

	return move->status != 0 && !git_move_is_conflict(move) &&
	       (run->is_long || !git_move_is_done(move));
}

int sequence_run(sequence *run, pv_cli *cli)
{
	git_move *move = &run->move;
	int rc = check_state(run, cli);

	/* With others to follow, HEAD is not what was staged. */
	move->concludes = run->step == SEQUENCE_CONTINUE && !run->is_long;
	if (rc == PV_OK && run->step == SEQUENCE_CONTINUE)
		rc = git_move_check_staged(cli);
	if (rc == PV_OK && run->step != SEQUENCE_ABORT)
		rc = autorelease_announce_move(&run->done, cli);
	if (rc == PV_OK)
		rc = git_move_run(move, cli);
	if (rc != PV_OK)
		return rc;
	if (git_move_is_done(move))
		cli_made(cli, "HEAD is at %.7s all the same", move->after.hex);
	else
		autorelease_forget(&run->done);
	if (is_refused(run))
		return refused(run, cli);
	conclude(run, cli);
	return PV_OK;
}

/* --- what became of it --------------------------------------------------- */

int sequence_text(pv_cli *cli, const sequence *run)
{
	if (git_move_is_conflict(&run->move))
		return git_move_conflicts_text(cli, run->kind->next);
	autorelease_text(cli, &run->done);
	return git_move_end(&run->move, cli, PV_OK);
}

void sequence_json(pv_jsonw *w, const sequence *run)
{
	pv_jsonw_member(w, "result", run->result);
	pv_jsonw_member(w, "commit", run->move.after.hex);
}

int sequence_json_end(pv_jsonw *w, pv_cli *cli, const sequence *run)
{
	autorelease_json(w, &run->done);
	return git_move_conflicts_json(w, cli);
}

int sequence_status(const sequence *run)
{
	return git_move_is_conflict(&run->move) ? 1
						: autorelease_status(&run->done);
}

void sequence_dispose(sequence *run)
{
	autorelease_dispose(&run->done);
	git_move_dispose(&run->move);
}
