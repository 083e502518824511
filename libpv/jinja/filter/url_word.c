/* SPDX-License-Identifier: MIT
 *
 * Addresses in words, in one pass over the word each: what Jinja2 says with
 * regular expressions is said here without backtracking.
 */
#include "jinja/filter/url_word.h"

#include "base/mem.h"
#include "jinja/value/unicode.h"

/* --- characters -------------------------------------------------------------------------- */

/* \w, one of `more`; its bytes, or 0. */
static size_t word_char(const char *at, const char *end, const char *more)
{
	size_t size;
	uint32_t c;

	if (at >= end)
		return 0;
	c = pv_jinja_decode(at, (size_t)(end - at), &size);
	if (c == '_' || (pv_jinja_char_flags(c) & PV_JINJA_CHAR_ALNUM) ||
	    (c && c < 0x80 && strchr(more, (int)c)))
		return size;
	return 0;
}

/* How many such characters the whole text has, or -1 if there are others. */
static int count_word_chars(const char *at, const char *end, const char *more)
{
	int count = 0;

	while (at < end) {
		size_t size = word_char(at, end, more);

		if (!size)
			return -1;
		at += size;
		count++;
	}
	return count;
}

/* \d; its bytes, or 0. */
static size_t digit_char(const char *at, const char *end)
{
	size_t size;

	if (at >= end ||
	    pv_jinja_char_decimal(
		    pv_jinja_decode(at, (size_t)(end - at), &size)) < 0)
		return 0;
	return size;
}

static int is_letter(char c)
{
	c |= 0x20;
	return c >= 'a' && c <= 'z';
}

/* Whether it begins so, in any case; letters of `prefix` are small. */
static int begins(const char *at, const char *end, const char *prefix)
{
	size_t len = strlen(prefix);

	if ((size_t)(end - at) < len)
		return 0;
	for (size_t i = 0; i < len; i++)
		if (at[i] != prefix[i] &&
		    !(is_letter(at[i]) && (at[i] | 0x20) == prefix[i]))
			return 0;
	return 1;
}

/* Bytes of "http://" or "https://" at the start. */
static size_t scheme_size(const char *at, const char *end)
{
	if (begins(at, end, "http://"))
		return 7;
	return begins(at, end, "https://") ? 8 : 0;
}

/* --- hosts ---------------------------------------------------------------------------------- */

/* [a-z]{2,63} or xn--[\w%]{2,59} */
static int is_top_label(const char *at, const char *end)
{
	size_t len = (size_t)(end - at);
	size_t letters = 0;
	int count;

	while (letters < len && is_letter(at[letters]))
		letters++;
	if (letters == len && len >= 2 && len <= 63)
		return 1;
	if (!begins(at, end, "xn--"))
		return 0;
	count = count_word_chars(at + 4, end, "%");
	return count >= 2 && count <= 59;
}

static int is_old_top_label(const char *at, const char *end)
{
	static const char *const names[] = { "com", "net", "int",  "edu",
					     "gov", "org", "info", "mil" };

	for (size_t i = 0; i < pv_array_len(names); i++)
		if (strlen(names[i]) == (size_t)(end - at) &&
		    begins(at, end, names[i]))
			return 1;
	return 0;
}

/* Labels of [\w%-], `least` to `most` long, each before a dot; the rest. */
static const char *skip_labels(const char *at, const char *end, int least,
			       int most)
{
	for (;;) {
		const char *dot = at;
		int count;

		while (dot < end && *dot != '.')
			dot++;
		if (dot == end)
			return at;
		count = count_word_chars(at, dot, "%-");
		if (count < least || (most && count > most))
			return NULL;
		at = dot + 1;
	}
}

static int is_host(const char *at, const char *end)
{
	const char *top = skip_labels(at, end, 1, 0);

	return top && is_top_label(top, end);
}

static int is_bare_host(const char *at, const char *end)
{
	const char *top = skip_labels(at, end, 2, 63);

	return top && top > at && is_old_top_label(top, end);
}

/* Four numbers of one to three digits. */
static int is_ipv4(const char *at, const char *end)
{
	for (int part = 0; part < 4; part++) {
		int digits = 0;
		size_t size;

		if (part && (at >= end || *at++ != '.'))
			return 0;
		while (digits < 3) {
			size = digit_char(at, end);
			if (!size)
				break;
			at += size;
			digits++;
		}
		if (!digits)
			return 0;
	}
	return at == end;
}

/* Up to four hexadecimal digits. */
static const char *skip_hex(const char *at, const char *end)
{
	for (int i = 0; i < 4 && at < end; i++) {
		size_t size = digit_char(at, end);

		if (!size && is_letter(*at) && (*at | 0x20) <= 'f')
			size = 1;
		if (!size)
			break;
		at += size;
	}
	return at;
}

/* Behind "[...]" of an IPv6 address, or NULL. */
static const char *skip_ipv6(const char *at, const char *end)
{
	if (at >= end || *at++ != '[')
		return NULL;
	for (int i = 0; i < 2; i++) {
		at = skip_hex(at, end);
		if (at >= end || *at++ != ':')
			return NULL;
	}
	for (int i = 0; i < 6 && at < end && *at != ']'; i++) {
		at = skip_hex(at, end);
		if (at < end && *at == ':')
			at++;
	}
	return at < end && *at == ']' ? at + 1 : NULL;
}

/* [:port][/path...] up to the end */
static int is_tail(const char *at, const char *end)
{
	int digits = 0;
	size_t size;

	if (at < end && *at == ':') {
		at++;
		for (; digits < 5; digits++) {
			size = digit_char(at, end);
			if (!size)
				break;
			at += size;
		}
		if (!digits)
			return 0;
	}
	return at == end || *at == '/' || *at == '?' || *at == '#';
}

static const char *host_end(const char *at, const char *end)
{
	while (at < end && *at != ':' && *at != '/' && *at != '?' && *at != '#')
		at++;
	return at;
}

int pv_jinja_is_web_address(pv_jinja_value text)
{
	const char *at = text.u.s;
	const char *end = at + text.len;
	const size_t scheme = scheme_size(at, end);
	const char *host = at + scheme;
	const char *stop = host_end(host, end);
	const char *behind;

	if (is_tail(stop, end)) {
		if (scheme && (is_host(host, stop) || is_ipv4(host, stop)))
			return 1;
		if (!scheme && begins(at, end, "www.") && stop - at > 4 &&
		    is_host(at + 4, stop))
			return 1;
		if (!scheme && is_bare_host(at, stop))
			return 1;
	}
	behind = scheme ? skip_ipv6(host, end) : NULL;
	return behind && is_tail(behind, end);
}

/* --- mail ------------------------------------------------------------------------------------ */

int pv_jinja_is_mail_address(pv_jinja_value text)
{
	size_t at = pv_jinja_rfind_bytes(text.u.s, text.len, "@", 1);
	const char *host;
	const char *end = text.u.s + text.len;
	const char *dot;

	if (at == PV_JINJA_NOWHERE || !at)
		return 0;
	host = text.u.s + at + 1;
	at = pv_jinja_rfind_bytes(host, (size_t)(end - host), ".", 1);
	if (at == PV_JINJA_NOWHERE || !at)
		return 0;
	dot = host + at;
	return word_char(host, end, "") &&
	       count_word_chars(host, dot, ".-") > 0 &&
	       count_word_chars(dot + 1, end, "") > 0;
}

int pv_jinja_is_scheme(pv_jinja_value text)
{
	const char *end = text.u.s + text.len;
	size_t slashes = 0;

	while (slashes < 2 && slashes < text.len && end[-1 - (long)slashes] == '/')
		slashes++;
	end -= slashes;
	return end > text.u.s && end[-1] == ':' &&
	       count_word_chars(text.u.s, end - 1, ".+-") >= 2;
}

/* --- punctuation ------------------------------------------------------------------------------ */

/* Bytes of the closing mark that ends at `end`, or 0. */
static size_t closing_mark(const char *text, size_t from, size_t end)
{
	if (end <= from)
		return 0;
	if (strchr(")>.,", text[end - 1]))
		return text[end - 1] != '\0';
	if (end - from >= 4 && !memcmp(text + end - 4, "&gt;", 4))
		return 4;
	return 0;
}

static size_t count_mark(const char *text, size_t from, size_t to,
			 const char *mark)
{
	size_t len = strlen(mark);
	size_t count = 0;

	while (to - from >= len) {
		size_t at =
			pv_jinja_find_bytes(text + from, to - from, mark, len);

		if (at == PV_JINJA_NOWHERE)
			break;
		from += at + len;
		count++;
	}
	return count;
}

void pv_jinja_split_word(pv_jinja_word *out, pv_jinja_value word)
{
	static const char *const pairs[][2] = { { "(", ")" },
						{ "<", ">" },
						{ "&lt;", "&gt;" } };
	const char *text = word.u.s;
	size_t size;

	out->from = 0;
	out->to = word.len;
	for (;;) {
		if (out->from < word.len &&
		    (text[out->from] == '(' || text[out->from] == '<'))
			out->from++;
		else if (out->from + 4 <= word.len &&
			 !memcmp(text + out->from, "&lt;", 4))
			out->from += 4;
		else
			break;
	}
	do {
		size = closing_mark(text, out->from, out->to);
		out->to -= size;
	} while (size);
	/* An address with more opening marks takes closing ones back. */
	for (size_t i = 0; i < pv_array_len(pairs); i++) {
		size_t open = count_mark(text, out->from, out->to, pairs[i][0]);
		size_t closed = count_mark(text, out->to, word.len, pairs[i][1]);

		if (open <= count_mark(text, out->from, out->to, pairs[i][1]))
			continue;
		for (size_t n = open < closed ? open : closed; n; n--)
			out->to += pv_jinja_find_bytes(text + out->to,
						       word.len - out->to,
						       pairs[i][1],
						       strlen(pairs[i][1])) +
				   strlen(pairs[i][1]);
	}
}
