/* SPDX-License-Identifier: MIT
 *
 * The part of `git pv doctor` that looks at git itself: the program, libgit2,
 * who commits, extensions of the repository, and hooks.
 */
#include "setup/doctor.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pv/git.h>

#include "base/mem.h"
#include "repo/git.h"

static void check_program(struct doctor *doctor)
{
	static const char *const args[] = { "--version", NULL };
	pv_buf version = { 0 };

	if (cli_git(&version, doctor->cli, args) == PV_OK)
		doctor_say(doctor, HEALTH_OK, "git", "", "%s",
			   pv_buf_text(&version));
	else
		doctor_say(doctor, HEALTH_FAIL, "git", "install git", "%s",
			   doctor->cli->err.message);
	pv_error_clear(&doctor->cli->err);
	pv_buf_dispose(&version);
}

/* Of an older one nobody has tried it. */
static void check_library(struct doctor *doctor)
{
	int major = 0;
	int minor = 0;
	int patch = 0;

	pv_git_library(&major, &minor, &patch);
	if (major > 1 || (major == 1 && minor >= 5))
		doctor_say(doctor, HEALTH_OK, "libgit2", "",
			   "libgit2 version %d.%d.%d", major, minor, patch);
	else
		doctor_say(doctor, HEALTH_FAIL, "libgit2",
			   "install libgit2 1.5 or later",
			   "libgit2 %d.%d.%d is too old", major, minor, patch);
}

/* git refuses to guess an identity; so does every commit of ours. */
static void check_identity(struct doctor *doctor)
{
	static const char *const args[] = { "var", "GIT_COMMITTER_IDENT", NULL };
	pv_buf who = { 0 };

	if (cli_git_status(&who, doctor->cli, args) == 0)
		doctor_say(doctor, HEALTH_OK, "identity", "",
			   "commits are by %.*s",
			   (int)strcspn(pv_buf_text(&who), ">") + 1,
			   pv_buf_text(&who));
	else
		doctor_say(doctor, HEALTH_FAIL, "identity",
			   "git config --global user.name NAME and user.email",
			   "git does not know your name and address");
	pv_buf_dispose(&who);
}

void doctor_git(struct doctor *doctor)
{
	check_program(doctor);
	check_library(doctor);
	check_identity(doctor);
}

/* --- of the repository -------------------------------------------------------- */

/* Those that stand in the way have kept the repository from being opened. */
static void check_extensions(struct doctor *doctor)
{
	static const char *const args[] = { "config",         "--local",
					    "--name-only",    "--get-regexp",
					    "^extensions\\.", NULL };
	pv_buf names = { 0 };

	if (cli_git_status(&names, doctor->cli, args) == 0) {
		for (size_t i = 0; i < names.len; i++)
			if (names.ptr[i] == '\n')
				names.ptr[i] = ' ';
		doctor_say(doctor, HEALTH_OK, "extensions", "",
			   "%s: known, and in nobody's way", pv_buf_text(&names));
	}
	pv_buf_dispose(&names);
}

/* Git passes over a hook that it may not run, and says so to commits only. */
static int check_hook(struct doctor *doctor, const char *dir, const char *name)
{
	struct stat info;
	pv_buf path = { 0 };
	int is_idle;

	pv_buf_printf(&path, "%s/%s", dir, name);
	is_idle = path.status == PV_OK && stat(path.ptr, &info) == 0 &&
		  S_ISREG(info.st_mode) && access(path.ptr, X_OK) < 0 &&
		  errno == EACCES;
	if (is_idle)
		doctor_say(doctor, HEALTH_WARN, "hooks",
			   "make it executable: chmod +x",
			   "\"%s\" is not executable, so it does not run",
			   pv_buf_text(&path));
	pv_buf_dispose(&path);
	return is_idle;
}

static void check_hooks_in(struct doctor *doctor, const char *dir, int is_set)
{
	static const char *const names[] = {
		"pre-commit",           "prepare-commit-msg", "commit-msg",
		"post-commit",          "pre-merge-commit",   "post-merge",
		"post-checkout",        "pre-push",           "pre-receive",
		"reference-transaction"
	};
	struct stat info;
	int idle = 0;

	if (strcmp(dir, "/dev/null") == 0) {
		doctor_say(doctor, HEALTH_OK, "hooks", "",
			   "core.hooksPath turns hooks off");
		return;
	}
	if (is_set && (stat(dir, &info) < 0 || !S_ISDIR(info.st_mode))) {
		doctor_say(doctor, HEALTH_WARN, "hooks",
			   "git config --unset core.hooksPath, or make it",
			   "core.hooksPath is \"%s\", which is no folder: no "
			   "hook runs",
			   dir);
		return;
	}
	for (size_t i = 0; i < pv_array_len(names); i++)
		idle += check_hook(doctor, dir, names[i]);
	if (!idle)
		doctor_say(doctor, HEALTH_OK, "hooks", "", "hooks are in %s",
			   dir);
}

static void check_hooks(struct doctor *doctor)
{
	static const char *const args[] = { "rev-parse", "--path-format=absolute",
					    "--git-path", "hooks", NULL };
	pv_buf dir = { 0 };
	pv_buf value = { 0 };

	if (cli_git_status(&dir, doctor->cli, args) == 0)
		check_hooks_in(doctor, pv_buf_text(&dir),
			       cli_config(&value, doctor->cli, "core.hooksPath"));
	pv_buf_dispose(&dir);
	pv_buf_dispose(&value);
}

void doctor_git_repository(struct doctor *doctor)
{
	check_extensions(doctor);
	check_hooks(doctor);
}
