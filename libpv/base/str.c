/* SPDX-License-Identifier: MIT
 *
 * Slices and string lists, see str.h. ASCII rules only: locale never matters.
 */
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

int pv_str_cmp(pv_str a, pv_str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.ptr, b.ptr, common) : 0;

	if (order)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

int pv_str_has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

int pv_str_has_suffix(const char *text, const char *suffix)
{
	size_t len = strlen(text);
	size_t tail = strlen(suffix);

	return len >= tail && !memcmp(text + len - tail, suffix, tail);
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int pv_str_casecmp(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) - lower(*b);
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

size_t pv_str_find(pv_str text, size_t at, pv_str what)
{
	while (text.len >= what.len && at <= text.len - what.len) {
		const char *hit = memchr(text.ptr + at, what.ptr[0],
					 text.len - what.len - at + 1);

		if (!hit)
			break;
		at = (size_t)(hit - text.ptr);
		if (!memcmp(hit, what.ptr, what.len))
			return at;
		at++;
	}
	return text.len;
}

pv_str pv_str_trim(pv_str text)
{
	while (text.len && is_blank(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	while (text.len && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

int pv_str_to_uint(unsigned *out, pv_str text, unsigned max)
{
	unsigned value = 0;

	if (!text.len)
		return PV_EINVALID;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned)(text.ptr[i] - '0');

		if (text.ptr[i] < '0' || text.ptr[i] > '9' || digit > max ||
		    value > (max - digit) / 10)
			return PV_EINVALID;
		value = value * 10 + digit;
	}
	*out = value;
	return PV_OK;
}

int pv_strlist_addn(pv_strlist *list, const char *text, size_t len, pv_error *err)
{
	char *copy;

	if (pv_array_reserve(&list->items, &list->cap, list->count + 1,
			     sizeof(*list->items)) < 0)
		return pv_fail_nomem(err);
	copy = pv_strndup(text, len);
	if (!copy)
		return pv_fail_nomem(err);
	list->items[list->count++] = copy;
	return PV_OK;
}

int pv_strlist_add(pv_strlist *list, const char *text, pv_error *err)
{
	return pv_strlist_addn(list, text, strlen(text), err);
}

static int compare_items(const void *a, const void *b)
{
	const char *const *left = a;
	const char *const *right = b;

	return strcmp(*left, *right);
}

void pv_strlist_sort(pv_strlist *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(*list->items),
		      compare_items);
}

void pv_strlist_unique(pv_strlist *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (kept && !strcmp(list->items[kept - 1], list->items[i]))
			pv_free(list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

long pv_strlist_find(const pv_strlist *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], text))
			return (long)i;
	return -1;
}

long pv_strlist_search(const pv_strlist *list, const char *text)
{
	char **found;

	if (!list->count)
		return -1;
	found = bsearch(&text, list->items, list->count, sizeof(*list->items),
			compare_items);
	return found ? found - list->items : -1;
}

void pv_strlist_dispose(pv_strlist *list)
{
	for (size_t i = 0; i < list->count; i++)
		pv_free(list->items[i]);
	pv_free(list->items);
	memset(list, 0, sizeof(*list));
}
