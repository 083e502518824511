/* SPDX-License-Identifier: MIT
 *
 * How long YAML text takes to become a document and a loaded prompt, against
 * what libyaml alone needs to produce its events.
 *
 *     bench_yaml time            one JSON line per measurement
 *     bench_yaml run WHAT PASSES for instruction counts: events, document or
 *                                prompt, over all files so many times
 *     bench_yaml files           how many files there are
 *     bench_yaml load FOLDER     10,000 files on disk, written there and left
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <yaml.h>

#include <pv/prompt.h>
#include <pv/yaml.h>

#include "base/file.h"

enum {
	FILES = 200,
	ROUNDS = 31,
	PASSES = 5 /* over all files in one round */
};

static pv_buf files[FILES];

/* A prompt file of the usual size, about 1250 bytes, like no other. */
static void make_file(pv_buf *out, unsigned idx)
{
	static const char *const words[] = { "ticket", "queue",  "customer",
					     "answer", "policy", "refund" };
	const char *word = words[idx % 6];

	pv_buf_printf(out,
		      "name: Support %s %u\n"
		      "description: Sorts a %s into one of %u queues.\n"
		      "goal: Route 95%% of all %ss without a human.\n"
		      "category: classification\n"
		      "tags: [support, production, \"%s-%u\"]\n"
		      "owner: support-team\n"
		      "active: true\n"
		      "model: {provider: ollama, name: \"llama3.1:8b\", "
		      "temperature: 0.%u, max_tokens: %u, stop: []}\n",
		      word, idx, word, idx % 9 + 2, word, word, idx, idx % 10,
		      200 + idx);
	pv_buf_printf(out,
		      "messages:\n"
		      "  - role: system\n"
		      "    content: |\n"
		      "      You sort %ss for {{ product }}, number %u.\n"
		      "\n"
		      "      Read the text twice before you decide. If two "
		      "queues fit,\n"
		      "      take the one that can answer sooner, and say why "
		      "in one line.\n"
		      "      {%% if urgent %%}This one is urgent: never send "
		      "it to \"later\".{%% endif %%}\n"
		      "      Reply with JSON only, without any text around "
		      "it.\n"
		      "  - role: user\n"
		      "    content: \"{{ %s }}\"\n",
		      word, idx, word);
	pv_buf_printf(out,
		      "variables:\n"
		      "  product: {type: string, description: Product name, "
		      "default: Acme}\n"
		      "  %s: {type: string, required: true, example: \"I "
		      "cannot log in\"}\n"
		      "  urgent: {type: boolean, default: false}\n"
		      "output: {format: json, schema: {type: object, "
		      "required: [queue],\n"
		      "         properties: {queue: {enum: [billing, "
		      "tech]}}}}\n"
		      "metadata:\n"
		      "  created: 2026-01-%02u\n"
		      "  reviewed_by: [anna, ben]  # two pairs of eyes\n",
		      word, idx % 28 + 1);
}

static void check(int is_good)
{
	if (!is_good) {
		fputs("error: a benchmark file does not load\n", stderr);
		exit(EXIT_FAILURE);
	}
}

static void read_events(const pv_buf *file)
{
	yaml_parser_t parser;
	yaml_event_t event;
	int is_done = 0;

	check(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser, (const unsigned char *)file->ptr,
				     file->len);
	while (!is_done) {
		check(yaml_parser_parse(&parser, &event));
		is_done = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

static void read_document(const pv_buf *file)
{
	pv_yaml *doc;

	check(!pv_yaml_parse(&doc, file->ptr, file->len, NULL, NULL));
	pv_yaml_free(doc);
}

static void read_prompt(const pv_buf *file)
{
	pv_prompt *prompt;

	check(!pv_prompt_parse(&prompt, file->ptr, file->len, NULL, NULL, NULL));
	pv_prompt_free(prompt);
}

typedef void (*reader)(const pv_buf *);

/* Microseconds per file. */
static double measure(reader read)
{
	struct timespec start;
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int pass = 0; pass < PASSES; pass++)
		for (int i = 0; i < FILES; i++)
			read(&files[i]);
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((double)(end.tv_sec - start.tv_sec) * 1e6 +
		(double)(end.tv_nsec - start.tv_nsec) / 1e3) /
	       (PASSES * FILES);
}

static int compare(const void *a, const void *b)
{
	const double *left = a;
	const double *right = b;

	return (*left > *right) - (*left < *right);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

/* Ours and libyaml in turn, so that both see the same neighbours. */
static void compare_readers(const char *metric, reader ours)
{
	double our_times[ROUNDS];
	double peer_times[ROUNDS];
	double our_time;
	double peer_time;

	measure(read_events);
	measure(ours);
	for (int i = 0; i < ROUNDS; i++) {
		peer_times[i] = measure(read_events);
		our_times[i] = measure(ours);
	}
	our_time = median(our_times);
	peer_time = median(peer_times);
	printf("{\"bench\":\"yaml\",\"metric\":\"%s\",\"unit\":\"us/file\","
	       "\"ours\":%.2f,\"peer\":\"libyaml events\","
	       "\"peer_value\":%.2f,\"ratio\":%.3f,\"n\":%d}\n",
	       metric, our_time, peer_time, our_time / peer_time,
	       ROUNDS * PASSES * FILES);
	fflush(stdout);
}

/* --- from disk ------------------------------------------------------------ */

enum {
	DISK_FILES = 10000,
	DISK_ROUNDS = 7
};

static const char *folder;

static void name_file(char path[PATH_MAX], unsigned idx)
{
	snprintf(path, PATH_MAX, "%s/%05u.yaml", folder, idx);
}

static void write_files(void)
{
	for (unsigned i = 0; i < DISK_FILES; i++) {
		pv_buf text = { 0 };
		char path[PATH_MAX];
		FILE *file;

		make_file(&text, i);
		name_file(path, i);
		file = fopen(path, "w");
		check(file && fwrite(text.ptr, 1, text.len, file) == text.len &&
		      fclose(file) == 0);
		pv_buf_dispose(&text);
	}
}

/* Milliseconds for all of them, from a warm page cache. */
static double load(reader read)
{
	struct timespec start;
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (unsigned i = 0; i < DISK_FILES; i++) {
		pv_buf text = { 0 };
		char path[PATH_MAX];

		name_file(path, i);
		check(pv_file_read(&text, path, NULL) == PV_OK);
		read(&text);
		pv_buf_dispose(&text);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	return (double)(end.tv_sec - start.tv_sec) * 1e3 +
	       (double)(end.tv_nsec - start.tv_nsec) / 1e6;
}

static int compare_loading(const char *path)
{
	double ours[DISK_ROUNDS];
	double peer[DISK_ROUNDS];

	folder = path;
	write_files();
	load(read_events);
	for (int i = 0; i < DISK_ROUNDS; i++) {
		peer[i] = load(read_events);
		ours[i] = load(read_prompt);
	}
	qsort(ours, DISK_ROUNDS, sizeof(*ours), compare);
	qsort(peer, DISK_ROUNDS, sizeof(*peer), compare);
	printf("{\"bench\":\"yaml\",\"metric\":\"10,000 prompt files (at most "
	       "1.3)\",\"unit\":\"ms\",\"ours\":%.1f,\"peer\":\"read and "
	       "libyaml events\",\"peer_value\":%.1f,\"ratio\":%.3f,"
	       "\"n\":%d}\n",
	       ours[DISK_ROUNDS / 2], peer[DISK_ROUNDS / 2],
	       ours[DISK_ROUNDS / 2] / peer[DISK_ROUNDS / 2], DISK_ROUNDS);
	return EXIT_SUCCESS;
}

static int run(const char *what, long passes)
{
	reader read = !strcmp(what, "events")     ? read_events
		      : !strcmp(what, "document") ? read_document
						  : read_prompt;

	for (; passes > 0; passes--)
		for (int i = 0; i < FILES; i++)
			read(&files[i]);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "files"))
		return printf("%d\n", FILES) < 0;
	if (argc == 3 && !strcmp(argv[1], "load"))
		return compare_loading(argv[2]);
	for (unsigned i = 0; i < FILES; i++)
		make_file(&files[i], i);
	if (argc == 4 && !strcmp(argv[1], "run"))
		return run(argv[2], strtol(argv[3], NULL, 10));
	compare_readers("text to document", read_document);
	compare_readers("text to prompt", read_prompt);
	for (int i = 0; i < FILES; i++)
		pv_buf_dispose(&files[i]);
	return EXIT_SUCCESS;
}
