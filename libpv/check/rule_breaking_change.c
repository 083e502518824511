/* SPDX-License-Identifier: MIT
 *
 * breaking-change: what works with the last version and may fail with this
 * text, and which version that makes it.
 */
#include "base/fail.h"
#include "check/check.h"
#include "check/rules.h"

#include <stdlib.h>

/* The node a change is told of, or what there is of its path. */
static int find_node(const pv_yaml_node **out, const pv_check_run *run,
		     const char *path)
{
	const pv_yaml *doc = run->prompt->doc;
	pv_buf part = { 0 };
	int rc;

	pv_buf_puts(&part, path);
	rc = pv_buf_status(&part, run->err);
	while (rc == PV_OK) {
		size_t len = part.len;

		rc = pv_yaml_find(out, doc, pv_buf_text(&part), run->err);
		if (rc == PV_OK || rc == PV_ENOMEM)
			break;
		pv_error_clear(run->err);
		rc = PV_OK;
		while (len && part.ptr[len - 1] != '.' && part.ptr[len - 1] != '[')
			len--;
		pv_buf_truncate(&part, len ? len - 1 : 0);
	}
	pv_buf_dispose(&part);
	return rc;
}

static int report(pv_check_run *run, const pv_report *breaking,
		  const char *version)
{
	long major = strtol(version, NULL, 10);
	int rc = PV_OK;

	for (size_t i = 0; i < pv_report_count(breaking) && rc == PV_OK; i++) {
		const pv_finding *finding = pv_report_at(breaking, i);
		const pv_yaml_node *node = NULL;

		rc = find_node(&node, run, finding->file);
		if (rc < 0)
			break;
		rc = pv_check_node(run, node,
				   "callers have to change: release it as a "
				   "major version, or take the change back",
				   "%s since %s: needs version %ld.0.0",
				   finding->message, version, major + 1);
	}
	return rc;
}

static int judge(enum pv_bump *out, pv_check_run *run, const pv_prompt *last,
		 pv_report *breaking)
{
	const pv_check_source *source = &run->check->source;

	if (!source->impact)
		return pv_prompt_impact(out, last, run->prompt, breaking,
					run->err);
	return source->impact(out, last, run->prompt, breaking, source->payload,
			      run->err);
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
		rc = judge(&bump, run, last, breaking);
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
