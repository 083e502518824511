/* SPDX-License-Identifier: MIT
 *
 * Fallbacks of environments, as pv.yaml has them: where one has nothing, the
 * one that it names is looked into, then the one which that names.
 */
#ifndef PV_PROMPT_FALLBACK_H
#define PV_PROMPT_FALLBACK_H

#include <pv/report.h>
#include <pv/yaml.h>

/* `environments` of a pv.yaml, NULL without. */
const pv_yaml_node *pv_fallback_environments(const pv_yaml *doc);

/* The fallback of one by name, where its text is; NULL without. */
const pv_yaml_node *pv_fallback_of(const pv_yaml_node *environments,
				   const char *name);

/*
 * Adds a finding (rule "setting", an error) for each environment whose
 * fallbacks lead back to it. `file` is named in them. PV_ENOMEM.
 */
int pv_fallback_judge(pv_report *report, const pv_yaml *doc, const char *file,
		      pv_error *err);

#endif
