/* SPDX-License-Identifier: MIT
 *
 * The formats of strings (JSON Schema Validation, section 7.3) that are
 * checked when formats are asserted. A name that is not here is a note for
 * readers, as the specification has it.
 */
#ifndef PV_SCHEMA_FORMAT_H
#define PV_SCHEMA_FORMAT_H

#include "base/str.h"

typedef struct pv_format {
	const char *name;
	int (*is_valid)(pv_str text); /* valid UTF-8 */
} pv_format;

/* NULL for a name that is not known. */
const pv_format *pv_format_find(pv_str name);

/* RFC 3339, section 5.6 and appendix A (format_time.c). */
int pv_format_is_date(pv_str text);
int pv_format_is_time(pv_str text);
int pv_format_is_date_time(pv_str text);
int pv_format_is_duration(pv_str text);

/* RFC 1123 and 5890 (format_host.c). */
int pv_format_is_hostname(pv_str text);
int pv_format_is_idn_hostname(pv_str text);

/* RFC 2673; 4291; 5321 and 6531 (format_net.c). */
int pv_format_is_ipv4(pv_str text);
int pv_format_is_ipv6(pv_str text);
int pv_format_is_email(pv_str text);
int pv_format_is_idn_email(pv_str text);

/* RFC 3986, 3987 and 6570 (format_uri.c). */
int pv_format_is_uri(pv_str text);
int pv_format_is_uri_reference(pv_str text);
int pv_format_is_iri(pv_str text);
int pv_format_is_iri_reference(pv_str text);
int pv_format_is_uri_template(pv_str text);

/* --- what the files share ---------------------------------------------------- */

/* The part before the first `c`, which is dropped too; `*found` says if it was. */
pv_str pv_cut(pv_str *text, char c, int *found);

static inline int pv_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char pv_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static inline int pv_is_letter(char c)
{
	return pv_lower(c) >= 'a' && pv_lower(c) <= 'z';
}

static inline int pv_is_hex(char c)
{
	return pv_is_digit(c) || (pv_lower(c) >= 'a' && pv_lower(c) <= 'f');
}

#endif
