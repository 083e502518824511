/* SPDX-License-Identifier: MIT
 *
 * What must not change while an experiment is under way, or its results mean
 * nothing: start puts hashes of it into the file, and whoever reads the file
 * compares. They are hashes and not copies, so that a replacement all over the
 * file does not change both.
 */
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "experiment/file.h"

enum {
	SEAL_DIGITS = 16
};

/* Keys of the file that are sealed as they are. */
static const char *const keys[] = {
	"prompt", "control", "unit",           "hash",    "salt",    "strategy",
	"layer",  "holdout", "targeting",      "metrics", "alpha",   "power",
	"mde",    "method",  "minimum_sample", "looks",   "warm_up", "epochs",
};

static const char variants_key[] = "variants";

static void put_hash(pv_jsonw *w, const char *key, const pv_buf *text)
{
	char hex[PV_SHA256_HEX];
	pv_sha256 sha;

	pv_sha256_init(&sha);
	pv_sha256_update(&sha, pv_buf_text(text), text->len);
	pv_sha256_final(hex, &sha);
	pv_jsonw_key(w, key);
	pv_jsonw_stringn(w, hex, SEAL_DIGITS);
}

/* Weights and commits are of epochs, descriptions of no weight. */
static void put_variants(pv_buf *out, const pv_experiment *experiment)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < experiment->variant_count; i++) {
		const pv_experiment_variant *it = &experiment->variants[i];

		pv_jsonw_string(&w, it->name);
		pv_jsonw_string(&w, it->spec);
		for (size_t k = 0; k < it->set_count; k++) {
			pv_jsonw_string(&w, it->sets[k].path);
			pv_jsonw_raw(&w, it->sets[k].json,
				     strlen(it->sets[k].json));
		}
		pv_jsonw_null(&w);
	}
	pv_jsonw_array_end(&w);
}

/* What is not there has no hash, and must not come. */
static int put_key(pv_jsonw *w, pv_buf *text, const pv_yaml_node *root,
		   const char *key, pv_error *err)
{
	const pv_yaml_node *node = pv_experiment_node(root, key);
	int rc;

	if (!node)
		return PV_OK;
	pv_buf_clear(text);
	rc = pv_yaml_to_json(text, node, err);
	if (rc == PV_OK)
		put_hash(w, key, text);
	return rc;
}

int pv_experiment_seal(pv_buf *out, const pv_experiment *experiment, pv_error *err)
{
	const struct experiment_whole *whole = (const void *)experiment;
	pv_buf text = { 0 };
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	put_variants(&text, experiment);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK)
		put_hash(&w, variants_key, &text);
	for (size_t i = 0; i < pv_array_len(keys) && rc == PV_OK; i++)
		rc = put_key(&w, &text, pv_yaml_root(whole->doc), keys[i], err);
	pv_jsonw_object_end(&w);
	pv_buf_dispose(&text);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

/* --- comparing ------------------------------------------------------------- */

static int refuse(const experiment_reader *reader, const pv_yaml_node *at,
		  const char *what, const char *hint)
{
	int rc = pv_fail(reader->err, PV_EPOLICY,
			 "experiment \"%.64s\" is under way: %s",
			 reader->to->id, what);

	(void)pv_error_hint(reader->err, rc, "%s", hint);
	return pv_error_at(reader->err, rc, reader->source, at->line, at->column);
}

static int refuse_key(const experiment_reader *reader, const char *key)
{
	const pv_yaml_node *at = pv_yaml_get(reader->root, key);
	char what[80];
	pv_buf text = { .max = sizeof(what) };
	int rc;

	pv_buf_printf(&text, "\"%s\" was changed since it began", key);
	rc = pv_buf_status(&text, reader->err);
	if (rc == PV_OK)
		rc = refuse(reader, at ? at : reader->root, pv_buf_text(&text),
			    "put it back; for another plan stop it and start "
			    "it again");
	pv_buf_dispose(&text);
	return rc;
}

static int compare(const experiment_reader *reader, const pv_json *now,
		   const pv_yaml_node *then)
{
	const char *was;
	const char *is;

	for (size_t i = 0; i <= pv_array_len(keys); i++) {
		const char *key = i < pv_array_len(keys) ? keys[i] : variants_key;

		was = pv_experiment_text(then, key);
		is = pv_json_text(pv_json_get(now, key), NULL);
		if (!was != !is || (was && strcmp(was, is) != 0))
			return refuse_key(reader, key);
	}
	return PV_OK;
}

static int is_same_number(const char *a, const char *b)
{
	pv_decimal x;
	pv_decimal y;

	return pv_decimal_parse(&x, pv_str_of(a), NULL) == PV_OK &&
	       pv_decimal_parse(&y, pv_str_of(b), NULL) == PV_OK &&
	       pv_decimal_cmp(&x, &y) == 0;
}

/* Coverage and split are said twice: as people read them, and in the epoch. */
static int compare_epoch(const experiment_reader *reader)
{
	const pv_experiment *to = reader->to;
	const pv_experiment_epoch *last = &to->epochs[to->epoch_count - 1];
	const pv_yaml_node *at = pv_yaml_get(reader->root, "coverage");

	if (to->plan.coverage_ppm != last->coverage_ppm)
		return refuse(reader, at ? at : reader->root,
			      "\"coverage\" is not that of the last epoch",
			      "change it by `git pv experiment ramp`");
	at = pv_yaml_get(reader->root, "split");
	for (size_t i = 0; i < to->variant_count; i++)
		if (!is_same_number(to->variants[i].weight, last->weights[i]))
			return refuse(reader, at ? at : reader->root,
				      "\"split\" is not that of the last epoch",
				      "change it by `git pv experiment "
				      "reweight`");
	return PV_OK;
}

int pv_experiment_is_under_way(const pv_experiment *experiment)
{
	return experiment->status == PV_EXPERIMENT_SCHEDULED ||
	       experiment->status == PV_EXPERIMENT_RUNNING ||
	       experiment->status == PV_EXPERIMENT_PAUSED;
}

static int compare_sealed(const experiment_reader *reader,
			  const pv_yaml_node *sealed)
{
	pv_json_doc *doc = NULL;
	pv_buf now = { 0 };
	int rc = pv_experiment_seal(&now, reader->to, reader->err);

	if (rc == PV_OK)
		rc = pv_json_parse(&doc, pv_buf_text(&now), now.len, reader->err);
	if (rc == PV_OK)
		rc = compare(reader, pv_json_root(doc), sealed);
	pv_json_free(doc);
	pv_buf_dispose(&now);
	return rc;
}

int pv_experiment_check_sealed(experiment_reader *reader)
{
	const pv_yaml_node *sealed = pv_experiment_node(reader->root, "sealed");
	const pv_yaml_node *status = pv_yaml_get(reader->root, "status");
	const pv_experiment *to = reader->to;
	int rc;

	if (to->status == PV_EXPERIMENT_DRAFT && to->epoch_count)
		return refuse(reader, status ? status : reader->root,
			      "\"status\" is draft, which it was",
			      "put it back; `git pv experiment stop` ends it");
	if (to->status != PV_EXPERIMENT_DRAFT && (!to->epoch_count || !sealed))
		return pv_experiment_refuse(reader, status,
					    "an experiment that never began is %s",
					    pv_experiment_status_name(to->status));
	if (!pv_experiment_is_under_way(to))
		return PV_OK;
	if (to->started_at != to->epochs[to->first_epoch].at)
		return refuse_key(reader, "started_at");
	rc = compare_sealed(reader, sealed);
	return rc == PV_OK ? compare_epoch(reader) : rc;
}
