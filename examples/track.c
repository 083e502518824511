/* SPDX-License-Identifier: MIT
 *
 * Records around a call: renders a prompt of the repository it is run in,
 * hands the text to a program that stands for the model, and keeps what came
 * back, how long it took and which commit it was:
 *
 *     cc track.c -o track $(pkg-config --cflags --libs libpv)
 *     ./track support/triage '{"ticket": "It is lost"}' 'tr a-z A-Z'
 *
 * The record never delays or fails the call: when the index is busy it waits
 * beside it (pv_executions_offer). `git pv history show` has it afterwards.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pv.h>

/* A prompt of a repository, ready to be called. */
struct call {
	pv_store *store;
	pv_settings settings;
	pv_spec spec;
	pv_oid blob;
	pv_prompt_tree tree;
	pv_render_loader loader;
	pv_renderer *renderer;
	pv_rendering *rendering;
};

/* What came of one call. */
struct answer {
	pv_buf text;
	double latency_ms;
	int is_ok;
};

/* --- the prompt ----------------------------------------------------------- */

static int open_prompt(struct call *call, const char *spec, pv_error *err)
{
	pv_render_options opts = { .loader = &call->loader };
	pv_prompt *prompt = NULL;
	pv_buf text = { 0 };
	int rc = pv_store_open(&call->store, NULL, err);

	if (rc == 0)
		rc = pv_settings_load(&call->settings, call->store, err);
	if (rc == 0)
		rc = pv_spec_resolve(&call->spec, call->store, &call->settings,
				     spec, PV_SPEC_COMMIT, err);
	if (rc == 0)
		rc = pv_store_read(&text, &call->blob, call->store,
				   &call->spec.at, call->spec.path, err);
	if (rc == 0)
		rc = pv_prompt_parse(&prompt, pv_buf_text(&text), text.len,
				     NULL, NULL, err);
	call->tree.store = call->store;
	call->tree.settings = &call->settings;
	call->tree.at = call->spec.at;
	call->loader.load = pv_prompt_tree_load;
	call->loader.read = pv_prompt_tree_read;
	call->loader.payload = &call->tree;
	if (rc == 0)
		rc = pv_renderer_new(&call->renderer, prompt, &opts, err);
	if (rc == 0)
		rc = pv_rendering_new(&call->rendering, err);
	pv_prompt_free(prompt);
	pv_buf_dispose(&text);
	return rc;
}

static void close_prompt(struct call *call)
{
	pv_rendering_free(call->rendering);
	pv_renderer_free(call->renderer);
	pv_spec_dispose(&call->spec);
	pv_store_free(call->store);
}

static int render(struct call *call, const char *input, pv_error *err)
{
	pv_context *context = NULL;
	int rc = pv_context_new(&context, input, strlen(input), err);

	if (rc == 0)
		rc = pv_render(call->rendering, call->renderer, context, err);
	if (rc == 0 && pv_rendering_count(call->rendering) != 1) {
		fprintf(stderr, "this example takes prompts of one text\n");
		rc = PV_EUNSUPPORTED;
	}
	pv_context_free(context);
	return rc;
}

/* --- the call ------------------------------------------------------------- */

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Your request to a provider takes the place of this. */
static void ask(struct answer *out, const char *program, const char *text)
{
	double start = now_ms();
	char line[4096];
	char piece[4096];
	FILE *pipe;

	snprintf(line, sizeof(line), "printf '%%s\\n' \"$PROMPT\" | %s", program);
	setenv("PROMPT", text, 1);
	pipe = popen(line, "r");
	while (pipe && fgets(piece, sizeof(piece), pipe))
		pv_buf_puts(&out->text, piece);
	out->is_ok = pipe && pclose(pipe) == 0;
	out->latency_ms = now_ms() - start;
}

/* --- the record ----------------------------------------------------------- */

static int set(pv_execution *row, const char *field, const char *text,
	       pv_error *err)
{
	return pv_execution_set(row, field, text, strlen(text), err);
}

static int fill(pv_execution *row, struct call *call, const char *input,
		const struct answer *answer, pv_error *err)
{
	const pv_rendered_message *one = pv_rendering_message(call->rendering, 0);
	pv_buf version = { 0 };
	char latency[40];
	int rc = pv_version_describe(&version, call->store, &call->settings,
				     call->spec.id, &call->spec.at, err);

	snprintf(latency, sizeof(latency), "%.3f", answer->latency_ms);
	if (rc == 0)
		rc = set(row, "version", version.ptr, err);
	if (rc == 0)
		rc = set(row, "prompt_id", call->spec.id, err);
	if (rc == 0)
		rc = set(row, "commit", call->spec.at.commit.hex, err);
	if (rc == 0)
		rc = set(row, "blob", call->blob.hex, err);
	if (rc == 0)
		rc = pv_execution_set_json(row, "input", input, strlen(input),
					   err);
	if (rc == 0)
		rc = pv_execution_set(row, "rendered", one->content, one->len,
				      err);
	if (rc == 0)
		rc = pv_execution_set(row, "output", pv_buf_text(&answer->text),
				      answer->text.len, err);
	if (rc == 0)
		rc = set(row, "latency_ms", latency, err);
	if (rc == 0)
		rc = set(row, "success", answer->is_ok ? "true" : "false", err);
	pv_buf_dispose(&version);
	return rc;
}

static int record(struct call *call, const char *input,
		  const struct answer *answer, pv_error *err)
{
	pv_executions_options opts = { 0 };
	pv_execution *row = NULL;
	pv_buf path = { 0 };
	int is_spooled = 0;
	int rc = pv_execution_new(&row, err);

	pv_buf_printf(&path, "%s/pv/index.db", pv_store_common_dir(call->store));
	opts.path = path.ptr;
	if (rc == 0)
		rc = fill(row, call, input, answer, err);
	if (rc == 0)
		rc = pv_executions_offer(&is_spooled, &opts, &row, 1, err);
	if (rc == 0)
		fprintf(stderr, "recorded%s: %s\n",
			is_spooled ? " beside the index" : "",
			pv_execution_text(row, "id"));
	pv_buf_dispose(&path);
	pv_execution_free(row);
	return rc;
}

int main(int argc, char **argv)
{
	struct call call = { 0 };
	struct answer answer = { 0 };
	pv_error err = { 0 };
	int rc;

	if (argc != 4) {
		fprintf(stderr, "usage: %s SPEC INPUT PROGRAM\n", argv[0]);
		return 1;
	}
	rc = pv_init(&err);
	if (rc == 0)
		rc = open_prompt(&call, argv[1], &err);
	if (rc == 0)
		rc = render(&call, argv[2], &err);
	if (rc == 0) {
		ask(&answer, argv[3],
		    pv_rendering_message(call.rendering, 0)->content);
		fputs(pv_buf_text(&answer.text), stdout);
		rc = record(&call, argv[2], &answer, &err);
	}
	if (rc < 0 && err.message[0])
		fprintf(stderr, "error: %s\n", err.message);
	close_prompt(&call);
	pv_buf_dispose(&answer.text);
	pv_shutdown();
	return rc < 0 || !answer.is_ok;
}
