/* SPDX-License-Identifier: MIT
 *
 * Keys that are found and texts that only talk about them.
 */
#include "spots.h"

#define R16 "q7Zk2Vx9Lm4Tc8Wb"
#define R20 "hJ3nR6yPq7Zk2Vx9Lm4T"
#define R32 "hJ3nR6yPq7Zk2Vx9Lm4Tc8WbD5gF1sAe"
#define R40 "hJ3nR6yPq7Zk2Vx9Lm4Tc8WbD5gF1sAeU0iO2kXv"
#define H32 "9f86d081884c7d659a2feaa0c55ad015"

static const struct spots_row known_rows[] = {
	{ "use sk-"
	  "proj-" R40 " now",
	  "an OpenAI API key", "[sk-proj-" R40 "]" },
	{ "(sk-" R40 "abcdefgh)", "an OpenAI API key", "[sk-" R40 "abcdefgh]" },
	{ "sk-"
	  "ant-api03-" R40 "-" R32 "-AA",
	  "an Anthropic API key", "[sk-ant-api03-" R40 "-" R32 "-AA]" },
	{ "id AK"
	  "IAQ3EGXT5YKZ2PW7NB.",
	  "an AWS access key", "[AKIAQ3EGXT5YKZ2PW7NB]" },
	{ "AI"
	  "za"
	  "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
	  "a Google API key", "[AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY]" },
	{ "gh"
	  "p_" R32 "U0iO",
	  "a GitHub token", "[ghp_" R32 "U0iO]" },
	{ "github"
	  "_pat_" R20 "_" R40 R20,
	  "a GitHub token", "[github_pat_" R20 "_" R40 R20 "]" },
	{ "gl"
	  "pat-" R20,
	  "a GitLab token", "[glpat-" R20 "]" },
	{ "xox"
	  "b-2345678901-3456789012345-" R16 "ABcd1234",
	  "a Slack token", "[xoxb-2345678901-3456789012345-" R16 "ABcd1234]" },
	{ "https://hooks.slack.com/"
	  "services/T0AB1CD2E/B0FG3HI4J/" R20 "kLmN",
	  "a Slack webhook", NULL },
	{ "sk"
	  "_live_" R20 "abcd",
	  "a Stripe key", "[sk_live_" R20 "abcd]" },
	{ "hf"
	  "_" R32 "Ab",
	  "a Hugging Face token", "[hf_" R32 "Ab]" },
	{ "npm"
	  "_" R32 "U0iO",
	  "an npm token", "[npm_" R32 "U0iO]" },
	{ "pypi"
	  "-AgEIcHlwaS5vcmc" R40 R40,
	  "a PyPI token", "[pypi-AgEIcHlwaS5vcmc" R40 R40 "]" },
	{ "ey"
	  "JhbGciOiJIUzI1NiJ9.ey"
	  "JzdWIiOiIxMjM0NTY3ODkwIn0." R40,
	  "a JSON web token",
	  "[eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." R40 "]" },
	{ "abcd8"
	  "Q~" R32,
	  NULL, "" }, /* the digit is the fourth */
	{ "Ab38"
	  "Q~" R32,
	  "an Azure client secret", "[Ab38Q~" R32 "]" },
	{ "AccountName=x;Account"
	  "Key=" R40 R40 "abCD12==;Endpoint=y",
	  "an Azure account key", "[AccountKey=" R40 R40 "abCD12==]" },
	/* behind an escaped line break, in two at once */
	{ "a\\nsk-"
	  "proj-" R40 "\\ngh"
	  "p_" R32 "U0iO",
	  NULL, "[sk-proj-" R40 "][ghp_" R32 "U0iO]" },
	/* not keys */
	{ "Keys start with sk-, sk-proj- or AKIA.", NULL, "" },
	{ "sk-your-api-key-goes-here-and-is-long-enough", NULL, "" },
	{ "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL, "" },
	{ "AKIA"
	  "IOSFODNN7EXAMPLE",
	  NULL, "" },
	{ "task-" R40, NULL, "" },
	{ "desk_live_" R20, NULL, "" },
	{ "npm_config_cache_directory_is_not_a_tok", NULL, "" },
	{ "hf_transformers_are_not_tokens_at_all", NULL, "" },
	{ "eyJhbGciOiJIUzI1NiJ9 is a header", NULL, "" },
	{ "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c", NULL, "" },
	{ "12ad4331-d063-4b56-b0f6-76f59c690717", NULL, "" },
};

static const struct spots_row assigned_rows[] = {
	{ "api_key = \"" R32 "\"", "a secret", "[" R32 "]" },
	{ "API-KEY: " R32, "a secret", "[" R32 "]" },
	{ "\"apiKey\": \"" H32 "\"", "a secret", "[" H32 "]" },
	{ "self.client_secret='" R32 "'", "a secret", "[" R32 "]" },
	{ "aws_secret_access_key = " R40, "a secret", "[" R40 "]" },
	{ "MY_SERVICE_TOKEN => '" R20 "'", "a secret", "[" R20 "]" },
	{ "Authorization: Bearer " R32, "a secret", "[" R32 "]" },
	{ "token: gh"
	  "p_" R32 "U0iO",
	  "a GitHub token", "[ghp_" R32 "U0iO]" },
	{ "postgres://app:Tr0ub4dor-3x@db.internal/x", "a secret",
	  "[Tr0ub4dor-3x]" },
	/* not values */
	{ "api_key = os.environ[\"OPENAI_API_KEY_2024\"]", NULL, "" },
	{ "api_key = get_secret_value_v2(\"x\")", NULL, "" },
	{ "api_key: {{ api_key }}", NULL, "" },
	{ "api_key=YOUR_API_KEY_123456", NULL, "" },
	{ "api_key=<paste your key of 32 characters>", NULL, "" },
	{ "token: the smallest unit of text in 2024", NULL, "" },
	{ "token = source_tokens[repair_targets[0]]", NULL, "" },
	{ "password: hunter2", NULL, "" },
	{ "tokenizer: " R32, NULL, "" },
	{ "mysql://user:password@localhost/db", NULL, "" },
	{ "http://user:${PASSWORD_OF_USER}@host/", NULL, "" },
	{ "see https://host:8080/path@2", NULL, "" },
	{ "sha256: " H32 H32, NULL, "" },
};

static const char body[] =
	"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n";

static void test_check_secret__known(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(known_rows); i++) {
		struct spots_row row = known_rows[i];
		pv_buf all = { 0 };

		pv_buf_printf(&all, "[%s]", row.text);
		if (!row.found)
			row.found = pv_buf_text(&all);
		spots_check(&row, pv_find_secrets);
		pv_buf_dispose(&all);
	}
}

static void test_check_secret__assigned(void **state)
{
	(void)state;
	for (size_t i = 0; i < pv_array_len(assigned_rows); i++)
		spots_check(&assigned_rows[i], pv_find_secrets);
}

static void test_check_secret__settings(void **state)
{
	(void)state;
	assert_true(pv_is_secret_setting(pv_str_of("api_key"),
					 pv_str_of("Tr0ub4dor-3x")));
	assert_true(pv_is_secret_setting(pv_str_of("dbPassword"),
					 pv_str_of("correcthorse9")));
	assert_false(pv_is_secret_setting(pv_str_of("api_key"),
					  pv_str_of("${PV_API_KEY}")));
	assert_false(pv_is_secret_setting(pv_str_of("base_url"),
					  pv_str_of("Tr0ub4dor-3x")));
	assert_false(pv_is_secret_setting(pv_str_of("token"), pv_str_of("")));
}

static void check_block(const char *begin, const char *inner, const char *what)
{
	pv_buf text = { 0 };
	pv_spots spots = { 0 };

	pv_buf_printf(&text, "a\n%s\n%s", begin, inner);
	assert_int_equal(pv_find_private_keys(&spots,
					      (pv_str){ text.ptr, text.len },
					      NULL),
			 PV_OK);
	assert_int_equal(spots.count, what != NULL);
	if (what) {
		assert_string_equal(spots.items[0].what, what);
		assert_int_equal(spots.items[0].start, 2);
	}
	pv_spots_dispose(&spots);
	pv_buf_dispose(&text);
}

static void test_check_secret__private_keys(void **state)
{
	(void)state;
	check_block("-----BEGIN "
		    "PRIVATE KEY-----",
		    body, "a private key");
	check_block("-----BEGIN "
		    "OPENSSH PRIVATE KEY-----",
		    body, "an OpenSSH private key");
	check_block("-----BEGIN RSA "
		    "PRIVATE KEY-----",
		    "Proc-Type: 4,ENCRYPTED\n\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
		    "\\nBKcwggSjAgEAAoIBAQC7BKcw",
		    "an RSA private key");
	check_block("-----BEGIN PGP "
		    "PRIVATE KEY BLOCK-----",
		    "Version: GnuPG v2\n\nlQOYBGPQIBADANBgkqhkiG9w0BAQEFAASCBKc"
		    "wggSjAgEAAoIBAQC7\n=abcd",
		    "a PGP private key");
	check_block("PuTTY-User-Key-File-2: ssh-rsa",
		    "Encryption: none\nPublic-Lines: 6\nAAAAB3NzaC1yc2EAAAABJQAA"
		    "AQEAhMbJvmjb9ZkjTVkBE4RGqQ7PVhV4mOdYq0BQvM3",
		    "a PuTTY private key");
	check_block("-----BEGIN "
		    "PRIVATE KEY-----",
		    "is its first line", NULL);
	check_block("-----BEGIN "
		    "PRIVATE KEY-----",
		    "...\n-----END", NULL);
	check_block("-----BEGIN PUBLIC KEY-----", body, NULL);
	check_block("-----BEGIN CERTIFICATE-----", body, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check_secret__known),
		cmocka_unit_test(test_check_secret__assigned),
		cmocka_unit_test(test_check_secret__settings),
		cmocka_unit_test(test_check_secret__private_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
