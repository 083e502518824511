/* SPDX-License-Identifier: MIT
 *
 * private-key: blocks of private keys, wherever in the file.
 */
#include "check/rules.h"
#include "check/spot.h"

static int run(pv_check_run *run)
{
	pv_str text = { run->subject->text, run->subject->len };
	pv_spots spots = { 0 };
	int rc = pv_find_private_keys(&spots, text, run->err);

	for (size_t i = 0; i < spots.count && rc == PV_OK; i++)
		rc = pv_check_byte(run, spots.items[i].start,
				   "replace the key pair, and remove the block",
				   "%s stands in the file", spots.items[i].what);
	pv_spots_dispose(&spots);
	return rc;
}

const pv_check_rule pv_rule_private_key = {
	{ .id = "private-key",
	  .group = PV_RULE_SECURITY,
	  .severity = PV_SEVERITY_ERROR,
	  .what = "a private key: PEM, OpenSSH, PGP, SSH2 or PuTTY",
	  .fix = "replace the key pair, and remove the block" },
	run
};
