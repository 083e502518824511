/* SPDX-License-Identifier: MIT
 *
 * Case mapping of strings: full mappings ("ß" becomes "SS"), and the final
 * sigma of Greek words when lowering.
 */
#include "jinja/value/text_case.h"

#include "jinja/value/build.h"

enum {
	SIGMA = 0x3A3,
	SMALL_SIGMA = 0x3C3,
	FINAL_SIGMA = 0x3C2
};

struct text {
	const char *ptr;
	size_t len;
};

/* The first code point from `at` on that is not case-ignorable is cased. */
static int is_cased_after(struct text text, size_t at)
{
	while (at < text.len) {
		size_t size;
		unsigned flags = pv_jinja_char_flags(
			pv_jinja_decode(text.ptr + at, text.len - at, &size));

		if (!(flags & PV_JINJA_CHAR_IGNORABLE))
			return (flags & PV_JINJA_CHAR_CASED) != 0;
		at += size;
	}
	return 0;
}

static int is_cased_before(struct text text, size_t at)
{
	while (at > 0) {
		size_t size;
		unsigned flags;

		do
			at--;
		while (at && ((unsigned char)text.ptr[at] & 0xC0) == 0x80);
		flags = pv_jinja_char_flags(
			pv_jinja_decode(text.ptr + at, text.len - at, &size));
		if (!(flags & PV_JINJA_CHAR_IGNORABLE))
			return (flags & PV_JINJA_CHAR_CASED) != 0;
	}
	return 0;
}

static void put_lower(pv_buf *out, struct text text, size_t at, size_t size,
		      uint32_t code_point)
{
	uint32_t mapped[3];
	size_t count;

	if (code_point == SIGMA) {
		pv_jinja_put_char(out,
				  is_cased_before(text, at) &&
						  !is_cased_after(text, at + size)
					  ? FINAL_SIGMA
					  : SMALL_SIGMA);
		return;
	}
	count = pv_jinja_char_map(mapped, code_point, PV_JINJA_CASE_LOWER);
	for (size_t i = 0; i < count; i++)
		pv_jinja_put_char(out, mapped[i]);
}

static void put_mapped(pv_buf *out, uint32_t code_point, enum pv_jinja_case to)
{
	uint32_t mapped[3];
	size_t count = pv_jinja_char_map(mapped, code_point, to);

	for (size_t i = 0; i < count; i++)
		pv_jinja_put_char(out, mapped[i]);
}

static int is_ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One ASCII character; `starts_word` says whether a cased one precedes. */
static char recase_ascii(char c, enum pv_jinja_recase recase, int starts_word)
{
	int is_upper = 0;

	if (!is_ascii_letter(c))
		return c;
	switch (recase) {
	case PV_JINJA_UPPER:
		is_upper = 1;
		break;
	case PV_JINJA_LOWER:
	case PV_JINJA_CASEFOLD:
		break;
	case PV_JINJA_SWAPCASE:
		return (char)(c ^ 0x20);
	case PV_JINJA_CAPITALIZE:
	case PV_JINJA_TITLE:
		is_upper = starts_word;
		break;
	}
	return (char)(is_upper ? c & ~0x20 : c | 0x20);
}

/* Eight characters at once: the first addition sets the top bit of the bytes
 * from the first letter on, the second of those behind the last one. */
static void fold_word(char *to, const char *text, char other)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t word;
	uint64_t letters;

	memcpy(&word, text, sizeof(word));
	letters = (word + ones * (uint64_t)(0x80 - other)) &
		  ~(word + ones * (uint64_t)(0x80 - other - 26)) & ones * 0x80;
	word ^= letters >> 2;
	memcpy(to, &word, sizeof(word));
}

/* All letters in one case; `other` is the first letter of the other. */
static void fold_ascii(char *to, struct text text, char other)
{
	size_t i = 0;

	for (; i + 8 <= text.len; i += 8)
		fold_word(to + i, text.ptr + i, other);
	for (; i < text.len; i++) {
		char c = text.ptr[i];

		to[i] = (char)(c ^ ((unsigned)(c - other) < 26) << 5);
	}
}

static void put_ascii(pv_buf *out, struct text text, enum pv_jinja_recase recase)
{
	int starts_word = 1;
	char *to;

	pv_buf_reserve(out, text.len);
	if (out->status || !text.len)
		return;
	to = out->ptr + out->len;
	out->len += text.len;
	to[text.len] = '\0';
	if (recase == PV_JINJA_UPPER || recase == PV_JINJA_LOWER) {
		fold_ascii(to, text, recase == PV_JINJA_UPPER ? 'a' : 'A');
		return;
	}
	for (size_t i = 0; i < text.len; i++) {
		to[i] = recase_ascii(text.ptr[i], recase, starts_word);
		starts_word = recase == PV_JINJA_TITLE &&
			      !is_ascii_letter(text.ptr[i]);
	}
}

static void put_one(pv_buf *out, struct text text, size_t at, size_t size,
		    enum pv_jinja_recase recase, int starts_word)
{
	uint32_t code_point = pv_jinja_decode(text.ptr + at, size, &size);
	unsigned flags;

	switch (recase) {
	case PV_JINJA_UPPER:
		put_mapped(out, code_point, PV_JINJA_CASE_UPPER);
		return;
	case PV_JINJA_CASEFOLD:
		put_mapped(out, code_point, PV_JINJA_CASE_FOLD);
		return;
	case PV_JINJA_LOWER:
		put_lower(out, text, at, size, code_point);
		return;
	case PV_JINJA_CAPITALIZE:
	case PV_JINJA_TITLE:
		if (starts_word)
			put_mapped(out, code_point, PV_JINJA_CASE_TITLE);
		else
			put_lower(out, text, at, size, code_point);
		return;
	case PV_JINJA_SWAPCASE:
		flags = pv_jinja_char_flags(code_point);
		if (flags & PV_JINJA_CHAR_UPPER)
			put_lower(out, text, at, size, code_point);
		else if (flags & PV_JINJA_CHAR_LOWER)
			put_mapped(out, code_point, PV_JINJA_CASE_UPPER);
		else
			pv_jinja_put_char(out, code_point);
	}
}

void pv_jinja_put_recased(pv_buf *out, const char *text, size_t len,
			  enum pv_jinja_recase recase)
{
	const struct text whole = { text, len };
	int starts_word = 1;

	if (pv_jinja_is_ascii(text, len)) {
		put_ascii(out, whole, recase);
		return;
	}
	for (size_t at = 0; at < len;) {
		size_t size;
		unsigned flags = pv_jinja_char_flags(
			pv_jinja_decode(text + at, len - at, &size));

		put_one(out, whole, at, size, recase, starts_word);
		starts_word = recase == PV_JINJA_TITLE &&
			      !(flags & PV_JINJA_CHAR_CASED);
		at += size;
	}
}

/* What is known to be ASCII keeps its length. */
static int recase_copy(pv_jinja_value *out, pv_jinja_run *run,
		       pv_jinja_value text, enum pv_jinja_recase recase,
		       int markup)
{
	const struct text whole = { text.u.s, text.len };
	char *copy;
	int rc = pv_jinja_spend(run, text.len / 64);

	if (rc >= 0)
		rc = pv_jinja_alloc(&copy, run, text.len);
	if (rc < 0)
		return rc;
	fold_ascii(copy, whole, recase == PV_JINJA_UPPER ? 'a' : 'A');
	*out = pv_jinja_str(copy, text.len, markup | PV_JINJA_ASCII);
	return PV_OK;
}

int pv_jinja_recase(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value text,
		    enum pv_jinja_recase recase, int flags)
{
	size_t mark = pv_jinja_begin(run);
	int rc = pv_jinja_expect(run, mark, text.len);

	if (rc < 0)
		return rc;
	if ((text.flags & PV_JINJA_ASCII) &&
	    (recase == PV_JINJA_UPPER || recase == PV_JINJA_LOWER))
		return recase_copy(out, run, text, recase,
				   flags & PV_JINJA_MARKUP);
	pv_jinja_put_recased(&run->scratch, text.u.s, text.len, recase);
	return pv_jinja_finish(out, run, mark, flags & PV_JINJA_MARKUP);
}

/* Every cased character has `wanted` and none `unwanted`, and there is one. */
static int is_cased_as(pv_jinja_value text, unsigned wanted, unsigned unwanted)
{
	int is_any = 0;

	for (size_t at = 0; at < text.len;) {
		size_t size;
		unsigned flags = pv_jinja_char_flags(
			pv_jinja_decode(text.u.s + at, text.len - at, &size));

		if (flags & unwanted)
			return 0;
		is_any |= (flags & wanted) != 0;
		at += size;
	}
	return is_any;
}

int pv_jinja_is_lower(pv_jinja_value text)
{
	return is_cased_as(text, PV_JINJA_CHAR_LOWER,
			   PV_JINJA_CHAR_UPPER | PV_JINJA_CHAR_TITLE);
}

int pv_jinja_is_upper(pv_jinja_value text)
{
	return is_cased_as(text, PV_JINJA_CHAR_UPPER,
			   PV_JINJA_CHAR_LOWER | PV_JINJA_CHAR_TITLE);
}
