/* SPDX-License-Identifier: MIT
 *
 * See wildmatch.h. There is no recursion: where a byte does not match, the
 * last "*" takes one more, and when that has come to a slash the last "**"
 * takes one more folder. Going back further than that never helps.
 */
#include "store/worktree/wildmatch.h"

#include <string.h>

#include "base/mem.h"

/* A place to go back to; NULL `pattern`: none. */
struct star {
	const char *pattern; /* behind the star */
	const char *path;
};

static int is_between(unsigned char c, unsigned char low, unsigned char high)
{
	return c >= low && c <= high;
}

static int is_of_class(const char *name, size_t len, unsigned char c)
{
	static const struct {
		const char *name;
		const char *ranges; /* pairs of bounds */
	} classes[] = {
		{ "alnum", "AZaz09" },   { "alpha", "AZaz" },
		{ "blank", "  \t\t" },   { "cntrl", "\001\037\177\177" },
		{ "digit", "09" },       { "graph", "!~" },
		{ "lower", "az" },       { "print", " ~" },
		{ "punct", "!/:@[`{~" }, { "space", "  \t\r" },
		{ "upper", "AZ" },       { "xdigit", "09AFaf" },
	};

	for (size_t i = 0; i < pv_array_len(classes); i++) {
		const char *range = classes[i].ranges;

		if (strlen(classes[i].name) != len ||
		    memcmp(classes[i].name, name, len) != 0)
			continue;
		for (; *range; range += 2)
			if (is_between(c, (unsigned char)range[0],
				       (unsigned char)range[1]))
				return 1;
	}
	return 0;
}

/* One element of a set: a byte, a range, or a class. Advances `*at`. */
static int is_of_element(const char **at, unsigned char c)
{
	const char *ptr = *at;
	unsigned char low;
	unsigned char high;

	if (ptr[0] == '[' && ptr[1] == ':') {
		const char *end = strstr(ptr + 2, ":]");

		if (end) {
			*at = end + 2;
			return is_of_class(ptr + 2, (size_t)(end - ptr - 2), c);
		}
	}
	if (*ptr == '\\' && ptr[1])
		ptr++;
	low = (unsigned char)*ptr++;
	high = low;
	if (ptr[0] == '-' && ptr[1] && ptr[1] != ']') {
		ptr++;
		if (*ptr == '\\' && ptr[1])
			ptr++;
		high = (unsigned char)*ptr++;
	}
	*at = ptr;
	return is_between(c, low, high);
}

/* `*at` is behind the bracket; goes behind the closing one. */
static int is_of_set(const char **at, unsigned char c)
{
	const char *ptr = *at;
	int is_negated = *ptr == '!' || *ptr == '^';
	int is_first = 1;
	int found = 0;

	ptr += is_negated;
	while (*ptr && (is_first || *ptr != ']')) {
		found |= is_of_element(&ptr, c);
		is_first = 0;
	}
	if (!*ptr)
		return 0;
	*at = ptr + 1;
	return found != is_negated && c != '/';
}

/* Anything but a star; `*pattern` advances when it matches. */
static int matches_one(const char **pattern, char c)
{
	const char *ptr = *pattern;
	int found;

	switch (*ptr) {
	case '\0':
		return 0;
	case '?':
		ptr++;
		found = c != '/';
		break;
	case '[':
		ptr++;
		found = is_of_set(&ptr, (unsigned char)c);
		break;
	case '\\':
		ptr += ptr[1] != '\0';
		found = *ptr++ == c;
		break;
	default:
		found = *ptr++ == c;
	}
	if (found)
		*pattern = ptr;
	return found;
}

/* Whether a "**" is a whole component. */
static int is_of_folders(const char *start, const char *at)
{
	return at[1] == '*' && (at == start || at[-1] == '/') &&
	       (!at[2] || at[2] == '/');
}

/* Goes back to the nearest star that can take more; 0 when there is none. */
static int go_back(struct star *name, struct star *folders,
		   const char **pattern, const char **path)
{
	if (name->pattern && *name->path && *name->path != '/') {
		*pattern = name->pattern;
		*path = ++name->path;
		return 1;
	}
	name->pattern = NULL;
	if (!folders->pattern)
		return 0;
	folders->path = strchr(folders->path, '/');
	if (!folders->path)
		return 0;
	*pattern = folders->pattern;
	*path = ++folders->path;
	return 1;
}

int pv_wildmatch(const char *pattern, const char *path)
{
	const char *start = pattern;
	struct star folders = { 0 };
	struct star name = { 0 };

	for (;;) {
		if (*pattern == '*' && is_of_folders(start, pattern)) {
			if (!pattern[2])
				return 1;
			pattern += 3;
			folders.pattern = pattern;
			folders.path = path;
			name.pattern = NULL;
		} else if (*pattern == '*') {
			pattern += strspn(pattern, "*");
			name.pattern = pattern;
			name.path = path;
		} else if (!*path && !*pattern) {
			return 1;
		} else if (*path && matches_one(&pattern, *path)) {
			path++;
		} else if (!*path || !go_back(&name, &folders, &pattern, &path)) {
			return 0;
		}
	}
}
