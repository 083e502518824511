/* SPDX-License-Identifier: MIT
 *
 * People: who is meant by an address, a pattern or a team.
 */
#include "policy/policy.h"

#include <string.h>

#include "store/worktree/wildmatch.h"

enum {
	MAIL_MAX = 254 /* RFC 5321 */
};

const char *pv_policy_mail(const char *person, size_t *len_out)
{
	const char *open = strrchr(person, '<');
	const char *close = open ? strchr(open, '>') : NULL;
	pv_str mail = pv_str_of(person);

	if (close) {
		mail.ptr = open + 1;
		mail.len = (size_t)(close - mail.ptr);
	}
	mail = pv_str_trim(mail);
	*len_out = mail.len;
	return mail.ptr;
}

/* The address in lower case; 0 when it is none. */
static int read_mail(char out[MAIL_MAX + 1], const char *person)
{
	size_t len;
	const char *mail = person ? pv_policy_mail(person, &len) : NULL;

	if (!mail || !len || len > MAIL_MAX)
		return 0;
	for (size_t i = 0; i < len; i++)
		out[i] = (char)(mail[i] >= 'A' && mail[i] <= 'Z' ? mail[i] + 32
								 : mail[i]);
	out[len] = '\0';
	return 1;
}

int pv_policy_is_same(const char *a, const char *b)
{
	char first[MAIL_MAX + 1];
	char second[MAIL_MAX + 1];

	return read_mail(first, a) && read_mail(second, b) &&
	       !strcmp(first, second);
}

/* Teams have no teams in them. */
static int is_member(const pv_policy_list *list, const char *mail)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i][0] != '@' && pv_wildmatch(list->items[i], mail))
			return 1;
	return 0;
}

int pv_policy_has(const pv_policy *policy, const pv_policy_list *list,
		  const char *person)
{
	char mail[MAIL_MAX + 1];

	if (!read_mail(mail, person))
		return 0;
	if (is_member(list, mail))
		return 1;
	for (size_t i = 0; i < list->count; i++)
		for (size_t k = 0; k < policy->team_count; k++)
			if (list->items[i][0] == '@' &&
			    !pv_str_casecmp(list->items[i] + 1,
					    policy->teams[k].name) &&
			    is_member(&policy->teams[k].list, mail))
				return 1;
	return 0;
}

int pv_policy_fits(const pv_policy_list *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (pv_wildmatch(patterns->items[i], name))
			return 1;
	return 0;
}

int pv_policy_may_override(const pv_policy *policy, const char *person)
{
	return pv_policy_has(policy, &policy->override, person);
}
