/* SPDX-License-Identifier: MIT
 *
 * What makes git use git-pv for prompt files: settings in git's
 * configuration, attributes, and the refspec that tells which versions are
 * published. init, install, uninstall and doctor share it.
 */
#ifndef PV_CLI_WIRING_H
#define PV_CLI_WIRING_H

#include "cli.h"

#include "base/str.h"

/* One setting of git's configuration. */
typedef struct cli_setting {
	const char *key;
	const char *value;
} cli_setting;

/* The settings of the drivers, ended by a NULL key. */
const cli_setting *cli_driver_settings(void);

typedef struct cli_install_options {
	int is_global; /* only the drivers, in the user's configuration */
	const cli_list *patterns; /* more paths; NULL for none */
} cli_install_options;

/*
 * 1 when the repository's own configuration has a value that git-pv never
 * gave, which install leaves as it is.
 */
int cli_setting_is_kept(pv_cli *cli, const cli_setting *setting);

/*
 * Sets what is not set yet. Each thing done is appended to `done` as a line
 * of text. Nothing is touched that says the same already.
 */
int cli_install(pv_strlist *done, pv_cli *cli, const cli_install_options *opts);

/* Takes back what cli_install has set; lines as there. */
int cli_uninstall(pv_strlist *done, pv_cli *cli, int is_global);

/*
 * Whether git gives a path, or with NULL prompt files, attribute `name` the
 * value `value`: 1, 0, or negative.
 */
int cli_has_attribute(pv_cli *cli, const char *file, const char *name,
		      const char *value);

/* Appends the attribute line of prompt files, without a newline. */
void cli_prompt_attributes(pv_buf *out, const char *prompts_dir);

/* Appends the refspec that fetches the published versions of a remote. */
void cli_tag_refspec(pv_buf *out, const char *remote);

/*
 * Appends the refspec that fetches the reviews of a remote, to where they
 * cannot overwrite any that are here.
 */
void cli_pv_refspec(pv_buf *out, const char *remote);

/* 1 when the remote is fetched with that refspec. */
int cli_has_refspec(pv_cli *cli, const char *remote, const char *refspec);

/* The names of the remotes. */
int cli_remotes(pv_strlist *out, pv_cli *cli);

#endif
