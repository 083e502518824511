/* SPDX-License-Identifier: MIT
 *
 * Values of experiments/<id>.yaml, and what is said about them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "experiment/file.h"

int pv_experiment_refuse(const experiment_reader *reader,
			 const pv_yaml_node *at, const char *format, ...)
{
	char message[sizeof(reader->err->message)];
	va_list args;
	int rc;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	rc = pv_fail(reader->err, PV_EINVALID, "%s", message);
	return pv_error_at(reader->err, rc, reader->source, at->line, at->column);
}

const pv_yaml_node *pv_experiment_node(const pv_yaml_node *mapping,
				       const char *key)
{
	const pv_yaml_node *node = pv_yaml_get(mapping, key);

	if (!node)
		return NULL;
	node = pv_yaml_follow(node);
	if (node->kind == PV_YAML_SCALAR && node->type == PV_YAML_NULL)
		return NULL;
	return node;
}

const char *pv_experiment_text(const pv_yaml_node *mapping, const char *key)
{
	const pv_yaml_node *node = pv_experiment_node(mapping, key);

	return node ? node->text : NULL;
}

int pv_experiment_room(void *out, const experiment_reader *reader, size_t count,
		       size_t size)
{
	void *room = pv_arena_calloc(reader->arena, count * size + 1);

	*(void **)out = room;
	return room ? PV_OK : pv_fail_nomem(reader->err);
}

int pv_experiment_real(double *out, const experiment_reader *reader,
		       const pv_yaml_node *node)
{
	pv_json_doc *doc = NULL;
	pv_buf json = { 0 };
	int rc;

	if (!node)
		return PV_OK;
	rc = pv_yaml_to_json(&json, node, reader->err);
	if (rc == PV_OK)
		rc = pv_json_parse(&doc, pv_buf_text(&json), json.len,
				   reader->err);
	if (rc == PV_ESYNTAX)
		rc = pv_experiment_refuse(reader, node,
					  "\"%.40s\" is no number that can be "
					  "used",
					  node->text);
	if (rc == PV_OK)
		*out = pv_json_real(pv_json_root(doc), 0);
	pv_json_free(doc);
	pv_buf_dispose(&json);
	return rc;
}

int pv_experiment_ppm(uint32_t *out, const experiment_reader *reader,
		      const pv_yaml_node *node)
{
	const char *texts[] = { node->text, "100" };
	int64_t numbers[2];
	int64_t unit;
	int rc = pv_weights_parse(numbers, texts, 2, reader->err);

	/* Both are scaled by the same power of ten. */
	unit = rc == PV_OK ? numbers[1] / 100 : 1;
	if (rc != PV_OK || numbers[0] > numbers[1] ||
	    (unit > 10000 && numbers[0] % (unit / 10000)))
		return pv_experiment_refuse(reader, node,
					    "\"%.40s\" is no percentage of up "
					    "to four digits behind the point",
					    node->text);
	*out = (uint32_t)(unit > 10000 ? numbers[0] / (unit / 10000)
				       : numbers[0] * (10000 / unit));
	return PV_OK;
}

int pv_experiment_time(int64_t *out, const experiment_reader *reader,
		       const pv_yaml_node *node)
{
	char whole[PV_TIME_TEXT];
	const char *text = node ? node->text : NULL;

	if (text && strlen(text) == strlen("2026-11-20")) {
		(void)snprintf(whole, sizeof(whole), "%.10sT00:00:00Z", text);
		text = whole;
	}
	if (text && pv_time_parse(out, text, NULL) < 0)
		return pv_experiment_refuse(reader, node,
					    "\"%.40s\" is no time such as "
					    "2026-11-20 or 2026-11-20T10:00:00Z",
					    node->text);
	return PV_OK;
}
