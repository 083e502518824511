/* SPDX-License-Identifier: MIT
 *
 * Functions that our SQL calls: what the library knows of JSON, so that
 * conditions on members are decided by the same code on every backend.
 */
#include "index/sqlite/sqlite.h"

#include "index/member.h"

static pv_str text_of(sqlite3_value *value)
{
	pv_str text = { sqlite3_value_blob(value),
			(size_t)sqlite3_value_bytes(value) };

	return text;
}

static void give_text(sqlite3_context *context, const pv_buf *text)
{
	sqlite3_result_text64(context, pv_buf_text(text), text->len,
			      SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* pv_member(json, key): a text as it is, anything else as JSON. */
static void get_member(sqlite3_context *context, int count, sqlite3_value **args)
{
	const char *key = (const char *)sqlite3_value_text(args[1]);
	pv_str json = text_of(args[0]);
	pv_buf member = { 0 };
	int rc = json.ptr && key ? pv_member_find(&member, json, key) : 0;

	(void)count;
	if (rc < 0)
		sqlite3_result_error_nomem(context);
	else if (rc)
		give_text(context, &member);
	pv_buf_dispose(&member);
}

static void get_score(sqlite3_context *context, int count, sqlite3_value **args)
{
	const char *key = (const char *)sqlite3_value_text(args[1]);
	pv_str json = text_of(args[0]);
	double score = 0;
	int rc = json.ptr && key ? pv_member_number(&score, json, key) : 0;

	(void)count;
	if (rc < 0)
		sqlite3_result_error_nomem(context);
	else if (rc)
		sqlite3_result_double(context, score);
}

/* pv_plain(content, is_json): the text that is searched. */
static void get_plain(sqlite3_context *context, int count, sqlite3_value **args)
{
	pv_str content = text_of(args[0]);
	pv_buf plain = { 0 };

	(void)count;
	if (!content.ptr)
		return;
	if (!sqlite3_value_int(args[1]))
		sqlite3_result_text64(context, content.ptr, content.len,
				      SQLITE_TRANSIENT, SQLITE_UTF8);
	else if (pv_plain_text(&plain, content) < 0)
		sqlite3_result_error_nomem(context);
	else
		give_text(context, &plain);
	pv_buf_dispose(&plain);
}

int pv_sqlite_add_functions(struct pv_sqlite *db, pv_error *err)
{
	static const struct {
		const char *name;
		void (*fn)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = { { "pv_member", get_member },
			  { "pv_plain", get_plain },
			  { "pv_score", get_score } };
	int status = SQLITE_OK;

	for (size_t i = 0;
	     i < sizeof(functions) / sizeof(functions[0]) && status == SQLITE_OK;
	     i++)
		status = sqlite3_create_function_v2(db->db, functions[i].name, 2,
						    SQLITE_UTF8 |
							    SQLITE_DETERMINISTIC |
							    SQLITE_INNOCUOUS,
						    NULL, functions[i].fn, NULL,
						    NULL, NULL);
	return status == SQLITE_OK ? PV_OK : pv_fail_sqlite(err, db, status);
}
