/* SPDX-License-Identifier: MIT
 *
 * duplicate-name: two prompts of one folder with the same `name`, which lists
 * cannot tell apart, found at the one that is checked later; and two tests of
 * one prompt.
 */
#include <string.h>

#include "base/fail.h"
#include "check/check.h"
#include "check/rules.h"

/* "<folder>\n<name>" */
static int put_key(pv_buf *key, const pv_check_run *run, const char *name)
{
	const char *id = run->subject->id;
	const char *slash = strrchr(id, '/');

	pv_buf_put(key, id, slash ? (size_t)(slash - id) : 0);
	pv_buf_putc(key, '\n');
	pv_buf_puts(key, name);
	return pv_buf_status(key, run->err);
}

static int check_tests(pv_check_run *run)
{
	const pv_yaml_node *tests = pv_check_field(run, "tests");
	pv_map names = { 0 };
	int rc = PV_OK;

	for (const pv_yaml_node *test = tests ? tests->first : NULL;
	     test && rc == PV_OK; test = test->next) {
		const pv_yaml_node *node = pv_yaml_get(test, "name");
		void *old = NULL;
		pv_str name;

		if (!node || !pv_node_is_text(node))
			continue;
		name.ptr = pv_yaml_follow(node)->text;
		name.len = pv_yaml_follow(node)->len;
		rc = pv_map_set(&names, name, (void *)(uintptr_t)node, &old,
				run->err);
		if (rc == PV_OK && old)
			rc = pv_check_node(run, node,
					   "reports tell them apart by name",
					   "another test is called \"%.*s\"",
					   name.len > 80 ? 80 : (int)name.len,
					   name.ptr);
	}
	pv_map_dispose(&names);
	return rc;
}

static int check_prompt(pv_check_run *run)
{
	const char *name = pv_prompt_name(run->prompt);
	const pv_yaml_node *node = pv_check_field(run, "name");
	const pv_rule *mark = run->rule; /* any address but NULL */
	pv_buf key = { 0 };
	void *old = NULL;
	int rc;

	if (!*name || !node)
		return PV_OK;
	rc = put_key(&key, run, name);
	if (rc == PV_OK)
		rc = pv_map_set(&run->check->names, (pv_str){ key.ptr, key.len },
				(void *)(uintptr_t)mark, &old, run->err);
	pv_buf_dispose(&key);
	if (rc < 0 || !old)
		return rc;
	return pv_check_node(run, node, "name them by what sets them apart",
			     "another prompt of this folder is called \"%.80s\"",
			     name);
}

static int run(pv_check_run *run)
{
	int rc = check_prompt(run);

	return rc < 0 ? rc : check_tests(run);
}

const pv_check_rule pv_rule_duplicate_name = {
	{ .id = "duplicate-name",
	  .group = PV_RULE_SYNTAX,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "two prompts of one folder, or two tests of one prompt, "
		  "with the same name",
	  .fix = "name them by what sets them apart" },
	run
};
