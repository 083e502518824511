/* SPDX-License-Identifier: MIT
 *
 * Settings that a merge has left wrong. What commit would have refused, both
 * sides may have made together; the merge is there by now, so it can only be
 * told.
 */
#include "setup/settings_warn.h"

#include <string.h>

void settings_warn_merged(pv_cli *cli, const pv_oid *before, const pv_oid *after)
{
	const pv_point points[] = { { PV_AT_COMMIT, *before },
				    { PV_AT_COMMIT, *after } };
	pv_oid blobs[2] = { { "" }, { "" } };
	pv_error why = { 0 };
	pv_buf text = { 0 };

	for (int i = 0; i < 2; i++)
		if (points[i].commit.hex[0])
			(void)pv_store_find(&blobs[i], cli->store, &points[i],
					    "pv.yaml", NULL);
	if (blobs[1].hex[0] && strcmp(blobs[0].hex, blobs[1].hex) != 0 &&
	    pv_store_read(&text, NULL, cli->store, &points[1], "pv.yaml",
			  NULL) == PV_OK &&
	    pv_settings_check(pv_buf_text(&text), text.len, &why) < 0) {
		cli_warn(cli, "merged, but pv.yaml:%d:%d: %s", why.line,
			 why.column, why.message);
		cli_hint(cli, "correct and commit it; %s",
			 why.hint[0] ? why.hint : "pv.yaml(5) lists settings");
	}
	pv_buf_dispose(&text);
}
