/* SPDX-License-Identifier: MIT
 *
 * What Jinja templates need, as the engine's parser sees it.
 */
#include <string.h>

#include "base/mem.h"
#include "jinja/bind/needs.h"
#include "prompt/scan.h"

const pv_jinja_environment pv_prompt_environment = {
	.extensions = PV_JINJA_EXT_DO | PV_JINJA_EXT_LOOPCONTROLS |
		      PV_JINJA_EXT_GENERATION,
	.settings = { .undefined_kind = PV_JINJA_UNDEFINED_STRICT,
		      .sandbox = PV_JINJA_OPEN },
};

/* Where the tag around an offset begins. */
static size_t tag_start(pv_str text, size_t offset)
{
	size_t at = offset;

	while (at > 0 && !(text.ptr[at - 1] == '{' &&
			   (text.ptr[at] == '{' || text.ptr[at] == '%')))
		at--;
	return at > 0 ? at - 1 : offset;
}

static int add_variables(pv_scan *scan, const pv_jinja_needs *needs, pv_error *err)
{
	for (const pv_jinja_need *need = needs->first; need; need = need->next) {
		unsigned use = 0;
		pv_scan_name *name;
		int rc;

		scan->place = need->offset;
		rc = pv_scan_intern(&name, scan, need->name, err);
		if (rc < 0)
			return rc;
		if (need->is_required)
			use |= PV_SCAN_REQUIRED;
		if (!need->is_conditional)
			use |= PV_SCAN_CERTAIN;
		pv_scan_use(scan, name, need->offset, use);
	}
	return PV_OK;
}

static int add_includes(pv_scan *scan, const pv_jinja_needs *needs, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < needs->inclusion_count; i++) {
		const pv_jinja_inclusion *inclusion = &needs->inclusions[i];

		scan->place = inclusion->offset;
		rc = pv_scan_add_include(scan, inclusion->name,
					 inclusion->offset, err);
	}
	return rc;
}

int pv_scan_jinja(pv_scan *scan, pv_str text, pv_error *err)
{
	const pv_jinja_needs_options opts = { .is_checked = scan->is_checked };
	pv_jinja_needs needs;
	int rc;

	if (!memchr(text.ptr, '{', text.len))
		return PV_OK;
	rc = pv_jinja_find_needs(&needs, &pv_prompt_environment, text, &opts,
				 scan->arena, err);
	if (rc == PV_OK)
		rc = add_variables(scan, &needs, err);
	if (rc == PV_OK)
		rc = add_includes(scan, &needs, err);
	if (rc == PV_ELIMIT)
		scan->place = tag_start(text, scan->place);
	if (rc < 0)
		return rc;
	if (needs.is_dynamic)
		scan->is_dynamic = 1;
	if (needs.fault) {
		pv_scan_fault_at(scan, needs.fault_offset, "%s", needs.fault);
		scan->fault.is_unknown = needs.is_unknown;
	}
	return PV_OK;
}
