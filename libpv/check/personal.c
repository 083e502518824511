/* SPDX-License-Identifier: MIT
 *
 * Data about people: addresses of mail and of machines, numbers of telephones,
 * accounts, cards and social security. What has a checksum must have the right
 * one. What is reserved for documentation is nobody's: example.com, 192.0.2.1,
 * 555-0100.
 */
#include "check/personal.h"

#include "base/mem.h"
#include "check/spot.h"
#include "schema/format.h"

struct kind {
	const char *name;
	unsigned bit;
	const char *what;
	pv_personal_fn *match;
};

/* In the order in which they are asked: the first that matches counts. */
static const struct kind kinds[] = {
	{ "email", PV_PERSONAL_EMAIL, "an e-mail address", pv_personal_email },
	{ "iban", PV_PERSONAL_IBAN, "an IBAN", pv_personal_iban },
	{ "credit-card", PV_PERSONAL_CARD, "a credit card number",
	  pv_personal_card },
	{ "us-ssn", PV_PERSONAL_SSN, "a US social security number",
	  pv_personal_ssn },
	{ "ip-address", PV_PERSONAL_IP, "an IP address", pv_personal_ip },
	{ "phone", PV_PERSONAL_PHONE, "a telephone number", pv_personal_phone },
};

unsigned pv_personal_kind(pv_str name)
{
	for (size_t i = 0; i < pv_array_len(kinds); i++)
		if (pv_str_is(name, kinds[i].name))
			return kinds[i].bit;
	return 0;
}

const char *pv_personal_name(size_t idx)
{
	return idx < pv_array_len(kinds) ? kinds[idx].name : NULL;
}

static int is_word(char c)
{
	return pv_is_letter(c) || pv_is_digit(c) || c == '_' || (c & 0x80);
}

/* What a number, an address or an account can begin with, at `at`. */
static int is_start(pv_str text, size_t at)
{
	char c = text.ptr[at];
	char before = pv_char_before(text, at);

	if (c == '@')
		return 1;
	if (c == '+' || c == '(' || c == ':')
		return !is_word(before);
	if (is_word(before) || (!pv_is_digit(c) && !pv_is_letter(c)))
		return 0;
	/* A negative number, or the middle of a longer one. */
	if (before == '-' && pv_is_digit(c))
		return 0;
	return !strchr(".-/:", before) || at < 2 || !is_word(text.ptr[at - 2]);
}

static const struct kind *match(pv_str *out, pv_str text, size_t at,
				unsigned wanted)
{
	for (size_t i = 0; i < pv_array_len(kinds); i++)
		if ((kinds[i].bit & wanted) && kinds[i].match(out, text, at))
			return &kinds[i];
	return NULL;
}

int pv_find_personal(pv_spots *out, pv_str text, unsigned wanted, pv_error *err)
{
	size_t at = 0;

	while (at < text.len) {
		const struct kind *kind = NULL;
		size_t start;
		pv_str spot;
		int rc;

		if (is_start(text, at))
			kind = match(&spot, text, at, wanted);
		if (!kind) {
			at++;
			continue;
		}
		start = (size_t)(spot.ptr - text.ptr);
		rc = pv_spots_add(out, kind->what, start, start + spot.len, err);
		if (rc < 0)
			return rc;
		at = start + spot.len;
	}
	return PV_OK;
}
