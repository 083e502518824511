/* SPDX-License-Identifier: MIT
 *
 * See merge_attributes.h. The file is a draft among the notes in .git/pv: it
 * goes when the merge is over, and is swept when its owner was killed.
 */
#include "setup/merge_attributes.h"

#include <string.h>

#include "base/fail.h"
#include "base/file.h"

/* Where the user's own attributes are; stays empty when that is nowhere. */
static void user_file(pv_buf *out, pv_cli *cli)
{
	const char *xdg = cli_env("XDG_CONFIG_HOME", NULL);
	const char *home = cli_env("HOME", NULL);
	pv_buf set = { 0 };

	if (cli_config(&set, cli, "core.attributesFile")) {
		const char *path = pv_buf_text(&set);

		if (strncmp(path, "~/", 2) == 0 && home)
			pv_buf_printf(out, "%s%s", home, path + 1);
		else
			pv_buf_puts(out, path);
	} else if (xdg && *xdg) {
		pv_buf_printf(out, "%s/git/attributes", xdg);
	} else if (home) {
		pv_buf_printf(out, "%s/.config/git/attributes", home);
	}
	pv_buf_dispose(&set);
}

/* What cannot be read git would not have read either. */
static int add_user_lines(pv_buf *out, pv_cli *cli)
{
	pv_buf path = { 0 };
	int rc = PV_OK;

	user_file(&path, cli);
	if (path.len > 0)
		rc = pv_file_read(out, path.ptr, NULL);
	pv_buf_dispose(&path);
	return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : PV_OK;
}

/* The folder inside the quotes of a pattern, each character as itself. */
static void put_folder(pv_buf *out, const char *folder)
{
	for (; *folder; folder++) {
		if (strchr("*?[\\", *folder))
			pv_buf_puts(out, "\\\\");
		if (*folder == '"' || *folder == '\\')
			pv_buf_putc(out, '\\');
		pv_buf_putc(out, *folder);
	}
}

static void put_line(pv_buf *out, const char *folder, const char *files)
{
	pv_buf_puts(out, "\"/");
	put_folder(out, folder);
	pv_buf_printf(out, "/**/%s\" merge=pv\n", files);
}

int merge_attributes(pv_buf *out, pv_note *file, pv_cli *cli)
{
	const char *prompts = cli->settings.prompts_dir;
	pv_buf folder = { 0 };
	pv_buf text = { 0 };
	pv_note_text note = { .name = pv_note_draft, .text = &text };
	int rc;

	pv_buf_printf(&folder, "%s/pv", pv_store_common_dir(cli->store));
	note.folder = pv_buf_text(&folder);
	put_line(&text, prompts, "*.yaml");
	put_line(&text, prompts, "*.yml");
	put_line(&text, "datasets", "*.yaml");
	put_line(&text, "experiments", "*.yaml");
	pv_buf_puts(&text, "/pv.yaml merge=pv\n");
	rc = add_user_lines(&text, cli);
	if (rc == PV_OK)
		rc = pv_buf_status(&folder, &cli->err);
	if (rc == PV_OK)
		rc = pv_note_write(file, &note, &cli->err);
	if (rc == PV_OK) {
		pv_store_share(cli->store, note.folder);
		pv_store_share(cli->store, file->path);
		pv_buf_printf(out, "core.attributesFile=%s", file->path);
		rc = pv_buf_status(out, &cli->err);
	}
	pv_buf_dispose(&folder);
	pv_buf_dispose(&text);
	return rc;
}
