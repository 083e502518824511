/* SPDX-License-Identifier: MIT
 *
 * The getters of pv/prompt.h.
 */
#include <string.h>

#include "base/fail.h"
#include "prompt/model.h"

const char *pv_prompt_name(const pv_prompt *prompt)
{
	return prompt->texts[PV_TEXT_NAME];
}

const char *pv_prompt_description(const pv_prompt *prompt)
{
	return prompt->texts[PV_TEXT_DESCRIPTION];
}

const char *pv_prompt_goal(const pv_prompt *prompt)
{
	return prompt->texts[PV_TEXT_GOAL];
}

const char *pv_prompt_category(const pv_prompt *prompt)
{
	return prompt->texts[PV_TEXT_CATEGORY];
}

const char *pv_prompt_owner(const pv_prompt *prompt)
{
	return prompt->texts[PV_TEXT_OWNER];
}

const char *pv_prompt_type(const pv_prompt *prompt)
{
	return prompt->texts[PV_TEXT_TYPE];
}

const char *pv_prompt_stated_version(const pv_prompt *prompt)
{
	return prompt->texts[PV_TEXT_VERSION];
}

int pv_prompt_is_active(const pv_prompt *prompt)
{
	return !prompt->is_inactive;
}

enum pv_syntax pv_prompt_syntax(const pv_prompt *prompt)
{
	return prompt->syntax;
}

const char *pv_prompt_model(const pv_prompt *prompt)
{
	return prompt->model;
}

size_t pv_prompt_tag_count(const pv_prompt *prompt)
{
	return prompt->tag_count;
}

const char *pv_prompt_tag(const pv_prompt *prompt, size_t idx)
{
	return idx < prompt->tag_count ? prompt->tags[idx] : NULL;
}

size_t pv_prompt_message_count(const pv_prompt *prompt)
{
	return prompt->message_count;
}

const pv_message *pv_prompt_message(const pv_prompt *prompt, size_t idx)
{
	return idx < prompt->message_count ? &prompt->messages[idx] : NULL;
}

int pv_prompt_is_text(const pv_prompt *prompt)
{
	return prompt->is_text;
}

size_t pv_prompt_variable_count(const pv_prompt *prompt)
{
	return prompt->variable_count;
}

const pv_variable *pv_prompt_variable(const pv_prompt *prompt, size_t idx)
{
	return idx < prompt->variable_count ? &prompt->variables[idx] : NULL;
}

size_t pv_prompt_include_count(const pv_prompt *prompt)
{
	return prompt->include_count;
}

const char *pv_prompt_include(const pv_prompt *prompt, size_t idx)
{
	return idx < prompt->include_count ? prompt->includes[idx] : NULL;
}

size_t pv_prompt_schema_ref_count(const pv_prompt *prompt)
{
	return prompt->schema_ref_count;
}

const char *pv_prompt_schema_ref(const pv_prompt *prompt, size_t idx)
{
	return idx < prompt->schema_ref_count ? prompt->schema_refs[idx] : NULL;
}

int pv_prompt_is_dynamic(const pv_prompt *prompt)
{
	return prompt->is_dynamic;
}

int pv_prompt_json(pv_buf *out, const pv_prompt *prompt, pv_error *err)
{
	return pv_yaml_to_json(out, pv_yaml_root(prompt->doc), err);
}

int pv_prompt_field_json(pv_buf *out, const pv_prompt *prompt,
			 const char *field, pv_error *err)
{
	const pv_yaml_node *value = pv_yaml_get(pv_yaml_root(prompt->doc), field);

	if (!value)
		return pv_fail(err, PV_ENOTFOUND,
			       "the prompt has no field \"%.80s\"", field);
	return pv_yaml_to_json(out, value, err);
}
