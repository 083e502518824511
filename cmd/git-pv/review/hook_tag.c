/* SPDX-License-Identifier: MIT
 *
 * Judging tags. A version is final once it is published: it is neither moved
 * nor deleted, and what it says of itself must be so.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "review/hook.h"

/* A version's tag, by its name. */
struct version {
	char *id;
	const char *number; /* "1.2.0", in the name */
	pv_semver semver;
};

/* 1 when the tag is called as versions are: <id>/vX.Y.Z. */
static int read_name(struct version *out, const char *tag)
{
	const char *slash = strrchr(tag, '/');

	if (!slash || slash == tag || slash[1] != 'v' ||
	    pv_semver_parse(&out->semver, slash + 2, NULL) != PV_OK)
		return 0;
	out->number = slash + 2;
	out->id = pv_strndup(tag, (size_t)(slash - tag));
	return out->id ? 1 : PV_ENOMEM;
}

static void wrong(push *job, const char *what)
{
	push_refuse(job, "forged-version", "git pv release makes versions",
		    "%s", what);
}

static int is_value(const char *message, const char *key, const char *wanted)
{
	size_t len;
	const char *value = pv_trailer_find(message, key, &len);
	pv_str text = { value, value ? len : 0 };

	return value && pv_str_is(text, wanted);
}

/* The prompt at the commit is what the tag says it is. */
static int judge_state(push *job, const struct version *version, const pv_tag *tag)
{
	pv_point at = { PV_AT_COMMIT, tag->target };
	pv_cli *cli = job->cli;
	pv_buf closure = { 0 };
	pv_buf path = { 0 };
	pv_oid blob = { "" };
	int rc = pv_settings_at(&cli->settings, cli->store, &at, &cli->err);

	if (rc == PV_OK)
		rc = pv_prompt_path(&path, &cli->settings, version->id,
				    &cli->err);
	if (rc == PV_OK)
		rc = pv_store_find(&blob, cli->store, &at, pv_buf_text(&path),
				   &cli->err);
	if (rc == PV_OK)
		rc = pv_closure(&closure, cli->store, &cli->settings, &at,
				version->id, &cli->err);
	if (rc == PV_OK && !is_value(tag->message, "Pv-Blob", blob.hex))
		wrong(job, "its Pv-Blob is not what the commit has");
	else if (rc == PV_OK &&
		 !is_value(tag->message, "Pv-Closure", pv_buf_text(&closure)))
		wrong(job, "its Pv-Closure is not that of the prompt");
	if (rc == PV_ENOTFOUND || rc == PV_ESYNTAX || rc == PV_EINVALID) {
		wrong(job, "the commit has no such prompt that loads");
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	pv_buf_dispose(&closure);
	pv_buf_dispose(&path);
	return rc;
}

/* Versions are of the default branch, as it is or comes with this push. */
static int judge_place(push *job, const pv_tag *tag)
{
	pv_cli *cli = job->cli;
	pv_buf ref = { 0 };
	pv_oid tip = { "" };
	int rc;

	pv_buf_printf(&ref, "refs/heads/%s", job->settings.default_branch);
	rc = pv_buf_status(&ref, &cli->err);
	if (rc == PV_OK)
		rc = push_ref(&tip, job, pv_buf_text(&ref));
	pv_buf_dispose(&ref);
	if (rc < 0 || !tip.hex[0])
		return rc;
	rc = pv_store_is_ancestor(cli->store, &tag->target, &tip, &cli->err);
	if (!rc)
		push_refuse(job, "unmerged-version",
			    "merge first, and push the branch with the version",
			    "the version is not on the branch \"%.100s\"",
			    job->settings.default_branch);
	return rc < 0 ? rc : PV_OK;
}

static int judge_who(push *job, const pv_tag *tag)
{
	pv_policy_facts facts = { .action = PV_POLICY_RELEASE };
	pv_commit commit = { 0 };
	pv_cli *cli = job->cli;
	int rc = pv_store_commit_read(&commit, cli->store, &tag->target,
				      &cli->err);

	/* Two clones that release the same history make the same tag. */
	if (rc == PV_OK &&
	    !pv_policy_is_same(tag->tagger.email, commit.committer.email))
		wrong(job, "its tagger is not the commit's committer");
	facts.actor = job->pusher ? job->pusher : tag->tagger.email;
	if (rc == PV_OK && (pv_policy_signed(job->policy) & PV_SIGNED_TAGS)) {
		rc = push_is_signed(job, &tag->oid);
		facts.is_unsigned = !rc;
		rc = rc > 0 ? PV_OK : rc;
	}
	if (rc == PV_OK)
		rc = push_judge(job, job->policy, &facts);
	pv_commit_dispose(&commit);
	return rc;
}

static int judge_version(push *job, const struct version *version)
{
	pv_cli *cli = job->cli;
	pv_tag tag = { 0 };
	int rc = pv_store_tag_read(&tag, cli->store, &job->at->new, &cli->err);

	if (rc == PV_EINVALID) {
		pv_error_clear(&cli->err);
		wrong(job, "a version is an annotated tag of a commit");
		return PV_OK;
	}
	if (rc < 0)
		return rc;
	if (!is_value(tag.message, "Pv-Prompt", version->id) ||
	    !is_value(tag.message, "Pv-Version", version->number))
		wrong(job, "its trailers name another version");
	else
		rc = judge_state(job, version, &tag);
	if (rc == PV_OK)
		rc = judge_place(job, &tag);
	if (rc == PV_OK)
		rc = judge_who(job, &tag);
	pv_tag_dispose(&tag);
	return rc;
}

int push_judge_tag(push *job)
{
	const char *name = job->at->ref + strlen("refs/tags/");
	struct version version = { 0 };
	int is_version = read_name(&version, name);
	int rc = PV_OK;

	if (is_version < 0)
		return pv_fail_nomem(&job->cli->err);
	if (job->at->old.hex[0] &&
	    (is_version || pv_policy_is_tag_protected(job->policy, name)))
		push_refuse(job,
			    job->at->new.hex[0] ? "moved-tag" : "deleted-tag",
			    is_version ? "a version is final: release the next "
					 "one"
				       : "\"protected_tags\" of the policy "
					 "names it",
			    "the %s is published, and %s",
			    is_version ? "version" : "tag",
			    job->at->new.hex[0] ? "is not moved"
						: "is not deleted");
	else if (job->at->new.hex[0] && is_version)
		rc = judge_version(job, &version);
	else if (job->at->new.hex[0])
		rc = push_judge_brought(job);
	pv_free(version.id);
	return rc;
}
