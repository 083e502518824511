/* SPDX-License-Identifier: MIT
 *
 * Several addresses of one person, as a .mailmap has them. A line that is for
 * one name at an address only is taken for all: who shares an address cannot
 * be told apart by what they call themselves.
 */
#include "policy/policy.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

/* The next "<address>" of a line, cut off it; ptr NULL when there is none. */
static pv_str next_mail(pv_str *line)
{
	const char *open = memchr(line->ptr, '<', line->len);
	const char *end = line->ptr + line->len;
	const char *close = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
	pv_str mail = { NULL, 0 };

	if (!close)
		return mail;
	mail.ptr = open + 1;
	mail.len = (size_t)(close - mail.ptr);
	line->ptr = close + 1;
	line->len = (size_t)(end - line->ptr);
	return pv_str_trim(mail);
}

static int add(pv_policy *policy, pv_str proper, pv_str other, pv_error *err)
{
	pv_policy_alias *item;

	if (pv_array_reserve(&policy->aliases, &policy->alias_cap,
			     policy->alias_count + 1, sizeof(*item)) < 0)
		return pv_fail_nomem(err);
	item = &policy->aliases[policy->alias_count];
	item->proper = pv_arena_dup(&policy->arena, proper.ptr, proper.len);
	item->other = pv_arena_dup(&policy->arena, other.ptr, other.len);
	if (!item->proper || !item->other)
		return pv_fail_nomem(err);
	policy->alias_count++;
	return PV_OK;
}

static int add_line(pv_policy *policy, pv_str line, pv_error *err)
{
	pv_str proper;
	pv_str other;

	line = pv_str_trim(line);
	if (pv_str_at(line, 0) == '#')
		return PV_OK;
	proper = next_mail(&line);
	other = proper.ptr ? next_mail(&line) : proper;
	return proper.len && other.len ? add(policy, proper, other, err) : PV_OK;
}

int pv_policy_add_mailmap(pv_policy *policy, const char *text, size_t len,
			  pv_error *err)
{
	int rc = PV_OK;

	while (len && rc == PV_OK) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) : len;

		rc = add_line(policy, (pv_str){ text, line }, err);
		line += end != NULL;
		text += line;
		len -= line;
	}
	return rc;
}

/* The proper address of the n-th line that is about a person, or NULL. */
static const char *next_proper(const pv_policy *policy, size_t *at,
			       const char *person)
{
	while (*at < policy->alias_count) {
		const pv_policy_alias *alias = &policy->aliases[(*at)++];

		if (pv_policy_is_same(alias->other, person))
			return alias->proper;
	}
	return NULL;
}

static int is_alias(const pv_policy *policy, const char *a, const char *b)
{
	const char *proper;
	size_t at = 0;

	while ((proper = next_proper(policy, &at, a)) != NULL)
		if (pv_policy_is_same(proper, b))
			return 1;
	return 0;
}

int pv_policy_is_person(const pv_policy *policy, const char *a, const char *b)
{
	const char *proper;
	size_t at = 0;

	if (pv_policy_is_same(a, b) || is_alias(policy, b, a))
		return 1;
	while ((proper = next_proper(policy, &at, a)) != NULL)
		if (pv_policy_is_same(proper, b) || is_alias(policy, b, proper))
			return 1;
	return 0;
}
