/* SPDX-License-Identifier: MIT
 *
 * The variables of a prompt together with those of what it includes: who
 * declares them, whether they are needed, and where each is used.
 */
#include "render/interface.h"

#include "base/fail.h"
#include "base/mem.h"
#include "render/renderer.h"

enum {
	USES_MAX = 1000 /* told of one variable */
};

/* --- entries ------------------------------------------------------------------- */

static pv_interface_entry *find(const pv_interface *all, pv_str name)
{
	uintptr_t place = (uintptr_t)pv_map_find(&all->entry_of, name);

	return place ? &all->entries[place - 1] : NULL;
}

/* `*out` is valid until the next one is added. */
static int add(pv_interface_entry **out, pv_interface *all, pv_str name)
{
	pv_interface_entry *entry;
	int rc;

	*out = NULL;
	if (pv_array_reserve(&all->entries, &all->cap, all->count + 1,
			     sizeof(*entry)) < 0)
		return pv_fail_nomem(all->err);
	entry = &all->entries[all->count];
	memset(entry, 0, sizeof(*entry));
	entry->it.variable.type = "any";
	entry->it.variable.description = "";
	entry->it.variable.source = "inferred";
	entry->it.prompt = "";
	entry->it.variable.name = pv_arena_dup(&all->arena, name.ptr, name.len);
	if (!entry->it.variable.name)
		return pv_fail_nomem(all->err);
	rc = pv_map_set(&all->entry_of, name, (void *)(uintptr_t)(++all->count),
			NULL, all->err);
	*out = entry;
	return rc;
}

static int is_declared(const pv_variable *variable)
{
	return strcmp(variable->source, "inferred") != 0;
}

/* --- the prompt ---------------------------------------------------------------- */

static int add_own(pv_interface *all)
{
	int rc = PV_OK;

	for (size_t i = 0;
	     rc == PV_OK && i < pv_prompt_variable_count(all->prompt); i++) {
		const pv_variable *from = pv_prompt_variable(all->prompt, i);
		pv_interface_entry *entry;

		rc = add(&entry, all, pv_str_of(from->name));
		if (rc < 0 || !entry)
			break;
		entry->it.variable = *from;
		entry->is_own = 1;
		entry->is_declared = is_declared(from);
		entry->is_stated =
			entry->is_declared &&
			pv_render_states_required(all->prompt, from->name);
	}
	return rc;
}

static int read_part(pv_interface *all, pv_interface_text *part,
		     const pv_message *message)
{
	int rc;

	part->id = "";
	part->text = (pv_str){ message->content, message->len };
	rc = pv_interface_read(all, part);
	for (const pv_jinja_need *need = part->needs; rc == PV_OK && need;
	     need = need->next) {
		pv_interface_entry *entry = find(all, need->name);

		if (!entry)
			rc = add(&entry, all, need->name);
		if (rc < 0 || !entry)
			break;
		entry->is_needed = 1;
		entry->is_required |= need->is_required;
		entry->is_certain |= !need->is_conditional;
	}
	return rc;
}

static int read_parts(pv_interface *all)
{
	int rc = PV_OK;

	all->part_count = pv_prompt_message_count(all->prompt);
	all->parts = pv_arena_calloc(&all->arena, (all->part_count + 1) *
							  sizeof(*all->parts));
	if (!all->parts)
		return pv_fail_nomem(all->err);
	for (size_t i = 0; rc == PV_OK && i < all->part_count; i++)
		rc = read_part(all, &all->parts[i],
			       pv_prompt_message(all->prompt, i));
	return rc;
}

/* --- what is included ------------------------------------------------------------ */

static void adopt(pv_interface_entry *entry, const pv_prompt *prompt,
		  const pv_variable *from)
{
	pv_variable *variable = &entry->it.variable;

	entry->is_declared = 1;
	entry->is_stated = pv_render_states_required(prompt, from->name) != 0;
	variable->type = from->type;
	variable->default_json = from->default_json;
	variable->example_json = from->example_json;
	variable->description = from->description;
	variable->source = "both";
	if (entry->is_stated)
		variable->is_required = from->is_required;
}

static void describe(pv_interface *all)
{
	for (pv_interface_text *text = all->included; text; text = text->next) {
		size_t count = text->prompt
				       ? pv_prompt_variable_count(text->prompt)
				       : 0;

		for (size_t i = 0; i < count; i++) {
			const pv_variable *from =
				pv_prompt_variable(text->prompt, i);
			pv_interface_entry *entry =
				find(all, pv_str_of(from->name));

			if (!entry)
				continue;
			if (!entry->is_own && !*entry->it.prompt) {
				entry->it.prompt = text->id;
				entry->it.variable.line = from->line;
				entry->it.variable.used_line = from->used_line;
			}
			if (!entry->is_declared && is_declared(from))
				adopt(entry, text->prompt, from);
		}
	}
}

static void settle(pv_interface *all)
{
	for (size_t i = 0; i < all->count; i++) {
		pv_interface_entry *entry = &all->entries[i];
		pv_variable *variable = &entry->it.variable;

		if (!entry->is_needed)
			continue;
		variable->is_conditional = !entry->is_certain;
		if (!entry->is_stated)
			variable->is_required = entry->is_required;
		if (variable->default_json)
			variable->is_required = 0;
		if (entry->is_own && entry->is_declared)
			variable->source = "both";
	}
}

/* --- uses ------------------------------------------------------------------------ */

static int add_use(pv_interface *all, const pv_interface_text *text,
		   int message, const pv_interface_spot *spot)
{
	pv_interface_entry *entry = find(all, spot->name);
	size_t cap;
	pv_variable_use *uses;

	if (!entry || entry->it.use_count == USES_MAX)
		return PV_OK;
	if (entry->it.use_count == entry->use_cap) {
		cap = entry->use_cap ? entry->use_cap * 2 : 4;
		uses = pv_arena_alloc(&all->arena, cap * sizeof(*uses));
		if (!uses)
			return pv_fail_nomem(all->err);
		if (entry->use_cap)
			memcpy(uses, entry->uses, entry->use_cap * sizeof(*uses));
		entry->uses = uses;
		entry->use_cap = cap;
		entry->it.uses = uses;
	}
	uses = &entry->uses[entry->it.use_count++];
	uses->prompt = text->id;
	uses->message = message;
	uses->line = spot->line;
	uses->column = spot->column;
	return PV_OK;
}

static int add_uses(pv_interface *all, const pv_interface_text *text, int message)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < text->spot_count; i++)
		rc = add_use(all, text, message, &text->spots[i]);
	return rc;
}

static int add_all_uses(pv_interface *all)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < all->part_count; i++)
		rc = add_uses(all, &all->parts[i], (int)i);
	for (const pv_interface_text *text = all->included; rc == PV_OK && text;
	     text = text->next)
		rc = add_uses(all, text, 0);
	return rc;
}

/* --- the whole ------------------------------------------------------------------- */

static int make(pv_interface *all)
{
	int rc = pv_report_new(&all->report, all->err);

	if (rc == PV_OK)
		rc = add_own(all);
	if (rc == PV_OK)
		rc = read_parts(all);
	if (rc < 0)
		return rc;
	describe(all);
	settle(all);
	return add_all_uses(all);
}

int pv_interface_new(pv_interface **out, const pv_prompt *prompt,
		     const pv_render_loader *loader, pv_error *err)
{
	pv_interface *all = pv_calloc(1, sizeof(*all));
	int rc;

	*out = NULL;
	if (!all)
		return pv_fail_nomem(err);
	all->prompt = prompt;
	all->syntax = pv_prompt_syntax(prompt);
	all->loader = loader;
	all->included_end = &all->included;
	all->err = err;
	rc = make(all);
	all->loader = NULL;
	all->err = NULL;
	if (rc < 0)
		pv_interface_free(all);
	else
		*out = all;
	return rc;
}

void pv_interface_free(pv_interface *all)
{
	if (!all)
		return;
	for (pv_interface_text *text = all->included; text; text = text->next)
		pv_prompt_free(text->prompt);
	pv_map_dispose(&all->text_of);
	pv_map_dispose(&all->entry_of);
	pv_report_free(all->report);
	pv_free(all->entries);
	pv_arena_dispose(&all->arena);
	pv_free(all);
}

size_t pv_interface_count(const pv_interface *all)
{
	return all->count;
}

const pv_interface_variable *pv_interface_at(const pv_interface *all, size_t idx)
{
	return idx < all->count ? &all->entries[idx].it : NULL;
}

const pv_report *pv_interface_report(const pv_interface *all)
{
	return all->report;
}
