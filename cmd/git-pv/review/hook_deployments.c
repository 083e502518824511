/* SPDX-License-Identifier: MIT
 *
 * Judging what comes to pv/deployments: one line of commits, each of which
 * changes one environment and says in its trailers exactly what it changed,
 * and who did. What goes live is held against the gates of the environment,
 * as if it were deployed here.
 */
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/mem.h"
#include "deploy/gates.h"
#include "review/hook_deployment.h"

enum {
	MODE_FILE = 0100644
};

/* A file that a commit of the push changes. */
struct change {
	char commit[41];
	char *path;
	unsigned mode;
};

struct changes {
	push *job;
	struct change *items;
	size_t count;
	size_t cap;
};

/* An environment as a commit has it; none is an empty one. */
static int load(pv_environment *out, push *job, const char *name,
		const pv_oid *commit)
{
	pv_error *err = &job->cli->err;
	int rc = commit->hex[0] ? pv_environment_load(out, job->cli->store,
						      name, commit, err)
				: PV_OK;

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(err);
	return PV_OK;
}

/* --- reverts and rollbacks ------------------------------------------------------------ */

static int is_back(deployment *it, const pv_environment *then, const char *id)
{
	return deployment_is_entry_same(pv_environment_find(then, id),
					pv_environment_find(&it->after, id)) ||
	       deployment_is_entry_same(pv_environment_find(&it->before, id),
					pv_environment_find(&it->after, id));
}

/* A `git revert` of a deployment brings back what was live before it. */
static int judge_revert(deployment *it)
{
	pv_environment then = { 0 };
	pv_commit reverted = { 0 };
	pv_cli *cli = it->job->cli;
	pv_oid oid;
	int is_all_back = 1;
	int rc;

	memcpy(oid.hex, it->reverts, 40);
	oid.hex[40] = '\0';
	rc = pv_store_commit_read(&reverted, cli->store, &oid, NULL);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	if (rc == PV_OK && reverted.parent_count)
		rc = load(&then, it->job, it->name, &reverted.parents[0]);
	for (size_t i = 0; i < it->after.count; i++)
		is_all_back &= is_back(it, &then, it->after.items[i].id);
	for (size_t i = 0; i < it->before.count; i++)
		is_all_back &= is_back(it, &then, it->before.items[i].id);
	if (rc != PV_OK || !is_all_back)
		deployment_wrong(it, "says that it reverts a deployment, and brings "
				     "something else");
	pv_environment_dispose(&then);
	pv_commit_dispose(&reverted);
	if (rc < 0 && rc != PV_ENOMEM)
		pv_error_clear(&cli->err);
	return rc == PV_ENOMEM ? rc : PV_OK;
}

struct past {
	deployment *it;
	char *was_live; /* of each entry that is live now */
	const char *file;
};

static int look_back(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	struct past *past = payload;
	deployment *it = past->it;
	pv_environment then = { 0 };
	int rc;

	if (!blob->hex[0])
		return PV_OK;
	rc = load(&then, it->job, it->name, commit);
	for (size_t i = 0; i < it->after.count && rc == PV_OK; i++) {
		const pv_deployment *was =
			pv_environment_find(&then, it->after.items[i].id);

		if (was && was->canary == it->after.items[i].canary &&
		    deployment_is_state_same(was, &it->after.items[i]))
			past->was_live[i] = 1;
	}
	pv_environment_dispose(&then);
	return rc;
}

/* Only what was live there before is exempt from the gates. */
static int find_past(struct past *past)
{
	deployment *it = past->it;
	pv_history_query query = { .path = past->file,
				   .mode = PV_HISTORY_FIRST_PARENT };

	if (!it->commit.parent_count)
		return PV_OK;
	query.start = it->commit.parents[0];
	return pv_history_walk(it->job->cli->store, &query, look_back, past,
			       &it->job->cli->err);
}

/* --- the gates ------------------------------------------------------------------------- */

static void refuse_findings(deployment *it, const gate_results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const pv_report *found = results->items[i].findings;

		for (size_t k = 0; k < pv_report_count(found); k++) {
			const pv_finding *finding = pv_report_at(found, k);

			if (finding->severity == PV_SEVERITY_ERROR)
				push_refuse(it->job, finding->rule,
					    finding->hint, "%.7s, %s: %.300s",
					    it->commit.oid.hex, finding->file,
					    finding->message);
		}
	}
}

static int run_gates(deployment *it, const gate_subject *subjects, size_t count)
{
	cli_environment environment = { 0 };
	gate_results results = { 0 };
	gate_options opts = { .allows_untagged = 1,
			      .allows_inactive = 1,
			      .is_push = 1,
			      .is_removal = it->is_removal,
			      .override = it->said.override };
	push *job = it->job;
	pv_cli *cli = job->cli;
	int rc;

	opts.actor = job->pusher ? job->pusher : it->commit.committer.email;
	opts.is_rollback = it->is_rollback;
	rc = environment_find(&environment, cli, it->name);
	if (rc == PV_OK &&
	    (pv_policy_signed(job->policy) & PV_SIGNED_DEPLOYMENTS)) {
		rc = push_is_signed(job, &it->commit.oid);
		opts.is_unsigned = !rc;
		rc = rc > 0 ? PV_OK : rc;
	}
	if (rc == PV_OK)
		rc = gates_run(&results, cli, &environment, subjects, count,
			       &opts);
	if (rc == PV_OK && results.is_refused)
		refuse_findings(it, &results);
	if (rc == PV_OK && it->said.override && !results.is_overridden)
		push_refuse(job, "forged-trailer",
			    "\"override\" of the policy names who may",
			    "%.7s says \"Pv-Override\", and overrides nothing "
			    "that \"%.100s\" may",
			    it->commit.oid.hex, opts.actor);
	else if (rc == PV_OK && results.is_overridden)
		push_tell_override(job, opts.actor, it->said.override);
	gates_dispose(&results);
	environment_dispose(&environment);
	return rc;
}

static int add_gated(gate_subject *out, deployment *it,
		     const pv_deployment *now, pv_strlist *paths)
{
	pv_cli *cli = it->job->cli;
	pv_buf path = { 0 };
	int rc;

	out->id = now->id;
	out->version = now->version;
	out->at.kind = PV_AT_COMMIT;
	out->at.commit = now->commit;
	rc = pv_settings_at(&cli->settings, cli->store, &out->at, &cli->err);
	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &cli->settings, now->id, &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(paths, pv_buf_text(&path), &cli->err);
	if (rc == PV_OK)
		out->path = paths->items[paths->count - 1];
	pv_buf_dispose(&path);
	return rc;
}

/* What goes live, and was not yet, if the commit calls itself a rollback. */
static int gate(deployment *it, const struct past *past)
{
	gate_subject *subjects =
		pv_calloc(it->after.count + 1, sizeof(*subjects));
	pv_strlist paths = { 0 };
	size_t count = 0;
	int rc = PV_OK;

	if (!subjects)
		return pv_fail_nomem(&it->job->cli->err);
	it->is_rollback = it->reverts || claims_is(&it->said, "rollback");
	for (size_t i = 0; i < it->after.count && rc == PV_OK; i++) {
		const pv_deployment *now = &it->after.items[i];

		if (deployment_is_entry_same(pv_environment_find(&it->before,
								 now->id),
					     now) ||
		    (it->is_rollback && past->was_live[i]))
			continue;
		rc = add_gated(&subjects[count], it, now, &paths);
		count++;
	}
	it->is_rollback &= !count;
	it->job->cli->settings = it->job->settings;
	if (rc == PV_OK)
		rc = run_gates(it, subjects, count);
	pv_strlist_dispose(&paths);
	pv_free(subjects);
	return rc;
}

static int judge_gates(deployment *it, const char *file)
{
	struct past past = { it, pv_calloc(it->after.count + 1, 1), file };
	int rc = past.was_live ? PV_OK : pv_fail_nomem(&it->job->cli->err);

	if (rc == PV_OK && (it->reverts || claims_is(&it->said, "rollback")))
		rc = find_past(&past);
	if (rc == PV_OK)
		rc = gate(it, &past);
	pv_free(past.was_live);
	return rc;
}

/* --- commits ---------------------------------------------------------------------------- */

static void judge_word(deployment *it)
{
	static const char *const actions[] = { "deploy", "rollback", "create",
					       "delete" };
	pv_buf who = { 0 };
	int is_action = 0;

	if (it->reverts)
		return;
	for (size_t i = 0; i < pv_array_len(actions); i++)
		is_action |= claims_is(&it->said, actions[i]);
	pv_buf_printf(&who, "%s <%s>", it->commit.committer.name,
		      it->commit.committer.email);
	if (!is_action)
		deployment_wrong(it, "has no trailers of a deployment");
	else if (!deployment_is_text_same(it->said.environment, it->name))
		deployment_wrong(it, "changes another environment than it says");
	else if (!deployment_is_text_same(it->said.actor, pv_buf_text(&who)))
		deployment_wrong(it, "is by another than its Pv-Actor");
	else if (it->job->pusher &&
		 !pv_policy_is_same(it->job->pusher, it->said.actor))
		deployment_wrong(it, "is pushed by another than its Pv-Actor");
	pv_buf_dispose(&who);
}

static int load_both(deployment *it)
{
	static const pv_oid none = { "" };
	pv_cli *cli = it->job->cli;
	int rc = load(&it->before, it->job, it->name,
		      it->commit.parent_count ? &it->commit.parents[0] : &none);

	if (rc == PV_OK)
		rc = load(&it->after, it->job, it->name, &it->commit.oid);
	if (rc != PV_EINVALID && rc != PV_ESYNTAX && rc != PV_ELIMIT)
		return rc;
	push_refuse(it->job, "deployment-file", cli->err.hint,
		    "%.7s: %.60s.yaml:%d: %s", it->commit.oid.hex, it->name,
		    cli->err.line, cli->err.message);
	pv_error_clear(&cli->err);
	return PV_OK;
}

static int compare_name(const char *path, const pv_oid *blob, void *payload)
{
	const deployment *it = payload;
	size_t len = strlen(it->name);

	(void)blob;
	if (strncasecmp(path, it->name, len) != 0 ||
	    strcmp(path + len, ".yaml") != 0 || !strncmp(path, it->name, len))
		return 0;
	push_refuse(it->job, "case-collision",
		    "some file systems cannot tell them apart: call it otherwise",
		    "%.7s: the environments \"%.*s\" and \"%.64s\" differ in "
		    "case only",
		    it->commit.oid.hex, (int)len, path, it->name);
	return 0;
}

static int judge_name(deployment *it)
{
	const pv_point at = { PV_AT_COMMIT, it->commit.oid };
	pv_cli *cli = it->job->cli;

	return it->is_removal ? PV_OK
			      : pv_store_each(cli->store, &at, "", compare_name,
					      it, &cli->err);
}

static int judge_environment(deployment *it, const struct change *change)
{
	size_t len = strlen(change->path);
	int rc;

	if (strchr(change->path, '/') || len > NAME_MAX_LEN + 5 || len < 6 ||
	    strcmp(change->path + len - 5, ".yaml") != 0 ||
	    (change->mode && change->mode != MODE_FILE)) {
		push_refuse(it->job, "deployment-file",
			    "environments are files <name>.yaml at the top",
			    "%.7s: \"%.160s\" is no environment",
			    it->commit.oid.hex, change->path);
		return PV_OK;
	}
	memcpy(it->name, change->path, len - 5);
	it->is_removal = !change->mode;
	judge_word(it);
	rc = judge_name(it);
	if (rc == PV_OK)
		rc = load_both(it);
	if (rc == PV_OK && it->refused == it->job->refused)
		rc = deployment_judge_size(it, change->path);
	if (rc == PV_OK && it->reverts)
		rc = judge_revert(it);
	if (rc == PV_OK && it->refused == it->job->refused)
		rc = deployment_judge_entries(it);
	/* What is forged is not looked at any further. */
	if (rc == PV_OK && it->refused == it->job->refused)
		rc = judge_gates(it, change->path);
	return rc;
}

static int is_hex(const char *text)
{
	return strlen(text) >= 40 && strspn(text, "0123456789abcdef") >= 40;
}

static int judge_line(deployment *it)
{
	size_t parents = it->commit.parent_count;

	if (parents > 1)
		deployment_wrong(it,
				 "is a merge: deployments are one line of commits");
	else if (!parents && it->job->at->old.hex[0])
		deployment_wrong(it, "begins another history");
	return it->refused == it->job->refused;
}

static int judge_one(deployment *it, const char *line,
		     const struct changes *changes)
{
	static const char reverts[] = "This reverts commit ";
	pv_cli *cli = it->job->cli;
	const char *said;
	size_t count = 0;
	pv_oid oid;
	int rc;

	memcpy(oid.hex, line, 40);
	oid.hex[40] = '\0';
	rc = pv_store_commit_read(&it->commit, cli->store, &oid, &cli->err);
	if (rc == PV_OK)
		rc = claims_read(&it->said, it->commit.message, &cli->err);
	if (rc < 0 || !judge_line(it))
		return rc;
	said = strstr(it->commit.message, reverts);
	if (said && !it->said.action && is_hex(said + strlen(reverts)))
		it->reverts = said + strlen(reverts);
	for (size_t i = 0; i < changes->count && rc == PV_OK; i++) {
		if (strcmp(changes->items[i].commit, oid.hex) != 0)
			continue;
		if (count++)
			deployment_wrong(it, "changes more than one environment");
		else
			rc = judge_environment(it, &changes->items[i]);
	}
	if (rc == PV_OK && !count)
		deployment_wrong(it, "changes nothing");
	return rc;
}

static int add_change(const char *commit, const changed_file *file, void *payload)
{
	struct changes *to = payload;
	pv_error *err = &to->job->cli->err;
	struct change *change;

	if (pv_array_reserve(&to->items, &to->cap, to->count + 1,
			     sizeof(*change)) < 0)
		return pv_fail_nomem(err);
	change = &to->items[to->count];
	memset(change, 0, sizeof(*change));
	memcpy(change->commit, commit, strnlen(commit, 40));
	change->mode = file->mode;
	change->path = pv_strdup(file->path);
	if (!change->path)
		return pv_fail_nomem(err);
	to->count++;
	return PV_OK;
}

static int judge_commits(push *job)
{
	struct changes changes = { .job = job };
	pv_strlist commits = { 0 };
	const char *old = job->at->old.hex;
	int rc = push_commits(&commits, job, old[0] ? old : NULL);

	if (rc == PV_OK)
		rc = push_each_file(job, &commits, add_change, &changes);
	for (size_t i = 0; i < commits.count && rc == PV_OK; i++) {
		deployment it = { .job = job, .refused = job->refused };

		rc = judge_one(&it, commits.items[i], &changes);
		pv_environment_dispose(&it.before);
		pv_environment_dispose(&it.after);
		claims_dispose(&it.said);
		pv_commit_dispose(&it.commit);
	}
	for (size_t i = 0; i < changes.count; i++)
		pv_free(changes.items[i].path);
	pv_free(changes.items);
	pv_strlist_dispose(&commits);
	return rc;
}

int push_judge_deployments(push *job)
{
	int rc;

	if (!job->at->new.hex[0]) {
		push_refuse(job, "deleted-ref", NULL,
			    "what was deployed is not deleted");
		return PV_OK;
	}
	rc = push_is_forced(job);
	if (rc < 0)
		return rc;
	if (rc > 0) {
		push_refuse(job, "forced-ref",
			    "fetch what is there, and deploy again: git pv sync",
			    "the history of deployments loses no commits");
		return PV_OK;
	}
	return judge_commits(job);
}
