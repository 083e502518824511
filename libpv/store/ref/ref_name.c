/* SPDX-License-Identifier: MIT
 *
 * Names of refs. The rules are those of `git check-ref-format`, checked here
 * because libgit2 lets DEL through. Names that we make for people obey more:
 * UTF-8, nothing invisible, short enough for every file system.
 */
#include "store/ref/ref_name.h"

#include <string.h>

#include <pv/store.h>

#include "base/fail.h"
#include "base/str.h"
#include "base/utf8.h"

enum {
	COMPONENT_MAX = 240, /* leaves room for ".lock" */
	BRANCH_MAX = 480,
	HEX_ID = 40
};

/* The first thing wrong with one component; NULL when it is fine. */
static const char *component_fault(pv_str part)
{
	if (!part.len)
		return "has an empty component";
	if (part.ptr[0] == '.')
		return "has a component that starts with \".\"";
	if (part.len >= 5 && memcmp(part.ptr + part.len - 5, ".lock", 5) == 0)
		return "has a component that ends in \".lock\"";
	if (part.len > COMPONENT_MAX)
		return "has a component that is too long";
	return NULL;
}

static const char *character_fault(const char *name)
{
	for (const char *c = name; *c; c++) {
		unsigned char byte = (unsigned char)*c;

		if (byte < ' ' || byte == 0x7f)
			return "has a control character";
		if (strchr(" ~^:?*[\\", *c))
			return "has a blank or one of ~ ^ : ? * [ \\";
	}
	if (strstr(name, ".."))
		return "has \"..\"";
	if (strstr(name, "@{"))
		return "has \"@{\"";
	return NULL;
}

/* What `git check-ref-format` would not accept. */
static const char *ref_fault(const char *name)
{
	const char *fault = character_fault(name);
	const char *rest = name;

	while (!fault) {
		pv_str part = { rest, strcspn(rest, "/") };

		fault = component_fault(part);
		rest += part.len;
		if (!*rest)
			break;
		rest++;
	}
	if (!fault && pv_str_has_suffix(name, "."))
		fault = "ends in \".\"";
	return fault;
}

/* Characters that show nothing or turn the direction of others. */
static int is_invisible(int32_t code_point)
{
	return (code_point >= 0x80 && code_point <= 0xa0) ||
	       code_point == 0xad || code_point == 0x61c ||
	       (code_point >= 0x2000 && code_point <= 0x200f) ||
	       (code_point >= 0x2028 && code_point <= 0x202f) ||
	       (code_point >= 0x205f && code_point <= 0x206f) ||
	       code_point == 0x3000 || code_point == 0xfeff;
}

static const char *text_fault(const char *name)
{
	size_t left = strlen(name);

	while (left) {
		size_t step;
		int32_t code_point = pv_utf8_decode(name, left, &step);

		if (code_point < 0)
			return "is not UTF-8";
		if (is_invisible(code_point))
			return "has an invisible character";
		name += step;
		left -= step;
	}
	return NULL;
}

/* Names that mean something else where a branch is expected. */
static const char *meaning_fault(const char *name)
{
	size_t hex = strspn(name, "0123456789abcdefABCDEF");

	if (name[0] == '-')
		return "starts with \"-\"";
	if (strcmp(name, "HEAD") == 0 || strcmp(name, "@") == 0)
		return "means the current commit";
	if (pv_str_has_prefix(name, "refs/"))
		return "starts with \"refs/\"";
	if (hex == HEX_ID && !name[hex])
		return "looks like a commit id";
	return NULL;
}

static int fail_name(pv_error *err, const char *kind, const char *name,
		     const char *fault)
{
	return pv_fail(err, PV_EINVALID, "\"%.100s\" is no %s name: it %s",
		       name, kind, fault);
}

int pv_ref_name_check(const char *name, pv_error *err)
{
	const char *fault = ref_fault(name);

	if (!fault && !pv_str_has_prefix(name, "refs/"))
		fault = "does not start with \"refs/\"";
	return fault ? fail_name(err, "ref", name, fault) : PV_OK;
}

int pv_branch_check(const char *name, pv_error *err)
{
	const char *fault = meaning_fault(name);

	if (!fault)
		fault = ref_fault(name);
	if (!fault)
		fault = text_fault(name);
	if (!fault && strlen(name) > BRANCH_MAX)
		fault = "is too long";
	return fault ? fail_name(err, "branch", name, fault) : PV_OK;
}
