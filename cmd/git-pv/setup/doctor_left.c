/* SPDX-License-Identifier: MIT
 *
 * The part of `git pv doctor` that looks for what killed processes left
 * behind: locks, notes of what was under way, packs, and an index that is behind the
 * last commit.
 */
#include "setup/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/note.h"
#include "repo/behind.h"
#include "repo/selection.h"

enum {
	LOCK_AGE = 600, /* seconds after which a lock is nobody's any more */
	FIX_MAX = sizeof(((struct diagnosis *)0)->fix)
};

/* --- locks ---------------------------------------------------------------- */

/* The lock of the index, and what may be done about it. */
struct index_lock {
	pv_buf path;
	int state; /* enum pv_index_lock */
};

static void say_lock(struct doctor *doctor, const char *path,
		     const struct stat *info, const char *fix)
{
	int64_t age = pv_clock_now(NULL) / 1000000 - (int64_t)info->st_mtime;

	doctor_say(doctor, age > LOCK_AGE ? HEALTH_FAIL : HEALTH_WARN, "locks",
		   fix, "\"%s\" is there for %lld s", path, (long long)age);
}

static void say_index_lock(struct doctor *doctor, const struct index_lock *lock,
			   const struct stat *info)
{
	const char *path = pv_buf_text(&lock->path);
	pv_buf fix = { 0 };

	if (lock->state == PV_INDEX_LOCK_LEFT) {
		doctor_say(doctor, HEALTH_WARN, "locks",
			   "the next \"git pv commit\", switch, merge or "
			   "revert ends what it began",
			   "\"%s\" is of a commit that was killed", path);
		return;
	}
	pv_buf_puts(&fix, "if no git is running here, ");
	pv_buf_printf(&fix, "mv \"%s\" \"%.*s\"", path,
		      (int)(lock->path.len - strlen(".lock")), path);
	if (fix.status == PV_OK && fix.len < FIX_MAX)
		say_lock(doctor, path, info, fix.ptr);
	else
		say_lock(doctor, path, info,
			 "if no git is running here, rename it to \"index\"");
	pv_buf_dispose(&fix);
}

static void check_lock(struct doctor *doctor, const struct index_lock *lock,
		       const char *path, const struct stat *info)
{
	int is_plain = lock->state == PV_INDEX_LOCK_NONE ||
		       lock->state == PV_INDEX_LOCK_HELD;

	if (!is_plain && strcmp(pv_buf_text(&lock->path), path) == 0)
		say_index_lock(doctor, lock, info);
	else
		say_lock(doctor, path, info,
			 "if no git is running here, delete the file");
}

/* Objects are never locked, and there are many. */
static int is_searched(const char *name)
{
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strcmp(name, "objects") != 0;
}

/* Folders left to look into are kept in a list rather than on the stack. */
static int find_locks(struct doctor *doctor, const struct index_lock *lock,
		      pv_strlist *folders, const char *folder)
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
			check_lock(doctor, lock, pv_buf_text(&path), &info);
		pv_buf_dispose(&path);
	}
	if (dir)
		closedir(dir);
	return rc;
}

static int check_locks(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	const char *git_dir = pv_store_git_dir(cli->store);
	const char *common = pv_store_common_dir(cli->store);
	struct index_lock lock = { .state = PV_INDEX_LOCK_NONE };
	pv_strlist folders = { 0 };
	size_t before = doctor->count;
	int rc;

	lock.state = pv_store_index_lock(&lock.path, cli->store, &cli->err);
	rc = lock.state < 0 ? lock.state : PV_OK;
	if (rc == PV_OK)
		rc = pv_strlist_add(&folders, common, &cli->err);
	if (rc == PV_OK && !pv_str_has_prefix(git_dir, common))
		rc = pv_strlist_add(&folders, git_dir, &cli->err);
	for (size_t i = 0; i < folders.count && rc == PV_OK; i++)
		rc = find_locks(doctor, &lock, &folders, folders.items[i]);
	if (rc == PV_OK && doctor->count == before)
		doctor_say(doctor, HEALTH_OK, "locks", "", "none left behind");
	pv_strlist_dispose(&folders);
	pv_buf_dispose(&lock.path);
	return rc;
}

/* --- notes ---------------------------------------------------------------- */

/* How many notes of a kind the dead have left. */
static int count_dead(size_t *out, struct doctor *doctor, const char *folder,
		      const char *name)
{
	pv_strlist notes = { 0 };
	int rc = pv_note_list(&notes, folder, name, &doctor->cli->err);

	for (size_t i = 0; i < notes.count && rc >= 0; i++) {
		pv_note note;

		rc = pv_note_hold(&note, notes.items[i], &doctor->cli->err);
		*out += rc > 0;
		pv_note_dispose(&note);
	}
	pv_strlist_dispose(&notes);
	return rc < 0 ? rc : PV_OK;
}

/* Those of the index's lock go with it. */
static int check_notes(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	pv_buf folder = { 0 };
	size_t releases = 0;
	size_t drafts = 0;
	int rc;

	pv_buf_printf(&folder, "%s/pv", pv_store_common_dir(cli->store));
	rc = pv_buf_status(&folder, &cli->err);
	if (rc == PV_OK)
		rc = count_dead(&releases, doctor, folder.ptr, "releasing");
	if (rc == PV_OK)
		rc = count_dead(&drafts, doctor, folder.ptr, pv_note_draft);
	if (releases)
		doctor_say(doctor, HEALTH_WARN, "notes", "git pv release",
			   "%zu release%s not finished", releases,
			   releases == 1 ? " was" : "s were");
	if (drafts)
		doctor_say(doctor, HEALTH_WARN, "notes",
			   "the next command that releases removes them",
			   "%zu half-written in \"%s\"", drafts,
			   pv_buf_text(&folder));
	pv_buf_dispose(&folder);
	return rc;
}

/* --- packs ---------------------------------------------------------------- */

/* The process in "<prefix><pid>-..." still runs, here at least. */
static int is_alive(const char *pid)
{
	long number = strtol(pid, NULL, 10);

	return number > 0 && (kill((pid_t)number, 0) == 0 || errno == EPERM);
}

/* A pack that was being made when its process died. */
static void judge_draft(struct doctor *doctor, const char *folder,
			const char *name)
{
	static const char ours[] = "tmp_objdir-pv-";
	static const char older[] = "pack_git2_";
	pv_buf path = { 0 };
	pv_buf fix = { 0 };
	struct stat info;
	int64_t age;

	pv_buf_printf(&path, "%s/%s", folder, name);
	if (path.status || lstat(path.ptr, &info) < 0)
		goto out;
	age = pv_clock_now(NULL) / 1000000 - (int64_t)info.st_mtime;
	if (!(pv_str_has_prefix(name, ours) && !is_alive(name + strlen(ours))) &&
	    !(pv_str_has_prefix(name, older) && age > LOCK_AGE))
		goto out;
	pv_buf_printf(&fix, "rm -r \"%s\"", path.ptr);
	doctor_say(doctor, HEALTH_WARN, "packs", pv_buf_text(&fix),
		   "a killed import left \"%s\"", path.ptr);
out:
	pv_buf_dispose(&path);
	pv_buf_dispose(&fix);
}

static int check_drafts(struct doctor *doctor, const char *below)
{
	pv_buf folder = { 0 };
	DIR *dir;
	const struct dirent *entry;
	int rc;

	pv_buf_printf(&folder, "%s/%s", pv_store_common_dir(doctor->cli->store),
		      below);
	rc = pv_buf_status(&folder, &doctor->cli->err);
	dir = rc == PV_OK ? opendir(folder.ptr) : NULL;
	while (dir && (entry = readdir(dir)))
		judge_draft(doctor, folder.ptr, entry->d_name);
	if (dir)
		closedir(dir);
	pv_buf_dispose(&folder);
	return rc;
}

static int check_packs(struct doctor *doctor)
{
	int rc = check_drafts(doctor, "objects");

	return rc == PV_OK ? check_drafts(doctor, "objects/pack") : rc;
}

/* --- the index ------------------------------------------------------------ */

/* Files whose index is behind. */
struct behind {
	pv_cli *cli;
	pv_strlist paths;
};

static int each_changed(const pv_status_entry *entry, void *payload)
{
	struct behind *behind = payload;

	if (!behind_is(behind->cli, entry))
		return PV_OK;
	return pv_strlist_add(&behind->paths, entry->path, &behind->cli->err);
}

static int check_index(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	const char *folders[SELECTION_FOLDERS];
	struct behind behind = { .cli = cli };
	pv_buf fix = { 0 };
	int rc;

	if (!pv_store_work_dir(cli->store))
		return PV_OK;
	selection_folders(folders, &cli->settings);
	rc = pv_store_status(cli->store, folders, SELECTION_FOLDERS,
			     each_changed, &behind, &cli->err);
	if (rc == PV_OK && behind.paths.count) {
		pv_buf_printf(&fix, "git restore --staged \"%s\"",
			      behind.paths.items[0]);
		doctor_say(doctor, HEALTH_WARN, "index", pv_buf_text(&fix),
			   "%zu staged as before the last commit, which the "
			   "files are not, e.g. \"%s\"",
			   behind.paths.count, behind.paths.items[0]);
	}
	pv_strlist_dispose(&behind.paths);
	pv_buf_dispose(&fix);
	return rc;
}

int doctor_leftovers(struct doctor *doctor)
{
	int rc = check_locks(doctor);

	if (rc == PV_OK)
		rc = check_notes(doctor);
	if (rc == PV_OK)
		rc = check_packs(doctor);
	return rc == PV_OK ? check_index(doctor) : rc;
}
