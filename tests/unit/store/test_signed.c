/* SPDX-License-Identifier: MIT
 *
 * What programs say of signatures, whose a key is, and where signatures are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "store/commit/signed.h"

#define GPG "[GNUPG:] "
#define SSH "Good \"git\" signature "

static const struct {
	const char *said;
	enum pv_signature_state state;
	const char *signer;
	const char *key;
} rows[] = {
	{ GPG "NEWSIG\n" GPG "GOODSIG AB12 Ann <ann@x.org>\n" GPG
	      "VALIDSIG FFAB12 2026\n" GPG "TRUST_ULTIMATE 0 pgp\n",
	  PV_SIGNATURE_GOOD, "Ann <ann@x.org>", "FFAB12" },
	{ GPG "GOODSIG AB12 Ann <ann@x.org>\n" GPG "TRUST_UNDEFINED 0 pgp\n",
	  PV_SIGNATURE_UNKNOWN, "Ann <ann@x.org>", "AB12" },
	{ GPG "GOODSIG AB12 Ann\n" GPG "TRUST_NEVER", PV_SIGNATURE_UNKNOWN,
	  "Ann", "AB12" },
	{ GPG "BADSIG AB12 Ann <ann@x.org>\n", PV_SIGNATURE_BAD,
	  "Ann <ann@x.org>", "AB12" },
	{ GPG "ERRSIG AB12 22 10 00 1700000000 9 -\n" GPG "NO_PUBKEY AB12\n",
	  PV_SIGNATURE_UNKNOWN, "", "AB12" },
	{ GPG "EXPKEYSIG AB12 Ann\n", PV_SIGNATURE_UNKNOWN, "Ann", "AB12" },
	{ GPG "EXPSIG AB12 Ann\n", PV_SIGNATURE_UNKNOWN, "Ann", "AB12" },
	{ GPG "REVKEYSIG AB12 Ann\n", PV_SIGNATURE_BAD, "Ann", "AB12" },
	{ GPG "NODATA 4\n", PV_SIGNATURE_BAD, "", "" },
	/* Of two the better one must not count. */
	{ GPG "ERRSIG AB12 22\n" GPG "GOODSIG CD34 Eve\n", PV_SIGNATURE_BAD,
	  "Eve", "CD34" },
	{ "GOODSIG AB12 Ann\n", PV_SIGNATURE_BAD, "", "" },
	{ "x " GPG "GOODSIG AB12 Ann\n", PV_SIGNATURE_BAD, "", "" },
	{ SSH "for ann@x.org with ED25519 key SHA256:abc\n", PV_SIGNATURE_GOOD,
	  "ann@x.org", "SHA256:abc" },
	{ SSH "with ED25519 key SHA256:abc\nNo principal matched.\n",
	  PV_SIGNATURE_UNKNOWN, "", "SHA256:abc" },
	{ SSH "for ", PV_SIGNATURE_BAD, "", "" },
	{ SSH "for with RSA key a", PV_SIGNATURE_UNKNOWN, "", "a" },
	{ SSH "for a with b with RSA key c", PV_SIGNATURE_GOOD, "a with b", "c" },
	{ "Could not verify signature.\n" SSH "for a with RSA key b",
	  PV_SIGNATURE_BAD, "", "" },
	{ "error: cannot run gpg: No such file\n", PV_SIGNATURE_UNKNOWN, "", "" },
	{ "error: gpg.ssh.allowedSignersFile needs to be configured",
	  PV_SIGNATURE_UNKNOWN, "", "" },
	{ "", PV_SIGNATURE_BAD, "", "" },
	{ GPG, PV_SIGNATURE_BAD, "", "" },
};

static void test_store_signed__reads_what_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++) {
		pv_signature_check out = { 0 };

		assert_int_equal(pv_signed_read(&out, rows[i].said, NULL), 0);
		if (out.state != rows[i].state ||
		    strcmp(out.signer, rows[i].signer) != 0 ||
		    strcmp(out.key, rows[i].key) != 0)
			fail_msg("%zu: %d \"%s\" \"%s\"", i, (int)out.state,
				 out.signer, out.key);
		pv_signature_check_dispose(&out);
	}
}

static const struct {
	const char *signer;
	const char *mail;
	int is_of;
} owners[] = {
	{ "Ann <ann@x.org>", "ann@x.org", 1 },
	{ "Ann <Ann@X.org>", "ann@x.ORG", 1 },
	{ "ann@x.org", "ann@x.org", 1 },
	{ "*@x.org", "ann@x.org", 1 },
	{ "*@x.org", "ann@x.org.evil.net", 0 },
	{ "*@x.org", "ann@y.org", 0 },
	/* Who makes a key of gpg's writes what he likes in its name. */
	{ "* <*@x.org>", "ann@x.org", 0 },
	{ "ann@x.org <eve@y.org>", "ann@x.org", 0 },
	{ "Ann", "ann@x.org", 0 },
	{ "", "", 0 },
	{ "*", "", 0 },
	{ "<>", "", 0 },
};

static void test_store_signed__knows_whose_a_key_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(owners); i++)
		if (pv_signed_is_of(owners[i].signer, owners[i].mail) !=
		    owners[i].is_of)
			fail_msg("%s, %s", owners[i].signer, owners[i].mail);
}

static void test_store_signed__finds_the_last_signature(void **state)
{
	static const char mark[] = "-----BEGIN SSH SIGNATURE-----\n";
	static const char *const starts[] = {
		"", "text\n", "text\n-----BEGIN SSH SIGNATURE-----\nmore\n",
		" -----BEGIN PGP SIGNATURE-----\n"
	};

	(void)state;
	for (size_t i = 0; i < pv_array_len(starts); i++) {
		char text[200];
		size_t len = strlen(starts[i]);

		snprintf(text, sizeof(text), "%s%sabc\n", starts[i], mark);
		assert_int_equal(pv_signed_length(text, strlen(text)), len);
	}
	assert_int_equal(pv_signed_length("none\n", 5), 5);
	assert_int_equal(pv_signed_length("", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_store_signed__reads_what_is_said),
		cmocka_unit_test(test_store_signed__knows_whose_a_key_is),
		cmocka_unit_test(test_store_signed__finds_the_last_signature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
