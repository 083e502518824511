/* SPDX-License-Identifier: MIT
 *
 * What an execution cost, from its tokens and a list of prices as LiteLLM has
 * them: an object of models, with US dollars for one token. Sums are whole
 * numbers of a femto-dollar. What cannot be said for certain is not known: a
 * model that is not in the list, tokens that were not counted, a price for
 * them that is not there.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "index/execution.h"

struct pv_prices {
	pv_json_doc *doc;
};

enum {
	FEMTO_IN_PICO = 1000,
	KEY_MAX = 120,
	PRICE_MAX = 9000, /* so that it has a place in an int64 */
	SOURCE_CACHE = 2  /* 1 + its place among the choices of `source` */
};

int pv_prices_parse(pv_prices **out, const char *json, size_t len, pv_error *err)
{
	pv_prices *prices = pv_calloc(1, sizeof(*prices));
	int rc;

	*out = NULL;
	if (!prices)
		return pv_fail_nomem(err);
	rc = pv_json_parse(&prices->doc, json, len, err);
	if (rc == PV_OK &&
	    pv_json_type_of(pv_json_root(prices->doc)) != PV_JSON_OBJECT)
		rc = pv_fail(err, PV_EINVALID,
			     "a list of prices is an object of models");
	if (rc == PV_OK)
		*out = prices;
	else
		pv_prices_free(prices);
	return rc;
}

int pv_prices_excerpt(pv_buf *out, const pv_prices *prices,
		      const char *const *names, size_t count, pv_error *err)
{
	pv_buf entry = { 0 };
	pv_jsonw w;
	int rc = PV_OK;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const pv_json *found =
			pv_json_get(pv_json_root(prices->doc), names[i]);

		if (!found)
			continue;
		pv_buf_clear(&entry);
		rc = pv_json_dump(&entry, found, err);
		pv_jsonw_key(&w, names[i]);
		pv_jsonw_raw(&w, pv_buf_text(&entry), entry.len);
	}
	pv_jsonw_object_end(&w);
	pv_buf_dispose(&entry);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

void pv_prices_free(pv_prices *prices)
{
	if (!prices)
		return;
	pv_json_free(prices->doc);
	pv_free(prices);
}

/* --- the entry ------------------------------------------------------------ */

static const char *text_of(const pv_execution *row, enum pv_field field)
{
	return row->values[field].is_set ? row->values[field].text : NULL;
}

/* The same model of another provider may have another price. */
static int is_of_provider(const pv_json *entry, const char *provider)
{
	const char *own =
		pv_json_text(pv_json_get(entry, "litellm_provider"), NULL);

	return !provider || !own || pv_str_casecmp(own, provider) == 0;
}

static int find_entry(const pv_json **out, const pv_prices *prices,
		      const char *provider, const char *model, pv_error *err)
{
	const pv_json *root = pv_json_root(prices->doc);
	const pv_json *entry = NULL;
	pv_buf name = { 0 };
	int rc = PV_OK;

	*out = NULL;
	if (provider) {
		pv_buf_printf(&name, "%s/%s", provider, model);
		rc = pv_buf_status(&name, err);
		if (rc == PV_OK)
			entry = pv_json_get(root, name.ptr);
		pv_buf_dispose(&name);
	}
	if (rc == PV_OK && !entry) {
		entry = pv_json_get(root, model);
		if (!is_of_provider(entry, provider))
			entry = NULL;
	}
	if (rc == PV_OK && pv_json_type_of(entry) == PV_JSON_OBJECT)
		*out = entry;
	return rc;
}

/* --- prices --------------------------------------------------------------- */

/* An entry, and what of a request decides between its prices. */
struct pricing {
	const pv_json *entry;
	int64_t tokens_in;
	int64_t tier; /* thousands of tokens; 0: none is exceeded */
};

/* The largest "..._above_200k_tokens" that a request exceeds. */
static int see_tier(const char *key, const pv_json *member, void *payload)
{
	static const char prefix[] = "input_cost_per_token_above_";
	struct pricing *it = payload;
	size_t len = strlen(prefix);
	unsigned tier;
	size_t digits;

	(void)member;
	if (strncmp(key, prefix, len) != 0)
		return 0;
	digits = strspn(key + len, "0123456789");
	if (strcmp(key + len + digits, "k_tokens") != 0 ||
	    pv_str_to_uint(&tier, (pv_str){ key + len, digits }, 1000000) < 0)
		return 0;
	if (it->tokens_in > (int64_t)tier * 1000 && tier > it->tier)
		it->tier = tier;
	return 0;
}

/*
 * A price in femto-dollars; 0 for none. The nearest to the double that JSON made
 * of it is the one that was written, as long as that has 15 digits.
 */
static int read_price(int64_t *out, const struct pricing *it, const char *key)
{
	double value = pv_json_real(pv_json_get(it->entry, key), -1);

	if (!(value >= 0) || value > PRICE_MAX)
		return 0;
	*out = llround(value * 1e15);
	return 1;
}

/* The same at the tier of the request, where it has a price of its own. */
static int price_of(int64_t *out, const struct pricing *it, const char *key)
{
	char name[KEY_MAX];

	snprintf(name, sizeof(name), "%s_above_%lldk_tokens", key,
		 (long long)it->tier);
	return (it->tier && read_price(out, it, name)) ||
	       read_price(out, it, key);
}

/* --- the sum -------------------------------------------------------------- */

static int number_of(int64_t *out, const pv_execution *row, enum pv_field field)
{
	*out = row->values[field].is_set ? row->values[field].number : 0;
	return row->values[field].is_set;
}

/* Adds tokens at a price. 1, 0 when that is too much for a number. */
static int add(int64_t *sum, int64_t tokens, int64_t price)
{
	if (price && tokens > (INT64_MAX - *sum) / price)
		return 0;
	*sum += tokens * price;
	return 1;
}

/*
 * `part` of `all` tokens has a price of its own, `part_key`, where the list has
 * one. Whether all could be priced.
 */
static int add_tokens(int64_t *sum, const struct pricing *it, int64_t all,
		      int64_t part, const char *key, const char *part_key)
{
	int64_t price = 0;
	int64_t own = 0;

	if (part > all)
		return 0;
	if (!price_of(&price, it, key))
		return !all;
	if (!price_of(&own, it, part_key))
		own = price;
	return add(sum, all - part, price) && add(sum, part, own);
}

/* Whether tokens that nobody counted would cost something. */
static int would_cost(const struct pricing *it, const char *key)
{
	int64_t price = 0;

	return price_of(&price, it, key) && price;
}

/* Whether all of it could be priced. */
static int sum_up(int64_t *sum, struct pricing *it, const pv_execution *row)
{
	int64_t in;
	int64_t out;
	int64_t cached;
	int64_t reasoning;
	int has_in = number_of(&in, row, PV_FIELD_TOKENS_IN);
	int has_out = number_of(&out, row, PV_FIELD_TOKENS_OUT);

	number_of(&cached, row, PV_FIELD_TOKENS_CACHED);
	number_of(&reasoning, row, PV_FIELD_TOKENS_REASONING);
	it->tokens_in = in;
	(void)pv_json_each(it->entry, see_tier, it);
	if (!has_in && (!has_out || would_cost(it, "input_cost_per_token")))
		return 0;
	if (!has_out && would_cost(it, "output_cost_per_token"))
		return 0;
	return add_tokens(sum, it, in, cached, "input_cost_per_token",
			  "cache_read_input_token_cost") &&
	       add_tokens(sum, it, out, reasoning, "output_cost_per_token",
			  "output_cost_per_reasoning_token");
}

static int is_to_be_priced(const pv_execution *row)
{
	const pv_value *source = &row->values[PV_FIELD_SOURCE];

	return !row->values[PV_FIELD_COST_USD].is_set &&
	       (text_of(row, PV_FIELD_MODEL) ||
		text_of(row, PV_FIELD_RESPONSE_MODEL)) &&
	       !(source->is_set && source->number == SOURCE_CACHE);
}

enum pv_pricing pv_execution_pricing(const pv_execution *row)
{
	return is_to_be_priced(row) ? PV_PRICING_OPEN : PV_PRICING_NONE;
}

int pv_execution_price(enum pv_pricing *out, pv_execution *row,
		       const pv_prices *prices, const char *blob, pv_error *err)
{
	const char *provider = text_of(row, PV_FIELD_PROVIDER);
	const enum pv_field names[] = { PV_FIELD_RESPONSE_MODEL, PV_FIELD_MODEL };
	struct pricing it = { 0 };
	int64_t sum = 0;
	int rc = PV_OK;

	*out = pv_execution_pricing(row);
	if (*out == PV_PRICING_NONE)
		return PV_OK;
	*out = PV_PRICING_NO_MODEL;
	for (size_t i = 0; i < 2 && rc == PV_OK && !it.entry; i++)
		if (text_of(row, names[i]))
			rc = find_entry(&it.entry, prices, provider,
					text_of(row, names[i]), err);
	if (rc < 0 || !it.entry)
		return rc;
	*out = PV_PRICING_NO_TOKENS;
	if (!sum_up(&sum, &it, row))
		return PV_OK;
	*out = PV_PRICING_DONE;
	rc = pv_execution_copy(row, PV_FIELD_PRICES, pv_str_of(blob), err);
	if (rc == PV_OK)
		pv_execution_put_number(row, PV_FIELD_COST_USD,
					sum / FEMTO_IN_PICO +
						(sum % FEMTO_IN_PICO >=
						 FEMTO_IN_PICO / 2));
	return rc;
}
