/* SPDX-License-Identifier: MIT
 *
 * Looking whether texts are still what was recorded: a backend hashes each of
 * them anew and tells of it here, where the words are made and the caller is
 * called, now and then and for each text that is another one.
 */
#ifndef PV_INDEX_TEXT_CHECK_H
#define PV_INDEX_TEXT_CHECK_H

#include "index/execution.h"

enum {
	/* Whose a text is has to be looked for among all rows. */
	PV_TEXT_CHECK_NAMED = 20
};

typedef struct pv_text_check {
	int (*fn)(const pv_executions_texts *texts, void *payload);
	void *payload;
	pv_executions_texts texts;
} pv_text_check;

/* Whose a text is; all zero for nobody's. */
typedef struct pv_text_owner {
	unsigned char id[PV_UUID_BYTES];
	const char *field; /* its name, or NULL */
} pv_text_owner;

/* One more was looked at. */
int pv_text_check_done(pv_text_check *check);
/* One more was looked at, and is wrong; NULL `owner` when it was not asked. */
int pv_text_check_wrong(pv_text_check *check, const pv_text_owner *owner);
/* That was all. */
int pv_text_check_end(pv_text_check *check);
/*
 * SQL that asks whose a text is: the latest row's id, and the number of the
 * field. `project` and `text` stand for the values that it is asked with.
 */
void pv_text_owner_sql(pv_buf *sql, const char *table, const char *project,
		       const char *text);
/* The name of the field of such a number. */
const char *pv_text_field(int64_t number);

#endif
