/* SPDX-License-Identifier: MIT
 *
 * Reading `epochs`: each says all that was in force, so that an assignment of
 * any time can be made again from the file alone.
 */
#include <string.h>

#include "base/str.h"
#include "experiment/file.h"

/* Reads a mapping by variants; one that came later is not in it. */
static int read_texts(const experiment_reader *reader, const char *const **out,
		      const pv_yaml_node *from, const char *missing)
{
	const char **texts = NULL;
	int rc = pv_experiment_room(&texts, reader, reader->to->variant_count,
				    sizeof(*texts));

	for (size_t i = 0; i < reader->to->variant_count && rc == PV_OK; i++) {
		if (from)
			texts[i] =
				pv_experiment_text(from,
						   reader->to->variants[i].name);
		if (!texts[i])
			texts[i] = missing;
	}
	*out = texts;
	return rc;
}

/* One part of "control 500000, concise 1000000". */
static int read_range(const experiment_reader *reader, pv_slot_range *out,
		      const pv_yaml_node *from, pv_str part)
{
	size_t blank = strcspn(part.ptr, " ");
	const pv_str digits = { part.ptr + blank + 1, part.len - blank - 1 };
	unsigned end = 0;

	for (size_t i = 0; i < reader->to->variant_count; i++) {
		const pv_str name = { part.ptr, blank };

		if (!pv_str_is(name, reader->to->variants[i].name))
			continue;
		out->variant = (uint32_t)i;
		if (pv_str_to_uint(&end, digits, PV_SLOTS) < 0 ||
		    end <= out->begin)
			break;
		out->end = end;
		return PV_OK;
	}
	return pv_experiment_refuse(reader, from,
				    "\"%.*s\" are no slots of a variant",
				    (int)part.len, part.ptr);
}

static int read_slots(const experiment_reader *reader, pv_slots *out,
		      const pv_yaml_node *from)
{
	pv_slot_range *ranges = NULL;
	const char *at = from->text;
	size_t count = 1;
	int rc;

	for (const char *comma = at; *comma; comma++)
		count += *comma == ',';
	rc = pv_experiment_room(&ranges, reader, count, sizeof(*ranges));
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		pv_str part = { at, strcspn(at, ",") };

		ranges[i].begin = i ? ranges[i - 1].end : 0;
		rc = read_range(reader, &ranges[i], from, part);
		at += part.len + 2;
	}
	if (rc == PV_OK && ranges[count - 1].end != PV_SLOTS)
		rc = pv_experiment_refuse(reader, from,
					  "the slots end at %u, not at %d",
					  ranges[count - 1].end, PV_SLOTS);
	out->ranges = ranges;
	out->count = count;
	out->variants = reader->to->variant_count;
	return rc;
}

static int read_epoch(const experiment_reader *reader, pv_experiment_epoch *out,
		      const pv_yaml_node *from)
{
	const char *salt = pv_experiment_text(from, "salt");
	const char *reason = pv_experiment_text(from, "reason");
	const pv_yaml_node *coverage = pv_experiment_node(from, "coverage");
	const pv_yaml_node *slots = pv_experiment_node(from, "slots");
	int rc = pv_experiment_time(&out->at, reader,
				    pv_experiment_node(from, "at"));

	out->salt = salt ? salt : reader->to->plan.salt;
	out->reason = reason ? reason : "start";
	out->coverage_ppm = PV_SLOTS;
	out->slots = reader->whole->draft;
	if (rc == PV_OK && coverage)
		rc = pv_experiment_ppm(&out->coverage_ppm, reader, coverage);
	if (rc == PV_OK && slots)
		rc = read_slots(reader, &out->slots, slots);
	if (rc == PV_OK)
		rc = read_texts(reader, &out->weights,
				pv_experiment_node(from, "split"), "0");
	if (rc == PV_OK)
		rc = read_texts(reader, &out->commits,
				pv_experiment_node(from, "variants"), NULL);
	return rc;
}

/* What counts now is what the last one says. */
static void apply_last(experiment_reader *reader, const pv_experiment_epoch *last)
{
	pv_experiment *to = reader->to;

	for (size_t i = 0; i < to->variant_count; i++)
		if (last->commits[i])
			reader->variants[i].commit = last->commits[i];
	to->plan.epoch = last->number;
	to->plan.slots = &last->slots;
	while (to->first_epoch + 1 < to->epoch_count &&
	       strcmp(to->epochs[to->first_epoch].salt, last->salt) != 0)
		to->first_epoch++;
}

int pv_experiment_read_epochs(experiment_reader *reader)
{
	const pv_yaml_node *node = pv_experiment_node(reader->root, "epochs");
	pv_experiment_epoch *epochs = NULL;
	size_t count = node ? node->count : 0;
	int rc = PV_OK;

	if (!count)
		return PV_OK;
	rc = pv_experiment_room(&epochs, reader, count, sizeof(*epochs));
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const pv_yaml_node *from = pv_yaml_resolve(pv_yaml_at(node, i));

		epochs[i].number = (uint32_t)i + 1;
		rc = read_epoch(reader, &epochs[i], from);
		if (rc == PV_OK && i && epochs[i].at < epochs[i - 1].at)
			rc = pv_experiment_refuse(reader, from,
						  "an epoch begins before the "
						  "one before it");
	}
	if (rc != PV_OK)
		return rc;
	reader->to->epochs = epochs;
	reader->to->epoch_count = count;
	apply_last(reader, &epochs[count - 1]);
	return PV_OK;
}
