/* SPDX-License-Identifier: MIT
 *
 * What follows from the fields of an execution: status and success from each
 * other, totals, time and id. Nothing that was given is changed; what
 * contradicts itself is refused.
 */
#include <sys/random.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "index/execution.h"

static int is_set(const pv_execution *row, enum pv_field field)
{
	return row->values[field].is_set;
}

static int check_subject(const pv_execution *row, pv_error *err)
{
	if (is_set(row, PV_FIELD_PROMPT_ID) || is_set(row, PV_FIELD_TEMPLATE) ||
	    is_set(row, PV_FIELD_RENDERED))
		return PV_OK;
	pv_fail(err, PV_EINVALID,
		"the record says nothing of what was run: it has no "
		"\"prompt_id\", \"template\" or \"rendered\"");
	return pv_error_hint(err, PV_EINVALID, "give one of the three");
}

static int complete_status(pv_execution *row, pv_error *err)
{
	const pv_value *status = &row->values[PV_FIELD_STATUS];
	const pv_value *success = &row->values[PV_FIELD_SUCCESS];
	int has_error = is_set(row, PV_FIELD_ERROR_TYPE) ||
			is_set(row, PV_FIELD_ERROR_MESSAGE);

	if (!status->is_set && success->is_set)
		pv_execution_put_number(row, PV_FIELD_STATUS,
					success->number ? PV_STATUS_OK
							: PV_STATUS_ERROR);
	else if (!status->is_set && has_error)
		pv_execution_put_number(row, PV_FIELD_STATUS, PV_STATUS_ERROR);
	if (!status->is_set)
		return PV_OK;
	if (success->is_set && success->number != (status->number == PV_STATUS_OK))
		return pv_fail(err, PV_EINVALID,
			       "\"status\" and \"success\" contradict each other");
	pv_execution_put_number(row, PV_FIELD_SUCCESS,
				status->number == PV_STATUS_OK);
	return PV_OK;
}

static void complete_counts(pv_execution *row)
{
	const pv_value *output = &row->values[PV_FIELD_OUTPUT];

	if (!is_set(row, PV_FIELD_TOKENS) && is_set(row, PV_FIELD_TOKENS_IN) &&
	    is_set(row, PV_FIELD_TOKENS_OUT))
		pv_execution_put_number(row, PV_FIELD_TOKENS,
					row->values[PV_FIELD_TOKENS_IN].number +
						row->values[PV_FIELD_TOKENS_OUT]
							.number);
	if (!is_set(row, PV_FIELD_OUTPUT_CHARS) && output->is_set &&
	    !output->is_json)
		pv_execution_put_number(row, PV_FIELD_OUTPUT_CHARS,
					(int64_t)pv_utf8_count(output->text,
							       output->len));
}

/* Ten bytes that follow from all other fields and the salt. */
static int digest(unsigned char out[10], const pv_execution *row, pv_str salt,
		  pv_error *err)
{
	unsigned char all[PV_SHA256_BYTES];
	pv_buf json = { 0 };
	int rc = pv_execution_put_set(&json, row, err);

	if (rc == PV_OK) {
		const pv_hash_part parts[] = { { salt.ptr, salt.len },
					       { json.ptr, json.len } };

		pv_sha256_of_parts(all, parts, 2);
		memcpy(out, all, 10);
	}
	pv_buf_dispose(&json);
	return rc;
}

static int draw(unsigned char out[10], pv_error *err)
{
	if (getrandom(out, 10, 0) == 10)
		return PV_OK;
	return pv_fail(err, PV_EIO, "the system has no random numbers");
}

static int complete_id(pv_execution *row, int64_t now, pv_str salt, pv_error *err)
{
	const pv_value *id = &row->values[PV_FIELD_ID];
	unsigned char *bytes = row->uuid;
	unsigned char rest[10] = { 0 };
	char text[PV_UUID_TEXT];
	int rc;

	if (id->is_set) {
		pv_uuid_parse(bytes, (pv_str){ id->text, id->len });
		if (!is_set(row, PV_FIELD_TS))
			pv_execution_put_number(row, PV_FIELD_TS,
						pv_uuid_time(bytes));
		return PV_OK;
	}
	if (is_set(row, PV_FIELD_TS)) {
		rc = digest(rest, row, salt, err);
	} else {
		rc = draw(rest, err);
		pv_execution_put_number(row, PV_FIELD_TS, now - now % 1000);
	}
	if (rc < 0)
		return rc;
	pv_uuid_make(bytes, row->values[PV_FIELD_TS].number, rest);
	pv_uuid_format(text, bytes);
	return pv_execution_copy(row, PV_FIELD_ID, pv_str_of(text), err);
}

int pv_execution_complete_salted(pv_execution *row, int64_t now,
				 const void *salt, size_t len, pv_error *err)
{
	int rc;

	if (row->is_complete)
		return PV_OK;
	rc = check_subject(row, err);
	if (rc == PV_OK)
		rc = complete_status(row, err);
	if (rc < 0)
		return rc;
	complete_counts(row);
	rc = complete_id(row, now > 0 ? now : pv_clock_now(NULL),
			 (pv_str){ salt, len }, err);
	row->is_complete = rc == PV_OK;
	return rc;
}

int pv_execution_complete(pv_execution *row, int64_t now, pv_error *err)
{
	return pv_execution_complete_salted(row, now, "", 0, err);
}
