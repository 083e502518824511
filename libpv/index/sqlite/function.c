/* SPDX-License-Identifier: MIT
 *
 * Functions that our SQL calls: what the library knows of JSON, so that
 * conditions on members are decided by the same code on every backend.
 */
#include "index/sqlite/sqlite.h"

#include "base/json.h"

/* The member of the object in the first argument that the second names. */
static const pv_json *find_member(pv_json_doc **doc, sqlite3_context *context,
				  sqlite3_value **args)
{
	const char *json = sqlite3_value_blob(args[0]);
	size_t len = (size_t)sqlite3_value_bytes(args[0]);
	const char *key = (const char *)sqlite3_value_text(args[1]);
	int rc;

	if (!json || !key)
		return NULL;
	rc = pv_json_parse(doc, json, len, NULL);
	if (rc == PV_ENOMEM)
		sqlite3_result_error_nomem(context);
	return rc == PV_OK ? pv_json_get(pv_json_root(*doc), key) : NULL;
}

/* A text as it is, anything else as JSON; NULL when there is no such member. */
static void get_member(sqlite3_context *context, int count, sqlite3_value **args)
{
	pv_json_doc *doc = NULL;
	const pv_json *member = find_member(&doc, context, args);
	pv_buf json = { 0 };
	size_t len = 0;
	const char *text = pv_json_text(member, &len);

	(void)count;
	if (text)
		sqlite3_result_text64(context, text, len, SQLITE_TRANSIENT,
				      SQLITE_UTF8);
	else if (member && pv_json_dump(&json, member, NULL) < 0)
		sqlite3_result_error_nomem(context);
	else if (member)
		sqlite3_result_text64(context, json.ptr, json.len,
				      SQLITE_TRANSIENT, SQLITE_UTF8);
	pv_buf_dispose(&json);
	pv_json_free(doc);
}

static void get_score(sqlite3_context *context, int count, sqlite3_value **args)
{
	pv_json_doc *doc = NULL;
	const pv_json *member = find_member(&doc, context, args);
	enum pv_json_type type = pv_json_type_of(member);

	(void)count;
	if (type == PV_JSON_INT || type == PV_JSON_REAL)
		sqlite3_result_double(context, pv_json_real(member, 0));
	pv_json_free(doc);
}

/* --- plain text ----------------------------------------------------------- */

static void put_plain(pv_buf *out, const pv_json *value);

static int put_member(const char *key, const pv_json *member, void *payload)
{
	/* Of messages the text counts, not who said it. */
	if (strcmp(key, "role") != 0)
		put_plain(payload, member);
	return 0;
}

/* Every text within a value, each on lines of its own. */
static void put_plain(pv_buf *out, const pv_json *value)
{
	size_t len = 0;
	const char *text = pv_json_text(value, &len);

	if (text) {
		pv_buf_put(out, text, len);
		pv_buf_putc(out, '\n');
	} else if (pv_json_type_of(value) == PV_JSON_OBJECT) {
		pv_json_each(value, put_member, out);
	} else {
		for (size_t i = 0; i < pv_json_count(value); i++)
			put_plain(out, pv_json_at(value, i));
	}
}

/* pv_plain(content, is_json): the text that is searched. */
static void get_plain(sqlite3_context *context, int count, sqlite3_value **args)
{
	const char *content = sqlite3_value_blob(args[0]);
	size_t len = (size_t)sqlite3_value_bytes(args[0]);
	pv_json_doc *doc = NULL;
	pv_buf plain = { 0 };
	int rc;

	(void)count;
	if (!content)
		return;
	if (!sqlite3_value_int(args[1])) {
		sqlite3_result_text64(context, content, len, SQLITE_TRANSIENT,
				      SQLITE_UTF8);
		return;
	}
	rc = pv_json_parse(&doc, content, len, NULL);
	if (rc == PV_OK)
		put_plain(&plain, pv_json_root(doc));
	if (rc == PV_ENOMEM || plain.status)
		sqlite3_result_error_nomem(context);
	else
		sqlite3_result_text64(context, pv_buf_text(&plain), plain.len,
				      SQLITE_TRANSIENT, SQLITE_UTF8);
	pv_buf_dispose(&plain);
	pv_json_free(doc);
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
