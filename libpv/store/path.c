/* SPDX-License-Identifier: MIT
 *
 * Path rules, see path.h. They are the union of what `git fsck --strict`
 * complains about: a repository made here can be checked out anywhere.
 */
#include "store/path.h"

#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "base/utf8.h"

/* Code points that HFS+ drops from names. */
static int is_ignored_by_hfs(int32_t code_point)
{
	return (code_point >= 0x200c && code_point <= 0x200f) ||
	       (code_point >= 0x202a && code_point <= 0x202e) ||
	       (code_point >= 0x206a && code_point <= 0x206f) ||
	       code_point == 0xfeff;
}

/* Names are looked at as far as a ".git" in disguise could reach. */
enum {
	LOOK_AT = 8
};

/* A name without what HFS+ drops; of other letters the first byte will do. */
static void condense(char out[LOOK_AT + 1], pv_str name)
{
	size_t used = 0;

	while (name.len && used < LOOK_AT) {
		size_t step;
		int32_t code_point = pv_utf8_decode(name.ptr, name.len, &step);

		if (!is_ignored_by_hfs(code_point))
			out[used++] = name.ptr[0];
		name.ptr += step;
		name.len -= step;
	}
	out[used] = '\0';
}

/*
 * ".git" to some file system: NTFS has short names, and drops blanks and
 * dots at the end and what follows a colon.
 */
static int is_dot_git(pv_str name)
{
	char plain[LOOK_AT + 1];
	size_t len;

	condense(plain, name);
	len = strcspn(plain, ":");
	while (len && (plain[len - 1] == '.' || plain[len - 1] == ' '))
		len--;
	plain[len] = '\0';
	return pv_str_casecmp(plain, ".git") == 0 ||
	       pv_str_casecmp(plain, "git~1") == 0;
}

/*
 * A backslash is a letter here but parts folders elsewhere: a name may have
 * one, as in git, unless what stands between two would be ".git" there.
 */
static int hides_dot_git(pv_str name)
{
	while (name.len) {
		const char *end = memchr(name.ptr, '\\', name.len);
		pv_str part = { name.ptr,
				end ? (size_t)(end - name.ptr) : name.len };

		if (is_dot_git(part))
			return 1;
		name.ptr += part.len + (end != NULL);
		name.len -= part.len + (end != NULL);
	}
	return 0;
}

static int is_bad_component(pv_str name)
{
	return !name.len || pv_str_is(name, ".") || pv_str_is(name, "..") ||
	       hides_dot_git(name);
}

int pv_path_check(const char *path, pv_error *err)
{
	const char *rest = path;
	size_t depth = 0;

	if (strlen(path) > PV_PATH_MAX)
		return pv_fail(err, PV_ELIMIT,
			       "path \"%.60s...\" is longer than %d bytes",
			       path, PV_PATH_MAX);
	for (;;) {
		pv_str name = { rest, strcspn(rest, "/") };

		if (is_bad_component(name))
			return pv_fail(err, PV_EINVALID,
				       "\"%s\" is not a path inside the "
				       "repository",
				       path);
		if (++depth > PV_PATH_DEPTH)
			return pv_fail(err, PV_ELIMIT,
				       "path \"%.60s...\" is nested deeper than "
				       "%d folders",
				       path, PV_PATH_DEPTH);
		rest += name.len;
		if (!*rest)
			return PV_OK;
		rest++;
	}
}

int pv_path_check_new(const char *path, pv_error *err)
{
	if (strchr(path, '\\'))
		return pv_fail(err, PV_EINVALID,
			       "\"%s\" has a backslash, which not every "
			       "system takes for a letter",
			       path);
	return pv_path_check(path, err);
}

const char *pv_path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int pv_path_cmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	/* The end of a path sorts first, a separator before all else. */
	if (!*a || (*a == '/' && *b))
		return -1;
	if (!*b || *b == '/')
		return 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}
