/* SPDX-License-Identifier: MIT
 *
 * Who gets which variant of an experiment that was read.
 */
#include <string.h>

#include "experiment/file.h"

enum pv_experiment_status pv_experiment_status_at(const pv_experiment *experiment,
						  int64_t now)
{
	if (experiment->status != PV_EXPERIMENT_RUNNING &&
	    experiment->status != PV_EXPERIMENT_SCHEDULED)
		return experiment->status;
	if (experiment->end && now >= experiment->end)
		return PV_EXPERIMENT_STOPPED;
	return now >= experiment->start ? PV_EXPERIMENT_RUNNING
					: PV_EXPERIMENT_SCHEDULED;
}

int pv_experiment_is_running(const pv_experiment *experiment, int64_t now)
{
	return pv_experiment_status_at(experiment, now) == PV_EXPERIMENT_RUNNING;
}

/* The slot that decided. */
static int32_t slot_of(const pv_assignment *it)
{
	if (it->slot_variant >= 0)
		return it->slot_variant;
	return it->slot_exposure >= 0 ? it->slot_exposure : it->slot_layer;
}

/* Among those who take part, the hash of a unit is not asked. */
static void draw(pv_route *out, const pv_experiment *experiment, uint32_t random)
{
	const pv_slots *slots = experiment->plan.slots;

	out->reason = PV_ROUTE_RANDOM;
	out->slot = (int32_t)(random % PV_SLOTS);
	for (size_t i = 0; i < slots->count; i++)
		if ((uint32_t)out->slot < slots->ranges[i].end) {
			out->variant = slots->ranges[i].variant;
			return;
		}
}

/* What can have been given to a unit since the last start. */
static const pv_sticky *sticky_of(const pv_experiment *experiment,
				  const pv_sticky *sticky)
{
	size_t place;
	const pv_slots *slots;

	if (!sticky || !sticky->epoch)
		return sticky;
	place = sticky->epoch - 1;
	if (place < experiment->first_epoch || place >= experiment->epoch_count)
		return NULL;
	slots = &experiment->epochs[place].slots;
	for (size_t i = 0; i < slots->count; i++)
		if (slots->ranges[i].variant == sticky->variant)
			return sticky;
	return NULL;
}

void pv_experiment_route(pv_route *out, const pv_experiment *experiment,
			 const pv_route_request *request)
{
	const pv_assignment *it = &out->assignment;

	memset(out, 0, sizeof(*out));
	out->variant = experiment->control;
	out->slot = -1;
	if (!pv_experiment_is_running(experiment, request->now)) {
		out->reason = PV_ROUTE_NOT_RUNNING;
		return;
	}
	pv_assign(&out->assignment, &experiment->plan, request->unit,
		  request->unit_len, sticky_of(experiment, request->sticky));
	if (it->reason != PV_ASSIGN_OVERRIDE && experiment->targeting &&
	    !pv_experiment_is_target(experiment->targeting, request)) {
		out->reason = PV_ROUTE_NOT_TARGETED;
		return;
	}
	out->slot = slot_of(it);
	out->is_in = it->is_in;
	if (it->is_in)
		out->variant = it->variant;
	if (it->reason == PV_ASSIGN_HASH &&
	    experiment->strategy == PV_STRATEGY_RANDOM)
		draw(out, experiment, request->random);
}

const char *pv_route_reason_name(const pv_route *route)
{
	switch (route->reason) {
	case PV_ROUTE_ASSIGNED:
		break;
	case PV_ROUTE_NOT_RUNNING:
		return "not-running";
	case PV_ROUTE_NOT_TARGETED:
		return "not-targeted";
	case PV_ROUTE_RANDOM:
		return "random";
	}
	return pv_assign_reason_name(route->assignment.reason);
}
