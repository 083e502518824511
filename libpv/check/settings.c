/* SPDX-License-Identifier: MIT
 *
 * What is wrong in pv.yaml itself. Values and keys that its schema does not
 * have; secrets: whatever looks like one, and any literal behind a name such as
 * api_key, where ${NAME} should stand.
 */
#include "prompt/settings.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "check/check.h"
#include "check/spot.h"

static const char file_name[] = "pv.yaml";
static const char hint[] = "write ${NAME}, and set NAME in the environment";

struct search {
	pv_report *report;
	const signed char *levels;
	pv_str text;
	pv_spots spots; /* found already */
	pv_error *err;
};

static int add(struct search *search, const char *rule, size_t offset,
	       const char *what)
{
	size_t idx = pv_check_rule_index(rule);
	pv_finding finding = { .severity = pv_rule_at(idx)->severity,
			       .rule = pv_rule_at(idx)->id,
			       .file = file_name,
			       .hint = hint };
	pv_buf message = { 0 };
	int rc;

	if (search->levels[idx] == PV_LEVEL_OFF)
		return PV_OK;
	if (search->levels[idx] != PV_LEVEL_OWN)
		finding.severity = (enum pv_severity)search->levels[idx];
	pv_utf8_place(search->text.ptr, search->text.len, offset, &finding.line,
		      &finding.column);
	pv_buf_printf(&message, "%s stands in the file", what);
	finding.message = pv_buf_text(&message);
	rc = pv_buf_status(&message, search->err);
	if (rc == PV_OK)
		rc = pv_report_add(search->report, &finding, search->err);
	pv_buf_dispose(&message);
	return rc;
}

static int add_spots(struct search *search, const char *rule, size_t first)
{
	int rc = PV_OK;

	for (size_t i = first; i < search->spots.count && rc == PV_OK; i++)
		rc = add(search, rule, search->spots.items[i].start,
			 search->spots.items[i].what);
	return rc;
}

/* Literals that no pattern knows, by the names they have. */
static int look_below(struct search *search, const pv_yaml_node *node)
{
	const pv_yaml_node *child = node->first;
	int rc = PV_OK;

	for (; child && rc == PV_OK; child = child->next) {
		rc = look_below(search, child);
		if (rc < 0 || child->kind != PV_YAML_SCALAR || !child->key ||
		    child->type != PV_YAML_STRING ||
		    !pv_is_secret_setting((pv_str){ child->key->text,
						    child->key->len },
					  (pv_str){ child->text, child->len }) ||
		    pv_spots_cover(&search->spots, child->start) ||
		    pv_spots_cover(&search->spots, child->start + 1))
			continue;
		rc = add(search, "secret", child->start, "a secret");
	}
	return rc;
}

int pv_check_secrets(pv_report *report, pv_check *check, pv_error *err)
{
	struct search search = { .report = report, .err = err };
	size_t first;
	int rc;

	if (!check->config.doc)
		return PV_OK;
	search.text.ptr = pv_yaml_text(check->config.doc, &search.text.len);
	search.levels = check->levels;
	pv_check_config_levels(check->levels, &check->config, file_name);
	rc = pv_find_secrets(&search.spots, search.text, err);
	if (rc == PV_OK)
		rc = add_spots(&search, "secret", 0);
	first = search.spots.count;
	if (rc == PV_OK)
		rc = pv_find_private_keys(&search.spots, search.text, err);
	if (rc == PV_OK)
		rc = add_spots(&search, "private-key", first);
	if (rc == PV_OK)
		rc = look_below(&search, pv_yaml_root(check->config.doc));
	pv_spots_dispose(&search.spots);
	return rc;
}

/* --- shape ---------------------------------------------------------------- */

static int settle(pv_report *report, const pv_check *check,
		  const pv_finding *finding, pv_error *err)
{
	size_t idx = pv_check_rule_index(finding->rule);
	pv_finding settled = *finding;

	if (check->levels[idx] == PV_LEVEL_OFF)
		return PV_OK;
	if (check->levels[idx] != PV_LEVEL_OWN)
		settled.severity = (enum pv_severity)check->levels[idx];
	return pv_report_add(report, &settled, err);
}

int pv_check_settings_file(pv_report *report, pv_check *check, pv_error *err)
{
	pv_report *found = NULL;
	int rc;

	if (!check->config.doc)
		return PV_OK;
	pv_check_config_levels(check->levels, &check->config, file_name);
	rc = pv_report_new(&found, err);
	if (rc == PV_OK)
		rc = pv_settings_judge(found, check->config.doc, file_name, err);
	for (size_t i = 0; rc == PV_OK && i < pv_report_count(found); i++)
		rc = settle(report, check, pv_report_at(found, i), err);
	pv_report_free(found);
	return rc;
}
