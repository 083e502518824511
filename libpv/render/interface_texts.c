/* SPDX-License-Identifier: MIT
 *
 * What a text and all it includes need. An included prompt is read once, for
 * itself; what the names it needs mean depends on where it is included. One
 * that includes itself brings nothing new.
 *
 * A prompt that is not there, or cannot be included, is a finding.
 */
#include "render/interface.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "jinja/engine.h"
#include "render/renderer.h"

enum {
	SPOTS_MAX = 100000 /* told of one text */
};

/* --- included prompts --------------------------------------------------------- */

static int warn(pv_interface *all, const char *rule, const char *hint,
		const char *message)
{
	pv_finding finding = { .severity = PV_SEVERITY_WARNING,
			       .rule = rule,
			       .file = "",
			       .message = message,
			       .hint = hint };

	return pv_report_add(all->report, &finding, all->err);
}

static int warn_absent(pv_interface *all, const char *id)
{
	pv_buf message = { 0 };
	int rc;

	pv_buf_printf(&message, "there is no prompt \"%.150s\" to include", id);
	rc = pv_buf_status(&message, all->err);
	if (rc == PV_OK)
		rc = warn(all, "include-missing",
			  "its variables are not among these", message.ptr);
	pv_buf_dispose(&message);
	return rc;
}

static int warn_broken(pv_interface *all, const char *id, int line,
		       const char *why)
{
	pv_buf message = { 0 };
	int rc;

	pv_buf_printf(&message, "\"%.150s\" cannot be included: line %d: %s",
		      id, line, why);
	rc = pv_buf_status(&message, all->err);
	if (rc == PV_OK)
		rc = warn(all, "include-broken", "mend that prompt", message.ptr);
	pv_buf_dispose(&message);
	return rc;
}

/* Only in what is included: about his own text the caller knows. */
static int warn_fault(pv_interface *all, const pv_interface_text *text,
		      const char *fault, size_t offset)
{
	int line;
	int column;

	if (!fault || !*fault || !*text->id)
		return PV_OK;
	pv_utf8_place(text->text.ptr, text->text.len, offset, &line, &column);
	return warn_broken(all, text->id, line, fault);
}

/* The one text in a prompt's file. */
static int unpack(pv_interface *all, pv_interface_text *text, const pv_buf *file)
{
	pv_prompt_options opts = { .file = text->id };
	pv_error why = { 0 };
	pv_str content = { 0 };
	int rc = pv_prompt_parse(&text->prompt, pv_buf_text(file), file->len,
				 &opts, NULL, &why);

	if (rc < 0 && rc != PV_ENOMEM)
		return warn_broken(all, text->id, why.line, why.message);
	if (rc == PV_OK)
		rc = pv_render_included_text(&content, all->syntax,
					     text->prompt, text->id, &why);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(all->err);
	if (rc < 0)
		return warn(all, "include-broken", why.hint, why.message);
	text->text = content;
	return PV_OK;
}

static int load(pv_interface *all, pv_interface_text *text)
{
	const pv_render_loader *loader = all->loader;
	pv_buf file = { .max = PV_PROMPT_MAX_SIZE };
	int rc = PV_ENOTFOUND;

	if (loader)
		rc = loader->load(&file, text->id, loader->payload, all->err);
	if (rc == PV_OK)
		rc = pv_buf_status(&file, all->err);
	if (rc == PV_OK)
		rc = unpack(all, text, &file);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(all->err);
		rc = warn_absent(all, text->id);
	}
	pv_buf_dispose(&file);
	return rc;
}

static int add_included(pv_interface_text **out, pv_interface *all, pv_str name)
{
	pv_interface_text *text;
	int rc;

	if (all->included_count++ == PV_PROMPT_MAX_INCLUDES)
		return pv_fail(all->err, PV_ELIMIT,
			       "more than %d templates are included",
			       PV_PROMPT_MAX_INCLUDES);
	text = pv_arena_calloc(&all->arena, sizeof(*text));
	if (!text)
		return pv_fail_nomem(all->err);
	text->id = pv_arena_dup(&all->arena, name.ptr, name.len);
	if (!text->id)
		return pv_fail_nomem(all->err);
	*all->included_end = text;
	all->included_end = &text->next;
	rc = pv_map_set(&all->text_of, name, text, NULL, all->err);
	if (rc == PV_OK)
		rc = load(all, text);
	if (rc == PV_OK && text->text.ptr)
		rc = pv_interface_read(all, text);
	*out = text;
	return rc;
}

/* The text of that name, read when it is met first. */
static int included(const pv_jinja_need **out, pv_str name, void *payload)
{
	pv_interface *all = payload;
	pv_interface_text *text = pv_map_find(&all->text_of, name);
	int rc = PV_OK;

	*out = NULL;
	if (memchr(name.ptr, '\0', name.len))
		return PV_ENOTFOUND;
	if (!text && all->depth == PV_JINJA_MAX_INCLUDES)
		return PV_OK;
	if (!text)
		rc = add_included(&text, all, name);
	if (rc < 0)
		return rc;
	*out = text->needs;
	return text->text.ptr ? PV_OK : PV_ENOTFOUND;
}

/* --- Jinja2 --------------------------------------------------------------------- */

static int compare_offsets(const void *a, const void *b)
{
	const pv_jinja_spot *left = a;
	const pv_jinja_spot *right = b;

	return (left->offset > right->offset) - (left->offset < right->offset);
}

static int place_spots(pv_interface_text *text, pv_jinja_spot *from,
		       size_t count, pv_interface *all)
{
	size_t at = 0;
	int line = 1;
	int column = 1;

	text->spots =
		pv_arena_calloc(&all->arena, (count + 1) * sizeof(*text->spots));
	if (!text->spots)
		return pv_fail_nomem(all->err);
	if (count > 1)
		qsort(from, count, sizeof(*from), compare_offsets);
	for (size_t i = 0; i < count; i++) {
		pv_utf8_advance(text->text.ptr + at, from[i].offset - at, &line,
				&column);
		at = from[i].offset;
		text->spots[i].name = from[i].name;
		text->spots[i].line = line;
		text->spots[i].column = column;
	}
	text->spot_count = count;
	return PV_OK;
}

static int read_jinja(pv_interface *all, pv_interface_text *text)
{
	const pv_jinja_needs_options opts = { .is_checked = 1,
					      .has_spots = 1,
					      .included = included,
					      .payload = all };
	pv_jinja_needs needs;
	int rc = pv_jinja_find_needs(&needs, &pv_prompt_environment, text->text,
				     &opts, &all->arena, all->err);

	text->needs = needs.first;
	if (rc == PV_OK)
		rc = warn_fault(all, text, needs.fault, needs.fault_offset);
	if (rc == PV_OK && needs.is_dynamic && !all->is_dynamic) {
		all->is_dynamic = 1;
		rc = warn(all, "include-dynamic",
			  "what it needs is known when it is rendered",
			  "a name of an included prompt is computed");
	}
	if (rc < 0)
		return rc;
	return place_spots(text, needs.spots,
			   needs.spot_count < SPOTS_MAX ? needs.spot_count
							: SPOTS_MAX,
			   all);
}

/* --- the other syntaxes ------------------------------------------------------------------- */

struct scanned {
	pv_interface *all;
	pv_interface_text *text;
	pv_jinja_need **end;
	pv_map need_of;
	size_t cap; /* of spots */
};

static int add_need(struct scanned *it, const pv_jinja_need *from, int is_nested)
{
	pv_interface *all = it->all;
	pv_jinja_need *need = pv_map_find(&it->need_of, from->name);
	int rc = PV_OK;

	if (!need) {
		need = pv_arena_calloc(&all->arena, sizeof(*need));
		if (!need)
			return pv_fail_nomem(all->err);
		need->name = from->name;
		need->offset = from->offset;
		need->is_conditional = 1;
		*it->end = need;
		it->end = &need->next;
		rc = pv_map_set(&it->need_of, need->name, need, NULL, all->err);
	}
	if (is_nested)
		return rc;
	need->is_required |= from->is_required;
	need->is_conditional &= from->is_conditional;
	return rc;
}

static int each_brace(const pv_jinja_use *use, void *payload)
{
	struct scanned *it = payload;
	pv_interface_text *text = it->text;
	size_t cap = it->cap ? it->cap * 2 : 32;
	pv_interface_spot *spots;

	if (!pv_map_find(&it->need_of, use->name) || text->spot_count == SPOTS_MAX)
		return PV_OK;
	if (text->spot_count == it->cap) {
		spots = pv_arena_alloc(&it->all->arena, cap * sizeof(*spots));
		if (!spots)
			return pv_fail_nomem(it->all->err);
		if (it->cap)
			memcpy(spots, text->spots, it->cap * sizeof(*spots));
		text->spots = spots;
		it->cap = cap;
	}
	spots = &text->spots[text->spot_count++];
	spots->name = use->name;
	spots->line = use->line;
	spots->column = use->column;
	return PV_OK;
}

static int add_scanned(struct scanned *it, const pv_scan *scan)
{
	int rc = PV_OK;

	for (const pv_scan_name *name = scan->first; rc == PV_OK && name;
	     name = name->next) {
		const pv_jinja_need need = {
			.name = name->text,
			.offset = name->offset,
			.is_required = (name->use & PV_SCAN_REQUIRED) != 0,
			.is_conditional = !(name->use & PV_SCAN_CERTAIN)
		};

		rc = add_need(it, &need, 0);
	}
	if (rc == PV_OK)
		rc = pv_render_each_brace(it->text->text, each_brace, it);
	for (const pv_scan_include *one = scan->first_include;
	     rc == PV_OK && one; one = one->next) {
		const pv_jinja_need *need = NULL;

		rc = included(&need, one->id, it->all);
		if (rc == PV_ENOTFOUND)
			rc = PV_OK;
		for (; rc == PV_OK && need; need = need->next)
			rc = add_need(it, need, one->is_nested);
	}
	return rc;
}

static int read_scanned(pv_interface *all, pv_interface_text *text)
{
	struct scanned it = { .all = all, .text = text, .end = &text->needs };
	pv_scan scan;
	int rc;

	pv_scan_init(&scan, &all->arena);
	rc = pv_scan_template(&scan, all->syntax, text->text, 0, all->err);
	if (rc == PV_OK)
		rc = warn_fault(all, text, scan.fault.message, scan.fault.offset);
	if (rc == PV_OK)
		rc = add_scanned(&it, &scan);
	pv_map_dispose(&it.need_of);
	return rc;
}

int pv_interface_read(pv_interface *all, pv_interface_text *text)
{
	int rc;

	all->depth++;
	rc = all->syntax == PV_SYNTAX_JINJA2 ? read_jinja(all, text)
					     : read_scanned(all, text);
	all->depth--;
	return rc;
}
