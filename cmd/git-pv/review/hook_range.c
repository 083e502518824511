/* SPDX-License-Identifier: MIT
 *
 * What a push brings, asked of git: it knows the quarantine, alternates and
 * grafts. Ids come from git, never from who pushes.
 */
#include <string.h>

#include <pv/git.h>
#include <pv/signature.h>

#include "base/fail.h"
#include "review/hook.h"

/* Runs git with a text for its standard input. PV_EGIT when it fails. */
static int run_git(pv_buf *out, push *job, const char *const *args,
		   const pv_buf *input)
{
	pv_git_options opts = { 0 };
	pv_buf errors = { 0 };
	int status = 0;
	int rc;

	opts.errors = &errors;
	opts.input = input ? pv_buf_text(input) : NULL;
	opts.input_len = input ? input->len : 0;
	rc = pv_git_run(out, &status, job->cli->store, args, &opts,
			&job->cli->err);
	if (rc == PV_OK && status)
		rc = pv_fail(&job->cli->err, PV_EGIT, "git %s: %.*s", args[0],
			     (int)strcspn(pv_buf_text(&errors), "\n"),
			     pv_buf_text(&errors));
	pv_buf_dispose(&errors);
	return rc;
}

static int split_lines(pv_strlist *out, const pv_buf *text, pv_error *err)
{
	const char *at = pv_buf_text(text);
	int rc = PV_OK;

	while (*at && rc == PV_OK) {
		size_t len = strcspn(at, "\n");

		rc = pv_strlist_addn(out, at, len, err);
		at += len + (at[len] == '\n');
	}
	return rc;
}

int push_commits(pv_strlist *out, push *job, const char *known)
{
	const char *args[] = { "rev-list",
			       "--reverse",
			       "--topo-order",
			       "--parents",
			       job->at->new.hex,
			       known ? "--not" : "--",
			       known,
			       NULL };
	pv_buf text = { 0 };
	int rc;

	rc = run_git(&text, job, args, NULL);
	if (rc == PV_OK)
		rc = split_lines(out, &text, &job->cli->err);
	pv_buf_dispose(&text);
	return rc;
}

int push_is_reachable(push *job, const pv_oid *commit)
{
	const char *old[] = { "rev-list", "--max-count=1", commit->hex,
			      "--not",    "--all",         NULL };
	pv_buf text = { 0 };
	int rc = run_git(&text, job, old, NULL);
	int is_there = !text.len;

	pv_buf_dispose(&text);
	for (size_t i = 0; i < job->count && rc == PV_OK && !is_there; i++) {
		const push_update *update = &job->updates[i];

		if (!pv_str_has_prefix(update->ref, "refs/heads/") ||
		    !update->new.hex[0])
			continue;
		rc = pv_store_is_ancestor(job->cli->store, commit, &update->new,
					  &job->cli->err);
		is_there = rc > 0;
		rc = rc > 0 ? PV_OK : rc;
	}
	return rc < 0 ? rc : is_there;
}

/* --- signatures ---------------------------------------------------------------- */

int push_is_signed(push *job, const pv_oid *object)
{
	pv_cli *cli = job->cli;
	pv_signature_check check;
	int rc = pv_signature_check_load(&check, cli->store, object, &cli->err);
	int is_good = rc == PV_OK && check.state == PV_SIGNATURE_GOOD;

	pv_signature_check_dispose(&check);
	return rc < 0 ? rc : is_good;
}

/* --- files --------------------------------------------------------------------- */

int push_each_file(push *job, const pv_strlist *commits,
		   int (*fn)(const char *commit, const changed_file *file,
			     void *payload),
		   void *payload)
{
	static const char *const args[] = {
		"diff-tree", "--stdin",     "--root",       "-r", "-z",
		"--raw",     "--no-abbrev", "--no-renames", NULL
	};
	pv_buf input = { 0 };
	pv_buf text = { 0 };
	int rc;

	/* A merge is compared with its first parent: the branch's own side. */
	for (size_t i = 0; i < commits->count; i++)
		pv_buf_printf(&input, "%.81s\n", commits->items[i]);
	rc = pv_buf_status(&input, &job->cli->err);
	if (rc == PV_OK && commits->count)
		rc = run_git(&text, job, args, &input);
	if (rc == PV_OK)
		rc = policy_each_raw(job->cli, &text, fn, payload);
	pv_buf_dispose(&input);
	pv_buf_dispose(&text);
	return rc;
}
