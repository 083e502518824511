/* SPDX-License-Identifier: MIT
 *
 * The prompts of one state of a repository as what templates include. Only
 * ids are understood, so a name cannot leave the folder of prompts.
 */
#include <pv/version.h>

int pv_prompt_tree_load(pv_buf *out, const char *name, void *payload,
			pv_error *err)
{
	const pv_prompt_tree *tree = payload;
	pv_buf path = { 0 };
	pv_error why = { 0 };
	int rc;

	if (pv_id_check(name, NULL) < 0)
		return PV_ENOTFOUND;
	rc = pv_prompt_path(&path, tree->settings, name, &why);
	if (rc == PV_OK)
		rc = pv_store_read(out, NULL, tree->store, &tree->at,
				   pv_buf_text(&path), &why);
	pv_buf_dispose(&path);
	if (rc < 0 && err)
		*err = why;
	return rc;
}
