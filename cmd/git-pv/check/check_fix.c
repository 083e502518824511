/* SPDX-License-Identifier: MIT
 *
 * `git pv check --fix`: what the library can mend without judgement goes to
 * the file in the working tree; nothing is staged.
 */
#include "check/check.h"

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

/*
 * The file as it is, where git would store another one only for its line ends:
 * they stay. `*prompt_out` is NULL when git's own conversions are to be undone
 * and done again, or there is nothing that loads.
 */
static int read_raw(pv_prompt **prompt_out, pv_buf *raw, struct check *check,
		    const cli_prompt *entry)
{
	pv_cli *cli = check->cli;
	int is_raw = 0;
	int rc = pv_store_read_raw(raw, &is_raw, cli->store, entry->path,
				   &cli->err);

	*prompt_out = NULL;
	if (rc < 0 || !is_raw || !entry->prompt)
		return rc;
	rc = pv_prompt_parse(prompt_out, pv_buf_text(raw), raw->len, NULL, NULL,
			     &cli->err);
	if (rc < 0 && rc != PV_ENOMEM) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	return rc;
}

static int write(const struct check *check, const pv_change *change, int is_raw)
{
	pv_cli *cli = check->cli;

	return is_raw ? pv_store_write_raw(cli->store, change, &cli->err)
		      : pv_store_write_files(cli->store, change, 1, &cli->err);
}

static int mend(int *changed_out, struct check *check, const cli_prompt *entry,
		const pv_check_subject *subject, int is_raw)
{
	pv_buf better = { .max = PV_YAML_MAX_SIZE };
	size_t count = 0;
	int rc = pv_check_fix(&better, &count, check->rules, subject,
			      &check->cli->err);

	if (rc == PV_OK && count && check->is_dry) {
		rc = show(check, entry, &better);
	} else if (rc == PV_OK && count) {
		const pv_change change = { entry->path, pv_buf_text(&better),
					   better.len };

		rc = write(check, &change, is_raw);
		*changed_out = 1;
	}
	if (rc == PV_OK && count) {
		check->fixed_files++;
		check->fixed_values += count;
	}
	pv_buf_dispose(&better);
	return rc;
}

int check_fix(int *changed_out, struct check *check, const cli_prompt *entry)
{
	pv_check_subject subject = { .id = entry->id,
				     .path = entry->path,
				     .text = pv_buf_text(&entry->text),
				     .len = entry->text.len,
				     .prompt = entry->prompt };
	pv_buf raw = { .max = PV_YAML_MAX_SIZE };
	pv_prompt *prompt = NULL;
	int rc = read_raw(&prompt, &raw, check, entry);

	*changed_out = 0;
	if (prompt) {
		subject.text = pv_buf_text(&raw);
		subject.len = raw.len;
		subject.prompt = prompt;
	}
	if (rc == PV_OK)
		rc = mend(changed_out, check, entry, &subject, prompt != NULL);
	pv_prompt_free(prompt);
	pv_buf_dispose(&raw);
	return rc;
}
