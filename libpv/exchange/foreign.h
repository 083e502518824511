/* SPDX-License-Identifier: MIT
 *
 * Records as other programs write them, in words of their own: what a prompt
 * file calls otherwise gets its name here, before record.c takes over.
 */
#ifndef PV_EXCHANGE_FOREIGN_H
#define PV_EXCHANGE_FOREIGN_H

#include <pv/yaml.h>

#include "base/arena.h"
#include "base/str.h"

/* What the braces of a text look like. */
enum pv_braces {
	PV_BRACES_NONE,
	PV_BRACES_JINJA,  /* {{ x }}, {% if %} or {# note #} */
	PV_BRACES_FIELDS, /* {x} and no others: Python's str.format */
	PV_BRACES_OTHER
};

enum pv_braces pv_braces_of(pv_str text);

/*
 * The same of all texts of a record or prompt file, its `prompt` or the
 * contents of its `messages`; fields only where no text has other braces.
 */
enum pv_braces pv_braces_of_texts(const pv_yaml_node *file);

/* 1 for true, false, yes, no, 1 and 0, also as texts; else 0. */
int pv_foreign_bool(int *out, const pv_yaml_node *node);

/*
 * Sets `*out` to the record in the words of a prompt file: `template`,
 * `content` or `text` is `prompt`; with a `system_prompt` or a
 * `user_prompt_template` there are `messages`; `is_active` is `active`,
 * `prompt_type` is `type`, and `token_limit`, `temperature` and other numbers
 * of the model go below `model`. What the record has under our name stays, and
 * the foreign word next to it, too. Texts with fields only become `syntax:
 * fstring` unless the record tells a syntax. PV_ENOMEM.
 */
int pv_foreign_translate(const pv_yaml_node **out, const pv_yaml_node *record,
			 pv_arena *arena, pv_error *err);

#endif
