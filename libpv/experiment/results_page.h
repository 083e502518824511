/* SPDX-License-Identifier: MIT
 *
 * What the drawing and the page share.
 */
#ifndef PV_EXPERIMENT_RESULTS_PAGE_H
#define PV_EXPERIMENT_RESULTS_PAGE_H

#include <pv/results.h>

/* The style of both, light and dark: results.css. */
extern const char *const pv_results_results_css;

/*
 * The drawing without a style of its own: for each metric a panel with the
 * interval of each variant's difference from the control.
 */
void pv_results_put_drawing(pv_buf *out, const pv_results *results);

#endif
