/* SPDX-License-Identifier: MIT
 *
 * Addresses: of mail (RFC 5321) and of machines (IPv4 and IPv6). Those of
 * RFC 2606, 5737, 3849 and of private networks belong to nobody.
 */
#include "check/personal.h"

#include "base/mem.h"
#include "check/spot.h"
#include "schema/format.h"

enum {
	LOCAL_MAX = 64,
	DOMAIN_MAX = 253,
	IPV6_MAX = 45
};

/* --- mail ----------------------------------------------------------------- */

static int is_local(char c)
{
	return pv_is_letter(c) || pv_is_digit(c) || (c && strchr("._%+-", c));
}

/* Whether a name is `suffix` or ends in a dot and it. */
static int is_below(pv_str name, const char *suffix)
{
	size_t len = strlen(suffix);
	const char *tail = name.ptr + name.len - len;

	if (name.len < len)
		return 0;
	for (size_t i = 0; i < len; i++)
		if ((tail[i] | 0x20) != (suffix[i] | 0x20))
			return 0;
	return name.len == len || tail[-1] == '.';
}

static int is_reserved(pv_str domain)
{
	static const char *const names[] = { "example.com", "example.org",
					     "example.net", "example",
					     "test",        "invalid",
					     "localhost" };

	for (size_t i = 0; i < pv_array_len(names); i++)
		if (is_below(domain, names[i]))
			return 1;
	return 0;
}

/* Letters behind the last dot; a file "icon@2x.png" has no such host. */
static int is_domain(pv_str domain)
{
	static const char *const files[] = { "png", "jpg", "jpeg", "gif", "svg",
					     "css", "js",  "json", "yaml" };
	size_t dot = domain.len;

	while (dot && domain.ptr[dot - 1] != '.')
		dot--;
	if (dot < 2 || domain.len - dot < 2)
		return 0;
	for (size_t i = dot; i < domain.len; i++)
		if (!pv_is_letter(domain.ptr[i]))
			return 0;
	for (size_t i = 0; i < pv_array_len(files); i++)
		if (is_below(domain, files[i]))
			return 0;
	return pv_format_is_hostname(domain);
}

/* user:password@host and git@host:path are no mail. */
static int is_other(pv_str text, size_t start, size_t end)
{
	char before = pv_char_before(text, start);
	char behind = pv_str_at(text, end);

	if (before == '/' || before == ':' || before == '@')
		return start < 7 ||
		       memcmp(text.ptr + start - 7, "mailto:", 7) != 0;
	return behind == '@' ||
	       (behind == ':' && pv_is_letter(pv_str_at(text, end + 1)));
}

int pv_personal_email(pv_str *out, pv_str text, size_t at)
{
	size_t start = at;
	size_t end = at + 1;
	pv_str domain;

	if (text.ptr[at] != '@')
		return 0;
	while (start && at - start <= LOCAL_MAX && is_local(text.ptr[start - 1]))
		start--;
	while (start < at && text.ptr[start] == '.')
		start++;
	while (end < text.len && end - at <= DOMAIN_MAX + 1 &&
	       (is_local(text.ptr[end]) && !strchr("%+_", text.ptr[end])))
		end++;
	while (text.ptr[end - 1] == '.' || text.ptr[end - 1] == '-')
		end--;
	domain.ptr = text.ptr + at + 1;
	domain.len = end - at - 1;
	if (start == at || at - start > LOCAL_MAX || !is_domain(domain) ||
	    is_reserved(domain) || is_other(text, start, end))
		return 0;
	out->ptr = text.ptr + start;
	out->len = end - start;
	return 1;
}

/* --- machines ------------------------------------------------------------- */

static int is_public_ipv4(const unsigned part[4])
{
	static const struct {
		unsigned first, mask, value; /* of the next two bytes */
	} reserved[] = {
		{ 0, 0, 0 },
		{ 10, 0, 0 },
		{ 127, 0, 0 },
		{ 100, 0xC000, 0x4000 },
		{ 169, 0xFF00, 0xFE00 },
		{ 172, 0xF000, 0x1000 },
		{ 192, 0xFF00, 0xA800 },
		{ 192, 0xFFFF, 0x0002 },
		{ 192, 0xFFFF, 0 },
		{ 198, 0xFFFF, 0x3364 },
		{ 198, 0xFE00, 0x1200 },
		{ 203, 0xFFFF, 0x0071 },
	};
	unsigned next = part[1] << 8 | part[2];

	for (size_t i = 0; i < pv_array_len(reserved); i++)
		if (part[0] == reserved[i].first &&
		    (next & reserved[i].mask) == reserved[i].value)
			return 0;
	return part[0] < 224;
}

/* Versions and sections have four parts as well; 12 bytes before tell. */
static int follows_number_word(pv_str text, size_t at)
{
	static const char *const words[] = { "ersion", "ection", "hapter",
					     "lause", "elease" };
	size_t start = at > 12 ? at - 12 : 0;

	for (; start < at; start++)
		for (size_t i = 0; i < pv_array_len(words); i++)
			if (at - start >= strlen(words[i]) &&
			    !memcmp(text.ptr + start, words[i], strlen(words[i])))
				return 1;
	return 0;
}

static int match_ipv4(pv_str *out, pv_str text, size_t at)
{
	unsigned part[4] = { 0 };
	size_t end = at;
	int count = 0;

	while (end < text.len && end - at < 16 &&
	       (pv_is_digit(text.ptr[end]) || text.ptr[end] == '.'))
		end++;
	while (end > at && text.ptr[end - 1] == '.')
		end--;
	out->ptr = text.ptr + at;
	out->len = end - at;
	if (pv_is_letter(pv_str_at(text, end)) || !pv_format_is_ipv4(*out))
		return 0;
	for (size_t i = at; i < end; i++) {
		if (text.ptr[i] == '.')
			count++;
		else
			part[count] =
				part[count] * 10 + (unsigned)(text.ptr[i] - '0');
	}
	return is_public_ipv4(part) && !follows_number_word(text, at);
}

/* 2001:db8::/32, with or without the leading zero. */
static int is_documentation(pv_str address)
{
	static const char *const starts[] = { "2001:db8:", "2001:0db8:" };

	for (size_t i = 0; i < pv_array_len(starts); i++) {
		size_t len = strlen(starts[i]);
		size_t same = 0;

		while (same < len && same < address.len &&
		       (address.ptr[same] | 0x20) == (starts[i][same] | 0x20))
			same++;
		if (same == len)
			return 1;
	}
	return 0;
}

/* Global unicast, 2000::/3, without the block for documentation. */
static int match_ipv6(pv_str *out, pv_str text, size_t at)
{
	size_t end = at;
	int colons = 0;

	while (end < text.len && end - at <= IPV6_MAX &&
	       (pv_is_hex(text.ptr[end]) || text.ptr[end] == ':')) {
		colons += text.ptr[end] == ':';
		end++;
	}
	while (end > at && text.ptr[end - 1] == ':' &&
	       !(end - at > 1 && text.ptr[end - 2] == ':'))
		end--;
	out->ptr = text.ptr + at;
	out->len = end - at;
	if (colons < 3 || (text.ptr[at] != '2' && text.ptr[at] != '3') ||
	    pv_str_at(*out, 4) != ':')
		return 0;
	if (is_documentation(*out))
		return 0;
	return !pv_is_letter(pv_str_at(text, end)) && pv_format_is_ipv6(*out);
}

int pv_personal_ip(pv_str *out, pv_str text, size_t at)
{
	if (!pv_is_digit(text.ptr[at]))
		return 0;
	return match_ipv4(out, text, at) || match_ipv6(out, text, at);
}
