/* SPDX-License-Identifier: MIT
 *
 * The tokenizer of FTS5, for backends that are not SQLite; see words.h.
 */
#include "index/words.h"

#include <sqlite3.h>

#include "base/fail.h"
#include "base/mem.h"

struct pv_words {
	sqlite3 *db; /* an empty one, which the tokenizer belongs to */
	fts5_tokenizer how;
	Fts5Tokenizer *tokenizer;
};

/* FTS5 hands its functions out through a statement. */
static int find_fts5(fts5_api **out, sqlite3 *db)
{
	sqlite3_stmt *statement = NULL;
	int status =
		sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, NULL);
	int closing;

	*out = NULL;
	if (status == SQLITE_OK)
		status = sqlite3_bind_pointer(statement, 1, out, "fts5_api_ptr",
					      NULL);
	if (status == SQLITE_OK)
		(void)sqlite3_step(statement);
	closing = sqlite3_finalize(statement);
	if (status == SQLITE_OK)
		status = closing;
	return status == SQLITE_OK && !*out ? SQLITE_ERROR : status;
}

static int make(pv_words *words)
{
	/* The same that the tables of SQLite name. */
	const char *options[] = { "remove_diacritics", "2" };
	void *context = NULL;
	fts5_api *fts5;
	int status = sqlite3_open(":memory:", &words->db);

	if (status != SQLITE_OK)
		return status;
	status = find_fts5(&fts5, words->db);
	if (status != SQLITE_OK)
		return status;
	status = fts5->xFindTokenizer(fts5, "unicode61", &context, &words->how);
	if (status == SQLITE_OK)
		status = words->how.xCreate(context, options, 2,
					    &words->tokenizer);
	return status;
}

int pv_words_new(pv_words **out, pv_error *err)
{
	pv_words *words = pv_calloc(1, sizeof(*words));
	int status;

	*out = NULL;
	if (!words)
		return pv_fail_nomem(err);
	status = make(words);
	if (status == SQLITE_OK) {
		*out = words;
		return PV_OK;
	}
	pv_words_free(words);
	if ((status & 0xFF) == SQLITE_NOMEM)
		return pv_fail_nomem(err);
	return pv_fail(err, PV_EDB, "this SQLite has no FTS5 to find words");
}

void pv_words_free(pv_words *words)
{
	if (!words)
		return;
	if (words->tokenizer)
		words->how.xDelete(words->tokenizer);
	sqlite3_close(words->db);
	pv_free(words);
}

struct taking {
	pv_word_fn fn;
	void *payload;
	int rc;
};

static int take(void *context, int flags, const char *word, int len, int from,
		int to)
{
	struct taking *it = context;

	(void)flags;
	it->rc = it->fn((pv_str){ word, (size_t)len }, (size_t)from, (size_t)to,
			it->payload);
	return it->rc ? SQLITE_ABORT : SQLITE_OK;
}

int pv_words_each(pv_words *words, pv_str text, pv_word_fn fn, void *payload,
		  pv_error *err)
{
	struct taking it = { fn, payload, 0 };
	int status = words->how.xTokenize(words->tokenizer, &it,
					  FTS5_TOKENIZE_DOCUMENT, text.ptr,
					  (int)text.len, take);

	if (it.rc)
		return it.rc;
	return status == SQLITE_OK ? PV_OK : pv_fail_nomem(err);
}
