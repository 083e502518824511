/* SPDX-License-Identifier: MIT
 *
 * See prompt_file.h.
 */
#include "repo/prompt_file.h"

#include <string.h>

#include <pv/prompt.h>
#include <pv/yaml.h>

#include "base/fail.h"

void prompt_file_dispose(prompt_file *file)
{
	pv_buf_dispose(&file->path);
	pv_buf_dispose(&file->before);
}

int prompt_file_read(prompt_file *out, pv_cli *cli, const char *id)
{
	pv_spec spec = { 0 };
	int rc;

	out->cli = cli;
	out->id = id;
	if (strchr(id, '@')) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%s\" names a version, and only the working "
			     "tree can be edited",
			     id);
		return pv_error_hint(&cli->err, rc,
				     "\"git pv rollback\" brings back a "
				     "version, \"git pv new --from\" copies it");
	}
	rc = cli_spec_resolve(&spec, cli, id, PV_SPEC_WORKTREE);
	if (rc == PV_OK) {
		pv_buf_puts(&out->path, spec.path);
		out->before.max = PV_YAML_MAX_SIZE;
		rc = pv_store_read(&out->before, NULL, cli->store, &spec.at,
				   spec.path, &cli->err);
	}
	pv_spec_dispose(&spec);
	return rc;
}

int prompt_file_take_raw(prompt_file *file)
{
	pv_cli *cli = file->cli;
	pv_buf raw = { .max = PV_YAML_MAX_SIZE };
	int rc = pv_store_read_raw(&raw, &file->is_raw, cli->store,
				   pv_buf_text(&file->path), &cli->err);

	if (rc == PV_OK && file->is_raw) {
		pv_buf_dispose(&file->before);
		file->before = raw;
	} else {
		pv_buf_dispose(&raw);
	}
	return rc;
}

int prompt_file_loads(const prompt_file *file, const char *text, size_t len,
		      pv_report *report)
{
	pv_prompt_options opts = { pv_buf_text(&file->path) };
	pv_prompt *prompt = NULL;
	int rc;

	rc = pv_prompt_parse(&prompt, text, len, &opts, report, &file->cli->err);
	pv_prompt_free(prompt);
	return rc;
}

int prompt_file_write(const prompt_file *file, const pv_change *change)
{
	pv_cli *cli = file->cli;
	int rc = file->is_raw
			 ? pv_store_write_raw(cli->store, change, &cli->err)
			 : pv_store_write_files(cli->store, change, 1, &cli->err);

	if (rc == PV_OK)
		cli_made(cli, "the file is written all the same");
	return rc;
}
