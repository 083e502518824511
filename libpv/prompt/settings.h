/* SPDX-License-Identifier: MIT
 *
 * pv.yaml held against its JSON Schema, schemas/pv.schema.json, of which this
 * library has a copy inside; the schemas of other files are kept with it.
 */
#ifndef PV_PROMPT_SETTINGS_H
#define PV_PROMPT_SETTINGS_H

#include <pv/report.h>
#include <pv/yaml.h>

/* The texts of schemas (made by the build). */
extern const char *const pv_text_pv_schema_json;
extern const char *const pv_text_experiment_schema_json;
extern const char *const pv_text_dataset_schema_json;

/*
 * Adds a finding (rule "setting", an error) for each value that pv.yaml must
 * not have, and one (rule "unknown-setting", a warning) for each key that is
 * nearly one of those it knows; others are left alone. Fallbacks of environments
 * that go in circles are findings as well. `file` is named in them. PV_ELIMIT,
 * PV_ENOMEM.
 */
int pv_settings_judge(pv_report *report, const pv_yaml *doc, const char *file,
		      pv_error *err);

#endif
