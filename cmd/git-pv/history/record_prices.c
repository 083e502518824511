/* SPDX-License-Identifier: MIT
 *
 * What executions cost that came without a cost: made of their tokens and the
 * list of prices that tracking.prices of pv.yaml names. The list is read when
 * the first of them comes; where it cannot be, costs stay unknown. Such lists
 * are long, so what was looked up in one is kept in .git/pv/prices.json with its
 * blob, also what it does not have, and the list is read for other models only.
 */
#include "history/record.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

enum {
	KEYS_MAX = 400 /* names that are kept */
};

/* --- the whole list ------------------------------------------------------- */

static int read_list(record_run *recorder)
{
	pv_cli *cli = recorder->cli;
	pv_error why = { 0 };
	pv_buf text = { 0 };
	int rc = pv_store_read(&text, &recorder->prices_blob, cli->store,
			       &recorder->prices_at, recorder->prices_path, &why);

	recorder->has_all_prices = 1;
	pv_prices_free(recorder->prices);
	recorder->prices = NULL;
	if (rc == PV_OK)
		rc = pv_prices_parse(&recorder->prices, pv_buf_text(&text),
				     text.len, &why);
	pv_buf_dispose(&text);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	if (rc < 0)
		cli_warn(cli,
			 "costs stay unknown: tracking.prices of pv.yaml: %s",
			 why.message);
	return PV_OK;
}

/* --- what is kept of it --------------------------------------------------- */

static int put_path(pv_buf *out, record_run *recorder)
{
	pv_cli *cli = recorder->cli;

	pv_buf_printf(out, "%s/pv/prices.json", pv_store_common_dir(cli->store));
	return pv_buf_status(out, &cli->err);
}

static int take_keys(record_run *recorder, const pv_json *keys)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_json_count(keys) && rc == PV_OK; i++) {
		const char *key = pv_json_text(pv_json_at(keys, i), NULL);

		if (key)
			rc = pv_strlist_add(&recorder->price_keys, key,
					    &recorder->cli->err);
	}
	pv_strlist_sort(&recorder->price_keys);
	recorder->price_keys_kept = recorder->price_keys.count;
	return rc;
}

static int take_kept(record_run *recorder, const pv_json *root)
{
	const char *blob = pv_json_text(pv_json_get(root, "blob"), NULL);
	pv_buf list = { 0 };
	int rc;

	if (!blob || strcmp(blob, recorder->prices_blob.hex) != 0 ||
	    pv_json_type_of(pv_json_get(root, "list")) != PV_JSON_OBJECT)
		return PV_OK;
	rc = pv_json_dump(&list, pv_json_get(root, "list"), &recorder->cli->err);
	if (rc == PV_OK)
		rc = pv_prices_parse(&recorder->prices, pv_buf_text(&list),
				     list.len, &recorder->cli->err);
	if (rc == PV_OK)
		rc = take_keys(recorder, pv_json_get(root, "names"));
	pv_buf_dispose(&list);
	return rc;
}

/* What cannot be read is not there. */
static int read_kept(record_run *recorder)
{
	pv_cli *cli = recorder->cli;
	pv_json_doc *doc = NULL;
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	int rc = put_path(&path, recorder);

	if (rc == PV_OK)
		rc = pv_store_find(&recorder->prices_blob, cli->store,
				   &recorder->prices_at, recorder->prices_path,
				   &cli->err);
	if (rc == PV_OK)
		rc = pv_file_read(&text, path.ptr, &cli->err);
	if (rc == PV_OK)
		rc = pv_json_parse(&doc, pv_buf_text(&text), text.len, &cli->err);
	if (rc == PV_OK)
		rc = take_kept(recorder, pv_json_root(doc));
	pv_json_free(doc);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	if (rc == PV_ENOMEM)
		return rc;
	pv_error_clear(&cli->err);
	return PV_OK;
}

static int put_kept(pv_buf *out, const record_run *recorder)
{
	const pv_strlist *keys = &recorder->price_keys;
	pv_buf list = { 0 };
	pv_jsonw w;
	int rc = pv_prices_excerpt(&list, recorder->prices,
				   (const char *const *)keys->items,
				   keys->count, &recorder->cli->err);

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "blob", recorder->prices_blob.hex);
	pv_jsonw_list(&w, "names", keys);
	pv_jsonw_key(&w, "list");
	pv_jsonw_raw(&w, pv_buf_text(&list), list.len);
	pv_jsonw_object_end(&w);
	pv_buf_dispose(&list);
	return rc == PV_OK ? pv_buf_status(out, &recorder->cli->err) : rc;
}

void record_keep_prices(record_run *recorder)
{
	pv_cli *cli = recorder->cli;
	pv_buf path = { 0 };
	pv_buf text = { 0 };

	/* Whoever must not wait leaves it to others. */
	if (!recorder->has_all_prices || !recorder->prices ||
	    recorder->is_best_effort ||
	    recorder->price_keys.count == recorder->price_keys_kept)
		return;
	if (put_path(&path, recorder) == PV_OK &&
	    put_kept(&text, recorder) == PV_OK &&
	    pv_file_write(path.ptr, text.ptr, text.len, &cli->err) == PV_OK)
		tracking_share(cli, path.ptr);
	pv_error_clear(&cli->err);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
}

/* Whether the names of a record's model are known; else they are noted. */
static int note_keys(int *known_out, record_run *recorder, const pv_execution *row)
{
	static const char *const fields[] = { "model", "response_model" };
	const char *provider = pv_execution_text(row, "provider");
	pv_strlist *keys = &recorder->price_keys;
	pv_error *err = &recorder->cli->err;
	size_t before = keys->count;
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(fields) && rc == PV_OK; i++) {
		const char *model = pv_execution_text(row, fields[i]);
		pv_buf name = { 0 };

		if (!model)
			continue;
		pv_buf_printf(&name, "%s/%s", provider ? provider : "", model);
		rc = pv_buf_status(&name, err);
		if (rc == PV_OK && provider && pv_strlist_find(keys, name.ptr) < 0)
			rc = pv_strlist_add(keys, name.ptr, err);
		if (rc == PV_OK && pv_strlist_find(keys, model) < 0)
			rc = pv_strlist_add(keys, model, err);
		pv_buf_dispose(&name);
	}
	*known_out = keys->count == before;
	return rc;
}

/* --- the list that counts ------------------------------------------------- */

static int load(record_run *recorder)
{
	pv_cli *cli = recorder->cli;
	pv_json_doc *doc = NULL;
	const char *path;
	int rc = tracking_read_json(&doc, &recorder->prices_at, cli,
				    "tracking.prices");

	recorder->has_prices = 1;
	if (rc < 0 || !doc)
		return rc;
	path = pv_json_text(pv_json_root(doc), NULL);
	if (!path) {
		pv_json_free(doc);
		cli_warn(cli, "costs stay unknown: tracking.prices of pv.yaml "
			      "names no file");
		return PV_OK;
	}
	recorder->prices_path =
		pv_arena_dup(&recorder->arena, path, strlen(path));
	pv_json_free(doc);
	return recorder->prices_path ? read_kept(recorder)
				     : pv_fail_nomem(&cli->err);
}

/* Makes sure that the list at hand knows what a record needs of it. */
static int provide(record_run *recorder, const pv_execution *row)
{
	int is_known = 0;
	int rc = recorder->has_prices ? PV_OK : load(recorder);

	if (rc < 0 || !recorder->prices_path)
		return rc;
	if (recorder->has_all_prices && recorder->price_keys.count >= KEYS_MAX)
		return PV_OK;
	rc = note_keys(&is_known, recorder, row);
	if (rc == PV_OK && !recorder->has_all_prices && !is_known)
		rc = read_list(recorder);
	return rc;
}

/* Each model once. */
static int note_model(record_run *recorder, const pv_execution *row)
{
	const char *model = pv_execution_text(row, "model");

	if (!model)
		model = pv_execution_text(row, "response_model");
	return recorder->unpriced.count < RECORD_UNPRICED_MAX &&
			       pv_strlist_find(&recorder->unpriced, model) < 0
		       ? pv_strlist_add(&recorder->unpriced, model,
					&recorder->cli->err)
		       : PV_OK;
}

int record_price(record_run *recorder, pv_execution *row)
{
	enum pv_pricing pricing;
	int rc;

	if (pv_execution_pricing(row) == PV_PRICING_NONE)
		return PV_OK;
	rc = provide(recorder, row);
	if (rc < 0 || !recorder->prices)
		return rc;
	rc = pv_execution_price(&pricing, row, recorder->prices,
				recorder->prices_blob.hex, &recorder->cli->err);
	return rc == PV_OK && pricing == PV_PRICING_NO_MODEL
		       ? note_model(recorder, row)
		       : rc;
}

void record_tell_unpriced(const record_run *recorder)
{
	for (size_t i = 0; i < recorder->unpriced.count; i++)
		cli_warn(recorder->cli,
			 "\"%s\" has no price of model \"%.100s\": what it costs "
			 "is not known",
			 recorder->prices_path, recorder->unpriced.items[i]);
}
