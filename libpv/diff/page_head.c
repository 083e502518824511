/* SPDX-License-Identifier: MIT
 *
 * The head of a page. Its policy allows the one style, by its hash, and nothing
 * else: see page_html.c.
 */
#include <string.h>

#include "base/hash.h"
#include "diff/html.h"

/* RFC 4648; a digest leaves two bytes over. */
static void put_base64(pv_buf *out, const unsigned char digest[PV_SHA256_BYTES])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < PV_SHA256_BYTES; i += 3) {
		unsigned left = i + 2 < PV_SHA256_BYTES ? digest[i + 2] : 0;
		unsigned bits = (unsigned)digest[i] << 16 |
				(unsigned)digest[i + 1] << 8 | left;

		pv_buf_putc(out, digits[bits >> 18]);
		pv_buf_putc(out, digits[bits >> 12 & 63]);
		pv_buf_putc(out, digits[bits >> 6 & 63]);
		if (i + 2 < PV_SHA256_BYTES)
			pv_buf_putc(out, digits[bits & 63]);
		else
			pv_buf_putc(out, '=');
	}
}

static void put_style_hash(pv_buf *out, const char *css)
{
	unsigned char digest[PV_SHA256_BYTES];

	pv_sha256_of(digest, css, strlen(css));
	pv_buf_puts(out, "sha256-");
	put_base64(out, digest);
}

void pv_html_head(pv_buf *out, const char *kind, pv_str title, const char *css)
{
	pv_buf_puts(out, "<!DOCTYPE html>\n<html lang=en>\n<head>\n"
			 "<meta charset=utf-8>\n"
			 "<meta http-equiv=Content-Security-Policy "
			 "content=\"default-src 'none'; style-src '");
	put_style_hash(out, css);
	pv_buf_puts(out, "'; base-uri 'none'; form-action 'none'\">\n"
			 "<meta name=referrer content=no-referrer>\n"
			 "<meta name=color-scheme content=\"light dark\">\n"
			 "<meta name=viewport "
			 "content=\"width=device-width, initial-scale=1\">\n"
			 "<title>");
	pv_buf_puts(out, kind);
	pv_buf_puts(out, title.len > 0 ? ": " : "");
	pv_html_attribute(out, title);
	pv_buf_puts(out, "</title>\n<style>");
	pv_buf_puts(out, css);
	pv_buf_puts(out, "</style>\n</head>\n<body>\n");
}
