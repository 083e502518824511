/* SPDX-License-Identifier: MIT
 *
 * What executions cost by a list of prices, worked out by hand.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include <pv/index.h>

#include "base/mem.h"

static const char list[] =
	"{\"sample_spec\":{\"input_cost_per_token\":0.0},"
	"\"m\":{\"input_cost_per_token\":1.5e-07,\"output_cost_per_token\":6e-07,"
	"\"litellm_provider\":\"openai\"},"
	"\"azure/m\":{\"input_cost_per_token\":1e-06,"
	"\"output_cost_per_token\":2e-06},"
	"\"full\":{\"input_cost_per_token\":1e-06,\"output_cost_per_token\":4e-06,"
	"\"cache_read_input_token_cost\":1e-07,"
	"\"output_cost_per_reasoning_token\":8e-06,"
	"\"input_cost_per_token_above_128k_tokens\":2e-06,"
	"\"input_cost_per_token_above_200k_tokens\":3e-06,"
	"\"output_cost_per_token_above_200k_tokens\":5e-06},"
	"\"free\":{\"input_cost_per_token\":0,\"output_cost_per_token\":0},"
	"\"embedding\":{\"input_cost_per_token\":2e-08,"
	"\"output_cost_per_token\":0.0},"
	"\"image\":{\"output_cost_per_image\":0.04},"
	"\"odd\":{\"input_cost_per_token\":\"1\",\"output_cost_per_token\":-1},"
	"\"huge\":{\"input_cost_per_token\":9000,\"output_cost_per_token\":1},"
	"\"tiny\":{\"input_cost_per_token\":1.4e-12,"
	"\"output_cost_per_token\":3e-13}}";

static const struct {
	const char *row;  /* its members */
	const char *cost; /* NULL: unknown */
	enum pv_pricing pricing;
} cases[] = {
	{ "\"model\":\"m\",\"tokens_in\":1000,\"tokens_out\":100", "0.00021",
	  PV_PRICING_DONE },
	{ "\"model\":\"m\",\"provider\":\"OpenAI\",\"tokens_in\":1,"
	  "\"tokens_out\":0",
	  "0.00000015", PV_PRICING_DONE },
	{ "\"model\":\"m\",\"provider\":\"azure\",\"tokens_in\":1,"
	  "\"tokens_out\":1",
	  "0.000003", PV_PRICING_DONE },
	{ "\"model\":\"m\",\"provider\":\"other\",\"tokens_in\":1,"
	  "\"tokens_out\":1",
	  NULL, PV_PRICING_NO_MODEL },
	{ "\"model\":\"x\",\"response_model\":\"m\",\"tokens_in\":0,"
	  "\"tokens_out\":1",
	  "0.0000006", PV_PRICING_DONE },
	{ "\"model\":\"m\",\"response_model\":\"x\",\"tokens_in\":0,"
	  "\"tokens_out\":1",
	  "0.0000006", PV_PRICING_DONE },
	{ "\"model\":\"new\",\"tokens_in\":1,\"tokens_out\":1", NULL,
	  PV_PRICING_NO_MODEL },
	{ "\"tokens_in\":1,\"tokens_out\":1", NULL, PV_PRICING_NONE },
	{ "\"model\":\"m\",\"cost_usd\":0.5,\"tokens_in\":1,\"tokens_out\":1",
	  "0.5", PV_PRICING_NONE },
	{ "\"model\":\"m\",\"source\":\"cache\",\"tokens_in\":1,"
	  "\"tokens_out\":1",
	  NULL, PV_PRICING_NONE },
	{ "\"model\":\"m\",\"tokens\":1100", NULL, PV_PRICING_NO_TOKENS },
	{ "\"model\":\"m\",\"tokens_in\":1000", NULL, PV_PRICING_NO_TOKENS },
	{ "\"model\":\"m\",\"tokens_out\":1000", NULL, PV_PRICING_NO_TOKENS },
	{ "\"model\":\"embedding\",\"tokens_in\":1000", "0.00002",
	  PV_PRICING_DONE },
	{ "\"model\":\"free\",\"tokens_in\":7,\"tokens_out\":7", "0",
	  PV_PRICING_DONE },
	{ "\"model\":\"image\",\"tokens_in\":7,\"tokens_out\":7", NULL,
	  PV_PRICING_NO_TOKENS },
	{ "\"model\":\"odd\",\"tokens_in\":7,\"tokens_out\":7", NULL,
	  PV_PRICING_NO_TOKENS },
	{ "\"model\":\"huge\",\"tokens_in\":1000000,\"tokens_out\":7", NULL,
	  PV_PRICING_NO_TOKENS },
	{ "\"model\":\"full\",\"tokens_in\":100,\"tokens_cached\":40,"
	  "\"tokens_out\":10,\"tokens_reasoning\":4",
	  "0.00012", PV_PRICING_DONE },
	{ "\"model\":\"full\",\"tokens_in\":100,\"tokens_cached\":101,"
	  "\"tokens_out\":10",
	  NULL, PV_PRICING_NO_TOKENS },
	{ "\"model\":\"m\",\"tokens_in\":100,\"tokens_cached\":40,"
	  "\"tokens_out\":0",
	  "0.000015", PV_PRICING_DONE },
	/* Exactly at a tier is not above it. */
	{ "\"model\":\"full\",\"tokens_in\":128000,\"tokens_out\":10",
	  "0.12804", PV_PRICING_DONE },
	{ "\"model\":\"full\",\"tokens_in\":128001,\"tokens_out\":10",
	  "0.256042", PV_PRICING_DONE },
	{ "\"model\":\"full\",\"tokens_in\":200001,\"tokens_out\":10",
	  "0.600053", PV_PRICING_DONE },
	/* 2.8, and 1.7 pico-dollars, rounded once. */
	{ "\"model\":\"tiny\",\"tokens_in\":2,\"tokens_out\":0",
	  "0.000000000003", PV_PRICING_DONE },
	{ "\"model\":\"tiny\",\"tokens_in\":1,\"tokens_out\":1",
	  "0.000000000002", PV_PRICING_DONE },
};

static pv_execution *make(const char *members)
{
	pv_execution *row = NULL;
	pv_buf json = { 0 };

	pv_buf_printf(&json, "{\"template\":\"t\",%s}", members);
	assert_int_equal(pv_execution_parse(&row, json.ptr, json.len, NULL),
			 PV_OK);
	pv_buf_dispose(&json);
	return row;
}

static void test_index_price__is_what_the_list_says(void **state)
{
	static const char blob[] = "0123456789012345678901234567890123456789";
	pv_prices *prices = NULL;

	(void)state;
	assert_int_equal(pv_prices_parse(&prices, list, strlen(list), NULL),
			 PV_OK);
	for (size_t i = 0; i < pv_array_len(cases); i++) {
		pv_execution *row = make(cases[i].row);
		enum pv_pricing pricing;
		pv_buf text = { 0 };

		assert_int_equal(pv_execution_price(&pricing, row, prices, blob,
						    NULL),
				 PV_OK);
		if (pricing != cases[i].pricing)
			fail_msg("%s: %d", cases[i].row, (int)pricing);
		pv_execution_value(&text, row, "cost_usd", NULL);
		if (strcmp(text.ptr, cases[i].cost ? cases[i].cost : "null") != 0)
			fail_msg("%s: %s", cases[i].row, text.ptr);
		assert_int_equal(pv_execution_has(row, "prices"),
				 pricing == PV_PRICING_DONE);
		pv_buf_dispose(&text);
		pv_execution_free(row);
	}
	pv_prices_free(prices);
}

static void test_index_price__takes_no_other_list(void **state)
{
	pv_prices *prices = NULL;

	(void)state;
	assert_int_equal(pv_prices_parse(&prices, "[]", 2, NULL), PV_EINVALID);
	assert_null(prices);
	assert_int_equal(pv_prices_parse(&prices, "{", 1, NULL), PV_ESYNTAX);
	assert_null(prices);
	pv_prices_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_price__is_what_the_list_says),
		cmocka_unit_test(test_index_price__takes_no_other_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
