/* SPDX-License-Identifier: MIT
 *
 * What pv.yaml says about checks: a level for each rule, and other levels
 * below certain paths.
 */
#ifndef PV_CHECK_CONFIG_H
#define PV_CHECK_CONFIG_H

#include <pv/check.h>

/* A level is an enum pv_severity, or one of these. */
enum {
	PV_LEVEL_OFF = -1,
	PV_LEVEL_OWN = -2 /* what the rule, or its finding, says */
};

typedef struct pv_check_config {
	pv_yaml *doc;               /* NULL: no settings */
	signed char *levels;        /* one for each row of the table */
	const pv_yaml_node *checks; /* mapping, NULL when absent */
	const pv_yaml_node *paths;  /* the same: checks.paths */
} pv_check_config;

/* Reads and checks the text of pv.yaml; see pv_check_new. */
int pv_check_config_read(pv_check_config *out, const char *text, size_t len,
			 pv_error *err);
void pv_check_config_dispose(pv_check_config *config);

/* Sets a level for each row of the table as it is for the file at `path`. */
void pv_check_config_levels(signed char *out, const pv_check_config *config,
			    const char *path);

#endif
