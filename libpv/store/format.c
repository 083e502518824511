/* SPDX-License-Identifier: MIT
 *
 * The repository format. Version 0 knows a few extensions, version 1 refuses
 * each one that is not understood. libgit2 1.5 refuses even harmless ones, so
 * the decision is made here: what changes how objects or refs are stored is
 * refused, what only concerns git's other parts is let through.
 */
#include "store/format.h"

#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

static const char prefix[] = "extensions.";

/* What libgit2 needs no knowledge of; `only` is the one value accepted. */
struct extension {
	const char *name;
	const char *only;
};

static const struct extension known[] = {
	{ "noop", NULL },
	{ "noop-v1", NULL },
	{ "objectformat", "sha1" },
	{ "partialclone", NULL },
	{ "preciousobjects", NULL },
	{ "refstorage", "files" },
	{ "relativeworktrees", NULL },
	{ "worktreeconfig", NULL },
};

/* The first extension that stands in the way, and the worktree switch. */
struct findings {
	char name[64];
	char value[64];
	int is_refused;
	int has_worktree_config;
};

static int is_known(const char *name, const char *value)
{
	for (size_t i = 0; i < pv_array_len(known); i++)
		if (strcmp(known[i].name, name) == 0)
			return !known[i].only ||
			       pv_str_casecmp(known[i].only, value) == 0;
	return 0;
}

static void copy_text(char *out, size_t size, const char *text)
{
	size_t len = strnlen(text, size - 1);

	memcpy(out, text, len);
	out[len] = '\0';
}

static int visit_extension(const git_config_entry *entry, void *payload)
{
	struct findings *found = payload;
	const char *name = entry->name + strlen(prefix);
	const char *value = entry->value ? entry->value : "";
	int on;

	if (!pv_str_has_prefix(entry->name, prefix))
		return 0;
	if (strcmp(name, "worktreeconfig") == 0 &&
	    git_config_parse_bool(&on, entry->value) == 0)
		found->has_worktree_config = on;
	if (found->is_refused || is_known(name, value))
		return 0;
	found->is_refused = 1;
	copy_text(found->name, sizeof(found->name), name);
	copy_text(found->value, sizeof(found->value), value);
	return 0;
}

static int fail_extension(pv_error *err, const struct findings *found)
{
	int rc;

	if (strcmp(found->name, "objectformat") == 0) {
		rc = pv_fail(err, PV_EUNSUPPORTED,
			     "the repository stores objects as \"%s\"; "
			     "only sha1 is supported",
			     found->value);
		return pv_error_hint(err, rc,
				     "git init --object-format=sha1 makes one "
				     "that is");
	}
	if (strcmp(found->name, "refstorage") == 0) {
		rc = pv_fail(err, PV_EUNSUPPORTED,
			     "the repository stores refs as \"%s\"; "
			     "only files are supported",
			     found->value);
		return pv_error_hint(err, rc,
				     "convert it with git refs migrate "
				     "--ref-format=files");
	}
	return pv_fail(err, PV_EUNSUPPORTED,
		       "unknown repository extension \"%s\"", found->name);
}

int pv_format_check_head(const char *git_dir, pv_error *err)
{
	static const char refs[] = "refs/";
	char target[sizeof(refs)];
	pv_buf path = { 0 };
	ssize_t len;
	int rc;

	pv_buf_printf(&path, "%s/HEAD", git_dir);
	rc = pv_buf_status(&path, err);
	if (rc < 0)
		goto out;
	len = readlink(path.ptr, target, sizeof(refs) - 1);
	if (len == (ssize_t)sizeof(refs) - 1 &&
	    memcmp(target, refs, sizeof(refs) - 1) == 0) {
		rc = pv_fail(err, PV_EUNSUPPORTED,
			     "HEAD is a symbolic link; only a file is "
			     "supported");
		rc = pv_error_hint(err, rc,
				   "git symbolic-ref HEAD \"$(git symbolic-ref "
				   "HEAD)\" makes it one");
	}
out:
	pv_buf_dispose(&path);
	return rc;
}

int pv_format_check(int *has_worktree_config_out, const pv_store *store,
		    pv_error *err)
{
	struct findings found = { 0 };
	git_config *local = NULL;
	int32_t version = 0;
	int rc;

	*has_worktree_config_out = 0;
	if (git_config_open_level(&local, store->config,
				  GIT_CONFIG_LEVEL_LOCAL) < 0) {
		git_error_clear();
		return PV_OK; /* no file: git's defaults are fine */
	}
	rc = git_config_get_int32(&version, local,
				  "core.repositoryformatversion");
	if (rc < 0 && rc != GIT_ENOTFOUND) {
		rc = pv_fail_git(err, rc, "read", "repositoryformatversion");
		goto out;
	}
	if (version < 0 || version > 1) {
		rc = pv_fail(err, PV_EUNSUPPORTED,
			     "repository format version %ld is unknown",
			     (long)version);
		goto out;
	}
	/* Not foreach_match: libgit2 leaks what its regular expressions need. */
	git_config_foreach(local, visit_extension, &found);
	git_error_clear();
	*has_worktree_config_out = found.has_worktree_config;
	rc = PV_OK;
	/* Version 0 ignores what it does not know, but these break it. */
	if (found.is_refused && (version > 0 || is_known(found.name, "sha1") ||
				 is_known(found.name, "files")))
		rc = fail_extension(err, &found);
out:
	git_config_free(local);
	return rc;
}
