/* SPDX-License-Identifier: MIT
 *
 * See redact.h.
 */
#include "check/redact.h"

#include <string.h>

enum {
	PREFIX_MIN = 10 /* less of a secret says nothing */
};

static const char stars[] = "***";

static size_t same_prefix(const char *a, const char *b, size_t max)
{
	size_t len = 0;

	while (len < max && a[len] && a[len] == b[len])
		len++;
	return len;
}

/* How much at `at` is of a secret; 0 for none. */
static size_t secret_at(const char *at, pv_str text, const pv_spots *secrets)
{
	size_t longest = 0;

	for (size_t i = 0; i < secrets->count; i++) {
		const pv_spot *spot = &secrets->items[i];
		size_t whole = spot->end - spot->start;
		size_t len = same_prefix(at, text.ptr + spot->start, whole);

		if ((len >= PREFIX_MIN || len == whole) && len > longest)
			longest = len;
	}
	return longest;
}

/* The end of the spot of the message that starts at `at`, or `at`. */
static size_t own_end(const pv_spots *own, size_t at)
{
	for (size_t i = 0; i < own->count; i++)
		if (own->items[i].start == at)
			return own->items[i].end;
	return at;
}

int pv_redact(pv_buf *out, const char *message, pv_str text,
	      const pv_spots *secrets, pv_error *err)
{
	pv_spots own = { 0 };
	size_t at = 0;
	int rc = pv_find_secrets(&own, pv_str_of(message), err);

	while (rc == PV_OK && message[at]) {
		size_t end = own_end(&own, at);

		if (end == at)
			end += secret_at(message + at, text, secrets);
		if (end == at)
			pv_buf_putc(out, message[at++]);
		else
			pv_buf_puts(out, stars);
		at = end > at ? end : at;
	}
	pv_spots_dispose(&own);
	return rc < 0 ? rc : pv_buf_status(out, err);
}
