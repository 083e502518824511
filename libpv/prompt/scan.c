/* SPDX-License-Identifier: MIT
 *
 * The part of scanning that all syntaxes share: the table of names, the
 * lists of variables and includes, the first fault.
 */
#include "prompt/scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"

enum {
	FIRST_BUCKETS = 32
};

void pv_scan_init(pv_scan *scan, pv_arena *arena)
{
	memset(scan, 0, sizeof(*scan));
	scan->arena = arena;
	scan->last = &scan->first;
	scan->last_include = &scan->first_include;
}

int pv_scan_template(pv_scan *scan, enum pv_syntax syntax, pv_str text,
		     int message, pv_error *err)
{
	scan->message = message;
	scan->fault.message[0] = '\0';
	scan->fault.is_unknown = 0;
	scan->place = 0;
	scan->is_nested = 0;
	switch (syntax) {
	case PV_SYNTAX_JINJA2:
		return pv_scan_jinja(scan, text, err);
	case PV_SYNTAX_FSTRING:
		return pv_scan_fstring(scan, text, err);
	case PV_SYNTAX_MUSTACHE:
		return pv_scan_mustache(scan, text, err);
	case PV_SYNTAX_LITERAL:
		break;
	}
	return PV_OK;
}

static uint32_t hash_text(pv_str text)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619U;
	return hash;
}

static int grow_table(pv_scan *scan, pv_error *err)
{
	size_t count =
		scan->bucket_count ? scan->bucket_count * 4 : FIRST_BUCKETS;
	pv_scan_name **buckets;

	buckets = pv_arena_calloc(scan->arena, count * sizeof(pv_scan_name *));
	if (!buckets)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < scan->bucket_count; i++) {
		pv_scan_name *name = scan->buckets[i];

		while (name) {
			pv_scan_name *chain = name->chain;
			size_t home = name->hash & (count - 1);

			name->chain = buckets[home];
			buckets[home] = name;
			name = chain;
		}
	}
	scan->buckets = buckets;
	scan->bucket_count = count;
	return PV_OK;
}

static pv_scan_name *find_name(const pv_scan *scan, pv_str text, uint32_t hash)
{
	pv_scan_name *name = NULL;

	if (scan->bucket_count)
		name = scan->buckets[hash & (scan->bucket_count - 1)];
	while (name && (name->hash != hash || !pv_str_eq(name->text, text)))
		name = name->chain;
	return name;
}

int pv_scan_intern(pv_scan_name **out, pv_scan *scan, pv_str text, pv_error *err)
{
	uint32_t hash = hash_text(text);
	pv_scan_name **home;

	*out = find_name(scan, text, hash);
	if (*out)
		return PV_OK;
	if (scan->name_count == PV_PROMPT_MAX_NAMES)
		return pv_fail(err, PV_ELIMIT, "more than %d names in one prompt",
			       PV_PROMPT_MAX_NAMES);
	if (scan->name_count >= scan->bucket_count && grow_table(scan, err) < 0)
		return PV_ENOMEM;
	*out = pv_arena_calloc(scan->arena, sizeof(**out));
	if (!*out)
		return pv_fail_nomem(err);
	home = &scan->buckets[hash & (scan->bucket_count - 1)];
	(*out)->text = text;
	(*out)->hash = hash;
	(*out)->chain = *home;
	*home = *out;
	scan->name_count++;
	return PV_OK;
}

void pv_scan_use(pv_scan *scan, pv_scan_name *name, size_t offset, unsigned use)
{
	if (!name->is_variable) {
		name->is_variable = 1;
		name->message = scan->message;
		name->offset = offset;
		*scan->last = name;
		scan->last = &name->next;
		scan->variable_count++;
	}
	name->use |= use;
	if (scan->heard)
		scan->heard(name->text, offset, scan->payload);
}

int pv_scan_add_include(pv_scan *scan, pv_str id, size_t offset, pv_error *err)
{
	pv_scan_include *include;

	if (scan->include_count == PV_PROMPT_MAX_INCLUDES)
		return pv_fail(err, PV_ELIMIT,
			       "more than %d includes in one prompt",
			       PV_PROMPT_MAX_INCLUDES);
	include = pv_arena_calloc(scan->arena, sizeof(*include));
	if (!include)
		return pv_fail_nomem(err);
	include->id = id;
	include->message = scan->message;
	include->offset = offset;
	include->is_nested = scan->is_nested;
	*scan->last_include = include;
	scan->last_include = &include->next;
	scan->include_count++;
	return PV_OK;
}

void pv_scan_fault_at(pv_scan *scan, size_t offset, const char *format, ...)
{
	pv_scan_fault *fault = &scan->fault;
	va_list args;

	if (fault->message[0])
		return;
	va_start(args, format);
	(void)vsnprintf(fault->message, sizeof(fault->message), format, args);
	va_end(args);
	fault->offset = offset;
}
