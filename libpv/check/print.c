/* SPDX-License-Identifier: MIT
 *
 * What the printers of findings share.
 */
#include "check/print.h"

#include <stdio.h>
#include <string.h>

static int is_same(const pv_finding *a, const pv_finding *b)
{
	return !strcmp(a->rule, b->rule) && !strcmp(a->file, b->file) &&
	       !strcmp(a->message, b->message);
}

void pv_check_fingerprint(char out[PV_SHA256_HEX], const pv_report *report,
			  size_t idx)
{
	const pv_finding *finding = pv_report_at(report, idx);
	char count[32];
	size_t before = 0;
	pv_sha256 sha;

	/* Those of one file stand together. */
	for (size_t i = idx; i > 0; i--) {
		const pv_finding *other = pv_report_at(report, i - 1);

		if (strcmp(other->file, finding->file) != 0)
			break;
		before += (size_t)is_same(other, finding);
	}
	(void)snprintf(count, sizeof(count), "%zu", before);
	pv_sha256_init(&sha);
	pv_sha256_update(&sha, finding->rule, strlen(finding->rule) + 1);
	pv_sha256_update(&sha, finding->file, strlen(finding->file) + 1);
	pv_sha256_update(&sha, finding->message, strlen(finding->message) + 1);
	pv_sha256_update(&sha, count, strlen(count));
	pv_sha256_final(out, &sha);
}

void pv_check_put_message(pv_buf *out, const pv_finding *finding)
{
	pv_buf_puts(out, finding->message);
	if (*finding->hint)
		pv_buf_printf(out, "\nhint: %s", finding->hint);
}
