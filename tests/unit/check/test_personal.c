/* SPDX-License-Identifier: MIT
 *
 * Data about people, and what looks like some.
 */
#include "spots.h"

static const struct spots_row rows[] = {
	/* mail */
	{ "ask jane.doe+x@corp.co.uk.", "an e-mail address",
	  "[jane.doe+x@corp.co.uk]" },
	{ "mailto:a@b.io, <c@d.dev>", NULL, "[a@b.io][c@d.dev]" },
	{ "me@example.com, you@mail.example.org, it@host.test", NULL, "" },
	{ "@user a@b icon@2x.png git@github.com:a/b.git", NULL, "" },
	{ "https://user:pass@host.com/", NULL, "" },
	{ "{{ user }}@{{ host }} x@y.z1", NULL, "" },
	/* accounts */
	{ "DE89370400440532013000", "an IBAN", "[DE89370400440532013000]" },
	{ "pay GB29 NWBK 6016 1331 9268 19 now", "an IBAN",
	  "[GB29 NWBK 6016 1331 9268 19]" },
	{ "DE89370400440532013001 DE8937040044053201300 XX89370400440532013000",
	  NULL, "" },
	/* cards */
	{ "4111 1111 1111 1111, 5500-0055-5555-5559", "a credit card number",
	  "[4111 1111 1111 1111][5500-0055-5555-5559]" },
	{ "378282246310005", NULL, "[378282246310005]" },
	{ "4111 1111 1111 1112", NULL, "" },
	{ "9111111111111111 12345678901234567890", NULL, "" },
	{ "id-4111111111111111 -4282905804826039665", NULL, "" },
	{ "5749986484189612790, 6304 0000 0000 0000 000", NULL, "" },
	/* social security */
	{ "SSN 219-09-9999.", "a US social security number", "[219-09-9999]" },
	{ "000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000", NULL,
	  "" },
	{ "2019-09-9999 219-09-99990", NULL, "" },
	/* machines */
	{ "host 8.8.4.4:53 and 2607:f8b0:4005:805::200e", "an IP address",
	  "[8.8.4.4][2607:f8b0:4005:805::200e]" },
	{ "127.0.0.1 10.1.2.3 192.168.0.1 172.16.9.9 192.0.2.7 2001:db8::1 ::1 2001:0DB8:0:0:0:0:0:1",
	  NULL, "" },
	{ "version 5.10.3.1, Section 8.1.2.2, v1.2.3.4, 1.2.3.4.5, 1.2.3", NULL,
	  "" },
	{ "at 12:30:15:20 and 25:61:3 2:::", NULL, "" },
	/* telephones */
	{ "+49 30 901820-12, (415) 867-5309, 415-867-5309", "a telephone number",
	  "[+49 30 901820-12][(415) 867-5309][415-867-5309]" },
	{ "+1 (202) 456-1111", NULL, "[+1 (202) 456-1111]" },
	{ "1+2+3 +1 +12 34 415-555-0123 +1 212 555 0199", NULL, "" },
	{ "+10011010010 = +4294967296 + 123456789000 +6073641856.9 "
	  "+281474976710656",
	  NULL, "" },
	{ "tel:+31-641044153, +1-415-867-5309", NULL,
	  "[+31-641044153][+1-415-867-5309]" },
	{ "2024-01-15 10:20:30 1234567890 12-345-678", NULL, "" },
};

static int find_all(pv_spots *out, pv_str text, pv_error *err)
{
	return pv_find_personal(out, text, PV_PERSONAL_ALL, err);
}

static int find_mail(pv_spots *out, pv_str text, pv_error *err)
{
	return pv_find_personal(out, text, PV_PERSONAL_EMAIL, err);
}

static void test_check_personal__kinds(void **state)
{
	const struct spots_row one = { "8.8.4.4 a@b.io 219-09-9999",
				       "an e-mail address", "[a@b.io]" };

	(void)state;
	spots_check(&one, find_mail);
	assert_int_equal(pv_personal_kind(pv_str_of("iban")), PV_PERSONAL_IBAN);
	assert_int_equal(pv_personal_kind(pv_str_of("name")), 0);
	for (size_t i = 0; pv_personal_name(i); i++)
		assert_int_not_equal(pv_personal_kind(
					     pv_str_of(pv_personal_name(i))),
				     0);
}

static void test_check_personal__texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(rows); i++)
		spots_check(&rows[i], find_all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_personal__kinds),
		cmocka_unit_test(test_check_personal__texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
