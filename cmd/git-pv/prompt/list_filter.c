/* SPDX-License-Identifier: MIT
 *
 * See list_filter.h.
 */
#include "prompt/list_filter.h"

#include <string.h>
#include <strings.h>

static int has_tags(const pv_prompt *prompt, const cli_list *tags)
{
	for (size_t i = 0; i < tags->count; i++) {
		size_t count = prompt ? pv_prompt_tag_count(prompt) : 0;
		size_t at = 0;

		while (at < count && strcmp(pv_prompt_tag(prompt, at),
					    tags->items[i].value) != 0)
			at++;
		if (at == count)
			return 0;
	}
	return 1;
}

static int has_include(const pv_prompt *prompt, const char *id)
{
	for (size_t i = 0; i < pv_prompt_include_count(prompt); i++)
		if (!strcmp(pv_prompt_include(prompt, i), id))
			return 1;
	return 0;
}

size_t list_provider_len(const char *model)
{
	const char *slash = strchr(model, '/');

	return slash ? (size_t)(slash - model) : 0;
}

void list_provider_json(pv_jsonw *w, const char *model)
{
	if (list_provider_len(model))
		pv_jsonw_stringn(w, model, list_provider_len(model));
	else
		pv_jsonw_null(w);
}

static int is_model(const char *model, const char *wanted)
{
	size_t len = list_provider_len(model);

	return strcmp(model, wanted) == 0 ||
	       (len && strcmp(model + len + 1, wanted) == 0);
}

static int is_provider(const char *model, const char *wanted)
{
	size_t len = list_provider_len(model);

	return len && strlen(wanted) == len && memcmp(model, wanted, len) == 0;
}

/* Letters a-z are the same in either case; other characters are bytes. */
static int contains(const char *text, const char *part)
{
	size_t len = strlen(part);

	for (; *text; text++)
		if (strncasecmp(text, part, len) == 0)
			return 1;
	return !len;
}

static int matches(const cli_prompt *entry, const char *part)
{
	const pv_prompt *prompt = entry->prompt;

	if (contains(entry->id, part))
		return 1;
	if (!prompt)
		return 0;
	for (size_t i = 0; i < pv_prompt_tag_count(prompt); i++)
		if (contains(pv_prompt_tag(prompt, i), part))
			return 1;
	return contains(pv_prompt_name(prompt), part) ||
	       contains(pv_prompt_description(prompt), part) ||
	       contains(pv_prompt_goal(prompt), part);
}

static int has_fields(const list_filter *filter, const pv_prompt *prompt)
{
	const char *model = pv_prompt_model(prompt);

	if (filter->category &&
	    strcmp(pv_prompt_category(prompt), filter->category) != 0)
		return 0;
	if (filter->owner && strcmp(pv_prompt_owner(prompt), filter->owner) != 0)
		return 0;
	if (filter->type && strcmp(pv_prompt_type(prompt), filter->type) != 0)
		return 0;
	if (filter->provider && !is_provider(model, filter->provider))
		return 0;
	return !filter->model || is_model(model, filter->model);
}

int list_filter_wants(const list_filter *filter, const cli_prompt *entry)
{
	const pv_prompt *prompt = entry->prompt;

	if (!prompt && (filter->category || filter->owner || filter->type ||
			filter->provider || filter->model || filter->uses))
		return 0;
	if (prompt && !has_fields(filter, prompt))
		return 0;
	if (filter->uses && !has_include(prompt, filter->uses))
		return 0;
	if (filter->state == LIST_INACTIVE &&
	    (!prompt || pv_prompt_is_active(prompt)))
		return 0;
	if (filter->state == LIST_ACTIVE && prompt && !pv_prompt_is_active(prompt))
		return 0;
	if (filter->match && !matches(entry, filter->match))
		return 0;
	return has_tags(prompt, &filter->tags);
}
