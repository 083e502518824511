/* SPDX-License-Identifier: MIT
 *
 * Every allocation of JSON Schema made to fail: compiling with documents that
 * are loaded, reading data, validating with and without findings.
 */
#include "alloc/walk.h"

static const char schema_json[] =
	"{\"$id\": \"http://e.org/a\", \"$defs\": {\"s\": {\"$dynamicAnchor\": \"s\"}},"
	" \"properties\": {\"a\": {\"$ref\": \"b\"}, \"l\": {\"uniqueItems\": true,"
	" \"contains\": {\"enum\": [1,2,3,4,5,6,7,8,9,10]}}},"
	" \"patternProperties\": {\"p\\\\d\": {\"pattern\": \"x+$\"}},"
	" \"required\": [\"a\", \"z\"], \"dependentRequired\": {\"a\": [\"y\"]},"
	" \"anyOf\": [{\"$dynamicRef\": \"#s\"}, {\"minProperties\": 90}],"
	" \"unevaluatedProperties\": {\"type\": \"string\"}}";

static const char data_json[] =
	"{\"a\": \"\\u00e9\\n\", \"p1\": \"xx\", \"p2\": \"y\", \"b\": 1.25, \"l\": "
	"[10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28.5,28.50],"
	" \"k1\":1,\"k2\":1,\"k3\":1,\"k4\":1,\"k5\":1,\"k6\":1,\"k7\":1,\"k8\":1,"
	" \"k9\":1,\"k10\":1,\"k11\":1,\"k12\":1,\"k13\":1,\"k14\":1,\"k15\":1}";

/* Wrong only at the end: a key is missing. */
static const char late_json[] =
	"{\"p1\": \"xx\", \"l\": [10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27]}";

struct scene {
	pv_schema *schema;
	pv_schema_data *data;
	pv_schema_data *late;
	pv_schema_result *result;
};

static int load(pv_buf *out, const char *uri, void *payload, pv_error *err)
{
	(void)payload;
	if (strcmp(uri, "http://e.org/b") != 0)
		return PV_ENOTFOUND;
	pv_buf_puts(out, "{\"minLength\": 3, \"const\": \"abc\"}");
	return pv_buf_status(out, err);
}

static const pv_schema_options opts = { .assert_formats = 1, .load = load };

static void begin(void *payload)
{
	struct scene *it = payload;

	memset(it, 0, sizeof(*it));
	if (pv_schema_new(&it->schema, schema_json, strlen(schema_json), &opts,
			  NULL) < 0 ||
	    pv_schema_data_new(&it->data, data_json, strlen(data_json), NULL) < 0 ||
	    pv_schema_data_new(&it->late, late_json, strlen(late_json), NULL) < 0 ||
	    pv_schema_result_new(&it->result, NULL) < 0)
		fail_msg("nothing to begin with");
}

static void end(void *payload, int rc)
{
	struct scene *it = payload;

	(void)rc;
	pv_schema_result_free(it->result);
	pv_schema_data_free(it->data);
	pv_schema_data_free(it->late);
	pv_schema_free(it->schema);
}

static int compile(void *payload, pv_error *err)
{
	pv_schema *schema = NULL;
	int rc = pv_schema_new(&schema, schema_json, strlen(schema_json), &opts,
			       err);

	(void)payload;
	pv_schema_free(schema);
	return rc;
}

static int read_data(void *payload, pv_error *err)
{
	pv_schema_data *data = NULL;
	int rc = pv_schema_data_new(&data, data_json, strlen(data_json), err);

	(void)payload;
	pv_schema_data_free(data);
	return rc;
}

static int extract(void *payload, pv_error *err)
{
	static const char text[] =
		"Not [1], but:\n~~~\n{\"a\": 0}\n~~~\nor {\"b\": [2]}";
	const struct scene *it = payload;
	pv_schema_data *data = NULL;
	pv_schema_spot spot = { 0 };
	int rc = pv_schema_extract(&data, &spot, it->schema, text, strlen(text),
				   err);

	if (rc == PV_OK)
		walk_say("%zu %zu", spot.offset, spot.len);
	pv_schema_data_free(data);
	return rc;
}

static int new_result(void *payload, pv_error *err)
{
	pv_schema_result *result = NULL;
	int rc = pv_schema_result_new(&result, err);

	(void)payload;
	pv_schema_result_free(result);
	return rc;
}

static int validate(void *payload, pv_error *err)
{
	struct scene *it = payload;
	int valid = -1;
	int rc = pv_schema_validate(&valid, it->schema, it->late, NULL, err);

	if (rc == PV_OK)
		walk_say("%d;", valid);
	return rc;
}

static int explain(void *payload, pv_error *err)
{
	struct scene *it = payload;
	int valid = -1;
	int rc = pv_schema_validate(&valid, it->schema, it->data, it->result,
				    err);

	for (size_t i = 0;
	     rc == PV_OK && i < pv_schema_result_count(it->result); i++)
		walk_say("%s;", pv_schema_result_at(it->result, i)->message);
	return rc;
}

/* That it breaks off is the answer, and takes memory to find out. */
static int extract_broken(void *payload, pv_error *err)
{
	static const char text[] = "So: {\"a\": [1, {\"b\": 2}, \"c";
	const struct scene *it = payload;
	pv_schema_data *data = NULL;
	pv_schema_spot spot = { 0 };
	int rc = pv_schema_extract(&data, &spot, it->schema, text, strlen(text),
				   err);

	if (rc != PV_ENOTFOUND)
		return rc;
	walk_say("%s %d %d", err ? err->message : "", err ? err->line : 0,
		 err ? err->column : 0);
	return PV_OK;
}

static const struct walk_row rows[] = {
	{ WALK(pv_schema_new, compile) },
	{ WALK(pv_schema_data_new, read_data) },
	{ WALK(pv_schema_result_new, new_result) },
	{ WALK(pv_schema_extract, extract) },
	{ WALK(pv_schema_extract, extract_broken) },
	{ WALK(pv_schema_validate, validate) },
	{ WALK(pv_schema_validate, explain) },
};

static void test_alloc_schema__fails_cleanly_at_every_allocation(void **state)
{
	static struct scene scene;
	const struct walk_setting setting = { &scene, begin, end, 0 };

	(void)state;
	walk_all(rows, sizeof(rows) / sizeof(rows[0]), &setting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_alloc_schema__fails_cleanly_at_every_allocation),
	};

	walk_install();
	return cmocka_run_group_tests_name("alloc_schema", tests, NULL, NULL);
}
