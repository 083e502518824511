/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a snapshot, as they are and behind a last line whose hash fits:
 * the same bytes get the same verdict, and whole ones say what they are of.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/snapshot.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t look(pv_snapshot_info *info, const char *text, size_t len)
{
	pv_report *report = NULL;
	size_t count;

	if (pv_report_new(&report, NULL) < 0 ||
	    pv_snapshot_verify(info, report, text, len, NULL) < 0)
		abort();
	count = pv_report_count(report);
	pv_report_free(report);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pv_snapshot_info info;
	pv_snapshot_info again;
	pv_buf text = { 0 };
	size_t count;

	/* What is said of the hash of this is the hash of the next. */
	pv_buf_put(&text, (const char *)data, size);
	pv_buf_puts(&text, "\n\n");
	(void)look(&info, pv_buf_text(&text), text.len);
	if (text.len)
		text.len--;
	pv_buf_printf(&text, "\"hash\":\"sha256:%s\"}\n", info.hash);
	if (pv_buf_status(&text, NULL) < 0)
		abort();
	count = look(&info, text.ptr, text.len);
	if (count != look(&again, text.ptr, text.len) ||
	    memcmp(&info, &again, sizeof(info)) != 0)
		abort();
	if (!count && !info.environment[0])
		abort();
	pv_buf_dispose(&text);
	return 0;
}
