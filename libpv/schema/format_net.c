/* SPDX-License-Identifier: MIT
 *
 * Addresses of hosts, and of people at hosts.
 */
#include "schema/format.h"

/* --- addresses --------------------------------------------------------------- */

int pv_format_is_ipv4(pv_str text)
{
	int count = 0;
	int more = 1;

	for (; more; count++) {
		pv_str part = pv_cut(&text, '.', &more);
		unsigned value;

		if (part.len > 3 || (part.len > 1 && part.ptr[0] == '0') ||
		    pv_str_to_uint(&value, part, 255) < 0)
			return 0;
	}
	return count == 4;
}

static int is_group(pv_str group)
{
	if (!group.len || group.len > 4)
		return 0;
	for (size_t i = 0; i < group.len; i++)
		if (!pv_is_hex(group.ptr[i]))
			return 0;
	return 1;
}

/* The number of groups in "1:2:3", a trailing IPv4 address being two; -1. */
static int count_groups(pv_str text)
{
	int count = 0;
	int more = 1;

	if (!text.len)
		return 0;
	while (more) {
		pv_str group = pv_cut(&text, ':', &more);

		if (!more && memchr(group.ptr, '.', group.len)) {
			if (!pv_format_is_ipv4(group))
				return -1;
			count++;
		} else if (!is_group(group)) {
			return -1;
		}
		count++;
	}
	return count;
}

/* RFC 4291, 2.2: eight groups, or fewer around one "::". */
int pv_format_is_ipv6(pv_str text)
{
	pv_str head = text;
	pv_str tail;
	size_t at = 0;
	int left;
	int right;

	while (at + 1 < text.len &&
	       !(text.ptr[at] == ':' && text.ptr[at + 1] == ':'))
		at++;
	if (at + 1 >= text.len)
		return count_groups(text) == 8;
	head.len = at;
	tail.ptr = text.ptr + at + 2;
	tail.len = text.len - at - 2;
	if (memchr(head.ptr, '.', head.len))
		return 0;
	left = count_groups(head);
	right = count_groups(tail);
	return left >= 0 && right >= 0 && left + right <= 7;
}

/* --- people ------------------------------------------------------------------- */

static int is_atom_byte(char c, int is_international)
{
	return pv_is_letter(c) || pv_is_digit(c) ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~", c)) ||
	       (is_international && (c & 0x80));
}

/* RFC 5321, 4.1.2: atoms between dots. */
static int is_dot_string(pv_str text, int is_international)
{
	int more = 1;

	while (more) {
		pv_str atom = pv_cut(&text, '.', &more);

		if (!atom.len)
			return 0;
		for (size_t i = 0; i < atom.len; i++)
			if (!is_atom_byte(atom.ptr[i], is_international))
				return 0;
	}
	return 1;
}

static int is_quoted(pv_str text, int is_international)
{
	if (text.len < 2 || text.ptr[0] != '"' || text.ptr[text.len - 1] != '"')
		return 0;
	for (size_t i = 1; i + 1 < text.len; i++) {
		char c = text.ptr[i];

		if (c == '"' ||
		    (c & 0x80 ? !is_international : c < ' ' || c == 127))
			return 0;
		if (c == '\\' && ++i + 1 >= text.len)
			return 0;
	}
	return 1;
}

/* [127.0.0.1] or [IPv6:::1]. */
static int is_address_literal(pv_str text)
{
	if (text.len < 2 || text.ptr[0] != '[' || text.ptr[text.len - 1] != ']')
		return 0;
	text.ptr++;
	text.len -= 2;
	if (text.len > 5 && !memcmp(text.ptr, "IPv6:", 5)) {
		text.ptr += 5;
		text.len -= 5;
		return pv_format_is_ipv6(text);
	}
	return pv_format_is_ipv4(text);
}

static int is_mailbox(pv_str text, int is_international)
{
	size_t at = text.len;
	pv_str local = { text.ptr, 0 };
	pv_str host;

	while (at && text.ptr[at - 1] != '@')
		at--;
	if (at < 2)
		return 0;
	local.len = at - 1;
	host.ptr = text.ptr + at;
	host.len = text.len - at;
	if (!is_dot_string(local, is_international) &&
	    !is_quoted(local, is_international))
		return 0;
	return is_address_literal(host) ||
	       (is_international ? pv_format_is_idn_hostname(host)
				 : pv_format_is_hostname(host));
}

int pv_format_is_email(pv_str text)
{
	return is_mailbox(text, 0);
}

int pv_format_is_idn_email(pv_str text)
{
	return is_mailbox(text, 1);
}
