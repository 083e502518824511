/* SPDX-License-Identifier: MIT
 *
 * See text_check.h.
 */
#include "index/text_check.h"

#include <stdio.h>
#include <string.h>

enum {
	STEP = 256 /* texts between two calls */
};

static int tell(pv_text_check *check, const char *problem)
{
	int rc;

	check->texts.problem = problem;
	rc = check->fn(&check->texts, check->payload);
	check->texts.problem = NULL;
	return rc;
}

int pv_text_check_done(pv_text_check *check)
{
	check->texts.done++;
	return check->texts.done % STEP ? PV_OK : tell(check, NULL);
}

int pv_text_check_wrong(pv_text_check *check, const pv_text_owner *owner)
{
	char problem[160];

	check->texts.done++;
	check->texts.wrong++;
	if (!owner)
		return PV_OK;
	if (owner->field) {
		char id[PV_UUID_TEXT];

		pv_uuid_format(id, owner->id);
		snprintf(problem, sizeof(problem),
			 "the %s of execution %s is not what was recorded",
			 owner->field, id);
	} else {
		snprintf(problem, sizeof(problem),
			 "a text that no execution has is not what was "
			 "recorded");
	}
	return tell(check, problem);
}

int pv_text_check_end(pv_text_check *check)
{
	char problem[80];

	if (check->texts.wrong <= PV_TEXT_CHECK_NAMED)
		return tell(check, NULL);
	snprintf(problem, sizeof(problem),
		 "%zu more texts are not what was recorded",
		 check->texts.wrong - PV_TEXT_CHECK_NAMED);
	return tell(check, problem);
}

static int is_body(int field)
{
	return pv_field_at((enum pv_field)field)->place == PV_PLACE_BODY;
}

void pv_text_owner_sql(pv_buf *sql, const char *table, const char *project,
		       const char *text)
{
	const char *before = "";

	pv_buf_printf(sql, "SELECT id, CASE %s", text);
	for (int i = 0; i < PV_FIELD_COUNT; i++)
		if (is_body(i))
			pv_buf_printf(sql, " WHEN %s THEN %d",
				      pv_field_at((enum pv_field)i)->column, i);
	pv_buf_printf(sql, " END FROM %s WHERE project_id = %s AND %s IN (",
		      table, project, text);
	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		if (!is_body(i))
			continue;
		pv_buf_printf(sql, "%s%s", before,
			      pv_field_at((enum pv_field)i)->column);
		before = ", ";
	}
	pv_buf_puts(sql, ") ORDER BY id DESC LIMIT 1");
}

const char *pv_text_field(int64_t number)
{
	return number >= 0 && number < PV_FIELD_COUNT
		       ? pv_field_at((enum pv_field)number)->name
		       : NULL;
}
