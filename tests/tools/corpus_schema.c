/* SPDX-License-Identifier: MIT
 *
 * Runs the JSON Schema test suite as JSON lines: {file, schema, data, valid}.
 * Schemas are of the draft that the file's name begins with, unless they say
 * another. Documents they refer to are lines {uri, schema} of remotes.jsonl
 * and metaschemas.jsonl, beside the file or in DIR. Formats are asserted in
 * the cases that come from the suite's folder of formats. Cases that are known
 * to end otherwise are in tests/data/schema/unsupported.tsv with a reason, and
 * skipped.
 *
 *     corpus_schema FILE... [--remotes DIR] [--print]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/schema.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "schema/value.h"

struct run {
	int is_print;
	int draft;
	pv_map remotes; /* URI to pv_value */
	pv_arena arena; /* of the remotes */
	unsigned passed;
	unsigned failed;
	unsigned skipped;
	pv_buf unsupported; /* the file */
};

static void put_value(pv_buf *out, const pv_value *value);

static void put_string(pv_buf *out, pv_str text)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_stringn(&w, text.ptr, text.len);
}

static void put_number(pv_buf *out, const pv_decimal *number)
{
	pv_buf_puts(out, number->is_negative ? "-0" : "0");
	if (number->whole.len) {
		pv_buf_truncate(out, out->len - 1);
		pv_buf_put(out, number->whole.ptr, number->whole.len);
	}
	if (number->fraction.len)
		pv_buf_putc(out, '.');
	pv_buf_put(out, number->fraction.ptr, number->fraction.len);
	pv_buf_printf(out, "e%ld", number->exponent);
}

static void put_members(pv_buf *out, const pv_value *object)
{
	for (size_t i = 0; i < object->count; i++) {
		if (i)
			pv_buf_putc(out, ',');
		put_string(out, object->as.members[i].key);
		pv_buf_putc(out, ':');
		put_value(out, &object->as.members[i].value);
	}
}

/* Numbers as they were: jansson's would be rounded. */
static void put_value(pv_buf *out, const pv_value *value)
{
	static const char *const words[] = { "null", "false", "true" };

	switch ((enum pv_value_kind)value->kind) {
	case PV_VALUE_NULL:
	case PV_VALUE_FALSE:
	case PV_VALUE_TRUE:
		pv_buf_puts(out, words[value->kind]);
		break;
	case PV_VALUE_INTEGER:
		pv_buf_printf(out, "%lld", (long long)value->as.integer);
		break;
	case PV_VALUE_NUMBER:
		put_number(out, &value->as.number->decimal);
		break;
	case PV_VALUE_STRING:
		put_string(out, pv_value_str(value));
		break;
	case PV_VALUE_ARRAY:
		pv_buf_putc(out, '[');
		for (size_t i = 0; i < value->count; i++) {
			if (i)
				pv_buf_putc(out, ',');
			put_value(out, &value->as.items[i]);
		}
		pv_buf_putc(out, ']');
		break;
	case PV_VALUE_OBJECT:
		pv_buf_putc(out, '{');
		put_members(out, value);
		pv_buf_putc(out, '}');
		break;
	}
}

static int load(pv_buf *out, const char *uri, void *payload, pv_error *err)
{
	const struct run *run = payload;
	const pv_value *found = pv_map_find(&run->remotes, pv_str_of(uri));

	(void)err;
	if (!found)
		return PV_ENOTFOUND;
	put_value(out, found);
	return PV_OK;
}

/* Calls `fn` for each line of a file; -1 when it cannot be read. */
static int each_line(const char *path, pv_arena *arena,
		     int (*fn)(struct run *run, unsigned number,
			       const pv_value *line),
		     struct run *run)
{
	pv_buf text = { 0 };
	pv_error err = { 0 };
	unsigned number = 1;
	const char *at;

	if (pv_file_read(&text, path, &err) < 0) {
		fprintf(stderr, "error: %s\n", err.message);
		return -1;
	}
	at = pv_arena_dup(arena, pv_buf_text(&text), text.len);
	pv_buf_dispose(&text);
	for (; at && *at; number++) {
		pv_str line = { at, strcspn(at, "\n") };
		const pv_value *value = NULL;

		at += line.len + (at[line.len] != '\0');
		if (!line.len)
			continue;
		if (pv_value_read(&value, arena, line, &err) < 0 ||
		    fn(run, number, value) < 0) {
			fprintf(stderr, "error: %s:%u: %s\n", path, number,
				err.message);
			return -1;
		}
	}
	return at ? 0 : -1;
}

static int add_remote(struct run *run, unsigned number, const pv_value *line)
{
	pv_str uri = pv_value_str(pv_value_get_z(line, "uri"));

	(void)number;
	while (uri.len && uri.ptr[uri.len - 1] == '#')
		uri.len--;
	return pv_map_set(&run->remotes, uri,
			  (void *)(uintptr_t)pv_value_get_z(line, "schema"),
			  NULL, NULL);
}

/* Both ways of asking have to agree: for the answer alone, and for findings. */
static int validate(int *valid, const pv_schema *schema,
		    const pv_schema_data *data, pv_error *err)
{
	pv_schema_result *result = NULL;
	int found = 0;
	int rc = pv_schema_validate(valid, schema, data, NULL, err);

	if (rc == PV_OK)
		rc = pv_schema_result_new(&result, err);
	if (rc == PV_OK)
		rc = pv_schema_validate(&found, schema, data, result, err);
	if (rc == PV_OK &&
	    (found != *valid || found != !pv_schema_result_count(result)))
		rc = pv_fail(err, PV_EINVALID, "with findings it is %d", found);
	pv_schema_result_free(result);
	return rc;
}

/* Whether the data are valid; a failure is in `err`. */
static int answer(int *valid, struct run *run, const pv_value *line, pv_error *err)
{
	const pv_value *file = pv_value_get_z(line, "file");
	pv_schema_options options = { .draft = run->draft,
				      .load = load,
				      .payload = run };
	pv_buf text = { 0 };
	pv_schema *schema = NULL;
	pv_schema_data *data = NULL;
	int rc;

	options.assert_formats = file && file->count > 16 &&
				 !memcmp(file->as.text, "optional/format/", 16);
	put_value(&text, pv_value_get_z(line, "schema"));
	rc = pv_schema_new(&schema, pv_buf_text(&text), text.len, &options, err);
	pv_buf_clear(&text);
	put_value(&text, pv_value_get_z(line, "data"));
	if (rc == PV_OK)
		rc = pv_schema_data_new(&data, pv_buf_text(&text), text.len, err);
	if (rc == PV_OK)
		rc = validate(valid, schema, data, err);
	pv_buf_dispose(&text);
	pv_schema_data_free(data);
	pv_schema_free(schema);
	return rc;
}

static void print_case(unsigned number, int rc, int valid, const pv_error *err)
{
	pv_buf line = { 0 };

	pv_buf_printf(&line, "{\"id\":\"%u\",\"got\":", number);
	if (rc == PV_OK) {
		pv_buf_puts(&line, valid ? "true" : "false");
	} else {
		pv_buf_puts(&line, "null,\"error\":");
		put_string(&line, pv_str_of(err->message));
	}
	pv_buf_putc(&line, '}');
	puts(pv_buf_text(&line));
	pv_buf_dispose(&line);
}

static const char *text_of(const pv_value *line, const char *key, int *len)
{
	const pv_value *text = pv_value_get_z(line, key);

	*len = text ? (int)text->count : 0;
	return text ? text->as.text : "";
}

/* Whether a line of the list begins with file and name of the case. */
static int is_unsupported(const struct run *run, const pv_value *line)
{
	int lens[2];
	const char *file = text_of(line, "file", &lens[0]);
	const char *test = text_of(line, "test", &lens[1]);
	pv_buf row = { 0 };
	int is_listed;

	pv_buf_printf(&row, "\n%.*s\t%.*s\t", lens[0], file, lens[1], test);
	is_listed = strstr(pv_buf_text(&run->unsupported), pv_buf_text(&row)) !=
		    NULL;
	pv_buf_dispose(&row);
	return is_listed;
}

static int run_case(struct run *run, unsigned number, const pv_value *line)
{
	const pv_value *want = pv_value_get_z(line, "valid");
	pv_error err = { 0 };
	int valid = 0;
	int rc = answer(&valid, run, line, &err);
	int lens[3];
	const char *file = text_of(line, "file", &lens[0]);
	const char *group = text_of(line, "group", &lens[1]);
	const char *test = text_of(line, "test", &lens[2]);

	if (run->is_print) {
		print_case(number, rc, valid, &err);
	} else if (rc == PV_OK && want && valid == (want->kind == PV_VALUE_TRUE)) {
		run->passed++;
	} else if (rc == PV_OK && is_unsupported(run, line)) {
		run->skipped++;
	} else {
		printf("FAILED %u %.*s: %.*s: %.*s: %s%s\n", number, lens[0],
		       file, lens[1], group, lens[2], test,
		       rc < 0 ? err.message : (valid ? "valid" : "invalid"),
		       rc < 0 ? "" : ", expected otherwise");
		run->failed++;
	}
	return 0;
}

/* The draft that a file's name begins with. */
static int draft_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (!strncmp(name, "draft7", 6))
		return 7;
	return !strncmp(name, "draft2019", 9) ? 2019 : 2020;
}

/* Adds the documents of a folder, if it has any. */
static void add_remotes(struct run *run, const char *folder, int len)
{
	static const char *const names[] = { "remotes.jsonl",
					     "metaschemas.jsonl" };

	for (size_t i = 0; i < pv_array_len(names); i++) {
		pv_buf path = { 0 };
		FILE *file;

		pv_buf_printf(&path, "%.*s/%s", len, folder, names[i]);
		file = fopen(pv_buf_text(&path), "r");
		if (file) {
			(void)fclose(file);
			if (each_line(pv_buf_text(&path), &run->arena,
				      add_remote, run) < 0)
				run->failed++;
		}
		pv_buf_dispose(&path);
	}
}

static void run_file(struct run *run, const char *path, const char *remotes)
{
	const char *slash = strrchr(path, '/');
	pv_arena arena = { 0 };

	if (remotes)
		add_remotes(run, remotes, (int)strlen(remotes));
	else if (slash)
		add_remotes(run, path, (int)(slash - path));
	run->draft = draft_of(path);
	if (each_line(path, &arena, run_case, run) < 0)
		run->failed++;
	pv_arena_dispose(&arena);
	pv_map_dispose(&run->remotes);
	pv_arena_dispose(&run->arena);
}

int main(int argc, char **argv)
{
	struct run run = { 0 };
	const char *remotes = NULL;

	if (pv_file_read(&run.unsupported,
			 PV_TEST_DATA "/schema/unsupported.tsv", NULL) < 0)
		run.failed++;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--print"))
			run.is_print = 1;
		if (!strcmp(argv[i], "--remotes") && i + 1 < argc)
			remotes = argv[++i];
	}
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--remotes"))
			i++;
		else if (strcmp(argv[i], "--print") != 0)
			run_file(&run, argv[i], remotes);
	}
	if (!run.is_print)
		printf("%u passed, %u failed, %u skipped\n", run.passed,
		       run.failed, run.skipped);
	pv_buf_dispose(&run.unsupported);
	return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
