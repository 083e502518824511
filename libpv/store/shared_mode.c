/* SPDX-License-Identifier: MIT
 *
 * Permissions in shared repositories, see shared_mode.h. The setting is a
 * word or a boolean, which adds permissions to what the umask leaves, or an
 * octal mode, which replaces them.
 */
#include "store/shared_mode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	OCTAL = 8,
	OWNER = 0600,
	GROUP = 0660,
	EVERYBODY = 0664
};

static const struct word {
	const char *text;
	enum pv_sharing sharing;
	unsigned mode;
} words[] = {
	{ "umask", PV_SHARING_NONE, 0 },
	{ "group", PV_SHARING_ADDS, GROUP },
	{ "all", PV_SHARING_ADDS, EVERYBODY },
	{ "world", PV_SHARING_ADDS, EVERYBODY },
	{ "everybody", PV_SHARING_ADDS, EVERYBODY },
};

static int set(pv_store *store, enum pv_sharing sharing, unsigned mode)
{
	store->sharing = sharing;
	store->shared_mode = mode;
	return PV_OK;
}

static int fail_mode(pv_error *err, const char *value)
{
	int rc = pv_fail(err, PV_EINVALID,
			 "core.sharedRepository \"%s\" is no mode in which "
			 "the owner may read and write",
			 value);

	return pv_error_hint(err, rc,
			     "git config core.sharedRepository group, or 0640");
}

static int parse(pv_store *store, const char *value, pv_error *err)
{
	char *end;
	unsigned long mode;
	int on;

	for (size_t i = 0; i < pv_array_len(words); i++)
		if (!strcmp(value, words[i].text))
			return set(store, words[i].sharing, words[i].mode);
	mode = strtoul(value, &end, OCTAL);
	if (*end || !*value) {
		if (git_config_parse_bool(&on, value) < 0) {
			git_error_clear();
			return fail_mode(err, value);
		}
		return set(store, on ? PV_SHARING_ADDS : PV_SHARING_NONE, GROUP);
	}
	/* The first numbers are words of old. */
	if (!mode)
		return set(store, PV_SHARING_NONE, 0);
	if (mode <= 2)
		return set(store, PV_SHARING_ADDS, mode == 1 ? GROUP : EVERYBODY);
	if ((mode & OWNER) != OWNER)
		return fail_mode(err, value);
	return set(store, PV_SHARING_REPLACES, mode & 0666);
}

static int load(pv_store *store, pv_error *err)
{
	git_config_entry *entry = NULL;
	int rc;

	if (store->sharing != PV_SHARING_UNKNOWN)
		return PV_OK;
	rc = git_config_get_entry(&entry, store->config, "core.sharedrepository");
	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		return set(store, PV_SHARING_NONE, 0);
	}
	if (rc < 0)
		return pv_fail_git(err, rc, "look up", "core.sharedRepository");
	rc = entry->value ? parse(store, entry->value, err)
			  : set(store, PV_SHARING_ADDS, GROUP);
	git_config_entry_free(entry);
	return rc;
}

/* Who may read a folder may enter it; what the owner may not write, nobody. */
static mode_t mode_of(const pv_store *store, mode_t old)
{
	mode_t tweak = store->shared_mode;
	mode_t mode = old & 07777;

	if (!(old & S_IWUSR))
		tweak &= ~(mode_t)0222;
	if (old & S_IXUSR)
		tweak |= (tweak & 0444) >> 2;
	if (store->sharing == PV_SHARING_REPLACES)
		mode = (mode & ~(mode_t)0777) | tweak;
	else
		mode |= tweak;
	if (S_ISDIR(old)) {
		mode |= (mode & 0444) >> 2;
		if (mode & 0060)
			mode |= S_ISGID;
	}
	return mode;
}

int pv_shared_adjust(pv_store *store, const char *path, pv_error *err)
{
	struct stat info;
	int rc = load(store, err);

	if (rc < 0 || store->sharing == PV_SHARING_NONE)
		return rc;
	if (lstat(path, &info) < 0)
		return pv_fail_errno(err, errno, "look at", path);
	if (mode_of(store, info.st_mode) != (info.st_mode & 07777) &&
	    chmod(path, mode_of(store, info.st_mode)) < 0)
		return pv_fail_errno(err, errno, "share", path);
	return PV_OK;
}

void pv_store_share(pv_store *store, const char *path)
{
	/* What is somebody else's is shared, or not, by that one. */
	pv_shared_adjust(store, path, NULL);
}

int pv_shared_dir_make(pv_store *store, const char *path, pv_error *err)
{
	pv_buf part = { 0 };
	const char *at = path;
	int rc = PV_OK;

	while (rc == PV_OK && *at) {
		const char *slash = strchr(at + 1, '/');
		size_t len = slash ? (size_t)(slash - path) : strlen(path);

		pv_buf_clear(&part);
		pv_buf_put(&part, path, len);
		rc = pv_buf_status(&part, err);
		at = path + len;
		if (rc < 0 || pv_file_exists(part.ptr))
			continue;
		if (mkdir(part.ptr, 0777) == 0)
			rc = pv_shared_adjust(store, part.ptr, err);
		else if (errno != EEXIST)
			rc = pv_fail_errno(err, errno, "make the folder",
					   part.ptr);
	}
	pv_buf_dispose(&part);
	return rc;
}
