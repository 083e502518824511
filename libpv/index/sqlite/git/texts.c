/* SPDX-License-Identifier: MIT
 *
 * The words of all versions: an FTS5 table that keeps neither texts nor the
 * order of words, only which text has which. So it is asked for words alone,
 * and whoever asks looks at the texts themselves.
 */
#include "index/git_texts.h"

#include <string.h>

#include "base/fail.h"
#include "index/sqlite/git/git_rows.h"

static sqlite3_stmt *use(struct pv_git_rows *rows, enum pv_git_statement which,
			 pv_error *err)
{
	sqlite3_stmt *statement = pv_git_rows_use(rows, which);

	if (!statement)
		pv_fail_sqlite(err, &rows->base, sqlite3_errcode(rows->base.db));
	return statement;
}

/* --- reading -------------------------------------------------------------- */

/* SQLite says it alone when memory ran out; all else is "not known". */
static int end_of(sqlite3_stmt *statement, int status)
{
	sqlite3_reset(statement);
	if (status == SQLITE_NOMEM)
		return PV_ENOMEM;
	return status == SQLITE_DONE;
}

int pv_git_texts_tags(pv_git_rows *rows,
		      int (*fn)(const unsigned char *tag, int64_t text,
				void *payload),
		      void *payload)
{
	sqlite3_stmt *statement = NULL;
	int status = SQLITE_ERROR;
	int rc = PV_OK;

	if (pv_git_rows_open(rows))
		statement = pv_git_rows_use(rows, PV_GIT_TAGS);
	while (statement && rc == PV_OK &&
	       (status = sqlite3_step(statement)) == SQLITE_ROW) {
		const unsigned char *raw = sqlite3_column_blob(statement, 0);

		if (!raw || sqlite3_column_bytes(statement, 0) != PV_RAW_ID) {
			status = SQLITE_CORRUPT;
			break;
		}
		rc = fn(raw, sqlite3_column_int64(statement, 1), payload);
	}
	if (rc < 0)
		sqlite3_reset(statement);
	return rc < 0 || !statement ? rc : end_of(statement, status);
}

struct phrase {
	pv_buf *out;
	int is_prefix;
	size_t last; /* where the last word begins in `out` */
	size_t count;
};

static int put_word(pv_str word, size_t from, size_t to, void *payload)
{
	struct phrase *it = payload;

	(void)from;
	(void)to;
	pv_buf_printf(it->out, "%s\"", it->count++ ? " AND " : "");
	pv_buf_put(it->out, word.ptr, word.len);
	pv_buf_putc(it->out, '"');
	return it->out->status ? PV_ENOMEM : PV_OK;
}

/* Words in a row are words that are all there; without any, nothing fits. */
static int put_words(pv_buf *out, const pv_search_node *node, pv_words *words)
{
	struct phrase it = { .out = out };
	int rc;

	pv_buf_putc(out, '(');
	rc = pv_words_each(words, node->text, put_word, &it, NULL);
	if (!it.count)
		pv_buf_puts(out, "\"\"");
	pv_buf_puts(out, node->is_prefix && it.count ? " *)" : ")");
	return rc;
}

/* What is not wanted may be there in another field, or in other order. */
static int put_node(pv_buf *out, const pv_search_node *node, pv_words *words)
{
	int rc;

	if (node->kind == PV_SEARCH_WORDS)
		return put_words(out, node, words);
	if (node->kind == PV_SEARCH_NOT)
		return put_node(out, node->left, words);
	pv_buf_putc(out, '(');
	rc = put_node(out, node->left, words);
	pv_buf_puts(out, node->kind == PV_SEARCH_AND ? " AND " : " OR ");
	if (rc == PV_OK)
		rc = put_node(out, node->right, words);
	pv_buf_putc(out, ')');
	return rc;
}

static int each_text(sqlite3_stmt *statement,
		     int (*fn)(int64_t text, void *payload), void *payload)
{
	int status = SQLITE_ROW;
	int rc = PV_OK;

	while (rc == PV_OK && (status = sqlite3_step(statement)) == SQLITE_ROW)
		rc = fn(sqlite3_column_int64(statement, 0), payload);
	if (rc < 0)
		sqlite3_reset(statement);
	return rc < 0 ? rc : end_of(statement, status);
}

int pv_git_texts_find(pv_git_rows *rows, const pv_search_node *tree,
		      pv_words *words, int (*fn)(int64_t text, void *payload),
		      void *payload)
{
	sqlite3_stmt *statement;
	pv_buf match = { 0 };
	int rc;

	if (!pv_git_rows_open(rows))
		return 0;
	statement = pv_git_rows_use(rows, PV_GIT_WORDS_FIND);
	if (!statement)
		return 0;
	rc = put_node(&match, tree, words);
	if (rc == PV_OK && !match.status) {
		sqlite3_bind_text(statement, 1, match.ptr, (int)match.len,
				  SQLITE_STATIC);
		rc = each_text(statement, fn, payload);
		sqlite3_clear_bindings(statement);
	} else {
		rc = PV_ENOMEM;
	}
	pv_buf_dispose(&match);
	return rc;
}

/* --- writing -------------------------------------------------------------- */

int pv_git_texts_begin(pv_git_rows *rows, int is_anew, int wait_ms, pv_error *err)
{
	int rc = pv_git_rows_open_to_write(rows, wait_ms, err);

	if (rc < 0 || !is_anew)
		return rc;
	rc = pv_sqlite_exec(&rows->base,
			    "DELETE FROM git_text; DELETE FROM git_tag;"
			    "INSERT INTO git_words (git_words) "
			    "VALUES ('delete-all')",
			    err);
	return rc < 0 ? pv_git_texts_end(rows, rc, err) : PV_OK;
}

int pv_git_texts_end(pv_git_rows *rows, int rc, pv_error *err)
{
	rc = pv_git_rows_end(rows, rc, err);
	if (rc < 0)
		pv_git_rows_close(rows);
	return rc;
}

static int bind_text(sqlite3_stmt *statement, const char *id, const pv_oid *blob,
		     unsigned char raw[PV_RAW_ID], pv_error *err)
{
	if (pv_raw_id(raw, blob) < 0)
		return pv_fail(err, PV_EINVALID, "no blob is given");
	sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
	pv_git_rows_bind(statement, 2, raw, PV_RAW_ID);
	return PV_OK;
}

int pv_git_texts_number(int64_t *out, pv_git_rows *rows, const char *id,
			const pv_oid *blob, pv_error *err)
{
	sqlite3_stmt *statement = use(rows, PV_GIT_TEXT_FIND, err);
	unsigned char raw[PV_RAW_ID];
	int status;
	int rc;

	*out = 0;
	if (!statement)
		return PV_EDB;
	rc = bind_text(statement, id, blob, raw, err);
	if (rc < 0)
		return rc;
	status = sqlite3_step(statement);
	if (status == SQLITE_ROW)
		*out = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return status == SQLITE_ROW || status == SQLITE_DONE
		       ? PV_OK
		       : pv_fail_sqlite(err, &rows->base, status);
}

static int add_words(struct pv_git_rows *rows, int64_t number, pv_str text,
		     pv_error *err)
{
	sqlite3_stmt *statement = use(rows, PV_GIT_WORDS_ADD, err);

	if (!statement)
		return PV_EDB;
	sqlite3_bind_int64(statement, 1, number);
	sqlite3_bind_text64(statement, 2, text.ptr, text.len, SQLITE_STATIC,
			    SQLITE_UTF8);
	return pv_git_rows_run(rows, statement, err);
}

int pv_git_texts_add(int64_t *out, pv_git_rows *rows, const char *id,
		     const pv_oid *blob, pv_str text, pv_error *err)
{
	sqlite3_stmt *statement = use(rows, PV_GIT_TEXT_ADD, err);
	unsigned char raw[PV_RAW_ID];
	int rc;

	*out = 0;
	if (!statement)
		return PV_EDB;
	rc = bind_text(statement, id, blob, raw, err);
	if (rc == PV_OK)
		rc = pv_git_rows_run(rows, statement, err);
	if (rc < 0)
		return rc;
	*out = sqlite3_last_insert_rowid(rows->base.db);
	return add_words(rows, *out, text, err);
}

int pv_git_texts_tag(pv_git_rows *rows, const pv_oid *tag, int64_t text,
		     pv_error *err)
{
	sqlite3_stmt *statement = use(rows, PV_GIT_TAG_ADD, err);
	unsigned char raw[PV_RAW_ID];

	if (!statement)
		return PV_EDB;
	if (pv_raw_id(raw, tag) < 0)
		return pv_fail(err, PV_EINVALID, "no tag is given");
	pv_git_rows_bind(statement, 1, raw, PV_RAW_ID);
	sqlite3_bind_int64(statement, 2, text);
	return pv_git_rows_run(rows, statement, err);
}

int pv_git_texts_count(size_t *out, pv_git_rows *rows, pv_error *err)
{
	return pv_git_rows_count(out, rows, "SELECT count(*) FROM git_text", err);
}
