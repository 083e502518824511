/* SPDX-License-Identifier: MIT
 *
 * `git pv check --fix`: what the library can mend without judgement goes to
 * the file in the working tree; nothing is staged.
 */
#include "check.h"

#include <pv/diff.h>

#include "base/fail.h"

static int show(const struct check *check, const cli_prompt *entry,
		const pv_buf *better)
{
	pv_cli *cli = check->cli;
	pv_diff *diff = NULL;
	int rc = pv_diff_texts(&diff, pv_buf_text(&entry->text), entry->text.len,
			       pv_buf_text(better), better->len, &cli->err);

	if (rc == PV_OK)
		rc = pv_diff_print_text(&cli->out, diff, entry->id, NULL,
					&cli->err);
	pv_diff_free(diff);
	return rc;
}

int check_fix(int *changed_out, struct check *check, const cli_prompt *entry)
{
	const pv_check_subject subject = { .id = entry->id,
					   .path = entry->path,
					   .text = pv_buf_text(&entry->text),
					   .len = entry->text.len,
					   .prompt = entry->prompt };
	pv_cli *cli = check->cli;
	pv_buf better = { .max = PV_YAML_MAX_SIZE };
	size_t count = 0;
	int rc = pv_check_fix(&better, &count, check->rules, &subject, &cli->err);

	*changed_out = 0;
	if (rc == PV_OK && count && check->is_dry) {
		rc = show(check, entry, &better);
	} else if (rc == PV_OK && count) {
		const pv_change change = { entry->path, pv_buf_text(&better),
					   better.len };

		rc = pv_store_write_files(cli->store, &change, 1, &cli->err);
		*changed_out = 1;
	}
	if (rc == PV_OK && count) {
		check->fixed_files++;
		check->fixed_values += count;
	}
	pv_buf_dispose(&better);
	return rc;
}
