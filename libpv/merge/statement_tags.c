/* SPDX-License-Identifier: MIT
 *
 * See statement_tags.h. The text is one that its engine compiles, or it is no
 * matter what is found; so tags are only told from what is around them.
 */
#include "merge/statement_tags.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

/* What a tag is to its block. */
enum role {
	ROLE_NONE,
	ROLE_BEGIN,
	ROLE_PART, /* "else" */
	ROLE_END
};

struct reader {
	pv_tags *out;
	pv_str text;
	size_t *open; /* indices of the tags whose blocks are open */
	size_t depth;
	size_t cap;
	pv_error *err;
};

static int starts_with(pv_str text, size_t at, const char *what)
{
	size_t len = strlen(what);

	return text.len - at >= len && memcmp(text.ptr + at, what, len) == 0;
}

/* Where `what` is from `at` on, or the end of the text. */
static size_t find(pv_str text, size_t at, const char *what)
{
	while (at < text.len && !starts_with(text, at, what)) {
		const char *next =
			memchr(text.ptr + at + 1, what[0], text.len - at - 1);

		at = next ? (size_t)(next - text.ptr) : text.len;
	}
	return at;
}

/* Behind the tag whose inside is from `at` on; its strings are passed over. */
static size_t tag_end(pv_str text, size_t at, const char *closer)
{
	char quote = 0;

	for (; at < text.len; at++) {
		char c = text.ptr[at];

		if (quote && c == '\\')
			at++;
		else if (quote && c == quote)
			quote = 0;
		else if (!quote && starts_with(text, at, closer))
			return at + strlen(closer);
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
	}
	return text.len;
}

static int is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

static int is_blank(char c)
{
	return c != '\0' && strchr(" \t\r\n", c) != NULL;
}

static size_t skip_blanks(pv_str text, size_t at)
{
	while (at < text.len && is_blank(text.ptr[at]))
		at++;
	return at;
}

/* --- blocks -------------------------------------------------------------- */

static int add(struct reader *r, enum role role, size_t at, pv_str word)
{
	pv_tags *tags = r->out;
	size_t idx = tags->count;
	size_t opener = r->depth > 0 ? r->open[r->depth - 1] : idx;

	if (role == ROLE_NONE)
		return PV_OK;
	if (role != ROLE_BEGIN && r->depth == 0) {
		tags->is_whole = 0;
		return PV_OK;
	}
	if (pv_array_reserve(&tags->items, &tags->cap, idx + 1,
			     sizeof(*tags->items)) < 0 ||
	    pv_array_reserve(&r->open, &r->cap, r->depth + 1, sizeof(*r->open)) <
		    0)
		return pv_fail_nomem(r->err);
	if (role == ROLE_BEGIN) {
		r->open[r->depth++] = idx;
		opener = idx;
	}
	tags->items[idx] = (pv_tag){ at, opener, word };
	tags->count++;
	r->depth -= role == ROLE_END;
	return PV_OK;
}

/* Whether a word is among some that blanks part. */
static int is_among(pv_str word, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, " ");

		if (word.len == len && memcmp(word.ptr, words, len) == 0)
			return 1;
		words += len + (words[len] == ' ');
	}
	return 0;
}

/* --- Jinja --------------------------------------------------------------- */

/* "{% set x %}" begins a block, "{% set x = 1 %}" does not. */
static int is_assignment(pv_str text, size_t at)
{
	while (at < text.len && (is_word(text.ptr[at]) || is_blank(text.ptr[at]) ||
				 strchr(".,()", text.ptr[at])))
		at++;
	return at < text.len && text.ptr[at] == '=';
}

static enum role jinja_role(pv_str text, pv_str word)
{
	size_t end = (size_t)(word.ptr - text.ptr) + word.len;

	if (is_among(word, "if for block macro call filter with autoescape "
			   "trans generation raw"))
		return ROLE_BEGIN;
	if (is_among(word, "set"))
		return is_assignment(text, end) ? ROLE_NONE : ROLE_BEGIN;
	if (is_among(word, "else elif pluralize"))
		return ROLE_PART;
	return word.len > 3 && memcmp(word.ptr, "end", 3) == 0 ? ROLE_END
							       : ROLE_NONE;
}

static pv_str jinja_word(pv_str text, size_t at)
{
	pv_str word = { NULL, 0 };

	at += at < text.len && strchr("-+", text.ptr[at]);
	at = skip_blanks(text, at);
	word.ptr = text.ptr + at;
	while (at + word.len < text.len && is_word(word.ptr[word.len]))
		word.len++;
	return word;
}

/* Where the tag is that ends what is raw. */
static size_t raw_end(pv_str text, size_t at)
{
	for (;;) {
		at = find(text, at, "{%");
		if (at == text.len ||
		    is_among(jinja_word(text, at + 2), "endraw"))
			return at;
		at += 2;
	}
}

static int read_jinja(struct reader *r)
{
	pv_str text = r->text;
	size_t at = find(text, 0, "{");
	int rc = PV_OK;

	while (at < text.len && rc == PV_OK) {
		size_t from = at;

		if (starts_with(text, at, "{#")) {
			at = find(text, at, "#}");
		} else if (starts_with(text, at, "{{")) {
			at = tag_end(text, at + 2, "}}");
		} else if (starts_with(text, at, "{%")) {
			pv_str word = jinja_word(text, at + 2);

			at = tag_end(text, at + 2, "%}");
			rc = add(r, jinja_role(text, word), from, word);
			if (is_among(word, "raw"))
				at = raw_end(text, at);
		} else {
			at++;
		}
		at = find(text, at, "{");
	}
	return rc;
}

/* --- sections ------------------------------------------------------------ */

/* A name, or what else stands there up to a blank or brace. */
static pv_str section_word(pv_str text, size_t at)
{
	pv_str word;

	at = skip_blanks(text, at);
	word = (pv_str){ text.ptr + at, 0 };
	while (at + word.len < text.len && !is_blank(word.ptr[word.len]) &&
	       !strchr("{}~", word.ptr[word.len]))
		word.len++;
	return word;
}

static int read_section(struct reader *r, size_t from)
{
	pv_str text = r->text;
	size_t at = skip_blanks(text, from + 2);
	pv_str word;
	enum role role = ROLE_NONE;
	char sign;

	at += at < text.len && text.ptr[at] == '~';
	sign = pv_str_at(text, at);
	word = section_word(text, sign && strchr("#^/", sign) ? at + 1 : at);
	if (sign == '#' || (sign == '^' && word.len > 0))
		role = ROLE_BEGIN;
	else if (sign == '/')
		role = ROLE_END;
	else if (sign == '^' || is_among(word, "else"))
		role = ROLE_PART;
	if (role == ROLE_END && r->depth > 0 &&
	    !pv_str_eq(r->out->items[r->open[r->depth - 1]].word, word))
		r->out->is_whole = 0;
	return add(r, role, from, word);
}

static int read_sections(struct reader *r)
{
	pv_str text = r->text;
	size_t at = find(text, 0, "{{");
	int rc = PV_OK;

	while (at < text.len && rc == PV_OK) {
		if (starts_with(text, at, "{{!--"))
			at = find(text, at, "--}}");
		else if (!starts_with(text, at, "{{!"))
			rc = read_section(r, at);
		at = find(text, at, "}}");
		at = find(text, at, "{{");
	}
	return rc;
}

int pv_tags_read(pv_tags *out, enum pv_tag_kind kind, pv_str text, pv_error *err)
{
	struct reader r = { .out = out, .text = text, .err = err };
	int rc;

	memset(out, 0, sizeof(*out));
	out->is_whole = 1;
	rc = kind == PV_TAGS_JINJA ? read_jinja(&r) : read_sections(&r);
	if (r.depth > 0)
		out->is_whole = 0;
	pv_free(r.open);
	return rc;
}

void pv_tags_dispose(pv_tags *tags)
{
	pv_free(tags->items);
	memset(tags, 0, sizeof(*tags));
}
