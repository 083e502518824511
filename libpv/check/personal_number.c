/* SPDX-License-Identifier: MIT
 *
 * Numbers: of bank accounts (ISO 13616, with its checksum), of cards (ISO
 * 7812, likewise), of US social security, and of telephones.
 */
#include "check/personal.h"

#include "base/mem.h"
#include "schema/format.h"

enum {
	CARD_MIN = 13,
	CARD_MAX = 19,
	CARD_USUAL = 16,
	IBAN_MAX = 34,
	PHONE_MIN = 9,
	PHONE_MAX = 15
};

static int is_word(char c)
{
	return pv_is_letter(c) || pv_is_digit(c) || c == '_' || (c & 0x80);
}

/* Whether a number is over at `at`, and does not go on behind a sign. */
static int is_over(pv_str text, size_t at)
{
	char c = pv_str_at(text, at);

	if (is_word(c))
		return 0;
	return !(c && strchr(".-/:", c) && pv_is_digit(pv_str_at(text, at + 1)));
}

/* --- accounts ------------------------------------------------------------- */

/* Length of an account's number, by country, as registered with SWIFT. */
static const char iban_lengths[] =
	"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18"
	"DO28EE20EG29ES24FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23"
	"IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19"
	"MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24SI19SK24"
	"SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";

static size_t iban_length(const char *country)
{
	for (const char *row = iban_lengths; *row; row += 4)
		if (row[0] == country[0] && row[1] == country[1])
			return (size_t)((row[2] - '0') * 10 + row[3] - '0');
	return 0;
}

/* The rest modulo 97 of the number, its first four characters at the end. */
static unsigned iban_rest(const char *iban, size_t len)
{
	unsigned rest = 0;

	for (size_t i = 0; i < len; i++) {
		char c = iban[(i + 4) % len];

		if (pv_is_digit(c))
			rest = (rest * 10 + (unsigned)(c - '0')) % 97;
		else
			rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
	}
	return rest;
}

int pv_personal_iban(pv_str *out, pv_str text, size_t at)
{
	char iban[IBAN_MAX + 2] = { 0 };
	size_t len = 0;
	size_t wanted;
	size_t end = at;

	if (text.len - at < 15 || text.ptr[at] < 'A' || text.ptr[at] > 'Z')
		return 0;
	wanted = iban_length(text.ptr + at);
	while (end < text.len && len < wanted) {
		char c = text.ptr[end];

		/* In groups of four. */
		if (c == ' ' && len && len % 4 == 0 && text.ptr[end - 1] != ' ') {
			end++;
			continue;
		}
		if (!pv_is_digit(c) && (c < 'A' || c > 'Z'))
			return 0;
		iban[len++] = c;
		end++;
	}
	out->ptr = text.ptr + at;
	out->len = end - at;
	return wanted && len == wanted && pv_is_digit(iban[2]) &&
	       pv_is_digit(iban[3]) && is_over(text, end) &&
	       iban_rest(iban, len) == 1;
}

/* --- cards ---------------------------------------------------------------- */

/* Digits from `at` on, single blanks or dashes (the same) between them. */
static size_t take_digits(char *digits, size_t max, pv_str text, size_t *at)
{
	char sign = '\0';
	size_t end = *at;
	size_t len = 0;

	while (end < text.len && len < max) {
		char c = text.ptr[end];

		if (pv_is_digit(c)) {
			digits[len++] = c;
		} else {
			if ((c != ' ' && c != '-') || (sign && c != sign) ||
			    !pv_is_digit(pv_str_at(text, end + 1)))
				break;
			sign = c;
		}
		end++;
	}
	*at = end;
	return len;
}

static int is_luhn(const char *digits, size_t len)
{
	unsigned sum = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(digits[len - 1 - i] - '0');

		if (i % 2)
			digit = digit > 4 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum % 10 == 0;
}

/* Whether a number of that length is one of a known issuer. */
static int is_issued(const char *digits, size_t len)
{
	static const struct {
		unsigned from, to; /* first four digits */
		size_t min, max;
	} issuers[] = {
		{ 2221, 2720, 16, 16 }, { 3000, 3059, 14, 19 },
		{ 3400, 3499, 15, 15 }, { 3528, 3589, 16, 19 },
		{ 3600, 3699, 14, 19 }, { 3700, 3799, 15, 15 },
		{ 3800, 3999, 14, 19 }, { 4000, 4999, 13, 19 },
		{ 5000, 5099, 13, 19 }, { 5100, 5599, 16, 16 },
		{ 5600, 5899, 13, 19 }, { 6011, 6011, 16, 19 },
		{ 6200, 6299, 16, 19 }, { 6440, 6599, 16, 19 },
	};
	unsigned head = 0;

	for (size_t i = 0; i < 4; i++)
		head = head * 10 + (unsigned)(digits[i] - '0');
	for (size_t i = 0; i < pv_array_len(issuers); i++)
		if (head >= issuers[i].from && head <= issuers[i].to)
			return len >= issuers[i].min && len <= issuers[i].max;
	return 0;
}

int pv_personal_card(pv_str *out, pv_str text, size_t at)
{
	char digits[CARD_MAX + 1];
	size_t end = at;
	size_t len;

	if (!pv_is_digit(text.ptr[at]))
		return 0;
	len = take_digits(digits, sizeof(digits), text, &end);
	out->ptr = text.ptr + at;
	out->len = end - at;
	/* Whole numbers of that length are mostly something else. */
	if (out->len == len && len > CARD_USUAL)
		return 0;
	return len >= CARD_MIN && len <= CARD_MAX && is_over(text, end) &&
	       is_issued(digits, len) && is_luhn(digits, len);
}

/* --- social security ------------------------------------------------------ */

int pv_personal_ssn(pv_str *out, pv_str text, size_t at)
{
	const char *ssn = text.ptr + at;

	if (text.len - at < 11 || !is_over(text, at + 11))
		return 0;
	for (size_t i = 0; i < 11; i++)
		if (i == 3 || i == 6 ? ssn[i] != '-' : !pv_is_digit(ssn[i]))
			return 0;
	out->ptr = ssn;
	out->len = 11;
	return memcmp(ssn, "000", 3) != 0 && memcmp(ssn, "666", 3) != 0 &&
	       ssn[0] != '9' && memcmp(ssn + 4, "00", 2) != 0 &&
	       memcmp(ssn + 7, "0000", 4) != 0;
}

/* --- telephones ----------------------------------------------------------- */

/* 555-0100 to 555-0199 are for fiction. */
static int is_fiction(const char *digits, size_t len)
{
	return len >= 7 && !memcmp(digits + len - 7, "55501", 5);
}

/*
 * Whether a number starts with the code of a country (ITU-T E.164), and has
 * the form of a North American one behind 1.
 */
static int is_assigned(const char *digits, size_t len)
{
	/* Of a code's first two digits, those that are all of it, and those
	   that a third one follows. */
	static const char two[] = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 "
				  "47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 "
				  "64 65 66 81 82 84 86 90 91 92 93 94 95 98";
	static const char three[] = "21 22 23 24 25 26 29 35 37 38 42 50 59 67 "
				    "68 69 85 88 96 97 99";
	char start[3] = { digits[0], digits[1], '\0' };

	if (digits[0] == '1')
		return len == 11 && digits[1] > '1' && digits[4] > '1';
	if (digits[0] == '7')
		return len == 11;
	if (!memcmp(start, "42", 2))
		return digits[2] == '0' || digits[2] == '1' || digits[2] == '3';
	return strstr(two, start) || strstr(three, start);
}

/* Bytes of what may stand between two groups of digits; 0 for none. */
static size_t gap_at(pv_str text, size_t at)
{
	size_t end = at;

	while (end - at < 3 && pv_str_at(text, end) &&
	       strchr(" -.()/", text.ptr[end]))
		end++;
	/* A single digit is no group. */
	return pv_is_digit(pv_str_at(text, end)) &&
			       pv_is_digit(pv_str_at(text, end + 1))
		       ? end - at
		       : 0;
}

/* +CC and the rest, with blanks, dots, dashes and brackets. */
static int match_international(pv_str *out, pv_str text, size_t at)
{
	char digits[PHONE_MAX + 1];
	size_t end = at + 1;
	size_t len = 0;

	while (len <= PHONE_MAX) {
		if (pv_is_digit(pv_str_at(text, end)))
			digits[len++] = text.ptr[end++];
		else if (len && gap_at(text, end))
			end += gap_at(text, end);
		else
			break;
	}
	out->ptr = text.ptr + at;
	out->len = end - at;
	return len >= PHONE_MIN && len <= PHONE_MAX && is_over(text, end) &&
	       is_assigned(digits, len) && !is_fiction(digits, len);
}

/* (415) 555-2671 and 415-555-2671, dots or blanks for the dashes. */
static int match_american(pv_str *out, pv_str text, size_t at)
{
	static const char *const shapes[] = { "(nXX) nXX-XXXX", "(nXX)nXX-XXXX",
					      "nXX-nXX-XXXX", "nXX.nXX.XXXX" };

	for (size_t i = 0; i < pv_array_len(shapes); i++) {
		const char *shape = shapes[i];
		size_t len = strlen(shape);
		char digits[10];
		size_t count = 0;
		size_t same = 0;

		for (; same < len; same++) {
			char c = pv_str_at(text, at + same);

			if (shape[same] != 'n' && shape[same] != 'X') {
				if (c != shape[same])
					break;
				continue;
			}
			if (!pv_is_digit(c) || (shape[same] == 'n' && c < '2'))
				break;
			digits[count++] = c;
		}
		out->ptr = text.ptr + at;
		out->len = len;
		if (same == len && is_over(text, at + len))
			return !is_fiction(digits, count);
	}
	return 0;
}

int pv_personal_phone(pv_str *out, pv_str text, size_t at)
{
	if (text.ptr[at] == '+')
		return match_international(out, text, at);
	return match_american(out, text, at);
}
