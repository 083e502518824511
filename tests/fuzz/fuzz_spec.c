/* SPDX-License-Identifier: MIT
 *
 * Any text as a spec: the parser stays within the text, and what it accepts
 * as a version number prints as a number that parses.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <pv/version.h>

#include "base/mem.h"
#include "version/spec_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_number(const pv_rev *rev)
{
	char text[PV_VERSION_TEXT];
	pv_semver again;

	pv_semver_format(text, &rev->number);
	if (pv_semver_parse(&again, text, NULL) < 0 ||
	    pv_semver_cmp(&again, &rev->number))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = pv_strndup((const char *)data, size);
	char id[PV_ID_MAX + 1];
	const char *behind;
	pv_error err = { 0 };
	pv_rev rev;

	if (!text)
		return 0;
	if (pv_spec_split(id, &behind, text, &err) == PV_OK &&
	    pv_id_check(id, NULL) < 0)
		abort();
	if (behind && pv_rev_parse(&rev, behind, &err) == PV_OK && rev.parts)
		check_number(&rev);
	pv_free(text);
	return 0;
}
