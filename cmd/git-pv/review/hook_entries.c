/* SPDX-License-Identifier: MIT
 *
 * See hook_deployment.h: the entries that a deployment changes, held against
 * its trailers and against what there is.
 */
#include "review/hook_deployment.h"

#include <string.h>

#include "base/clock.h"
#include "base/fail.h"

enum {
	LATE = 300 /* seconds that clocks may differ */
};

void deployment_wrong(deployment *it, const char *what)
{
	push_refuse(it->job, "forged-deployment",
		    "git pv deploy and git pv rollback make deployments",
		    "%.7s %s", it->commit.oid.hex, what);
}

static void wrong_entry(deployment *it, const char *id, const char *what)
{
	push_refuse(it->job, "forged-deployment",
		    "git pv deploy and git pv rollback make deployments",
		    "%.7s: the deployment of \"%.140s\" %s", it->commit.oid.hex,
		    id, what);
}

/* --- entries -------------------------------------------------------------------- */

int deployment_is_text_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

int deployment_is_state_same(const pv_deployment *a, const pv_deployment *b)
{
	return deployment_is_text_same(a->version, b->version) &&
	       !strcmp(a->commit.hex, b->commit.hex) &&
	       !strcmp(a->blob.hex, b->blob.hex);
}

int deployment_is_entry_same(const pv_deployment *a, const pv_deployment *b)
{
	if (!a || !b)
		return a == b;
	return deployment_is_state_same(a, b) && a->canary == b->canary &&
	       deployment_is_text_same(a->at, b->at) &&
	       deployment_is_text_same(a->by, b->by) &&
	       deployment_is_text_same(a->reason, b->reason) &&
	       deployment_is_text_same(a->rolled_back_from, b->rolled_back_from);
}

/* --- a commit's word ---------------------------------------------------------------- */

/* The next character of a text, as a trailer has it; 0 at its end. */
static char next_char(const char **text)
{
	unsigned char c = (unsigned char)**text;

	*text += c != '\0';
	return (char)(c && (c < ' ' || c == 0x7f) ? ' ' : c);
}

/* Whether a trailer says this text: on one line, without blanks around it. */
static int is_said(const char *said, const char *text)
{
	size_t len = text ? strlen(text) : 0;
	const char *at = text;

	while (len && (text[len - 1] == ' ' || (unsigned char)text[len - 1] < ' '))
		len--;
	while (at < text + len && (*at == ' ' || (unsigned char)*at < ' '))
		at++;
	said = said ? said : "";
	while (at < text + len)
		if (next_char(&at) != *said++)
			return 0;
	return !*said;
}

/* A rollback brings the canary back that there was. */
static int is_canary_said(const claims *said, const pv_deployment *now)
{
	unsigned value = 0;

	if (!claims_is(said, "deploy"))
		return 1;
	if (!said->canary)
		return now->canary < 0;
	return pv_str_to_uint(&value, pv_str_of(said->canary), 100) == PV_OK &&
	       (int)value == now->canary;
}

static int is_claimed(const claims *said, const claim *item,
		      const pv_deployment *now)
{
	return !item->is_removed &&
	       deployment_is_text_same(item->commit, now->commit.hex) &&
	       deployment_is_text_same(item->blob, now->blob.hex) &&
	       deployment_is_text_same(item->version, now->version) &&
	       deployment_is_text_same(item->rolled_back_from,
				       now->rolled_back_from) &&
	       is_said(said->reason, now->reason) && is_canary_said(said, now);
}

/* What stands in the file is what the trailers say. */
static int judge_claim(deployment *it, const pv_deployment *now)
{
	const claim *item = claims_find(&it->said, now->id);

	if (!item)
		wrong_entry(it, now->id, "is not named in its trailers");
	else if (!is_claimed(&it->said, item, now))
		wrong_entry(it, now->id, "is another than its trailers say");
	else if (now->by && !deployment_is_text_same(now->by, it->said.actor))
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
static int judge_commit(deployment *it, const pv_deployment *now)
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
static int judge_version(deployment *it, const pv_deployment *now)
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

static void judge_time(deployment *it, const pv_deployment *now)
{
	int64_t at;

	if (!now->at || pv_time_parse(&at, now->at, NULL) < 0 ||
	    at / 1000000 > it->commit.committer.when + LATE)
		wrong_entry(it, now->id, "has a time that cannot be");
}

static int judge_entry(deployment *it, const pv_deployment *now)
{
	int rc = it->reverts ? PV_OK : judge_claim(it, now);

	if (!it->reverts)
		judge_time(it, now);
	if (rc == PV_OK)
		rc = judge_commit(it, now);
	return rc == PV_OK ? judge_version(it, now) : rc;
}

int deployment_judge_entries(deployment *it)
{
	size_t changed = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < it->after.count && rc == PV_OK; i++) {
		const pv_deployment *now = &it->after.items[i];

		if (deployment_is_entry_same(pv_environment_find(&it->before,
								 now->id),
					     now))
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
		deployment_wrong(it, "names prompts in its trailers that it does not "
				     "change");
	return rc;
}

/* --- its size ---------------------------------------------------------------------- */

enum {
	KEYS = 180, /* bytes of an entry: its keys, ids of objects, blanks */
	REASON_MAX = 1024 /* bytes of a reason that are of an entry's nature */
};

static int64_t text_len(const char *text)
{
	return text ? (int64_t)strlen(text) : 0;
}

static int64_t entry_len(const pv_deployment *entry)
{
	int64_t reason = text_len(entry->reason);

	return KEYS + text_len(entry->id) + text_len(entry->version) +
	       text_len(entry->at) + text_len(entry->by) +
	       text_len(entry->rolled_back_from) +
	       (reason < REASON_MAX ? reason : REASON_MAX);
}

/* The bytes that the file has at a commit beyond what its entries need. */
static int surplus(int64_t *out, deployment *it, const char *file,
		   const pv_oid *commit, const pv_environment *entries)
{
	const pv_point at = { PV_AT_COMMIT, *commit };
	pv_cli *cli = it->job->cli;
	pv_buf text = { 0 };
	int rc = PV_ENOTFOUND;

	*out = 0;
	if (commit->hex[0])
		rc = pv_store_read(&text, NULL, cli->store, &at, file, &cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	*out = (int64_t)text.len;
	for (size_t i = 0; i < entries->count; i++)
		*out -= entry_len(&entries->items[i]);
	pv_buf_dispose(&text);
	return rc;
}

int deployment_judge_size(deployment *it, const char *file)
{
	static const pv_oid none = { "" };
	int64_t max = pv_policy_max_file_size(it->job->policy);
	int64_t before = 0;
	int64_t now = 0;
	int rc = surplus(&now, it, file, &it->commit.oid, &it->after);

	if (rc < 0 || now <= max)
		return rc;
	rc = surplus(&before, it, file,
		     it->commit.parent_count ? &it->commit.parents[0] : &none,
		     &it->before);
	if (rc == PV_OK && now > before)
		push_refuse(it->job, "file-size",
			    "\"max_file_size\" of the policy is the limit",
			    "%.7s: \"%.100s\" has %lld bytes beside its "
			    "entries, %lld are allowed",
			    it->commit.oid.hex, file, (long long)now,
			    (long long)max);
	return rc;
}
