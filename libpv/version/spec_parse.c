/* SPDX-License-Identifier: MIT
 *
 * The grammar of specs. Forms are tried in the order DESIGN gives, so "1.2"
 * is a version even where a branch has that name; "ref:1.2" is the branch.
 */
#include "version/spec_parse.h"

#include <string.h>

#include "base/fail.h"
#include "version/environment.h"
#include "version/semver.h"

/* "1", "1.2", "1.2.3" or "1.2.3-rc.1", up to `end`; the number of parts. */
static int scan_number(pv_semver *out, const char *text, const char *end)
{
	unsigned *parts[3] = { &out->major, &out->minor, &out->patch };
	int count = 0;

	memset(out, 0, sizeof(*out));
	for (;;) {
		size_t len = pv_semver_scan_part(parts[count], text);

		if (!len)
			return 0;
		text += len;
		count++;
		if (*text != '.' || count == 3)
			break;
		text++;
	}
	if (count == 3 && *text == '-') {
		size_t len = pv_semver_scan_pre(text + 1);

		memcpy(out->pre, text + 1, len);
		text += len ? len + 1 : 0;
	}
	return text == end ? count : 0;
}

static int check_text(const char *text, pv_error *err)
{
	size_t len = strnlen(text, PV_REV_MAX + 1);

	if (!len)
		return pv_fail(err, PV_EINVALID, "no revision behind the \"@\"");
	if (len > PV_REV_MAX)
		return pv_fail(err, PV_EINVALID,
			       "revision \"%.40s...\" is longer than %d bytes",
			       text, PV_REV_MAX);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == 0x7f)
			return pv_fail(err, PV_EINVALID,
				       "control character in a revision");
	}
	return PV_OK;
}

static int parse_point(pv_rev *out, const char *text, pv_error *err)
{
	if (!strcmp(text, ":index"))
		out->kind = PV_REV_INDEX;
	else if (!strcmp(text, ":worktree"))
		out->kind = PV_REV_WORKTREE;
	else
		return pv_error_hint(err,
				     pv_fail(err, PV_EINVALID,
					     "unknown point \"%.80s\"", text),
				     "points are :index and :worktree");
	return PV_OK;
}

static int parse_ref(pv_rev *out, const char *name, pv_error *err)
{
	out->kind = PV_REV_REF;
	out->name = name;
	if (!*name)
		return pv_fail(err, PV_EINVALID, "no name behind \"ref:\"");
	return PV_OK;
}

/* Steps back may follow a version as they may a name. */
static void parse_name(pv_rev *out, const char *text)
{
	pv_str base = { text, strcspn(text, "~^") };
	const char *end = text + base.len;

	out->suffix = end;
	if (pv_str_is(base, "latest")) {
		out->kind = PV_REV_LATEST;
		return;
	}
	out->parts = scan_number(&out->number, text, end);
	out->kind = out->parts ? PV_REV_VERSION : PV_REV_GIT;
	out->name = text;
	if (text[0] == 'v')
		out->parts = scan_number(&out->number, text + 1, end);
}

int pv_rev_parse(pv_rev *out, const char *text, pv_error *err)
{
	int rc = check_text(text, err);

	memset(out, 0, sizeof(*out));
	out->name = "";
	out->suffix = "";
	if (rc < 0)
		return rc;
	if (text[0] == ':')
		return parse_point(out, text, err);
	if (pv_str_has_prefix(text, "env:")) {
		out->kind = PV_REV_ENV;
		out->name = text + strlen("env:");
		return pv_environment_check(out->name, err);
	}
	if (pv_str_has_prefix(text, "ref:"))
		return parse_ref(out, text + strlen("ref:"), err);
	parse_name(out, text);
	return PV_OK;
}

/* A path of a prompt file is a likely slip for its id. */
static int fail_id(const char *id, int code, pv_error *err)
{
	if (pv_str_has_suffix(id, ".yaml"))
		return pv_error_hint(err, code,
				     "give the id: the path below the folder "
				     "of prompts, without .yaml");
	return code;
}

int pv_spec_split(char id_out[PV_ID_MAX + 1], const char **rev_out,
		  const char *spec, pv_error *err)
{
	size_t len = strcspn(spec, "@");
	int rc;

	*rev_out = spec[len] ? spec + len + 1 : NULL;
	if (!len)
		return pv_fail(err, PV_EINVALID, "no prompt id in \"%.80s\"",
			       spec);
	if (len > PV_ID_MAX)
		return pv_fail(err, PV_EINVALID,
			       "prompt id \"%.40s...\" is longer than %d bytes",
			       spec, PV_ID_MAX);
	memcpy(id_out, spec, len);
	id_out[len] = '\0';
	rc = pv_id_check(id_out, err);
	return rc < 0 ? fail_id(id_out, rc, err) : PV_OK;
}
