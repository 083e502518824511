/* SPDX-License-Identifier: MIT
 *
 * breaking-change: what works with the last version and may fail with this
 * text, and which version that makes it.
 */
#include "base/fail.h"
#include "check/rules.h"

#include <stdlib.h>

/* The node a change is told of, or what there is of its path. */
static const pv_yaml_node *find_node(const pv_check_run *run, const char *path)
{
	const pv_yaml *doc = run->prompt->doc;
	pv_buf part = { 0 };
	const pv_yaml_node *node = pv_yaml_root(doc);

	pv_buf_puts(&part, path);
	while (part.len) {
		const pv_yaml_node *found;
		size_t len = part.len;

		if (pv_yaml_find(&found, doc, pv_buf_text(&part), NULL) == PV_OK) {
			node = found;
			break;
		}
		while (len && part.ptr[len - 1] != '.' && part.ptr[len - 1] != '[')
			len--;
		pv_buf_truncate(&part, len ? len - 1 : 0);
	}
	pv_buf_dispose(&part);
	return node;
}

static int report(pv_check_run *run, const pv_report *breaking,
		  const char *version)
{
	long major = strtol(version, NULL, 10);
	int rc = PV_OK;

	for (size_t i = 0; i < pv_report_count(breaking) && rc == PV_OK; i++) {
		const pv_finding *finding = pv_report_at(breaking, i);

		rc = pv_check_node(run, find_node(run, finding->file),
				   "callers have to change: release it as a "
				   "major version, or take the change back",
				   "%s since %s: needs version %ld.0.0",
				   finding->message, version, major + 1);
	}
	return rc;
}

static int run(pv_check_run *run)
{
	const pv_prompt *last = NULL;
	const char *version = "";
	pv_report *breaking = NULL;
	enum pv_bump bump = PV_BUMP_NONE;
	int rc = pv_check_last(&last, &version, run);

	if (rc == PV_ENOTFOUND || !last) {
		pv_error_clear(run->err);
		return rc == PV_ENOTFOUND ? PV_OK : rc;
	}
	rc = pv_report_new(&breaking, run->err);
	if (rc == PV_OK)
		rc = pv_prompt_impact(&bump, last, run->prompt, breaking,
				      run->err);
	if (rc == PV_OK && bump == PV_BUMP_MAJOR)
		rc = report(run, breaking, version);
	pv_report_free(breaking);
	return rc;
}

const pv_check_rule pv_rule_breaking_change = {
	{ .id = "breaking-change",
	  .group = PV_RULE_SCHEMA,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a change since the last version that callers may fail with",
	  .fix = "release it as a major version, or take the change back" },
	run
};
