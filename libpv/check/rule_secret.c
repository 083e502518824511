/* SPDX-License-Identifier: MIT
 *
 * secret: keys and tokens, wherever in the file. What they are is said, they
 * themselves are not: findings end up in logs.
 */
#include <string.h>

#include "check/rules.h"
#include "check/spot.h"

static const char cure[] = "revoke it, it is in the history already if this was "
			   "committed; pass it in from the environment";

/* Whether the text of the file says all of it: no escapes, no folds. */
static int is_plain(const pv_check_run *run, const pv_yaml_node *node)
{
	pv_str text = { run->subject->text, run->subject->len };

	return node->kind != PV_YAML_SCALAR ||
	       node->style != PV_YAML_DOUBLE_QUOTED || node->end > text.len ||
	       !memchr(text.ptr + node->start, '\\', node->end - node->start);
}

static size_t count_within(const pv_spots *spots, size_t from, size_t end)
{
	size_t count = 0;

	for (size_t i = 0; i < spots->count; i++)
		count += spots->items[i].start >= from &&
			 spots->items[i].start < end;
	return count;
}

/* What escapes hide from whoever reads the file, but not from a model. */
static int check_values(pv_check_run *run, const pv_yaml_node *node,
			const pv_spots *seen)
{
	pv_spots spots = { 0 };
	int rc = PV_OK;

	if (!is_plain(run, node)) {
		pv_str value = { node->text, node->len };
		size_t known = count_within(seen, node->start, node->end);

		rc = pv_find_secrets(&spots, value, run->err);
		for (size_t i = known; i < spots.count && rc == PV_OK; i++)
			rc = pv_check_node(run, node, cure,
					   "%s stands in the file",
					   spots.items[i].what);
		pv_spots_dispose(&spots);
	}
	for (node = node->first; node && rc == PV_OK; node = node->next)
		rc = check_values(run, node, seen);
	return rc;
}

static int run(pv_check_run *run)
{
	pv_str text = { run->subject->text, run->subject->len };
	pv_spots spots = { 0 };
	int rc = pv_find_secrets(&spots, text, run->err);

	for (size_t i = 0; i < spots.count && rc == PV_OK; i++)
		rc = pv_check_byte(run, spots.items[i].start, cure,
				   "%s stands in the file", spots.items[i].what);
	if (rc == PV_OK && memchr(text.ptr, '\\', text.len))
		rc = check_values(run, pv_yaml_root(run->prompt->doc), &spots);
	pv_spots_dispose(&spots);
	return rc;
}

const pv_check_rule pv_rule_secret = {
	{ .id = "secret",
	  .group = PV_RULE_SECURITY,
	  .severity = PV_SEVERITY_ERROR,
	  .what = "a key or token of a known service, or something as "
		  "irregular behind a name such as api_key",
	  .fix = "revoke it, and pass it in from the environment" },
	run
};
