/* SPDX-License-Identifier: MIT
 *
 * See gates_tested.h. What was run of a prompt says at which commit; it counts
 * where the closure there is the one that asks to be let in, so that an edit of
 * an included prompt asks for the tests again.
 */
#include "deploy/gates_tested.h"

#include <string.h>

#include <pv/index.h>
#include <pv/render.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "repo/prompts.h"
#include "repo/tracking.h"

struct testing {
	pv_cli *cli;
	pv_executions *index;        /* NULL: there is none */
	const gate_subject *subject; /* at hand */
	pv_buf closure;              /* its */
	pv_oid blob;                 /* its */
	const char *name;            /* of the test at hand */
	int is_run;
	int is_passed;
	pv_strlist same; /* commits that have the closure */
	pv_strlist others;
	gate_result *out;
};

static int refuse(gate_result *out, pv_cli *cli, const char *path,
		  const char *rule, const char *message, const char *hint)
{
	const pv_finding finding = { .severity = PV_SEVERITY_ERROR,
				     .rule = rule,
				     .file = path,
				     .message = message,
				     .hint = hint };

	out->is_ok = 0;
	return pv_report_add(out->findings, &finding, &cli->err);
}

int gates_closure(pv_buf *out, pv_cli *cli, const gate_subject *subject)
{
	int rc = pv_closure(out, cli->store, &cli->settings, &subject->at,
			    subject->id, &cli->err);

	if (rc != PV_ESYNTAX && rc != PV_ESCHEMA && rc != PV_EINVALID)
		return rc;
	pv_error_clear(&cli->err);
	pv_buf_truncate(out, 0);
	return PV_OK;
}

int gates_known(gate_result *out, pv_cli *cli, const gate_subject *subjects,
		size_t count)
{
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		pv_buf closure = { 0 };

		rc = gates_closure(&closure, cli, &subjects[i]);
		if (rc == PV_OK &&
		    pv_str_has_prefix(pv_buf_text(&closure), "dynamic:"))
			rc = refuse(out, cli, subjects[i].path, "dynamic",
				    "what it includes is computed, so nobody "
				    "can say what goes live",
				    "write the ids of what it includes as "
				    "constants");
		pv_buf_dispose(&closure);
	}
	return rc;
}

/* --- what was run -------------------------------------------------------------- */

static int has_closure(int *out, struct testing *it, const char *commit)
{
	gate_subject then = *it->subject;
	pv_buf closure = { 0 };
	int rc;

	*out = pv_strlist_find(&it->same, commit) >= 0;
	if (*out || pv_strlist_find(&it->others, commit) >= 0)
		return PV_OK;
	then.at.kind = PV_AT_COMMIT;
	memset(&then.at.commit, 0, sizeof(then.at.commit));
	if (strlen(commit) >= sizeof(then.at.commit.hex))
		return PV_OK;
	memcpy(then.at.commit.hex, commit, strlen(commit) + 1);
	rc = gates_closure(&closure, it->cli, &then);
	/* A commit that is not here, or a prompt that was called otherwise. */
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&it->cli->err);
		rc = PV_OK;
	}
	*out = rc == PV_OK && closure.len &&
	       !strcmp(pv_buf_text(&closure), pv_buf_text(&it->closure));
	pv_buf_dispose(&closure);
	return rc == PV_OK ? pv_strlist_add(*out ? &it->same : &it->others,
					    commit, &it->cli->err)
			   : rc;
}

/* The newest that counts decides: 1 when it is this one. */
static int look(const pv_execution *row, void *payload)
{
	struct testing *it = payload;
	const char *commit = pv_execution_text(row, "commit");
	pv_buf success = { 0 };
	int is = 0;
	int rc = commit ? has_closure(&is, it, commit) : PV_OK;

	if (rc == PV_OK && is) {
		rc = pv_execution_value(&success, row, "success", &it->cli->err);
		it->is_run = 1;
		it->is_passed = !strcmp(pv_buf_text(&success), "true");
	}
	pv_buf_dispose(&success);
	return rc == PV_OK ? is : rc;
}

static int find_run(struct testing *it)
{
	const pv_executions_match matches[] = {
		{ .field = "prompt_id", .value = it->subject->id },
		{ .field = "blob", .value = it->blob.hex },
		{ .field = "case", .value = it->name },
	};
	const pv_executions_query query = { .matches = matches,
					    .match_count = pv_array_len(matches) };
	int rc;

	it->is_run = 0;
	it->is_passed = 0;
	if (!it->index)
		return PV_OK;
	rc = pv_executions_list(it->index, &query, look, it, &it->cli->err);
	return rc < 0 ? rc : PV_OK;
}

/* --- the tests of a prompt ------------------------------------------------------ */

static int ask_case(const pv_render_case *one, void *payload)
{
	struct testing *it = payload;
	pv_buf text = { 0 };
	int rc;

	if (!*one->name)
		return PV_OK;
	it->name = one->name;
	rc = find_run(it);
	if (rc == PV_OK && !it->is_passed) {
		pv_buf_printf(&text, "the test \"%.80s\" %s", one->name,
			      it->is_run ? "has failed"
					 : "was not run in this state");
		rc = pv_buf_status(&text, &it->cli->err);
	}
	if (rc == PV_OK && !it->is_passed)
		rc = refuse(it->out, it->cli, it->subject->path,
			    it->is_run ? "test-failed" : "not-yet",
			    pv_buf_text(&text),
			    "run it, and record it: git pv record --case");
	pv_buf_dispose(&text);
	return rc;
}

static int ask_subject(struct testing *it)
{
	pv_cli *cli = it->cli;
	cli_prompt entry = { 0 };
	int rc = cli_prompt_read(&entry, cli, &it->subject->at, it->subject->id,
				 it->subject->path, NULL);

	pv_buf_truncate(&it->closure, 0);
	if (rc == PV_OK)
		rc = gates_closure(&it->closure, cli, it->subject);
	if (rc == PV_OK)
		rc = pv_store_find(&it->blob, cli->store, &it->subject->at,
				   it->subject->path, &cli->err);
	/* One that does not load is the syntax gate's. */
	if (rc == PV_OK && entry.prompt)
		rc = pv_render_case_each(entry.prompt, NULL, ask_case, it,
					 &cli->err);
	pv_strlist_dispose(&it->same);
	pv_strlist_dispose(&it->others);
	cli_prompt_dispose(&entry);
	return rc;
}

int gates_tested(gate_result *out, pv_cli *cli, const gate_subject *subjects,
		 size_t count, const gate_options *opts)
{
	struct testing it = { .cli = cli, .out = out };
	int rc = tracking_open(&it.index, cli, 1);

	/* Without an index nothing was run, or it is not known here. */
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
		count = opts->is_push ? 0 : count;
	}
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		it.subject = &subjects[i];
		rc = ask_subject(&it);
	}
	pv_buf_dispose(&it.closure);
	pv_executions_free(it.index);
	return rc;
}
