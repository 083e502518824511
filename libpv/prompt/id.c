/* SPDX-License-Identifier: MIT
 *
 * The rule for prompt ids. An id becomes a path in a working tree, a part of
 * tag names and a word on command lines, so it must be harmless as each of
 * them, on every system a clone may land on. The alphabet already excludes
 * what git, shells and file systems treat specially; what is left are names
 * that are special as a whole.
 */
#include <pv/prompt.h>

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

/* Files that Windows maps to devices, with any extension. */
static const char *const device_names[] = { "aux", "con", "nul", "prn" };
static const char *const device_ports[] = { "com", "lpt" };

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_id_start(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z');
}

static int is_id_char(char c)
{
	return is_id_start(c) || c == '.' || c == '_' || c == '-';
}

static int is_device(pv_str part)
{
	const char *dot = memchr(part.ptr, '.', part.len);
	pv_str stem = { part.ptr, dot ? (size_t)(dot - part.ptr) : part.len };

	for (size_t i = 0; i < pv_array_len(device_names); i++)
		if (pv_str_is(stem, device_names[i]))
			return 1;
	if (stem.len != 4 || !is_digit(stem.ptr[3]))
		return 0;
	for (size_t i = 0; i < pv_array_len(device_ports); i++)
		if (!memcmp(stem.ptr, device_ports[i], 3))
			return 1;
	return 0;
}

/* v1.2.3 with anything behind it: as a folder it would look like a version. */
static int is_version(pv_str part)
{
	size_t at = 1;

	if (!part.len || part.ptr[0] != 'v')
		return 0;
	for (int number = 0; number < 3; number++) {
		size_t start = at;

		while (at < part.len && is_digit(part.ptr[at]))
			at++;
		if (at == start)
			return 0;
		if (number < 2 && (at == part.len || part.ptr[at++] != '.'))
			return 0;
	}
	return 1;
}

static int has_suffix(pv_str part, const char *suffix)
{
	size_t len = strlen(suffix);

	return part.len >= len && !memcmp(part.ptr + part.len - len, suffix, len);
}

static int has_two_dots(pv_str part)
{
	for (size_t i = 1; i < part.len; i++)
		if (part.ptr[i] == '.' && part.ptr[i - 1] == '.')
			return 1;
	return 0;
}

/* Why a component is refused, or NULL. */
static const char *part_fault(pv_str part)
{
	if (!part.len)
		return "a component is empty";
	if (!is_id_start(part.ptr[0]))
		return "components start with a letter a-z or a digit";
	for (size_t i = 0; i < part.len; i++)
		if (!is_id_char(part.ptr[i]))
			return "only a-z, 0-9, \".\", \"_\", \"-\" and \"/\" "
			       "are allowed";
	if (part.len > PV_ID_PART_MAX)
		return "a component is longer than 100 bytes";
	if (has_two_dots(part))
		return "\"..\" is not allowed";
	if (has_suffix(part, "."))
		return "a component ends in \".\"";
	if (has_suffix(part, ".lock"))
		return "a component ends in \".lock\"";
	if (is_version(part))
		return "a component looks like a version tag";
	if (is_device(part))
		return "a component is a device name on Windows";
	return NULL;
}

/* Why the id is refused, or NULL. */
static const char *id_fault(const char *id)
{
	const char *fault = NULL;

	if (!*id)
		return "it is empty";
	while (!fault) {
		size_t len = strcspn(id, "/");
		pv_str part = { id, len };

		fault = part_fault(part);
		if (!id[len])
			break;
		id += len + 1;
	}
	return fault;
}

int pv_id_check(const char *id, pv_error *err)
{
	const char *fault = id_fault(id);
	int rc;

	if (!fault && strlen(id) > PV_ID_MAX)
		fault = "it is longer than 200 bytes";
	if (!fault)
		return PV_OK;
	rc = pv_fail(err, PV_EINVALID, "bad id \"%.80s\": %s", id, fault);
	return pv_error_hint(err, rc, "ids look like support/triage");
}
