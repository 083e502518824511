/* SPDX-License-Identifier: MIT
 *
 * Borrowed slices of text, and a growing list of owned strings. A slice has
 * no terminator and no owner; it is passed by value.
 */
#ifndef PV_BASE_STR_H
#define PV_BASE_STR_H

#include <string.h>

#include <pv/error.h>

typedef struct pv_str {
	const char *ptr;
	size_t len;
} pv_str;

static inline pv_str pv_str_of(const char *text)
{
	pv_str str = { text, strlen(text) };

	return str;
}

static inline int pv_str_eq(pv_str a, pv_str b)
{
	return a.len == b.len && (!a.len || !memcmp(a.ptr, b.ptr, a.len));
}

/* Compares with a NUL-terminated string. */
static inline int pv_str_is(pv_str a, const char *text)
{
	return pv_str_eq(a, pv_str_of(text));
}

/* The byte at `idx`; a NUL behind the end. */
static inline char pv_str_at(pv_str text, size_t idx)
{
	if (idx < text.len)
		return text.ptr[idx];
	return '\0';
}

int pv_str_cmp(pv_str a, pv_str b);
int pv_str_has_prefix(const char *text, const char *prefix);
int pv_str_has_suffix(const char *text, const char *suffix);
/* ASCII letters only, in any locale. */
int pv_str_casecmp(const char *a, const char *b);
/* Where `what`, which is not empty, is from `at` on; text.len: nowhere. */
size_t pv_str_find(pv_str text, size_t at, pv_str what);
/* Without the blanks (space, tab, CR, LF) at both ends. */
pv_str pv_str_trim(pv_str text);
/*
 * Decimal digits only, at most `max`; PV_EINVALID without touching `out`
 * otherwise. No sign, no blanks, no locale.
 */
int pv_str_to_uint(unsigned *out, pv_str text, unsigned max);

/* A list of owned strings; `{ 0 }` is empty. */
typedef struct pv_strlist {
	char **items;
	size_t count;
	size_t cap;
} pv_strlist;

/* Appends a copy. PV_ENOMEM. */
int pv_strlist_add(pv_strlist *list, const char *text, pv_error *err);
int pv_strlist_addn(pv_strlist *list, const char *text, size_t len,
		    pv_error *err);
/* Byte order; equal strings are kept. */
void pv_strlist_sort(pv_strlist *list);
/* Drops neighbours that are equal: sort first. */
void pv_strlist_unique(pv_strlist *list);
/* Linear look-up; the index or -1. */
long pv_strlist_find(const pv_strlist *list, const char *text);
/* Binary look-up in a sorted list; the index or -1. */
long pv_strlist_search(const pv_strlist *list, const char *text);
void pv_strlist_dispose(pv_strlist *list);

#endif
