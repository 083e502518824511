/* SPDX-License-Identifier: MIT
 *
 * Text as Python counts it: code points, lone surrogates among them, in UTF-8
 * that was checked when it came in. Lengths that are not checked again here
 * rely on that.
 */
#ifndef PV_JINJA_UNICODE_H
#define PV_JINJA_UNICODE_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the sequence that begins with this byte. */
static inline size_t pv_jinja_sequence(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* The code point at `text` (`len` > 0), its bytes in `*len_out`. */
uint32_t pv_jinja_decode(const char *text, size_t len, size_t *len_out);
/* Writes 1 to 4 bytes, for surrogates too; the count. */
size_t pv_jinja_encode(char out[4], uint32_t code_point);
/* Code points in `len` bytes. */
size_t pv_jinja_count(const char *text, size_t len);
/* Bytes of the first `count` code points, or `len` if there are fewer. */
size_t pv_jinja_offset(const char *text, size_t len, size_t count);
int pv_jinja_is_ascii(const char *text, size_t len);

#define PV_JINJA_NOWHERE ((size_t)-1)

/* Where `part` first occurs, or PV_JINJA_NOWHERE. */
size_t pv_jinja_find_bytes(const char *text, size_t len, const char *part,
			   size_t part_len);
/* Where it last occurs. */
size_t pv_jinja_rfind_bytes(const char *text, size_t len, const char *part,
			    size_t part_len);

/* What Python's str predicates say of a string of this one code point. */
enum pv_jinja_char {
	PV_JINJA_CHAR_ALPHA = 1 << 0,
	PV_JINJA_CHAR_DECIMAL = 1 << 1,
	PV_JINJA_CHAR_DIGIT = 1 << 2,
	PV_JINJA_CHAR_NUMERIC = 1 << 3,
	PV_JINJA_CHAR_LOWER = 1 << 4,
	PV_JINJA_CHAR_UPPER = 1 << 5,
	PV_JINJA_CHAR_TITLE = 1 << 6, /* title case, as U+01C5, and no other */
	PV_JINJA_CHAR_SPACE = 1 << 7,
	PV_JINJA_CHAR_PRINTABLE = 1 << 8,
	PV_JINJA_CHAR_ID_START = 1 << 9,
	PV_JINJA_CHAR_ID_CONTINUE = 1 << 10,
	PV_JINJA_CHAR_LINE_BREAK = 1 << 11, /* for splitlines() */
	PV_JINJA_CHAR_CASED = 1 << 12,      /* of Unicode, for final sigma */
	PV_JINJA_CHAR_IGNORABLE = 1 << 13
};

/* isalnum(); with '_' what \w matches. */
#define PV_JINJA_CHAR_ALNUM                                           \
 (PV_JINJA_CHAR_ALPHA | PV_JINJA_CHAR_DECIMAL | PV_JINJA_CHAR_DIGIT | \
  PV_JINJA_CHAR_NUMERIC)

enum pv_jinja_case {
	PV_JINJA_CASE_UPPER,
	PV_JINJA_CASE_LOWER,
	PV_JINJA_CASE_TITLE,
	PV_JINJA_CASE_FOLD
};

/* enum pv_jinja_char bits. */
unsigned pv_jinja_char_flags(uint32_t code_point);
/* The value of a decimal digit of any script, or -1. */
int pv_jinja_char_decimal(uint32_t code_point);
/* The full mapping, one to three code points; the count. */
size_t pv_jinja_char_map(uint32_t out[3], uint32_t code_point,
			 enum pv_jinja_case to);

/* str.isprintable() of one code point. */
static inline int pv_jinja_is_printable(uint32_t code_point)
{
	if (code_point < 0x7F)
		return code_point >= 0x20;
	return (pv_jinja_char_flags(code_point) & PV_JINJA_CHAR_PRINTABLE) != 0;
}

#endif
