/* SPDX-License-Identifier: MIT
 *
 * A reader of RFC 8259. What is under construction lies on two stacks, of
 * values and of members; a finished array or object moves to the arena as one
 * block. Nothing outside the grammar is accepted.
 */
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "schema/number.h"

enum {
	FEW_MEMBERS = 16 /* compared each with each */
};

struct reader {
	pv_arena *arena;
	const char *start;
	const char *at;
	const char *end;
	int depth;
	pv_value *values;
	size_t value_count;
	size_t value_cap;
	pv_member *members;
	size_t member_count;
	size_t member_cap;
	uint32_t *slots; /* for finding keys that stand twice */
	size_t slot_cap;
	pv_error *err;
};

static int read_value(struct reader *r, pv_value *out);

/* Adds the place to a failure just written; returns its code. */
static int at_place(struct reader *r, const char *place, int rc)
{
	int line = 0;
	int column = 0;

	pv_utf8_place(r->start, (size_t)(r->end - r->start),
		      (size_t)(place - r->start), &line, &column);
	return pv_error_at(r->err, rc, "", line, column);
}

static int fail_at(struct reader *r, const char *place, const char *what)
{
	return at_place(r, place, pv_fail(r->err, PV_ESYNTAX, "%s", what));
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' ||
				  *r->at == '\r' || *r->at == '\t'))
		r->at++;
}

static int take(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return 0;
	r->at++;
	return 1;
}

/* --- strings -------------------------------------------------------------- */

static int hex4(struct reader *r, uint32_t *out)
{
	const char *place = r->at;
	pv_str rest = { r->at, (size_t)(r->end - r->at) };

	*out = 0;
	for (size_t i = 0; i < 4; i++, r->at++) {
		char c = pv_str_at(rest, i);
		char lower = (char)(c | 0x20);

		if (c >= '0' && c <= '9')
			*out = *out << 4 | (uint32_t)(c - '0');
		else if (lower >= 'a' && lower <= 'f')
			*out = *out << 4 | (uint32_t)(lower - 'a' + 10);
		else
			return fail_at(r, place,
				       "\\u wants four hexadecimal digits");
	}
	return PV_OK;
}

/* What follows \u: one code point, from two escapes where it takes both. */
static int code_point(struct reader *r, uint32_t *out)
{
	const char *place = r->at;
	uint32_t low;
	int rc = hex4(r, out);

	if (rc < 0 || *out < 0xD800 || *out > 0xDFFF)
		return rc;
	if (*out < 0xDC00 && take(r, '\\') && take(r, 'u')) {
		rc = hex4(r, &low);
		if (rc < 0)
			return rc;
		if (low >= 0xDC00 && low <= 0xDFFF) {
			*out = 0x10000 + ((*out - 0xD800) << 10) + (low - 0xDC00);
			return PV_OK;
		}
	}
	return fail_at(r, place, "half of a surrogate pair is no character");
}

static int read_escape(struct reader *r, char **to)
{
	static const char names[] = "\"\\/bfnrt";
	static const char bytes[] = "\"\\/\b\f\n\r\t";
	const char *place = r->at;
	const char *name =
		r->at < r->end ? memchr(names, *r->at, sizeof(names) - 1) : NULL;
	uint32_t point;
	int rc;

	if (name) {
		*(*to)++ = bytes[name - names];
		r->at++;
		return PV_OK;
	}
	if (!take(r, 'u'))
		return fail_at(r, place, "unknown escape in a string");
	rc = code_point(r, &point);
	if (rc == PV_OK)
		*to += pv_utf8_encode(*to, point);
	return rc;
}

/* Decodes what lies before `close`: never longer than it is written. */
static int unescape(struct reader *r, const char *close, pv_str *out)
{
	char *text = pv_arena_alloc(r->arena, (size_t)(close - r->at) + 1);
	char *to = text;

	if (!text)
		return pv_fail_nomem(r->err);
	while (r->at < close) {
		int rc;

		if (*r->at != '\\') {
			*to++ = *r->at++;
			continue;
		}
		r->at++;
		rc = read_escape(r, &to);
		if (rc < 0)
			return rc;
	}
	*to = '\0';
	out->ptr = text;
	out->len = (size_t)(to - text);
	return PV_OK;
}

/*
 * Past the words of eight bytes in which nothing ends a string or has to be
 * looked at; `*seen` collects the bits of all bytes. A byte is found by what a
 * subtraction borrows, which may find one too many, behind it, and none too few.
 */
static const char *skip_words(const char *at, const char *end, unsigned *seen)
{
	const uint64_t ones = 0x0101010101010101U;
	const uint64_t tops = 0x8080808080808080U;
	uint64_t all = 0;
	uint64_t word;

	for (; (size_t)(end - at) >= sizeof(word); at += sizeof(word)) {
		uint64_t quote;
		uint64_t slash;

		memcpy(&word, at, sizeof(word));
		quote = word ^ ones * '"';
		slash = word ^ ones * '\\';
		if ((((word - ones * ' ') & ~word) | ((quote - ones) & ~quote) |
		     ((slash - ones) & ~slash)) &
		    tops)
			break;
		all |= word;
	}
	*seen |= (all & tops) ? 0x80 : 0;
	return at;
}

/* Past the opening quote; `*seen` collects the bits of all bytes. */
static int read_string(struct reader *r, pv_str *out, unsigned *seen)
{
	const char *open = r->at;
	const char *at = r->at;
	int has_escapes = 0;
	int rc = PV_OK;

	*seen = 0;
	at = skip_words(at, r->end, seen);
	for (; at < r->end && *at != '"'; at++) {
		*seen |= (unsigned char)*at;
		if ((unsigned char)*at < ' ')
			return fail_at(r, at, "control character in a string");
		if (*at == '\\') {
			has_escapes = 1;
			if (++at == r->end)
				break;
		}
	}
	if (at >= r->end)
		return fail_at(r, open - 1, "the string does not end");
	out->ptr = open;
	out->len = (size_t)(at - open);
	if (has_escapes)
		rc = unescape(r, at, out);
	r->at = at + 1;
	if (has_escapes)
		*seen = 0x80; /* who knows */
	return rc;
}

static int read_text(struct reader *r, pv_value *out)
{
	pv_str text = { NULL, 0 };
	unsigned seen = 0;
	int rc = read_string(r, &text, &seen);

	if (rc < 0)
		return rc;
	out->kind = PV_VALUE_STRING;
	out->is_ascii = !(seen & 0x80);
	out->as.text = text.ptr;
	out->count = text.len;
	out->hash = (uint32_t)pv_value_hash_bytes(text);
	return PV_OK;
}

/* --- numbers and words ---------------------------------------------------- */

static int skip_digits(struct reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return r->at > from;
}

static int read_number(struct reader *r, pv_value *out)
{
	pv_str literal = { r->at, 0 };
	int is_right;

	take(r, '-');
	is_right = take(r, '0') || skip_digits(r);
	if (is_right && take(r, '.'))
		is_right = skip_digits(r);
	if (is_right && (take(r, 'e') || take(r, 'E'))) {
		if (!take(r, '+'))
			take(r, '-');
		is_right = skip_digits(r);
	}
	if (!is_right)
		return fail_at(r, literal.ptr, "this is not a JSON value");
	literal.len = (size_t)(r->at - literal.ptr);
	return pv_number_read(out, r->arena, literal, r->err);
}

static int take_word(struct reader *r, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
		return 0;
	r->at += len;
	return 1;
}

static int read_scalar(struct reader *r, pv_value *out)
{
	if (take(r, '"'))
		return read_text(r, out);
	if (take_word(r, "null"))
		out->kind = PV_VALUE_NULL;
	else if (take_word(r, "true"))
		out->kind = PV_VALUE_TRUE;
	else if (take_word(r, "false"))
		out->kind = PV_VALUE_FALSE;
	else
		return read_number(r, out);
	return PV_OK;
}

/* --- arrays and objects --------------------------------------------------- */

/* A copy in the arena of `count` elements from the one at `base` on. */
static const void *settle(struct reader *r, const void *stack, size_t base,
			  size_t count, size_t size)
{
	void *kept = pv_arena_alloc(r->arena, count * size);

	if (kept && count)
		memcpy(kept, (const char *)stack + base * size, count * size);
	return kept;
}

static int read_array(struct reader *r, pv_value *out)
{
	size_t base = r->value_count;

	skip_blanks(r);
	for (int is_first = 1; !take(r, ']'); is_first = 0) {
		pv_value item = { 0 };
		int rc;

		if (!is_first && !take(r, ','))
			return fail_at(r, r->at, "expected \",\" or \"]\"");
		rc = read_value(r, &item);
		if (rc < 0)
			return rc;
		if (pv_array_reserve(&r->values, &r->value_cap,
				     r->value_count + 1, sizeof(item)) < 0)
			return pv_fail_nomem(r->err);
		r->values[r->value_count++] = item;
		skip_blanks(r);
	}
	out->kind = PV_VALUE_ARRAY;
	out->count = r->value_count - base;
	out->as.items =
		settle(r, r->values, base, out->count, sizeof(*r->values));
	r->value_count = base;
	return out->as.items ? PV_OK : pv_fail_nomem(r->err);
}

static int by_key(const void *a, const void *b)
{
	const pv_member *x = *(const pv_member *const *)a;
	const pv_member *y = *(const pv_member *const *)b;

	return pv_str_cmp(x->key, y->key);
}

static const pv_member *find_twice_of_few(const pv_member *members, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (pv_key_is_same(members[i].key, members[i].hash,
					   members[j].key, members[j].hash))
				return &members[i];
	return NULL;
}

/* Two members of one key, the first in `*out`; PV_ENOMEM. */
static int find_twice(const pv_member **out, const pv_member *members,
		      size_t count, pv_error *err)
{
	const pv_member **sorted = pv_calloc(count, sizeof(const pv_member *));

	if (!sorted)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++)
		sorted[i] = &members[i];
	qsort(sorted, count, sizeof(const pv_member *), by_key);
	for (size_t i = 1; i < count && !*out; i++)
		if (pv_str_eq(sorted[i - 1]->key, sorted[i]->key))
			*out = sorted[i];
	pv_free(sorted);
	return PV_OK;
}

/*
 * The same by hashes, in a table of the reader's. PV_ELIMIT: too many keys have
 * one hash to go on like that.
 */
static int find_twice_soon(struct reader *r, const pv_member **out,
			   const pv_member *members, size_t count)
{
	size_t looks = 4 * count;
	size_t size = 64;

	while (size < count * 2)
		size *= 2;
	if (count > UINT32_MAX / 4)
		return PV_ELIMIT;
	if (pv_array_reserve(&r->slots, &r->slot_cap, size, sizeof(*r->slots)) < 0)
		return PV_ENOMEM;
	memset(r->slots, 0, size * sizeof(*r->slots));
	for (size_t i = 0; i < count; i++) {
		const pv_member *member = &members[i];
		size_t at = member->hash & (size - 1);

		for (; r->slots[at]; at = (at + 1) & (size - 1)) {
			const pv_member *other = &members[r->slots[at] - 1];

			if (pv_key_is_same(member->key, member->hash,
					   other->key, other->hash)) {
				*out = member;
				return PV_OK;
			}
			if (!looks--)
				return PV_ELIMIT;
		}
		r->slots[at] = (uint32_t)i + 1;
	}
	return PV_OK;
}

static int refuse_twice(struct reader *r, const pv_member *members, size_t count)
{
	const pv_member *twice = NULL;
	int rc = PV_OK;

	if (count <= FEW_MEMBERS)
		twice = find_twice_of_few(members, count);
	else
		rc = find_twice_soon(r, &twice, members, count);
	if (rc == PV_ELIMIT)
		rc = find_twice(&twice, members, count, r->err);
	else if (rc < 0)
		return pv_fail_nomem(r->err);
	if (rc < 0 || !twice)
		return rc;
	return at_place(r, r->at,
			pv_fail(r->err, PV_ESYNTAX,
				"the key \"%.*s\" stands twice in this object",
				twice->key.len < 80 ? (int)twice->key.len : 80,
				twice->key.ptr));
}

static int read_member(struct reader *r)
{
	pv_member member = { { NULL, 0 }, 0, { 0 } };
	unsigned seen;
	int rc;

	skip_blanks(r);
	if (!take(r, '"'))
		return fail_at(r, r->at, "expected a key in double quotes");
	rc = read_string(r, &member.key, &seen);
	if (rc < 0)
		return rc;
	skip_blanks(r);
	if (!take(r, ':'))
		return fail_at(r, r->at, "expected \":\" behind a key");
	rc = read_value(r, &member.value);
	if (rc < 0)
		return rc;
	member.hash = pv_value_hash_bytes(member.key);
	if (pv_array_reserve(&r->members, &r->member_cap, r->member_count + 1,
			     sizeof(member)) < 0)
		return pv_fail_nomem(r->err);
	r->members[r->member_count++] = member;
	skip_blanks(r);
	return PV_OK;
}

static int read_object(struct reader *r, pv_value *out)
{
	size_t base = r->member_count;

	skip_blanks(r);
	for (int is_first = 1; !take(r, '}'); is_first = 0) {
		int rc;

		if (!is_first && !take(r, ','))
			return fail_at(r, r->at, "expected \",\" or \"}\"");
		rc = read_member(r);
		if (rc < 0)
			return rc;
	}
	out->kind = PV_VALUE_OBJECT;
	out->count = r->member_count - base;
	out->as.members =
		settle(r, r->members, base, out->count, sizeof(*r->members));
	r->member_count = base;
	if (!out->as.members)
		return pv_fail_nomem(r->err);
	return refuse_twice(r, out->as.members, out->count);
}

static int read_parts(struct reader *r, pv_value *out)
{
	int rc;

	if (++r->depth > PV_VALUE_MAX_DEPTH)
		return pv_fail(r->err, PV_ELIMIT,
			       "JSON nested deeper than %d levels",
			       PV_VALUE_MAX_DEPTH);
	rc = *r->at++ == '[' ? read_array(r, out) : read_object(r, out);
	r->depth--;
	return rc;
}

static int read_value(struct reader *r, pv_value *out)
{
	int rc;

	skip_blanks(r);
	if (r->at == r->end)
		return fail_at(r, r->at, "the JSON text ends too early");
	if (*r->at == '[' || *r->at == '{')
		rc = read_parts(r, out);
	else
		rc = read_scalar(r, out);
	if (rc == PV_OK)
		out->type = (uint8_t)pv_value_type(out);
	return rc;
}

int pv_value_read(const pv_value **out, pv_arena *arena, pv_str text,
		  pv_error *err)
{
	struct reader reader = { .arena = arena,
				 .start = text.ptr,
				 .at = text.ptr,
				 .end = text.ptr + text.len,
				 .err = err };
	size_t valid = pv_utf8_valid(text.ptr, text.len);
	pv_value *root = pv_arena_calloc(arena, sizeof(*root));
	int rc;

	if (!root)
		return pv_fail_nomem(err);
	if (valid < text.len)
		return fail_at(&reader, text.ptr + valid,
			       "the text is not UTF-8");
	rc = read_value(&reader, root);
	skip_blanks(&reader);
	if (rc == PV_OK && reader.at < reader.end)
		rc = fail_at(&reader, reader.at,
			     "something follows the JSON value");
	pv_free(reader.values);
	pv_free(reader.members);
	pv_free(reader.slots);
	if (rc == PV_OK)
		*out = root;
	return rc;
}
