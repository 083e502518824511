/* SPDX-License-Identifier: MIT
 *
 * What the readers of experiments/<id>.yaml share. The schema has been asked
 * before any of them: kinds and types of nodes are what it says. Texts are
 * borrowed from the document, which the experiment owns with its arena.
 */
#ifndef PV_EXPERIMENT_FILE_READER_H
#define PV_EXPERIMENT_FILE_READER_H

#include <pv/experiment_file.h>
#include <pv/yaml.h>

#include "base/arena.h"
#include "experiment/targeting.h"
#include "yaml/doc.h"

/* An experiment and what it owns; begins with what is public of it. */
struct experiment_whole {
	pv_experiment experiment;
	pv_arena arena;
	pv_yaml *doc;
	pv_slots draft; /* by the weights of the file, before any epoch */
	pv_experiment_targeting targeting;
};

typedef struct experiment_reader {
	struct experiment_whole *whole;
	pv_experiment *to;
	pv_experiment_variant *variants; /* those of `to` */
	pv_arena *arena;
	const pv_yaml_node *root;
	const char *source; /* "experiments/tone.yaml" */
	pv_error *err;
} experiment_reader;

/* PV_EINVALID at a node of the file. */
int pv_experiment_refuse(const experiment_reader *reader, const pv_yaml_node *at,
			 const char *format, ...) PV_PRINTF(3, 4);

/* The node at a key, aliases followed; NULL for none and for null. */
const pv_yaml_node *pv_experiment_node(const pv_yaml_node *mapping,
				       const char *key);
/* Its text; NULL for none. */
const char *pv_experiment_text(const pv_yaml_node *mapping, const char *key);
/* Room in the arena, zeroed; PV_ENOMEM. */
int pv_experiment_room(void *out, const experiment_reader *reader, size_t count,
		       size_t size);
/* A number of the schema as a double; `out` is left alone without a node. */
int pv_experiment_real(double *out, const experiment_reader *reader,
		       const pv_yaml_node *node);
/* Per cent as slots, exactly: PV_EINVALID beyond four digits. */
int pv_experiment_ppm(uint32_t *out, const experiment_reader *reader,
		      const pv_yaml_node *node);
/* RFC 3339, or a date, which is its first moment; `out` is left alone without a node. */
int pv_experiment_time(int64_t *out, const experiment_reader *reader,
		       const pv_yaml_node *node);

/* The parts of the file, in the order in which they are read. */
int pv_experiment_read_variants(experiment_reader *reader);
/* Whether variants have names that git takes as parts of refs. */
int pv_experiment_check_names(const experiment_reader *reader);
int pv_experiment_read_plan(experiment_reader *reader);
int pv_experiment_read_metrics(experiment_reader *reader);
int pv_experiment_read_targeting(experiment_reader *reader);
int pv_experiment_read_epochs(experiment_reader *reader);
/*
 * pv_experiment_parse; a text that is not final was one that fitted the schema,
 * and need not be as it was sealed.
 */
int pv_experiment_read(pv_experiment **out, const char *id, pv_str text,
		       int is_final, pv_error *err);

/* PV_EPOLICY when what was sealed at the start is not the same any more. */
int pv_experiment_check_sealed(experiment_reader *reader);

/* Appends the JSON of what is sealed: hashes by name. PV_ENOMEM. */
int pv_experiment_seal(pv_buf *out, const pv_experiment *experiment,
		       pv_error *err);

/* Whether a weight, as it is written, is none. */
int pv_experiment_is_weightless(const char *weight);

/* Whether it has begun and may go on: scheduled, running or paused. */
int pv_experiment_is_under_way(const pv_experiment *experiment);

#endif
