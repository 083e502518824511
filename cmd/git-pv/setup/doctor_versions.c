/* SPDX-License-Identifier: MIT
 *
 * The part of `git pv doctor` that looks at versions: those that are missing,
 * unreachable, unpublished or another's at a remote, and tags in their way.
 */
#include "setup/doctor.h"

#include <string.h>

#include "base/fail.h"
#include "repo/git.h"
#include "setup/wiring.h"

struct tags {
	struct doctor *doctor;
	const pv_strlist *ids;
	pv_strlist list;
	pv_strlist useless; /* named like versions of prompts, but none */
};

static const char tag_refs[] = "refs/tags/";
static const char remote_refs[] = "refs/pv/remote/";

/* Whether a tag is a version: its id's length, or 0. */
static size_t version_id_len(const char *tag)
{
	const char *slash = strrchr(tag, '/');
	pv_semver version;

	if (!slash || slash[1] != 'v' ||
	    pv_semver_parse(&version, slash + 1, NULL) < 0)
		return 0;
	return (size_t)(slash - tag);
}

static int says(const char *message, const char *key, const char *value,
		size_t len)
{
	size_t got = 0;
	const char *text = pv_trailer_find(message, key, &got);

	return text && got == len && memcmp(text, value, len) == 0;
}

/* As a release makes it: annotated, and about that prompt and number. */
static int is_version(pv_cli *cli, const char *name, size_t id_len,
		      const pv_oid *oid)
{
	const char *number = name + id_len + 2;
	pv_tag tag = { 0 };
	int found;

	found = pv_store_tag_read(&tag, cli->store, oid, NULL) == PV_OK &&
		says(tag.message, "Pv-Prompt", name, id_len) &&
		says(tag.message, "Pv-Version", number, strlen(number));
	pv_tag_dispose(&tag);
	return found;
}

static int is_prompt(const pv_strlist *ids, const char *name, size_t len)
{
	for (size_t i = 0; i < ids->count; i++)
		if (strncmp(ids->items[i], name, len) == 0 && !ids->items[i][len])
			return 1;
	return 0;
}

static int each_tag(const char *refname, const pv_oid *oid, void *payload)
{
	struct tags *tags = payload;
	pv_cli *cli = tags->doctor->cli;
	const char *name = refname + strlen(tag_refs);
	size_t id_len = version_id_len(name);
	int rc = pv_strlist_add(&tags->list, name, &cli->err);

	if (rc == PV_OK && id_len && is_prompt(tags->ids, name, id_len) &&
	    !is_version(cli, name, id_len, oid))
		rc = pv_strlist_add(&tags->useless, name, &cli->err);
	return rc;
}

/* A tag named like a prompt, or like a folder of one, blocks its versions. */
static void check_clashes(struct doctor *doctor, const pv_strlist *tags,
			  const pv_strlist *ids)
{
	for (size_t i = 0; i < tags->count; i++) {
		const char *tag = tags->items[i];
		size_t len = strlen(tag);

		for (size_t j = 0; j < ids->count; j++) {
			const char *id = ids->items[j];

			if (strncmp(id, tag, len) != 0 ||
			    (id[len] && id[len] != '/'))
				continue;
			doctor_say(doctor, HEALTH_FAIL, "tags",
				   "rename or delete the tag",
				   "tag \"%s\" leaves no room for versions "
				   "of \"%s\"",
				   tag, id);
			break;
		}
	}
}

/* Sums up what may be many: the count and the first name. */
static void sum_up(struct doctor *doctor, const pv_strlist *names,
		   const char *what, const char *fix)
{
	if (names->count)
		doctor_say(doctor, HEALTH_WARN, "versions", fix,
			   "%zu %s, e.g. \"%s\"", names->count, what,
			   names->items[0]);
}

/* What the remotes have, beside the tags of this clone. */
struct remote_tags {
	struct doctor *doctor;
	pv_strlist same;
	pv_strlist other; /* the remote's tag is another object */
};

/* "refs/pv/remote/<name>/tags/<tag>" */
static int each_remote_tag(const char *refname, const pv_oid *oid, void *payload)
{
	struct remote_tags *it = payload;
	pv_cli *cli = it->doctor->cli;
	const char *name = strstr(refname + strlen(remote_refs), "/tags/");
	pv_buf local = { 0 };
	pv_oid ours;
	int rc;

	if (!name || !version_id_len(name + 6))
		return PV_OK;
	name += strlen("/tags/");
	pv_buf_printf(&local, "%s%s", tag_refs, name);
	rc = pv_buf_status(&local, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref(&ours, cli->store, local.ptr, &cli->err);
	if (rc == PV_ENOTFOUND)
		pv_error_clear(&cli->err);
	else if (rc == PV_OK)
		rc = pv_strlist_add(strcmp(ours.hex, oid->hex) ? &it->other
							       : &it->same,
				    name, &cli->err);
	pv_buf_dispose(&local);
	return rc == PV_ENOTFOUND ? PV_OK : rc;
}

static int judge_published(struct doctor *doctor, const pv_strlist *tags,
			   struct remote_tags *found)
{
	pv_strlist missing = { 0 };
	int rc = PV_OK;

	pv_strlist_sort(&found->same);
	pv_strlist_sort(&found->other);
	pv_strlist_unique(&found->other);
	for (size_t i = 0; i < tags->count && rc == PV_OK; i++)
		if (version_id_len(tags->items[i]) &&
		    pv_strlist_search(&found->same, tags->items[i]) < 0 &&
		    pv_strlist_search(&found->other, tags->items[i]) < 0)
			rc = pv_strlist_add(&missing, tags->items[i],
					    &doctor->cli->err);
	if (rc == PV_OK && found->other.count)
		doctor_say(doctor, HEALTH_FAIL, "versions", "git pv sync",
			   "%zu version%s another commit's at a remote, e.g. "
			   "\"%s\"",
			   found->other.count,
			   found->other.count == 1 ? " is" : "s are",
			   found->other.items[0]);
	if (rc == PV_OK)
		sum_up(doctor, &missing, "versions are not known to a remote",
		       "git fetch, then git push --follow-tags");
	pv_strlist_dispose(&missing);
	return rc;
}

static int check_published(struct doctor *doctor, const pv_strlist *tags)
{
	pv_cli *cli = doctor->cli;
	struct remote_tags found = { .doctor = doctor };
	pv_strlist remotes = { 0 };
	int rc = cli_remotes(&remotes, cli);

	if (rc == PV_OK && remotes.count)
		rc = pv_store_ref_each(cli->store, remote_refs, each_remote_tag,
				       &found, &cli->err);
	if (rc == PV_OK && remotes.count)
		rc = judge_published(doctor, tags, &found);
	pv_strlist_dispose(&found.same);
	pv_strlist_dispose(&found.other);
	pv_strlist_dispose(&remotes);
	return rc;
}

static int check_reachable(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	const char *args[] = { "tag",    "--no-merged", NULL,
			       "--list", "*/v*",        NULL };
	pv_strlist lost = { 0 };
	pv_buf names = { 0 };
	const char *name;
	pv_oid tip;
	int rc;

	if (pv_settings_tip(&tip, cli->store, &cli->settings, NULL) < 0)
		return PV_OK;
	args[2] = tip.hex;
	rc = cli_git(&names, cli, args);
	for (name = pv_buf_text(&names); *name && rc == PV_OK;) {
		size_t len = strcspn(name, "\n");

		rc = pv_strlist_addn(&lost, name, len, &cli->err);
		name += len + (name[len] != '\0');
	}
	if (rc == PV_OK)
		sum_up(doctor, &lost, "versions are not on the default branch",
		       "merge their commits, or delete the tags");
	pv_buf_dispose(&names);
	pv_strlist_dispose(&lost);
	return rc;
}

/* Tags that a crash or a plain `git commit` has left out. */
static void check_released(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	pv_release_options opts = { 0 };
	pv_release_list list = { 0 };
	pv_error why = { 0 };
	int rc;

	opts.dry_run = 1;
	rc = pv_release_run(&list, cli->store, &cli->settings, &opts, &why);
	if (rc == PV_OK && list.count)
		doctor_say(doctor, HEALTH_WARN, "versions", "git pv release",
			   "%zu prompt%s changed since the last version, e.g. "
			   "\"%s\"",
			   list.count, list.count == 1 ? "" : "s",
			   list.items[0].id);
	else if (rc == PV_OK)
		doctor_say(doctor, HEALTH_OK, "versions", "",
			   "every committed state has its version");
	else if (rc != PV_ENOTFOUND)
		doctor_say(doctor, HEALTH_WARN, "versions", "git pv check",
			   "cannot tell what is to be released: %s", why.message);
	pv_release_list_dispose(&list);
}

int doctor_versions(struct doctor *doctor, const pv_strlist *ids)
{
	pv_cli *cli = doctor->cli;
	struct tags tags = { .doctor = doctor, .ids = ids };
	int rc;

	rc = pv_store_ref_each(cli->store, tag_refs, each_tag, &tags, &cli->err);
	if (rc == PV_OK) {
		check_clashes(doctor, &tags.list, ids);
		sum_up(doctor, &tags.useless,
		       "tags look like versions, but no release made them",
		       "delete them: git tag -d, then git pv release");
		check_released(doctor);
		rc = check_published(doctor, &tags.list);
	}
	if (rc == PV_OK && tags.list.count)
		rc = check_reachable(doctor);
	pv_strlist_dispose(&tags.list);
	pv_strlist_dispose(&tags.useless);
	return rc;
}
