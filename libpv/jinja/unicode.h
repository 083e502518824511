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

/* Where `part` first occurs, in time linear in both; PV_JINJA_NOWHERE. */
size_t pv_jinja_find_bytes(const char *text, size_t len, const char *part,
			   size_t part_len);
/* Where it last occurs. */
size_t pv_jinja_rfind_bytes(const char *text, size_t len, const char *part,
			    size_t part_len);

/* str.isprintable() of one code point. */
int pv_jinja_is_printable(uint32_t code_point);

#endif
