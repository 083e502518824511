/* SPDX-License-Identifier: MIT
 *
 * Records as JSON: one a line, or the elements of one array. Each is read by
 * itself, so that a bad one is a finding and leaves the others alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "exchange/import.h"
#include "exchange/old_value.h"
#include "yaml/doc.h"

/* The reader counts lines inside of the record. */
static void move_place(pv_import *import, pv_error *why)
{
	char *place = strstr(why->message, " at line ");
	const char *column = place ? strstr(place, "column ") : NULL;
	long line;

	if (!column)
		return;
	line = strtol(place + strlen(" at line "), NULL, 10);
	import->line += (int)line - 1;
	why->column = (int)strtol(column + strlen("column "), NULL, 10);
	*place = '\0';
}

static int import_text(pv_import *import, pv_str text)
{
	const pv_yaml_node *record;
	pv_arena arena = { 0 };
	pv_error why = { 0 };
	int line = import->line;
	int rc = pv_yaml_read_json(&record, &arena, text, &why);

	if (rc < 0) {
		move_place(import, &why);
		rc = pv_import_refuse_for(import, "json", &why);
	} else if (record->kind != PV_YAML_MAPPING) {
		rc = pv_import_refuse_text(import, "record",
					   "a record must be an object", "");
	} else {
		rc = pv_import_record(import, record, &arena);
	}
	import->line = line;
	pv_arena_dispose(&arena);
	return rc;
}

/* Behind the byte order mark, if there is one. */
static size_t start_of(pv_str text)
{
	return text.len >= 3 && !memcmp(text.ptr, "\xEF\xBB\xBF", 3) ? 3 : 0;
}

/* --- lines ---------------------------------------------------------------- */

static int import_lines(pv_import *import, pv_str text)
{
	size_t at = start_of(text);
	int rc = PV_OK;

	while (at < text.len && rc == PV_OK) {
		const char *end = memchr(text.ptr + at, '\n', text.len - at);
		size_t stop = end ? (size_t)(end - text.ptr) : text.len;
		pv_str line = { text.ptr + at, stop - at };

		import->line++;
		at = stop + 1;
		if (pv_str_trim(line).len)
			rc = import_text(import, line);
	}
	return rc;
}

int pv_import_jsonl(const char *text, size_t len, const pv_import_options *opts,
		    int (*fn)(const pv_import_item *item, void *payload),
		    void *payload, pv_error *err)
{
	pv_import import;
	int rc;

	pv_import_begin(&import, opts, err);
	import.fn = fn;
	import.payload = payload;
	rc = import_lines(&import, (pv_str){ text, len });
	pv_import_end(&import);
	return rc;
}

/* --- one document ------------------------------------------------------------ */

/* Moves to `at`, counting lines. */
static void move_to(pv_import *import, pv_json_scan *scan, size_t at)
{
	for (; scan->at < at; scan->at++)
		import->line += scan->text[scan->at] == '\n';
}

static void skip_blanks(pv_import *import, pv_json_scan *scan)
{
	pv_json_scan to = *scan;

	pv_json_scan_blanks(&to);
	move_to(import, scan, to.at);
}

/* To the array behind the key "prompts" of an object; 0: there is none. */
static int find_prompts(pv_import *import, pv_json_scan *scan)
{
	static const char name[] = "\"prompts\"";
	pv_json_scan at = *scan;

	at.at++;
	for (pv_json_scan_blanks(&at); at.at < at.len;) {
		size_t end = at.at;
		pv_str member = pv_old_element(at.text, at.len, &end);

		if (member.len > strlen(name) &&
		    !memcmp(member.ptr, name, strlen(name))) {
			at.at += strlen(name);
			pv_json_scan_blanks(&at);
			if (pv_json_scan_accept(&at, ':'))
				pv_json_scan_blanks(&at);
			if (pv_json_scan_peek(&at) != '[')
				return 0;
			move_to(import, scan, at.at);
			return 1;
		}
		at.at = end;
		pv_json_scan_blanks(&at);
	}
	return 0;
}

static int import_elements(pv_import *import, pv_json_scan *scan)
{
	int rc = PV_OK;

	move_to(import, scan, scan->at + 1);
	skip_blanks(import, scan);
	if (pv_json_scan_peek(scan) == ']')
		return PV_OK;
	while (rc == PV_OK) {
		size_t end = scan->at;
		pv_str element = pv_old_element(scan->text, scan->len, &end);

		if (end > scan->len)
			return pv_import_refuse_text(import, "json",
						     "the list is not closed",
						     "");
		rc = import_text(import, pv_str_trim(element));
		move_to(import, scan, end);
		if (scan->text[end - 1] == ']')
			return rc;
		skip_blanks(import, scan);
	}
	return rc;
}

static int import_document(pv_import *import, pv_str text)
{
	pv_json_scan scan = { text.ptr, text.len, start_of(text), NULL };
	pv_str rest;

	import->line = 1;
	skip_blanks(import, &scan);
	rest = (pv_str){ text.ptr + scan.at, text.len - scan.at };
	if (pv_json_scan_peek(&scan) == '[' ||
	    (pv_json_scan_peek(&scan) == '{' && find_prompts(import, &scan)))
		return import_elements(import, &scan);
	return import_text(import, rest);
}

int pv_import_json(const char *text, size_t len, const pv_import_options *opts,
		   int (*fn)(const pv_import_item *item, void *payload),
		   void *payload, pv_error *err)
{
	pv_import import;
	int rc;

	pv_import_begin(&import, opts, err);
	import.fn = fn;
	import.payload = payload;
	rc = import_document(&import, (pv_str){ text, len });
	pv_import_end(&import);
	return rc;
}
