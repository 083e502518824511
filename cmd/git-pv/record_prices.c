/* SPDX-License-Identifier: MIT
 *
 * What executions cost that came without a cost: made of their tokens and the
 * list of prices that tracking.prices of pv.yaml names. The list is read when
 * the first of them comes; where it cannot be, costs stay unknown.
 */
#include "record.h"

#include <string.h>

#include "base/fail.h"

static int read_list(record_run *recorder, const pv_point *at)
{
	pv_cli *cli = recorder->cli;
	pv_error why = { 0 };
	pv_buf text = { 0 };
	int rc = pv_store_read(&text, &recorder->prices_blob, cli->store, at,
			       recorder->prices_path, &why);

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

static int load(record_run *recorder)
{
	pv_cli *cli = recorder->cli;
	pv_json_doc *doc = NULL;
	const char *path;
	pv_point at;
	int rc = tracking_read_json(&doc, &at, cli, "tracking.prices");

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
	return recorder->prices_path ? read_list(recorder, &at)
				     : pv_fail_nomem(&cli->err);
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
	int rc = PV_OK;

	if (pv_execution_pricing(row) == PV_PRICING_NONE)
		return PV_OK;
	if (!recorder->has_prices)
		rc = load(recorder);
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
