/* SPDX-License-Identifier: MIT
 *
 * Judging what comes to pv/deployments: one line of commits, each of which
 * changes one environment and says in its trailers exactly what it changed,
 * and who did. What goes live is held against the gates of the environment,
 * as if it were deployed here.
 */
#include <string.h>
#include <strings.h>

#include <pv/deploy.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "deploy/gates.h"
#include "review/hook.h"
#include "review/hook_claims.h"

enum {
	MODE_FILE = 0100644,
	LATE = 300, /* seconds that clocks may differ */
	NAME_MAX_LEN = 64
};

/* A commit and the environment that it changes. */
struct deployment {
	push *job;
	pv_commit commit;
	char name[NAME_MAX_LEN + 1];
	pv_environment before;
	pv_environment after;
	claims said;
	const char *reverts; /* a commit, or NULL */
	int is_rollback;
	int is_removal; /* of the environment */
	size_t refused; /* of the push, before this commit */
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

static void wrong(struct deployment *it, const char *what)
{
	push_refuse(it->job, "forged-deployment",
		    "git pv deploy and git pv rollback make deployments",
		    "%.7s %s", it->commit.oid.hex, what);
}

static void wrong_entry(struct deployment *it, const char *id, const char *what)
{
	push_refuse(it->job, "forged-deployment",
		    "git pv deploy and git pv rollback make deployments",
		    "%.7s: the deployment of \"%.140s\" %s", it->commit.oid.hex,
		    id, what);
}

/* --- entries -------------------------------------------------------------------- */

static int is_text_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static int is_state_same(const pv_deployment *a, const pv_deployment *b)
{
	return is_text_same(a->version, b->version) &&
	       !strcmp(a->commit.hex, b->commit.hex) &&
	       !strcmp(a->blob.hex, b->blob.hex);
}

static int is_entry_same(const pv_deployment *a, const pv_deployment *b)
{
	if (!a || !b)
		return a == b;
	return is_state_same(a, b) && a->canary == b->canary &&
	       is_text_same(a->at, b->at) && is_text_same(a->by, b->by) &&
	       is_text_same(a->reason, b->reason);
}

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

/* --- a commit's word ---------------------------------------------------------------- */

/* What stands in the file is what the trailers say. */
static int judge_claim(struct deployment *it, const pv_deployment *now)
{
	const claim *said = claims_find(&it->said, now->id);

	if (!said)
		wrong_entry(it, now->id, "is not named in its trailers");
	else if (said->is_removed ||
		 !is_text_same(said->commit, now->commit.hex) ||
		 !is_text_same(said->blob, now->blob.hex) ||
		 !is_text_same(said->version, now->version))
		wrong_entry(it, now->id, "is another than its trailers say");
	else if (now->by && !is_text_same(now->by, it->said.actor))
		wrong_entry(it, now->id, "is by another than Pv-Actor");
	return PV_OK;
}

/* 1 when the commit is here and on a branch, or comes with the push. */
static int is_known(push *job, const pv_oid *oid)
{
	pv_commit commit = { 0 };
	int rc = pv_store_commit_read(&commit, job->cli->store, oid, NULL);

	pv_commit_dispose(&commit);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&job->cli->err);
	return rc == PV_OK ? push_is_reachable(job, oid) : 0;
}

/* The blob is the prompt's there, and the commit is no secret one. */
static int judge_commit(struct deployment *it, const pv_deployment *now)
{
	push *job = it->job;
	pv_cli *cli = job->cli;
	pv_point at = { PV_AT_COMMIT, now->commit };
	pv_buf path = { 0 };
	pv_oid blob = { "" };
	int rc = is_known(job, &now->commit);

	if (!rc)
		push_refuse(job, "unknown-commit",
			    "push the branch that has it with the deployment",
			    "%.7s: the deployment of \"%.140s\" is of a commit "
			    "that is on no branch",
			    it->commit.oid.hex, now->id);
	if (rc <= 0)
		return rc;
	rc = pv_settings_at(&cli->settings, cli->store, &at, NULL);
	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &cli->settings, now->id, NULL);
	if (rc == PV_OK)
		rc = pv_store_find(&blob, cli->store, &at, pv_buf_text(&path),
				   NULL);
	pv_buf_dispose(&path);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	if (rc != PV_OK || strcmp(blob.hex, now->blob.hex) != 0)
		wrong_entry(it, now->id, "is not what its commit has");
	return PV_OK;
}

/* The tag of its version is here, or comes with it, and is of this commit. */
static int judge_version(struct deployment *it, const pv_deployment *now)
{
	push *job = it->job;
	pv_cli *cli = job->cli;
	pv_tag tag = { 0 };
	pv_buf ref = { 0 };
	pv_oid oid = { "" };
	int rc;

	if (!now->version)
		return PV_OK;
	pv_buf_printf(&ref, "refs/tags/%s/v%s", now->id, now->version);
	rc = pv_buf_status(&ref, &cli->err);
	if (rc == PV_OK)
		rc = push_ref(&oid, job, pv_buf_text(&ref));
	if (rc == PV_OK && oid.hex[0])
		rc = pv_store_tag_read(&tag, cli->store, &oid, &cli->err);
	if (rc == PV_EINVALID || (rc == PV_OK && !oid.hex[0])) {
		pv_error_clear(&cli->err);
		push_refuse(job, "unpublished-version",
			    "push the version with the deployment: git pv sync",
			    "%.7s: \"%.140s\" has no version \"%.60s\" here",
			    it->commit.oid.hex, now->id, now->version);
		rc = PV_OK;
	} else if (rc == PV_OK && strcmp(tag.target.hex, now->commit.hex) != 0) {
		wrong_entry(it, now->id, "is not of its version's commit");
	}
	pv_tag_dispose(&tag);
	pv_buf_dispose(&ref);
	return rc;
}

static void judge_time(struct deployment *it, const pv_deployment *now)
{
	int64_t at;

	if (!now->at || pv_time_parse(&at, now->at, NULL) < 0 ||
	    at / 1000000 > it->commit.committer.when + LATE)
		wrong_entry(it, now->id, "has a time that cannot be");
}

static int judge_entry(struct deployment *it, const pv_deployment *now)
{
	int rc = it->reverts ? PV_OK : judge_claim(it, now);

	if (!it->reverts)
		judge_time(it, now);
	if (rc == PV_OK)
		rc = judge_commit(it, now);
	return rc == PV_OK ? judge_version(it, now) : rc;
}

static int judge_entries(struct deployment *it)
{
	size_t changed = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < it->after.count && rc == PV_OK; i++) {
		const pv_deployment *now = &it->after.items[i];

		if (is_entry_same(pv_environment_find(&it->before, now->id), now))
			continue;
		changed++;
		rc = judge_entry(it, now);
	}
	for (size_t i = 0; i < it->before.count; i++) {
		const char *id = it->before.items[i].id;
		const claim *said;

		if (pv_environment_find(&it->after, id))
			continue;
		changed++;
		said = claims_find(&it->said, id);
		if (!it->reverts && !(said && said->is_removed) &&
		    !claims_is(&it->said, "delete"))
			wrong_entry(it, id,
				    "is taken away, and no trailer says so");
	}
	if (rc == PV_OK && !it->reverts && it->said.count > changed)
		wrong(it, "names prompts in its trailers that it does not "
			  "change");
	return rc;
}

/* --- reverts and rollbacks ------------------------------------------------------------ */

static int is_back(struct deployment *it, const pv_environment *then,
		   const char *id)
{
	return is_entry_same(pv_environment_find(then, id),
			     pv_environment_find(&it->after, id)) ||
	       is_entry_same(pv_environment_find(&it->before, id),
			     pv_environment_find(&it->after, id));
}

/* A `git revert` of a deployment brings back what was live before it. */
static int judge_revert(struct deployment *it)
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
		wrong(it, "says that it reverts a deployment, and brings "
			  "something else");
	pv_environment_dispose(&then);
	pv_commit_dispose(&reverted);
	if (rc < 0 && rc != PV_ENOMEM)
		pv_error_clear(&cli->err);
	return rc == PV_ENOMEM ? rc : PV_OK;
}

struct past {
	struct deployment *it;
	char *was_live; /* of each entry that is live now */
	const char *file;
};

static int look_back(const pv_oid *commit, const pv_oid *blob, void *payload)
{
	struct past *past = payload;
	struct deployment *it = past->it;
	pv_environment then = { 0 };
	int rc;

	if (!blob->hex[0])
		return PV_OK;
	rc = load(&then, it->job, it->name, commit);
	for (size_t i = 0; i < it->after.count && rc == PV_OK; i++) {
		const pv_deployment *was =
			pv_environment_find(&then, it->after.items[i].id);

		if (was && is_state_same(was, &it->after.items[i]))
			past->was_live[i] = 1;
	}
	pv_environment_dispose(&then);
	return rc;
}

/* Only what was live there before is exempt from the gates. */
static int find_past(struct past *past)
{
	struct deployment *it = past->it;
	pv_history_query query = { .path = past->file,
				   .mode = PV_HISTORY_FIRST_PARENT };

	if (!it->commit.parent_count)
		return PV_OK;
	query.start = it->commit.parents[0];
	return pv_history_walk(it->job->cli->store, &query, look_back, past,
			       &it->job->cli->err);
}

/* --- the gates ------------------------------------------------------------------------- */

static void refuse_findings(struct deployment *it, const gate_results *results)
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

static int run_gates(struct deployment *it, const gate_subject *subjects,
		     size_t count)
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

static int add_gated(gate_subject *out, struct deployment *it,
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
static int gate(struct deployment *it, const struct past *past)
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

		if (is_entry_same(pv_environment_find(&it->before, now->id), now) ||
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

static int judge_gates(struct deployment *it, const char *file)
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

static void judge_word(struct deployment *it)
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
		wrong(it, "has no trailers of a deployment");
	else if (!is_text_same(it->said.environment, it->name))
		wrong(it, "changes another environment than it says");
	else if (!is_text_same(it->said.actor, pv_buf_text(&who)))
		wrong(it, "is by another than its Pv-Actor");
	else if (it->job->pusher &&
		 !pv_policy_is_same(it->job->pusher, it->said.actor))
		wrong(it, "is pushed by another than its Pv-Actor");
	pv_buf_dispose(&who);
}

static int load_both(struct deployment *it)
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
	const struct deployment *it = payload;
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

static int judge_name(struct deployment *it)
{
	const pv_point at = { PV_AT_COMMIT, it->commit.oid };
	pv_cli *cli = it->job->cli;

	return it->is_removal ? PV_OK
			      : pv_store_each(cli->store, &at, "", compare_name,
					      it, &cli->err);
}

static int judge_environment(struct deployment *it, const struct change *change)
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
	if (rc == PV_OK && it->reverts)
		rc = judge_revert(it);
	if (rc == PV_OK && it->refused == it->job->refused)
		rc = judge_entries(it);
	/* What is forged is not looked at any further. */
	if (rc == PV_OK && it->refused == it->job->refused)
		rc = judge_gates(it, change->path);
	return rc;
}

static int is_hex(const char *text)
{
	return strlen(text) >= 40 && strspn(text, "0123456789abcdef") >= 40;
}

static int judge_line(struct deployment *it)
{
	size_t parents = it->commit.parent_count;

	if (parents > 1)
		wrong(it, "is a merge: deployments are one line of commits");
	else if (!parents && it->job->at->old.hex[0])
		wrong(it, "begins another history");
	return it->refused == it->job->refused;
}

static int judge_one(struct deployment *it, const char *line,
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
			wrong(it, "changes more than one environment");
		else
			rc = judge_environment(it, &changes->items[i]);
	}
	if (rc == PV_OK && !count)
		wrong(it, "changes nothing");
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
	int rc = push_commits(&commits, job, &job->at->old);

	if (rc == PV_OK)
		rc = push_each_file(job, &commits, add_change, &changes);
	for (size_t i = 0; i < commits.count && rc == PV_OK; i++) {
		struct deployment it = { .job = job, .refused = job->refused };

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
