/* SPDX-License-Identifier: MIT
 *
 * Semantic version numbers (semver.org 2.0.0), bounded: a part has at most
 * four digits and a pre-release fits its array, so a number is a plain value.
 * Build metadata is refused: a version here is also the name of a tag.
 */
#include <pv/version.h>

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "version/semver.h"

enum {
	PART_MAX = 9999,
	PART_DIGITS = 4
};

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_ident_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-';
}

size_t pv_semver_scan_part(unsigned *out, const char *text)
{
	size_t len = 0;
	unsigned value = 0;

	while (len <= PART_DIGITS && is_digit(text[len])) {
		value = value * 10 + (unsigned)(text[len] - '0');
		len++;
	}
	if (!len || len > PART_DIGITS || (text[0] == '0' && len > 1))
		return 0;
	*out = value;
	return len;
}

/* One dot-separated identifier; numeric ones have no leading zero. */
static size_t scan_ident(const char *text)
{
	size_t len = 0;
	int is_numeric = 1;

	while (is_ident_char(text[len])) {
		if (!is_digit(text[len]))
			is_numeric = 0;
		len++;
	}
	if (is_numeric && len > 1 && text[0] == '0')
		return 0;
	return len;
}

size_t pv_semver_scan_pre(const char *text)
{
	size_t len = 0;

	for (;;) {
		size_t ident = scan_ident(text + len);

		if (!ident)
			return 0;
		len += ident;
		if (len > PV_SEMVER_PRE_MAX)
			return 0;
		if (text[len] != '.')
			return len;
		len++;
	}
}

/* The three parts and the pre-release at `text`; the length, or 0. */
static size_t scan_version(pv_semver *out, const char *text)
{
	unsigned *parts[3] = { &out->major, &out->minor, &out->patch };
	size_t at = 0;

	for (size_t i = 0; i < pv_array_len(parts); i++) {
		size_t len;

		if (i && text[at++] != '.')
			return 0;
		len = pv_semver_scan_part(parts[i], text + at);
		if (!len)
			return 0;
		at += len;
	}
	if (text[at] == '-') {
		size_t len = pv_semver_scan_pre(text + at + 1);

		if (!len)
			return 0;
		memcpy(out->pre, text + at + 1, len);
		at += len + 1;
	}
	return at;
}

int pv_semver_parse(pv_semver *out, const char *text, pv_error *err)
{
	const char *number = text[0] == 'v' ? text + 1 : text;
	size_t len;

	memset(out, 0, sizeof(*out));
	len = scan_version(out, number);
	if (len && !number[len])
		return PV_OK;
	memset(out, 0, sizeof(*out));
	return pv_fail(err, PV_EINVALID, "bad version number \"%.80s\"", text);
}

void pv_semver_format(char out[PV_VERSION_TEXT], const pv_semver *version)
{
	snprintf(out, PV_VERSION_TEXT, "%u.%u.%u%s%s", version->major,
		 version->minor, version->patch, version->pre[0] ? "-" : "",
		 version->pre);
}

void pv_semver_put(pv_buf *out, const pv_semver *version)
{
	pv_buf_putu(out, version->major);
	pv_buf_putc(out, '.');
	pv_buf_putu(out, version->minor);
	pv_buf_putc(out, '.');
	pv_buf_putu(out, version->patch);
	if (version->pre[0])
		pv_buf_putc(out, '-');
	pv_buf_puts(out, version->pre);
}

static int cmp_uint(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

/* Numeric identifiers by value, of any length: none has leading zeros. */
static int cmp_ident(pv_str a, pv_str b)
{
	int a_is_numeric = strspn(a.ptr, "0123456789") >= a.len;
	int b_is_numeric = strspn(b.ptr, "0123456789") >= b.len;
	int order;

	if (a_is_numeric != b_is_numeric)
		return a_is_numeric ? -1 : 1;
	if (a_is_numeric && a.len != b.len)
		return a.len < b.len ? -1 : 1;
	order = pv_str_cmp(a, b);
	return (order > 0) - (order < 0);
}

static pv_str ident_at(const char *text)
{
	pv_str ident = { text, strcspn(text, ".") };

	return ident;
}

/* A longer list of identifiers wins when all before are equal. */
static int cmp_pre(const char *a, const char *b)
{
	for (;;) {
		pv_str left = ident_at(a);
		pv_str right = ident_at(b);
		int order = cmp_ident(left, right);

		if (order)
			return order;
		a += left.len;
		b += right.len;
		if (!*a || !*b)
			return (*a != '\0') - (*b != '\0');
		a++;
		b++;
	}
}

int pv_semver_cmp(const pv_semver *a, const pv_semver *b)
{
	int order = cmp_uint(a->major, b->major);

	if (!order)
		order = cmp_uint(a->minor, b->minor);
	if (!order)
		order = cmp_uint(a->patch, b->patch);
	if (order)
		return order;
	if (!a->pre[0] || !b->pre[0])
		return (b->pre[0] != '\0') - (a->pre[0] != '\0');
	return cmp_pre(a->pre, b->pre);
}

unsigned pv_semver_serial(const char *pre, const char *label)
{
	size_t len = strlen(label);
	unsigned serial = 0;

	if (strncmp(pre, label, len) != 0 || pre[len] != '.' ||
	    pv_str_to_uint(&serial, pv_str_of(pre + len + 1), 999999) < 0)
		return 0;
	return serial;
}

int pv_semver_raise(pv_semver *number, const pv_semver *last)
{
	if (pv_semver_cmp(number, last) > 0)
		return 0;
	*number = *last;
	memset(number->pre, 0, sizeof(number->pre));
	return 1;
}

/* Whether a pre-release announces a step of `bump` that is still to come. */
static int is_announced(const pv_semver *last, enum pv_bump bump)
{
	if (!last->pre[0])
		return 0;
	if (bump == PV_BUMP_MAJOR)
		return !last->minor && !last->patch;
	return bump != PV_BUMP_MINOR || !last->patch;
}

static void step(pv_semver *version, enum pv_bump bump)
{
	switch (bump) {
	case PV_BUMP_MAJOR:
		version->major++;
		version->minor = 0;
		version->patch = 0;
		break;
	case PV_BUMP_MINOR:
		version->minor++;
		version->patch = 0;
		break;
	case PV_BUMP_PATCH:
	case PV_BUMP_NONE:
		version->patch++;
		break;
	}
}

int pv_semver_next(pv_semver *out, const pv_semver *last, enum pv_bump bump,
		   pv_error *err)
{
	pv_semver next = *last;

	memset(next.pre, 0, sizeof(next.pre));
	if (!is_announced(last, bump))
		step(&next, bump);
	if (next.major > PART_MAX || next.minor > PART_MAX ||
	    next.patch > PART_MAX)
		return pv_fail(err, PV_ELIMIT,
			       "no version number after %u.%u.%u: a part has "
			       "at most %d digits",
			       last->major, last->minor, last->patch,
			       PART_DIGITS);
	*out = next;
	return PV_OK;
}
