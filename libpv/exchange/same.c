/* SPDX-License-Identifier: MIT
 *
 * Whether an import would change what a prompt file says.
 */
#include <pv/exchange.h>

#include "base/fail.h"
#include "prompt/compare.h"
#include "prompt/model.h"

struct comparison {
	const pv_yaml_node *wanted;
	int is_same;
	pv_error *err;
};

static int compare(const pv_import_item *item, void *payload)
{
	struct comparison *it = payload;
	pv_prompt *prompt = NULL;
	int rc = pv_prompt_parse(&prompt, item->yaml, item->len, NULL, NULL,
				 it->err);

	if (rc == PV_OK)
		rc = pv_node_equal(&it->is_same, pv_yaml_root(prompt->doc),
				   it->wanted, it->err);
	pv_prompt_free(prompt);
	return rc;
}

/* A file that is none, or cannot be exported, is not the same as any. */
static int answer(int rc, pv_error *err)
{
	if (rc == PV_OK || rc == PV_ENOMEM || rc == PV_ELIMIT)
		return rc;
	pv_error_clear(err);
	return PV_OK;
}

int pv_import_is_same(int *out, const char *file, size_t file_len,
		      const pv_import_item *item, pv_error *err)
{
	struct comparison it = { .err = err };
	pv_prompt *prompts[2] = { NULL, NULL };
	pv_buf line = { 0 };
	int rc;

	*out = 0;
	rc = pv_prompt_parse(&prompts[0], file, file_len, NULL, NULL, err);
	if (rc == PV_OK)
		rc = pv_prompt_parse(&prompts[1], item->yaml, item->len, NULL,
				     NULL, err);
	if (rc == PV_OK)
		rc = pv_export_jsonl(&line, item->id, prompts[0], err);
	if (rc == PV_OK) {
		it.wanted = pv_yaml_root(prompts[1]->doc);
		rc = pv_import_jsonl(line.ptr, line.len, NULL, compare, &it, err);
	}
	*out = rc == PV_OK && it.is_same;
	pv_buf_dispose(&line);
	pv_prompt_free(prompts[0]);
	pv_prompt_free(prompts[1]);
	return answer(rc, err);
}
