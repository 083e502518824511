/* SPDX-License-Identifier: MIT
 *
 * The part of `git pv doctor` that looks into the repository: prompts that do
 * not load, names that clash, folders that are too large. Versions are in
 * doctor_versions.c, what somebody left behind in doctor_left.c.
 */
#include "setup/doctor.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "repo/prompts.h"
#include "repo/prompts_place.h"

/* A folder with more files makes every commit slower. */
enum {
	FOLDER_MAX = 300
};

/* What walking the files has found. */
struct contents {
	struct doctor *doctor;
	pv_point at;
	pv_strlist ids;
	pv_strlist folded; /* paths in lower case, a newline, and as they are */
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
	pv_buf_printf(&folded, "\n%s", path);
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

static void compare_names(struct doctor *doctor, const char *a, const char *b)
{
	size_t len = strcspn(a, "\n") + 1;

	if (strncmp(a, b, len) == 0)
		doctor_say(doctor, HEALTH_FAIL, "names", "rename one of them",
			   "names differ by case only: \"%s\" and \"%s\"",
			   a + len, b + len);
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
		compare_names(doctor, folded->items[i - 1], folded->items[i]);
}

/* 1 when git sees what is in the folder of prompts. */
static int check_place(struct doctor *doctor)
{
	pv_error *err = &doctor->cli->err;
	int rc = prompts_place_check(doctor->cli);

	if (rc != PV_EINVALID)
		return rc < 0 ? rc : 1;
	doctor_say(doctor, HEALTH_FAIL, "prompts", err->hint, "%s", err->message);
	pv_error_clear(err);
	return 0;
}

int doctor_repository(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	struct contents contents = { 0 };
	int rc;

	rc = check_place(doctor);
	if (rc <= 0)
		return rc < 0 ? rc : doctor_leftovers(doctor);
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
		rc = doctor_versions(doctor, &contents.ids);
	}
	if (rc == PV_OK)
		rc = doctor_leftovers(doctor);
	pv_strlist_dispose(&contents.ids);
	pv_strlist_dispose(&contents.folded);
	pv_buf_dispose(&contents.folder);
	pv_buf_dispose(&contents.first_broken);
	return rc;
}
