/* SPDX-License-Identifier: MIT
 *
 * See list_filter.h.
 */
#include "prompt/list_filter.h"

#include <string.h>

#include "base/utf8.h"

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

/* Whether a text begins with a part, whichever the case of letters. */
static int begins(const char *text, size_t left, const char *part)
{
	size_t part_left = strlen(part);

	while (part_left) {
		size_t len;
		size_t part_len;
		int32_t c = pv_utf8_decode(text, left, &len);
		int32_t wanted = pv_utf8_decode(part, part_left, &part_len);

		/* What is no UTF-8 is compared as bytes. */
		if (!left || pv_utf8_fold(c) != pv_utf8_fold(wanted) ||
		    (c < 0 && *text != *part))
			return 0;
		text += len;
		left -= len;
		part += part_len;
		part_left -= part_len;
	}
	return 1;
}

static int contains(const char *text, const char *part)
{
	size_t left = strlen(text);

	for (; left; text++, left--)
		if (begins(text, left, part))
			return 1;
	return !*part;
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
