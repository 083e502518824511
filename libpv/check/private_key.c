/* SPDX-License-Identifier: MIT
 *
 * Blocks of private keys. A line that begins one is talked about in many
 * texts, so there must be a key behind it: some lines of base64, which may be
 * written with escaped line breaks.
 */
#include "check/secret.h"
#include "check/spot.h"

#include "base/mem.h"

enum {
	BODY_MIN = 48, /* characters; the shortest keys have more */
	LINE_MIN = 16  /* less in a row are words */
};

static int starts_with(pv_str text, size_t at, const char *prefix)
{
	size_t len = strlen(prefix);

	return text.len - at >= len && !memcmp(text.ptr + at, prefix, len);
}

/* Where the line that begins a block ends; 0 when none begins at `at`. */
static size_t header_end(const char **what_out, pv_str text, size_t at)
{
	static const struct {
		const char *line;
		const char *what;
	} headers[] = {
		{ "-----BEGIN PRIVATE KEY-----", "a private key" },
		{ "-----BEGIN RSA PRIVATE KEY-----", "an RSA private key" },
		{ "-----BEGIN EC PRIVATE KEY-----", "an EC private key" },
		{ "-----BEGIN DSA PRIVATE KEY-----", "a DSA private key" },
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----",
		  "an encrypted private key" },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----",
		  "an OpenSSH private key" },
		{ "-----BEGIN PGP PRIVATE KEY BLOCK-----", "a PGP private key" },
		{ "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
		  "an SSH private key" },
		{ "---- BEGIN SSH2 PRIVATE KEY ----", "an SSH private key" },
		{ "PuTTY-User-Key-File-", "a PuTTY private key" },
	};

	for (size_t i = 0; i < pv_array_len(headers); i++) {
		*what_out = headers[i].what;
		if (starts_with(text, at, headers[i].line))
			return at + strlen(headers[i].line);
	}
	return 0;
}

/*
 * Characters of base64 in the lines that follow, a few lines of headers
 * ("Proc-Type: ...") being allowed; `*end_out` is where they end.
 */
static size_t count_body(size_t *end_out, pv_str text, size_t at)
{
	size_t count = 0;

	while (at < text.len) {
		size_t len = pv_secret_span(text, at, text.len,
					    PV_SECRET_ALNUM | PV_SECRET_BASE64);
		char c;

		if (len >= LINE_MIN)
			count += len;
		at += len;
		*end_out = at;
		c = pv_str_at(text, at);
		if (starts_with(text, at, "\\n") || starts_with(text, at, "\\r"))
			at += 2;
		else if ((c && strchr(" \t\r\n:,\"", c)) ||
			 (c == '-' && !starts_with(text, at, "--")))
			at++;
		else
			break;
	}
	return count;
}

int pv_find_private_keys(pv_spots *out, pv_str text, pv_error *err)
{
	size_t at = 0;

	while (at < text.len) {
		const char *what = NULL;
		size_t end = 0;
		size_t body = 0;
		int rc;

		if (text.ptr[at] == '-' || text.ptr[at] == 'P')
			body = header_end(&what, text, at);
		if (!body) {
			at++;
			continue;
		}
		/* What is too little from here on is so from any later line. */
		if (count_body(&end, text, body) >= BODY_MIN) {
			rc = pv_spots_add(out, what, at, end, err);
			if (rc < 0)
				return rc;
		}
		at = end > body ? end : body;
	}
	return PV_OK;
}
