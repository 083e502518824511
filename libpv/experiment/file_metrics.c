/* SPDX-License-Identifier: MIT
 *
 * The metrics of an experiment, and the numbers that say when they are enough.
 */
#include <math.h>
#include <string.h>

#include <pv/results.h>

#include "base/clock.h"
#include "base/fail.h"
#include "experiment/file.h"

enum {
	MINIMUM_SAMPLE = 100
};

/* Whether there is such a metric, and whether more of it is better. */
static int read_name(experiment_reader *reader, pv_experiment_metric *metric,
		     const pv_yaml_node *at)
{
	char source[PV_RESULT_SOURCE];
	pv_result_metric read;
	int rc = pv_result_metric_read(&read, source, metric->name, reader->err);

	metric->is_up = read.is_up;
	return rc == PV_OK ? PV_OK
			   : pv_error_at(reader->err, rc, reader->source,
					 at->line, at->column);
}

static int read_metric(experiment_reader *reader, pv_experiment_metric *metric,
		       const pv_yaml_node *from)
{
	const pv_yaml_node *margin;
	const char *direction;
	int rc;

	if (from->kind == PV_YAML_SCALAR) {
		metric->name = from->text;
		return read_name(reader, metric, from);
	}
	metric->name = pv_experiment_text(from, "name");
	direction = pv_experiment_text(from, "direction");
	rc = read_name(reader, metric, from);
	if (rc != PV_OK)
		return rc;
	if (direction)
		metric->is_up = strcmp(direction, "up") == 0;
	margin = pv_experiment_node(from, "margin");
	metric->has_margin = margin != NULL;
	return pv_experiment_real(&metric->margin, reader, margin);
}

/* One metric, or a list of them. */
static int read_list(experiment_reader *reader, const pv_experiment_metric **out,
		     size_t *count_out, const pv_yaml_node *from)
{
	pv_experiment_metric *metrics = NULL;
	size_t count;
	int rc;

	if (!from)
		return PV_OK;
	count = from->kind == PV_YAML_SEQUENCE ? from->count : 1;
	rc = pv_experiment_room(&metrics, reader, count, sizeof(*metrics));
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = read_metric(reader, &metrics[i],
				 from->kind == PV_YAML_SEQUENCE
					 ? pv_yaml_resolve(pv_yaml_at(from, i))
					 : from);
	*out = metrics;
	*count_out = count;
	return rc;
}

/* Whether two names are of one figure, as "latency" and "latency_p95". */
static int is_same_figure(const char *a, const char *b)
{
	char sources[2][PV_RESULT_SOURCE];
	pv_result_metric x;
	pv_result_metric y;

	return pv_result_metric_read(&x, sources[0], a, NULL) == PV_OK &&
	       pv_result_metric_read(&y, sources[1], b, NULL) == PV_OK &&
	       strcmp(sources[0], sources[1]) == 0 && x.kind == y.kind &&
	       x.quantile == y.quantile;
}

static int refuse_primary(const experiment_reader *reader, size_t idx,
			  size_t before)
{
	const char *name = reader->to->primaries[idx].name;
	const char *other = reader->to->primaries[before].name;
	const pv_yaml_node *at = pv_experiment_node(reader->root, "metrics");

	if (strcmp(name, other) == 0)
		return pv_experiment_refuse(reader, at,
					    "the primary metric \"%.64s\" is "
					    "named twice",
					    name);
	return pv_experiment_refuse(reader, at,
				    "the primary metrics \"%.64s\" and "
				    "\"%.64s\" are the same figure",
				    other, name);
}

/* What has begun goes on, even with a metric that is corrected for itself. */
static int check_names(const experiment_reader *reader)
{
	const pv_experiment *to = reader->to;
	int is_draft = to->status == PV_EXPERIMENT_DRAFT;

	for (size_t i = 0; i < to->primary_count; i++)
		for (size_t k = 0; k < i; k++) {
			const char *a = to->primaries[i].name;
			const char *b = to->primaries[k].name;

			if (strcmp(a, b) == 0 ||
			    (is_draft && is_same_figure(a, b)))
				return refuse_primary(reader, i, k);
		}
	return PV_OK;
}

static int read_count(int64_t *out, const experiment_reader *reader,
		      const char *key)
{
	double number = (double)*out;
	int rc = pv_experiment_real(&number, reader,
				    pv_experiment_node(reader->root, key));

	if (rc == PV_OK && number > 1e15)
		rc = pv_experiment_refuse(reader,
					  pv_experiment_node(reader->root, key),
					  "\"%s\" is too large", key);
	if (rc == PV_OK)
		*out = (int64_t)number;
	return rc;
}

/* A number above 0, which is written too small to be told from it; 0: unsaid. */
static int read_level(double *out, const experiment_reader *reader,
		      const char *key, double below)
{
	const pv_yaml_node *node = pv_experiment_node(reader->root, key);
	int rc = pv_experiment_real(out, reader, node);

	if (rc != PV_OK || !node || (*out > 0 && *out < below))
		return rc;
	return pv_experiment_refuse(reader, node, "\"%s\" is too %s: %.40s", key,
				    *out > 0 ? "large" : "small", node->text);
}

/* What cannot be counted would not be left out. */
static int read_warm_up(experiment_reader *reader)
{
	const char *text = pv_experiment_text(reader->root, "warm_up");
	int64_t *span = &reader->to->warm_up;

	*span = text ? pv_time_span(text) : 0;
	if (!text || *span || strspn(text, "0") + 1 == strlen(text))
		return PV_OK;
	return pv_experiment_refuse(reader,
				    pv_experiment_node(reader->root, "warm_up"),
				    "\"warm_up\" is too long: \"%.40s\"", text);
}

static int read_plan(experiment_reader *reader)
{
	pv_experiment *to = reader->to;
	const char *method = pv_experiment_text(reader->root, "method");
	int rc;

	to->alpha = 0.05;
	to->power = 0.8;
	to->minimum_sample = MINIMUM_SAMPLE;
	for (int i = 0; method && i <= PV_METHOD_BAYES; i++)
		if (!strcmp(method, pv_experiment_method_name(i)))
			to->method = (enum pv_experiment_method)i;
	rc = read_warm_up(reader);
	if (rc == PV_OK)
		rc = read_level(&to->alpha, reader, "alpha", 1);
	if (rc == PV_OK)
		rc = read_level(&to->power, reader, "power", 1);
	if (rc == PV_OK)
		rc = read_level(&to->mde, reader, "mde", INFINITY);
	if (rc == PV_OK)
		rc = read_count(&to->minimum_sample, reader, "minimum_sample");
	return rc == PV_OK ? read_count(&to->looks, reader, "looks") : rc;
}

const char *pv_experiment_method_name(enum pv_experiment_method method)
{
	switch (method) {
	case PV_METHOD_SEQUENTIAL:
		return "sequential";
	case PV_METHOD_FIXED:
		return "fixed";
	case PV_METHOD_GROUP_SEQUENTIAL:
		return "group-sequential";
	case PV_METHOD_BAYES:
		return "bayes";
	}
	return "";
}

int pv_experiment_read_metrics(experiment_reader *reader)
{
	const pv_yaml_node *node = pv_experiment_node(reader->root, "metrics");
	pv_experiment *to = reader->to;
	int rc = PV_OK;

	if (node)
		rc = read_list(reader, &to->primaries, &to->primary_count,
			       pv_experiment_node(node, "primary"));
	if (rc == PV_OK && node)
		rc = read_list(reader, &to->guardrails, &to->guardrail_count,
			       pv_experiment_node(node, "guardrails"));
	if (rc == PV_OK)
		rc = check_names(reader);
	return rc == PV_OK ? read_plan(reader) : rc;
}
