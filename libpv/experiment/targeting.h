/* SPDX-License-Identifier: MIT
 *
 * Who takes part in an experiment: conditions on what is known of a request.
 * An attribute that is not known fulfils none.
 */
#ifndef PV_EXPERIMENT_TARGETING_H
#define PV_EXPERIMENT_TARGETING_H

#include <pv/experiment_file.h>

enum target_kind {
	TARGET_IN, /* equals, too */
	TARGET_PREFIX,
	TARGET_NUMBER,
	TARGET_VERSION,
	TARGET_PERCENTAGE
};

typedef struct target_condition {
	enum target_kind kind;
	const char *attribute;     /* NULL: the unit itself */
	const char *const *values; /* of `in`, or the prefix */
	size_t value_count;
	const char *from; /* NULL: no limit */
	const char *below;
	uint32_t ppm; /* of a percentage */
} target_condition;

struct pv_experiment_targeting {
	const target_condition *all;
	size_t all_count;
	const target_condition *any; /* one of them has to hold */
	size_t any_count;
	const char *salt; /* of percentages, so that they differ from others */
};

/* Whether it is a version: "2.9", "v3", "3.0-rc.1". */
int pv_experiment_is_version(const char *text);
/* Whether no value is in the range of a condition, which has both limits. */
int pv_experiment_is_nobody(const target_condition *it);
/* Whether a request is one of those that are meant. */
int pv_experiment_is_target(const pv_experiment_targeting *targeting,
			    const pv_route_request *request);

#endif
