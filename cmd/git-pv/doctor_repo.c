/* SPDX-License-Identifier: MIT
 *
 * The part of `git pv doctor` that looks into the repository: prompts that do
 * not load, names that clash, folders that are too large, versions that are
 * missing, unreachable or unpublished, and locks somebody left behind.
 */
#include "doctor.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/str.h"
#include "git.h"
#include "prompts.h"
#include "wiring.h"

/* A folder with more files makes every commit slower. */
enum {
	FOLDER_MAX = 300,
	LOCK_AGE = 600 /* seconds after which a lock is nobody's any more */
};

/* What walking the files has found. */
struct contents {
	struct doctor *doctor;
	pv_point at;
	pv_strlist ids;
	pv_strlist folded; /* paths in lower case */
	size_t broken;
	pv_buf first_broken;
	pv_buf folder;
	size_t in_folder;
};

static int count_folder(struct contents *contents, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	pv_buf *folder = &contents->folder;

	if (folder->len != len || strncmp(pv_buf_text(folder), path, len) != 0) {
		pv_buf_clear(folder);
		pv_buf_put(folder, path, len);
		contents->in_folder = 0;
	}
	if (++contents->in_folder == FOLDER_MAX + 1)
		doctor_say(contents->doctor, HEALTH_WARN, "folders",
			   "spread the prompts over subfolders",
			   "%s has more than %d files: commits get slower",
			   pv_buf_text(folder), FOLDER_MAX);
	return pv_buf_status(folder, &contents->doctor->cli->err);
}

static int add_folded(pv_strlist *list, const char *path, pv_error *err)
{
	pv_buf folded = { 0 };
	int rc;

	pv_buf_puts(&folded, path);
	for (size_t i = 0; i < folded.len; i++)
		if (folded.ptr[i] >= 'A' && folded.ptr[i] <= 'Z')
			folded.ptr[i] |= 0x20;
	rc = pv_strlist_add(list, pv_buf_text(&folded), err);
	pv_buf_dispose(&folded);
	return rc;
}

static int try_to_load(struct contents *contents, const char *id, const char *path)
{
	cli_prompt entry = { 0 };
	int rc;

	rc = cli_prompt_read(&entry, contents->doctor->cli, &contents->at, id,
			     path, NULL);
	if (rc == PV_OK && !entry.prompt && !contents->broken++)
		pv_buf_printf(&contents->first_broken, "%s: %s", path,
			      entry.failure.message);
	cli_prompt_dispose(&entry);
	return rc;
}

static int each_file(const char *path, const pv_oid *blob, void *payload)
{
	struct contents *contents = payload;
	pv_cli *cli = contents->doctor->cli;
	pv_buf id = { 0 };
	int rc;

	(void)blob;
	rc = count_folder(contents, path);
	if (rc == PV_OK)
		rc = add_folded(&contents->folded, path, &cli->err);
	if (rc < 0)
		return rc;
	if (pv_prompt_id(&id, &cli->settings, path, NULL) == PV_OK) {
		rc = pv_strlist_add(&contents->ids, pv_buf_text(&id), &cli->err);
		if (rc == PV_OK)
			rc = try_to_load(contents, pv_buf_text(&id), path);
	} else if (pv_str_has_suffix(path, ".yaml")) {
		doctor_say(contents->doctor, HEALTH_WARN, "names",
			   "rename it: a-z 0-9 . _ - and .yaml",
			   "\"%s\" is no prompt id, so it is passed over", path);
	}
	pv_buf_dispose(&id);
	return rc;
}

static void judge_contents(struct contents *contents)
{
	struct doctor *doctor = contents->doctor;
	pv_strlist *folded = &contents->folded;

	if (contents->broken)
		doctor_say(doctor, HEALTH_FAIL, "prompts", "git pv check",
			   "%zu of %zu do not load; %s", contents->broken,
			   contents->ids.count,
			   pv_buf_text(&contents->first_broken));
	else
		doctor_say(doctor, HEALTH_OK, "prompts", "",
			   "%zu, and all load", contents->ids.count);
	pv_strlist_sort(folded);
	for (size_t i = 1; i < folded->count; i++)
		if (strcmp(folded->items[i], folded->items[i - 1]) == 0)
			doctor_say(doctor, HEALTH_FAIL, "names",
				   "rename one of them",
				   "names differ by case only: \"%s\"",
				   folded->items[i]);
}

/* --- versions ------------------------------------------------------------- */

struct tags {
	struct doctor *doctor;
	pv_strlist *list;
};

static const char tag_refs[] = "refs/tags/";
static const char remote_refs[] = "refs/pv/remote/";

static int each_tag(const char *refname, const pv_oid *oid, void *payload)
{
	struct tags *tags = payload;

	(void)oid;
	return pv_strlist_add(tags->list, refname + strlen(tag_refs),
			      &tags->doctor->cli->err);
}

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
		doctor_say(doctor, HEALTH_FAIL, "versions",
			   "git tag -d them, git pull, git pv release",
			   "%zu versions are another commit's at a remote, "
			   "e.g. \"%s\"",
			   found->other.count, found->other.items[0]);
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
			   "%zu prompts changed since their last version, "
			   "e.g. \"%s\"",
			   list.count, list.items[0].id);
	else if (rc == PV_OK)
		doctor_say(doctor, HEALTH_OK, "versions", "",
			   "every committed state has its version");
	else if (rc != PV_ENOTFOUND)
		doctor_say(doctor, HEALTH_WARN, "versions", "git pv check",
			   "cannot tell what is to be released: %s", why.message);
	pv_release_list_dispose(&list);
}

static int check_versions(struct doctor *doctor, const pv_strlist *ids)
{
	pv_cli *cli = doctor->cli;
	pv_strlist tags = { 0 };
	struct tags payload = { doctor, &tags };
	int rc;

	rc = pv_store_ref_each(cli->store, tag_refs, each_tag, &payload,
			       &cli->err);
	if (rc == PV_OK) {
		check_clashes(doctor, &tags, ids);
		check_released(doctor);
		rc = check_published(doctor, &tags);
	}
	if (rc == PV_OK && tags.count)
		rc = check_reachable(doctor);
	pv_strlist_dispose(&tags);
	return rc;
}

/* --- locks ---------------------------------------------------------------- */

static void check_lock(struct doctor *doctor, const char *path,
		       const struct stat *info)
{
	int64_t age = pv_clock_now(NULL) / 1000000 - (int64_t)info->st_mtime;

	doctor_say(doctor, age > LOCK_AGE ? HEALTH_FAIL : HEALTH_WARN, "locks",
		   "if no git is running here, delete the file",
		   "\"%s\" is there for %lld s", path, (long long)age);
}

/* Objects are never locked, and there are many. */
static int is_searched(const char *name)
{
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strcmp(name, "objects") != 0;
}

/* Folders left to look into are kept in a list rather than on the stack. */
static int find_locks(struct doctor *doctor, pv_strlist *folders,
		      const char *folder)
{
	pv_error *err = &doctor->cli->err;
	DIR *dir = opendir(folder);
	const struct dirent *entry = dir ? readdir(dir) : NULL;
	int rc = PV_OK;

	for (; entry && rc == PV_OK; entry = readdir(dir)) {
		pv_buf path = { 0 };
		struct stat info;

		pv_buf_printf(&path, "%s/%s", folder, entry->d_name);
		if (!is_searched(entry->d_name) ||
		    lstat(pv_buf_text(&path), &info) < 0)
			rc = PV_OK;
		else if (S_ISDIR(info.st_mode))
			rc = pv_strlist_add(folders, pv_buf_text(&path), err);
		else if (pv_str_has_suffix(entry->d_name, ".lock"))
			check_lock(doctor, pv_buf_text(&path), &info);
		pv_buf_dispose(&path);
	}
	if (dir)
		closedir(dir);
	return rc;
}

static int check_locks(struct doctor *doctor)
{
	const char *git_dir = pv_store_git_dir(doctor->cli->store);
	const char *common = pv_store_common_dir(doctor->cli->store);
	pv_strlist folders = { 0 };
	size_t before = doctor->count;
	int rc;

	rc = pv_strlist_add(&folders, common, &doctor->cli->err);
	if (rc == PV_OK && !pv_str_has_prefix(git_dir, common))
		rc = pv_strlist_add(&folders, git_dir, &doctor->cli->err);
	for (size_t i = 0; i < folders.count && rc == PV_OK; i++)
		rc = find_locks(doctor, &folders, folders.items[i]);
	if (rc == PV_OK && doctor->count == before)
		doctor_say(doctor, HEALTH_OK, "locks", "", "none left behind");
	pv_strlist_dispose(&folders);
	return rc;
}

int doctor_repository(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	struct contents contents = { 0 };
	int rc;

	contents.doctor = doctor;
	rc = cli_point(&contents.at, cli, NULL);
	if (rc == PV_OK)
		rc = pv_store_each(cli->store, &contents.at,
				   cli->settings.prompts_dir, each_file,
				   &contents, &cli->err);
	/* A bare repository without commits has nothing to look at. */
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	if (rc == PV_OK) {
		judge_contents(&contents);
		rc = check_versions(doctor, &contents.ids);
	}
	if (rc == PV_OK)
		rc = check_locks(doctor);
	pv_strlist_dispose(&contents.ids);
	pv_strlist_dispose(&contents.folded);
	pv_buf_dispose(&contents.folder);
	pv_buf_dispose(&contents.first_broken);
	return rc;
}
