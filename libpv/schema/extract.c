/* SPDX-License-Identifier: MIT
 *
 * JSON inside of what a model wrote: alone, in a fence of Markdown, or between
 * sentences. The text is walked once; what looks like JSON is measured by its
 * brackets, then read. Measuring and reading are charged to one budget, since
 * whoever wrote the text may mean harm.
 */
#include <pv/schema.h>

#include "base/fail.h"
#include "base/utf8.h"
#include "schema/value.h"

enum {
	BUDGET_PER_BYTE = 64,
	BUDGET_MIN = 1 << 20, /* bytes of a short text */
	MAX_CANDIDATES = 100  /* that are held against the schema */
};

struct search {
	pv_str text;
	size_t at;
	size_t budget;
	size_t candidates;
	const pv_schema *schema;
	pv_schema_data *data; /* the one to be given out, so far */
	pv_str spot;
	pv_str broken; /* the first that looks like JSON and is not */
	int is_done;
	pv_error *err;
};

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static pv_str trim(pv_str text)
{
	while (text.len && is_blank(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	while (text.len && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

/* 0 when the budget does not allow for so many bytes more. */
static int charge(struct search *search, size_t len)
{
	if (len > search->budget) {
		search->budget = 0;
		return 0;
	}
	search->budget -= len;
	return 1;
}

/* --- candidates ------------------------------------------------------------ */

/* Keeps `data` when it is valid, or the first; `*is_done` once it is valid. */
static int judge(struct search *search, pv_schema_data *data, pv_str spot)
{
	int is_valid = 1;
	int rc = PV_OK;

	if (search->schema)
		rc = pv_schema_validate(&is_valid, search->schema, data, NULL,
					search->err);
	if (rc < 0 || (!is_valid && search->data)) {
		pv_schema_data_free(data);
		return rc;
	}
	pv_schema_data_free(search->data);
	search->data = data;
	search->spot = spot;
	search->is_done = is_valid;
	return PV_OK;
}

/* 1 when the part is JSON; 0 when it is not. */
static int try_part(struct search *search, pv_str part)
{
	pv_schema_data *data = NULL;
	int rc;

	part = trim(part);
	if (!part.len || !charge(search, part.len))
		return 0;
	rc = pv_schema_data_new(&data, part.ptr, part.len, NULL);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(search->err);
	if (rc < 0)
		return 0;
	search->candidates++;
	rc = judge(search, data, part);
	return rc < 0 ? rc : 1;
}

/* --- between sentences ------------------------------------------------------ */

/* Past the closing quote; 0 where the string does not end. */
static size_t skip_string(pv_str text, size_t at)
{
	for (at++; at < text.len && (unsigned char)text.ptr[at] >= ' '; at++) {
		if (text.ptr[at] == '"')
			return at + 1;
		at += text.ptr[at] == '\\';
	}
	return 0;
}

/* Whether what follows a bracket could follow it in JSON. */
static int is_opening(pv_str text, size_t at)
{
	char open = text.ptr[at++];

	while (at < text.len && is_blank(text.ptr[at]))
		at++;
	if (at == text.len)
		return 0;
	return strchr(open == '{' ? "\"}" : "]\"{[-0123456789tfn",
		      text.ptr[at]) != NULL;
}

/* The bytes from a bracket to the one that closes it; 0: none does. */
static size_t measure(struct search *search)
{
	pv_str text = search->text;
	size_t at = search->at;
	int depth = 0;

	while (at < text.len && depth <= PV_VALUE_MAX_DEPTH) {
		char c = text.ptr[at];

		if (c == '"') {
			at = skip_string(text, at);
			if (!at)
				return 0;
			continue;
		}
		at++;
		if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
		if (!depth)
			return at - search->at;
	}
	(void)charge(search, at - search->at);
	return 0;
}

/* The byte at a place of a text, where a reader stopped. */
static size_t byte_at(pv_str text, int line, int column)
{
	size_t at = 0;

	for (; line > 1 && at < text.len; at++)
		line -= text.ptr[at] == '\n';
	for (; column > 1 && at < text.len; column--)
		do
			at++;
		while (at < text.len && (text.ptr[at] & 0xC0) == 0x80);
	return at;
}

/*
 * Where a reader stumbles just behind a string, its quotes may be those of a
 * sentence: then the end of the first of them, else `stop`.
 */
static size_t before_string(pv_str text, size_t stop)
{
	size_t at = 0;
	size_t start = 0;
	size_t end = 0;

	while (at < stop && stop < text.len) {
		if (text.ptr[at] != '"') {
			at++;
			continue;
		}
		start = at + 1;
		end = skip_string(text, at);
		if (!end)
			return start;
		at = end;
	}
	while (end && end < stop && is_blank(text.ptr[end]))
		end++;
	return end && end >= stop ? start : stop;
}

/* What a reader says, which copies nothing of a text that may be long. */
static int why_broken(pv_error *why, pv_str part)
{
	const pv_value *value;
	pv_arena arena = { 0 };
	int rc = pv_value_read(&value, &arena, part, why);

	pv_arena_dispose(&arena);
	return rc;
}

/*
 * What begins as JSON and is none: what it is up to there belongs to it, so
 * nothing inside is taken for the answer. The bytes to go on behind.
 */
static int pass_broken(size_t *out, struct search *search, pv_str part)
{
	pv_error why = { 0 };
	int rc;

	if (!part.len)
		part.len = search->text.len - search->at;
	rc = why_broken(&why, part);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(search->err);
	*out = before_string(part, byte_at(part, why.line, why.column));
	if (!*out)
		*out = 1;
	/* Whether all of it is UTF-8 is seen first, which goes fast. */
	(void)charge(search, *out + part.len / 8);
	if (!search->broken.ptr)
		search->broken = part;
	return PV_OK;
}

static int try_bracket(struct search *search)
{
	pv_str part = { search->text.ptr + search->at, 0 };
	size_t passed = 1;
	int rc = 0;

	if (is_opening(search->text, search->at)) {
		part.len = measure(search);
		if (part.len)
			rc = try_part(search, part);
		passed = part.len;
		if (!rc)
			rc = pass_broken(&passed, search, part);
	}
	search->at += passed;
	return rc;
}

/* --- in fences --------------------------------------------------------------- */

/* The sign of the fence that a line is, and how many; 0: it is none. */
static char fence(pv_str line, size_t *count)
{
	size_t at = 0;
	char sign;

	while (at < 3 && pv_str_at(line, at) == ' ')
		at++;
	sign = pv_str_at(line, at);
	if (sign != '`' && sign != '~')
		return '\0';
	for (*count = 0; pv_str_at(line, at) == sign; at++)
		++*count;
	if (*count < 3)
		return '\0';
	return sign;
}

static pv_str line_at(pv_str text, size_t at)
{
	const char *start = text.ptr + at;
	const char *end = memchr(start, '\n', text.len - at);
	pv_str line = { start, end ? (size_t)(end - start) : text.len - at };

	return line;
}

/* The offset of the line that closes a fence, or the end of the text. */
static size_t closing(pv_str text, size_t at, char sign, size_t count)
{
	while (at < text.len) {
		pv_str line = line_at(text, at);
		size_t own = 0;

		if (fence(line, &own) == sign && own >= count &&
		    trim(line).len == own)
			return at;
		at += line.len + 1;
	}
	return text.len;
}

/* At the start of a line: what a fence that begins here has in it. */
static int try_fence(struct search *search)
{
	pv_str line = line_at(search->text, search->at);
	size_t count = 0;
	char sign = fence(line, &count);
	size_t start = search->at + line.len + 1;
	size_t end;
	int rc;

	if (!sign || start >= search->text.len)
		return 0;
	end = closing(search->text, start, sign, count);
	if (!charge(search, end - start))
		return 0;
	rc = try_part(search, (pv_str){ search->text.ptr + start, end - start });
	search->at = rc > 0 ? end : start;
	return rc;
}

/* --- the walk ---------------------------------------------------------------- */

static int is_line_start(const struct search *search)
{
	return !search->at || search->text.ptr[search->at - 1] == '\n';
}

static int step(struct search *search)
{
	size_t before = search->at;
	int rc = is_line_start(search) ? try_fence(search) : 0;

	if (rc < 0 || search->at != before)
		return rc;
	if (search->text.ptr[before] == '{' || search->text.ptr[before] == '[')
		return try_bracket(search);
	search->at++;
	return 0;
}

static int walk(struct search *search)
{
	int rc = try_part(search, search->text);

	search->is_done |= rc > 0;
	while (rc >= 0 && !search->is_done && search->at < search->text.len &&
	       search->candidates < MAX_CANDIDATES && search->budget)
		rc = step(search);
	if (rc >= 0 && !search->data && !search->budget)
		return pv_fail(search->err, PV_ELIMIT,
			       "too much of the text looks like JSON and is not");
	return rc < 0 ? rc : PV_OK;
}

/* Says of the first thing that looks like JSON where it stops to be. */
static int fail_broken(const struct search *search)
{
	pv_error why = { 0 };
	int line;
	int column;
	int rc = why_broken(&why, search->broken);

	if (rc == PV_ENOMEM)
		return pv_fail_nomem(search->err);
	pv_utf8_place(search->text.ptr, search->text.len,
		      (size_t)(search->broken.ptr - search->text.ptr), &line,
		      &column);
	rc = pv_fail(search->err, PV_ENOTFOUND,
		     "what begins as JSON at line %d, column %d breaks off: %s",
		     line, column, why.message);
	if (why.line > 1)
		return pv_error_at(search->err, rc, "", line + why.line - 1,
				   why.column);
	return pv_error_at(search->err, rc, "", line, column + why.column - 1);
}

int pv_schema_extract(pv_schema_data **out, pv_schema_spot *spot,
		      const pv_schema *schema, const char *text, size_t len,
		      pv_error *err)
{
	struct search search = { .text = { text, len },
				 .budget = BUDGET_MIN,
				 .schema = schema,
				 .err = err };
	int rc;

	if (len < SIZE_MAX / BUDGET_PER_BYTE / 2)
		search.budget += len * BUDGET_PER_BYTE;
	if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
		search.at = 3;
	search.text.ptr += search.at;
	search.text.len -= search.at;
	search.at = 0;
	rc = walk(&search);
	if (rc == PV_OK && !search.data && search.broken.ptr)
		rc = fail_broken(&search);
	else if (rc == PV_OK && !search.data)
		rc = pv_fail(err, PV_ENOTFOUND, "there is no JSON in the text");
	if (rc < 0) {
		pv_schema_data_free(search.data);
		return rc;
	}
	spot->offset = (size_t)(search.spot.ptr - text);
	spot->len = search.spot.len;
	pv_utf8_place(search.text.ptr, search.text.len,
		      (size_t)(search.spot.ptr - search.text.ptr), &spot->line,
		      &spot->column);
	*out = search.data;
	return PV_OK;
}
