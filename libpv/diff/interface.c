/* SPDX-License-Identifier: MIT
 *
 * What a caller of a prompt notices, and about what it costs: variables that
 * came, went or changed, and an estimate of the tokens of its messages.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/change.h"
#include "diff/tokens.h"

/* The variables of a prompt by name. */
struct names {
	const pv_variable **items;
	size_t count;
};

static int compare_names(const void *a, const void *b)
{
	const pv_variable *const *left = a;
	const pv_variable *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

static int sort_names(struct names *out, const pv_prompt *prompt)
{
	out->count = pv_prompt_variable_count(prompt);
	out->items = pv_calloc(out->count, sizeof(void *));
	if (!out->items)
		return PV_ENOMEM;
	for (size_t i = 0; i < out->count; i++)
		out->items[i] = pv_prompt_variable(prompt, i);
	qsort(out->items, out->count, sizeof(void *), compare_names);
	return PV_OK;
}

static const pv_variable *find(const struct names *names,
			       const pv_variable *wanted)
{
	const pv_variable *const *found =
		bsearch(&wanted, names->items, names->count, sizeof(void *),
			compare_names);

	return found ? *found : NULL;
}

static int add(pv_diff *diff, enum pv_change_kind kind,
	       const pv_variable *variable)
{
	pv_interface_change *change = &diff->interface[diff->interface_count];
	const char *type = variable->type;

	change->name = pv_arena_dup(&diff->arena, variable->name,
				    strlen(variable->name));
	change->type = pv_arena_dup(&diff->arena, type, strlen(type));
	change->kind = kind;
	change->is_required = variable->is_required;
	if (!change->name || !change->type)
		return PV_ENOMEM;
	diff->interface_count++;
	return PV_OK;
}

/* New and changed ones in the order of the new prompt, then what is gone. */
static int compare(pv_diff *diff, const struct names *old_names,
		   const struct names *new_names, const pv_prompt *before,
		   const pv_prompt *after)
{
	int rc = PV_OK;

	for (size_t i = 0; i < new_names->count && rc == PV_OK; i++) {
		const pv_variable *variable = pv_prompt_variable(after, i);
		const pv_variable *old = find(old_names, variable);

		if (!old)
			rc = add(diff, PV_CHANGE_ADDED, variable);
		else if (old->is_required != variable->is_required ||
			 strcmp(old->type, variable->type) != 0)
			rc = add(diff, PV_CHANGE_MODIFIED, variable);
	}
	for (size_t i = 0; i < old_names->count && rc == PV_OK; i++) {
		const pv_variable *variable = pv_prompt_variable(before, i);

		if (!find(new_names, variable))
			rc = add(diff, PV_CHANGE_REMOVED, variable);
	}
	return rc;
}

static int compare_variables(pv_diff *diff, const pv_prompt *before,
			     const pv_prompt *after)
{
	struct names old_names = { 0 };
	struct names new_names = { 0 };
	int rc = sort_names(&old_names, before);

	if (rc == PV_OK)
		rc = sort_names(&new_names, after);
	if (rc == PV_OK) {
		diff->interface =
			pv_arena_calloc(&diff->arena,
					(old_names.count + new_names.count + 1) *
						sizeof(*diff->interface));
		rc = diff->interface ? compare(diff, &old_names, &new_names,
					       before, after)
				     : PV_ENOMEM;
	}
	pv_free(old_names.items);
	pv_free(new_names.items);
	return rc;
}

static pv_str text_of(const pv_prompt *prompt, size_t idx)
{
	const pv_message *message = pv_prompt_message(prompt, idx);

	return (pv_str){ message->content, message->len };
}

static long weigh(const pv_prompt *prompt)
{
	size_t tokens = 0;

	if (!prompt)
		return -1;
	for (size_t i = 0; i < pv_prompt_message_count(prompt); i++)
		tokens += pv_words_weigh(text_of(prompt, i));
	return tokens > LONG_MAX ? LONG_MAX : (long)tokens;
}

/* What the messages weigh but for what both have; 0 when they do not pair. */
static int weigh_parts(size_t out[2], const pv_diff *diff)
{
	const pv_prompt *before = diff->old_prompt;
	const pv_prompt *after = diff->new_prompt;
	size_t count = before ? pv_prompt_message_count(before) : 0;

	out[0] = out[1] = 0;
	if (!before || !after || count != pv_prompt_message_count(after))
		return 0;
	for (size_t i = 0; i < count; i++) {
		pv_str old_text = text_of(before, i);
		pv_str new_text = text_of(after, i);

		pv_words_part(&old_text, &new_text);
		out[0] += pv_words_weigh(old_text);
		out[1] += pv_words_weigh(new_text);
	}
	return 1;
}

int pv_diff_tokens_differ(const pv_diff *diff)
{
	size_t parts[2];

	if (!weigh_parts(parts, diff))
		return weigh(diff->old_prompt) != weigh(diff->new_prompt);
	return parts[0] != parts[1];
}

void pv_diff_weigh(long out[2], const pv_diff *diff)
{
	size_t parts[2];

	out[0] = weigh(diff->old_prompt);
	if (weigh_parts(parts, diff))
		out[1] = out[0] - (long)parts[0] + (long)parts[1];
	else
		out[1] = weigh(diff->new_prompt);
}

int pv_diff_set_interface(pv_diff *diff, pv_error *err)
{
	const pv_prompt *before = diff->old_prompt;
	const pv_prompt *after = diff->new_prompt;

	if (!before || !after)
		return PV_OK;
	return compare_variables(diff, before, after) < 0 ? pv_fail_nomem(err)
							  : PV_OK;
}

size_t pv_diff_interface_count(const pv_diff *diff)
{
	return diff->interface_count;
}

const pv_interface_change *pv_diff_interface_at(const pv_diff *diff, size_t idx)
{
	return idx < diff->interface_count ? &diff->interface[idx] : NULL;
}

long pv_diff_tokens_before(const pv_diff *diff)
{
	return weigh(diff->old_prompt);
}

long pv_diff_tokens_after(const pv_diff *diff)
{
	return weigh(diff->new_prompt);
}
