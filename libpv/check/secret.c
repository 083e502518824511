/* SPDX-License-Identifier: MIT
 *
 * Finding keys and tokens: one pass over the text, which asks at each start of
 * a word whether a key of a known form stands there, or a name that something
 * secret is assigned to; and whether what was found is more than an example.
 */
#include "check/secret.h"

#include <math.h>

#include "base/mem.h"
#include "check/spot.h"
#include "schema/format.h"

int pv_secret_has(unsigned letters, char c)
{
	if (c >= '0' && c <= '9')
		return (letters & PV_SECRET_DIGITS) != 0;
	if (c >= 'A' && c <= 'Z')
		return (letters & PV_SECRET_UPPER) != 0;
	if (c >= 'a' && c <= 'z')
		return (letters & PV_SECRET_LOWER) ||
		       ((letters & PV_SECRET_A_F) && c <= 'f');
	if (c == '_')
		return (letters & (PV_SECRET_DASHES | PV_SECRET_UNDERSCORE)) != 0;
	if (c == '-')
		return (letters & PV_SECRET_DASHES) != 0;
	if (c == '.')
		return (letters & PV_SECRET_DOT) != 0;
	return (letters & PV_SECRET_BASE64) && (c == '+' || c == '/' || c == '=');
}

size_t pv_secret_span(pv_str text, size_t at, size_t max, unsigned letters)
{
	size_t len = 0;

	while (len < max && at + len < text.len &&
	       pv_secret_has(letters, text.ptr[at + len]))
		len++;
	return len;
}

/* --- examples ------------------------------------------------------------- */

static int contains(pv_str word, const char *part)
{
	size_t len = strlen(part);

	for (size_t i = 0; i + len <= word.len; i++) {
		size_t same = 0;

		while (same < len && pv_lower(word.ptr[i + same]) == part[same])
			same++;
		if (same == len)
			return 1;
	}
	return 0;
}

/* What people write where a key belongs. */
static int is_example(pv_str word)
{
	static const char *const parts[] = {
		"example",  "placeholder", "your",    "dummy",  "xxxx",
		"redacted", "changeme",    "replace", "insert", "sample",
	};

	for (size_t i = 0; i < pv_array_len(parts); i++)
		if (contains(word, parts[i]))
			return 1;
	return 0;
}

/* Shannon's entropy of the characters, in bits. */
static double entropy_of(pv_str word)
{
	unsigned counts[256] = { 0 };
	double sum = 0;

	for (size_t i = 0; i < word.len; i++)
		counts[(unsigned char)word.ptr[i]]++;
	for (size_t i = 0; i < pv_array_len(counts); i++)
		if (counts[i])
			sum += counts[i] * log2(counts[i]);
	return log2((double)word.len) - sum / (double)word.len;
}

int pv_secret_is_random(pv_str word, int tenths)
{
	return word.len && entropy_of(word) * 10 >= tenths && !is_example(word);
}

/* --- the pass ------------------------------------------------------------- */

/* Whether a word can start at `at`. */
static int is_start(pv_str text, size_t at)
{
	char before = pv_char_before(text, at);

	if (text.ptr[at] == ':')
		return 1;
	if (!pv_secret_has(PV_SECRET_ALNUM | PV_SECRET_UNDERSCORE, text.ptr[at]))
		return 0;
	/* Behind the n of an escaped line break a word starts, too. */
	if (before == 'n' && at > 1 && text.ptr[at - 2] == '\\')
		return 1;
	return !pv_secret_has(PV_SECRET_URL, before);
}

int pv_find_secrets(pv_spots *out, pv_str text, pv_error *err)
{
	size_t at = 0;

	while (at < text.len) {
		const char *what = NULL;
		size_t start = at;
		size_t end = 0;
		size_t len;
		int rc;

		if (!is_start(text, at)) {
			at++;
			continue;
		}
		len = pv_secret_known(&what, text, at);
		if (len) {
			end = at + len;
		} else {
			what = "a secret";
			end = pv_secret_assigned(&start, text, at);
		}
		at++;
		if (!end)
			continue;
		/* A value that has a known form gets the name of that. */
		len = pv_secret_known(&what, text, start);
		rc = pv_spots_add(out, len ? what : "a secret", start,
				  len ? start + len : end, err);
		if (rc < 0)
			return rc;
		at = len ? start + len : end;
	}
	return PV_OK;
}
