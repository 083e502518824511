/* SPDX-License-Identifier: MIT
 *
 * Findings as a SARIF 2.1.0 log, with all rules of the table, so that a
 * viewer can explain each. Columns are code points; paths are relative to the
 * top of the repository, which the log does not tell.
 */
#include <pv/init.h>

#include <string.h>

#include "check/print.h"
#include "check/rule.h"

static const char schema[] = "https://json.schemastore.org/sarif-2.1.0.json";

static void put_text(pv_jsonw *w, const char *key, const char *text)
{
	pv_jsonw_key(w, key);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "text", text);
	pv_jsonw_object_end(w);
}

static void put_rule(pv_jsonw *w, const pv_rule *rule)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "id", rule->id);
	put_text(w, "shortDescription", rule->what);
	put_text(w, "help", rule->fix);
	pv_jsonw_key(w, "defaultConfiguration");
	pv_jsonw_object(w);
	pv_jsonw_key(w, "enabled");
	pv_jsonw_bool(w, !rule->is_off);
	pv_jsonw_member(w, "level", pv_severity_name(rule->severity));
	pv_jsonw_object_end(w);
	pv_jsonw_key(w, "properties");
	pv_jsonw_object(w);
	pv_jsonw_key(w, "tags");
	pv_jsonw_array(w);
	pv_jsonw_string(w, pv_rule_group_name(rule->group));
	pv_jsonw_array_end(w);
	pv_jsonw_object_end(w);
	pv_jsonw_object_end(w);
}

static void put_tool(pv_jsonw *w)
{
	const pv_rule *rule;

	pv_jsonw_key(w, "tool");
	pv_jsonw_object(w);
	pv_jsonw_key(w, "driver");
	pv_jsonw_object(w);
	pv_jsonw_member(w, "name", "git-pv");
	pv_jsonw_member(w, "semanticVersion", pv_version());
	pv_jsonw_key(w, "rules");
	pv_jsonw_array(w);
	for (size_t i = 0; (rule = pv_rule_at(i)) != NULL; i++)
		put_rule(w, rule);
	pv_jsonw_array_end(w);
	pv_jsonw_object_end(w);
	pv_jsonw_object_end(w);
}

/* A path as a relative reference of RFC 3986. */
static void put_uri(pv_buf *out, const char *path)
{
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("-._~/", c))
			pv_buf_putc(out, (char)c);
		else
			pv_buf_printf(out, "%%%02X", c);
	}
}

static void put_place(pv_jsonw *w, const pv_finding *finding, const char *uri)
{
	pv_jsonw_key(w, "locations");
	pv_jsonw_array(w);
	pv_jsonw_object(w);
	pv_jsonw_key(w, "physicalLocation");
	pv_jsonw_object(w);
	pv_jsonw_key(w, "artifactLocation");
	pv_jsonw_object(w);
	pv_jsonw_member(w, "uri", uri);
	pv_jsonw_member(w, "uriBaseId", "%SRCROOT%");
	pv_jsonw_object_end(w);
	if (finding->line) {
		pv_jsonw_key(w, "region");
		pv_jsonw_object(w);
		pv_jsonw_key(w, "startLine");
		pv_jsonw_int(w, finding->line);
		pv_jsonw_key(w, "startColumn");
		pv_jsonw_int(w, finding->column ? finding->column : 1);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_object_end(w);
	pv_jsonw_object_end(w);
	pv_jsonw_array_end(w);
}

static int put_result(pv_jsonw *w, const pv_report *report, size_t idx,
		      pv_error *err)
{
	const pv_finding *finding = pv_report_at(report, idx);
	size_t rule = pv_check_rule_index(finding->rule);
	char fingerprint[PV_SHA256_HEX];
	pv_buf message = { 0 };
	pv_buf uri = { 0 };
	int rc;

	pv_check_put_message(&message, finding);
	put_uri(&uri, finding->file);
	rc = pv_buf_status(&message, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&uri, err);
	pv_check_fingerprint(fingerprint, report, idx);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "ruleId", finding->rule);
	if (rule != SIZE_MAX) {
		pv_jsonw_key(w, "ruleIndex");
		pv_jsonw_int(w, (int64_t)rule);
	}
	pv_jsonw_member(w, "level", pv_severity_name(finding->severity));
	put_text(w, "message", pv_buf_text(&message));
	put_place(w, finding, pv_buf_text(&uri));
	pv_jsonw_key(w, "partialFingerprints");
	pv_jsonw_object(w);
	pv_jsonw_member(w, "ruleFileMessage/v1", fingerprint);
	pv_jsonw_object_end(w);
	pv_jsonw_object_end(w);
	pv_buf_dispose(&message);
	pv_buf_dispose(&uri);
	return rc;
}

int pv_check_print_sarif(pv_buf *out, const pv_check_result *result, pv_error *err)
{
	pv_jsonw w;
	int rc = PV_OK;

	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "$schema", schema);
	pv_jsonw_member(&w, "version", "2.1.0");
	pv_jsonw_key(&w, "runs");
	pv_jsonw_array(&w);
	pv_jsonw_object(&w);
	put_tool(&w);
	pv_jsonw_member(&w, "columnKind", "unicodeCodePoints");
	pv_jsonw_key(&w, "results");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < pv_report_count(result->report) && rc == PV_OK; i++)
		rc = put_result(&w, result->report, i, err);
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
	pv_buf_putc(out, '\n');
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}
