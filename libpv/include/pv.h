/* SPDX-License-Identifier: MIT
 *
 * The whole public interface of libpv, version control for prompts that is
 * really git. Conventions that hold for every function are in pv/error.h
 * (results and errors) and libpv(3) (ownership and threads).
 */
#ifndef PV_H
#define PV_H

#include <pv/analytics.h>
#include <pv/api.h>
#include <pv/appraise.h>
#include <pv/blame.h>
#include <pv/buf.h>
#include <pv/check.h>
#include <pv/culprit.h>
#include <pv/deploy.h>
#include <pv/diff.h>
#include <pv/distribution.h>
#include <pv/error.h>
#include <pv/exchange.h>
#include <pv/experiment.h>
#include <pv/experiment_file.h>
#include <pv/git.h>
#include <pv/git_rows.h>
#include <pv/index.h>
#include <pv/init.h>
#include <pv/merge.h>
#include <pv/policy.h>
#include <pv/prompt.h>
#include <pv/render.h>
#include <pv/report.h>
#include <pv/results.h>
#include <pv/review.h>
#include <pv/schema.h>
#include <pv/search.h>
#include <pv/snapshot.h>
#include <pv/stats.h>
#include <pv/store.h>
#include <pv/trace.h>
#include <pv/version.h>
#include <pv/yaml.h>

#endif
