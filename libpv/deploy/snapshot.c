/* SPDX-License-Identifier: MIT
 *
 * Writing snapshots. Nothing in one depends on when or where it is made: lists
 * are sorted, the clock that templates can ask is the deployment's.
 */
#include <pv/snapshot.h>

#include <string.h>

#include <pv/render.h>
#include <pv/yaml.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/str.h"
#include "base/utf8.h"
#include "version/closure.h"

/* A snapshot on its way. */
struct making {
	pv_store *store;
	const pv_settings *settings;
	const char *environment;
	pv_buf *out;
	pv_strlist blobs; /* of all files, by id */
	int64_t now;      /* of the deployment, in microseconds */
	pv_error *err;
};

/* One prompt of it. */
struct subject {
	const pv_deployment *live;
	pv_settings settings; /* of its commit */
	pv_point at;
	pv_buf path;
	pv_buf text;
	pv_oid blob;
	pv_prompt *prompt;
	pv_closure_reader reader;
	pv_members members;
};

static void subject_dispose(struct subject *subject)
{
	pv_buf_dispose(&subject->path);
	pv_buf_dispose(&subject->text);
	pv_prompt_free(subject->prompt);
	pv_members_dispose(&subject->members);
	pv_closure_reader_dispose(&subject->reader);
}

/* --- reading ---------------------------------------------------------------- */

static int fail_lost(const struct making *it, const pv_deployment *live)
{
	int rc = pv_fail_id(it->err, PV_ERR_VERSION_NOT_FOUND,
			    "\"%.140s\" is live in \"%.64s\" as of %.7s, whose "
			    "bytes are not here",
			    live->id, it->environment, live->commit.hex);

	return pv_error_hint(it->err, rc, "fetch them: \"git fetch --tags\"");
}

static int read_text(struct subject *out, const struct making *it)
{
	int rc;

	out->settings = *it->settings;
	out->at.kind = PV_AT_COMMIT;
	out->at.commit = out->live->commit;
	rc = pv_settings_at(&out->settings, it->store, &out->at, NULL);
	if (rc == PV_OK)
		rc = pv_prompt_path(&out->path, &out->settings, out->live->id,
				    NULL);
	if (rc == PV_OK)
		rc = pv_store_read(&out->text, &out->blob, it->store, &out->at,
				   out->path.ptr, NULL);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(it->err);
	if (rc < 0)
		return fail_lost(it, out->live);
	if (!out->live->blob.hex[0] ||
	    !strcmp(out->blob.hex, out->live->blob.hex))
		return PV_OK;
	return pv_fail(it->err, PV_EINVALID,
		       "\"%.140s\" is live in \"%.64s\" with other bytes than "
		       "%.7s has",
		       out->live->id, it->environment, out->at.commit.hex);
}

static int check_members(const struct subject *subject, const struct making *it)
{
	const pv_members *members = &subject->members;

	if (members->is_dynamic)
		return pv_error_hint(it->err,
				     pv_fail(it->err, PV_EINVALID,
					     "\"%.140s\" includes what is known only when it "
					     "is rendered",
					     subject->live->id),
				     "name what it includes in so many words");
	for (size_t i = 0; i < members->count; i++)
		if (!members->items[i].blob.hex[0])
			return pv_fail_id(it->err, PV_ERR_VERSION_NOT_FOUND,
					  "\"%.100s\" refers to \"%.100s\", which "
					  "is not there",
					  subject->live->id,
					  members->items[i].path);
	return PV_OK;
}

static int read_subject(struct subject *out, const struct making *it)
{
	const pv_prompt_options opts = { .file = pv_buf_text(&out->path) };
	int rc = read_text(out, it);

	if (rc == PV_OK)
		rc = pv_prompt_parse(&out->prompt, pv_buf_text(&out->text),
				     out->text.len, &opts, NULL, it->err);
	out->reader.store = it->store;
	out->reader.settings = &out->settings;
	out->reader.at = out->at;
	if (rc == PV_OK)
		rc = pv_closure_members(&out->members, &out->reader,
					out->live->id, &out->blob, it->err);
	return rc == PV_OK ? check_members(out, it) : rc;
}

/* --- a prompt ---------------------------------------------------------------- */

static void put_raw(pv_jsonw *w, const char *key, const char *json)
{
	pv_jsonw_key(w, key);
	if (json)
		pv_jsonw_raw(w, json, strlen(json));
	else
		pv_jsonw_null(w);
}

static void put_variables(pv_jsonw *w, const pv_interface *all)
{
	pv_jsonw_key(w, "variables");
	pv_jsonw_array(w);
	for (size_t i = 0; i < pv_interface_count(all); i++) {
		const pv_variable *var = &pv_interface_at(all, i)->variable;

		pv_jsonw_object(w);
		pv_jsonw_member(w, "name", var->name);
		pv_jsonw_member(w, "type", var->type);
		pv_jsonw_key(w, "required");
		pv_jsonw_bool(w, var->is_required);
		put_raw(w, "default", var->default_json);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void put_message(pv_jsonw *w, const pv_rendered_message *message)
{
	pv_jsonw_object(w);
	pv_jsonw_member(w, "role", message->role);
	pv_jsonw_key(w, "content");
	if (message->has_content)
		pv_jsonw_stringn(w, message->content, message->len);
	else
		pv_jsonw_null(w);
	if (*message->name)
		pv_jsonw_member(w, "name", message->name);
	if (message->tool_calls_json)
		put_raw(w, "tool_calls", message->tool_calls_json);
	if (*message->tool_call_id)
		pv_jsonw_member(w, "tool_call_id", message->tool_call_id);
	pv_jsonw_object_end(w);
}

static void put_rendering(pv_jsonw *w, const pv_renderer *renderer,
			  const pv_rendering *rendering)
{
	const pv_rendered_message *first = pv_rendering_message(rendering, 0);

	pv_jsonw_object(w);
	if (pv_renderer_is_text(renderer) && first) {
		pv_jsonw_key(w, "text");
		pv_jsonw_stringn(w, first->content, first->len);
	} else {
		pv_jsonw_key(w, "messages");
		pv_jsonw_array(w);
		for (size_t i = 0; i < pv_rendering_count(rendering); i++)
			put_message(w, pv_rendering_message(rendering, i));
		pv_jsonw_array_end(w);
	}
	pv_jsonw_object_end(w);
}

static int64_t deployed_at(void *payload)
{
	const int64_t *when = payload;

	return *when;
}

/* What needs variables that nobody gives is null. */
static int put_rendered(pv_jsonw *w, const struct subject *subject,
			struct making *it, const pv_render_loader *loader)
{
	const pv_render_options opts = { .name = subject->live->id,
					 .loader = loader,
					 .now = deployed_at,
					 .payload = &it->now };
	pv_renderer *renderer = NULL;
	pv_rendering *rendering = NULL;
	int rc = pv_renderer_new(&renderer, subject->prompt, &opts, NULL);

	if (rc == PV_OK)
		rc = pv_rendering_new(&rendering, NULL);
	if (rc == PV_OK)
		rc = pv_render(rendering, renderer, NULL, NULL);
	pv_jsonw_key(w, "rendered");
	if (rc == PV_OK)
		put_rendering(w, renderer, rendering);
	else
		pv_jsonw_null(w);
	pv_rendering_free(rendering);
	pv_renderer_free(renderer);
	return rc == PV_ENOMEM ? pv_fail_nomem(it->err) : PV_OK;
}

static int put_members(pv_jsonw *w, const struct subject *subject,
		       struct making *it)
{
	const pv_members *members = &subject->members;
	int rc = PV_OK;

	pv_jsonw_key(w, "members");
	pv_jsonw_array(w);
	for (size_t i = 0; i < members->count && rc == PV_OK; i++) {
		pv_jsonw_object(w);
		pv_jsonw_member(w, "path", members->items[i].path);
		pv_jsonw_member(w, "blob", members->items[i].blob.hex);
		pv_jsonw_object_end(w);
		rc = pv_strlist_add(&it->blobs, members->items[i].blob.hex,
				    it->err);
	}
	pv_jsonw_array_end(w);
	return rc;
}

static void put_names(pv_jsonw *w, const struct subject *subject)
{
	const pv_deployment *live = subject->live;
	char closure[PV_CLOSURE_TEXT];

	pv_closure_digest(closure, &subject->members, NULL, NULL);
	pv_jsonw_member(w, "id", live->id);
	pv_jsonw_member(w, "version", live->version);
	pv_jsonw_member(w, "commit", live->commit.hex);
	pv_jsonw_member(w, "blob", subject->blob.hex);
	pv_jsonw_member(w, "path", pv_buf_text(&subject->path));
	pv_jsonw_member(w, "closure", closure);
	pv_jsonw_member(w, "resolved_from", live->resolved_from);
	pv_jsonw_key(w, "active");
	pv_jsonw_bool(w, pv_prompt_is_active(subject->prompt));
}

/* The prompt as data, its model apart, what it asks for, and what comes of it. */
static int put_contents(pv_jsonw *w, const struct subject *subject,
			struct making *it)
{
	pv_prompt_tree tree = { it->store, &subject->settings, subject->at };
	const pv_render_loader loader = { pv_prompt_tree_load, &tree,
					  pv_prompt_tree_read };
	pv_interface *interface = NULL;
	pv_buf model = { 0 };
	pv_buf json = { 0 };
	int rc = pv_prompt_json(&json, subject->prompt, it->err);

	if (rc == PV_OK)
		rc = pv_prompt_field_json(&model, subject->prompt, "model", NULL);
	if (rc == PV_ENOTFOUND)
		rc = PV_OK;
	if (rc == PV_OK)
		rc = pv_interface_new(&interface, subject->prompt, &loader,
				      it->err);
	if (rc == PV_OK) {
		put_raw(w, "model", model.len ? model.ptr : NULL);
		put_raw(w, "prompt", pv_buf_text(&json));
		put_variables(w, interface);
		rc = put_rendered(w, subject, it, &loader);
	}
	pv_interface_free(interface);
	pv_buf_dispose(&model);
	pv_buf_dispose(&json);
	return rc;
}

static int put_prompt(struct making *it, const pv_deployment *live)
{
	struct subject subject = { .live = live };
	pv_jsonw w;
	int rc = read_subject(&subject, it);

	pv_jsonw_init(&w, it->out);
	pv_jsonw_object(&w);
	if (rc == PV_OK) {
		put_names(&w, &subject);
		rc = put_members(&w, &subject, it);
	}
	if (rc == PV_OK)
		rc = put_contents(&w, &subject, it);
	pv_jsonw_object_end(&w);
	subject_dispose(&subject);
	return rc;
}

/* --- files -------------------------------------------------------------------- */

static int put_file(struct making *it, const char *blob)
{
	pv_buf text = { 0 };
	pv_oid oid = { "" };
	pv_jsonw w;
	int rc;

	memcpy(oid.hex, blob, 40);
	rc = pv_store_read_blob(&text, it->store, &oid, it->err);
	if (rc == PV_OK && pv_utf8_valid(pv_buf_text(&text), text.len) != text.len)
		rc = pv_fail(it->err, PV_EINVALID,
			     "the file with the id %.7s is not UTF-8", blob);
	pv_jsonw_init(&w, it->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "blob", blob);
	pv_jsonw_key(&w, "text");
	pv_jsonw_stringn(&w, pv_buf_text(&text), text.len);
	pv_jsonw_object_end(&w);
	pv_buf_dispose(&text);
	return rc;
}

static int put_files(struct making *it)
{
	int rc = PV_OK;

	pv_strlist_sort(&it->blobs);
	pv_strlist_unique(&it->blobs);
	for (size_t i = 0; i < it->blobs.count && rc == PV_OK; i++) {
		pv_buf_puts(it->out, i ? ",\n" : "\n");
		rc = put_file(it, it->blobs.items[i]);
	}
	return rc;
}

/* --- the whole ---------------------------------------------------------------- */

static int put_head(struct making *it, const pv_oid *deployment)
{
	pv_commit commit = { 0 };
	char at[PV_TIME_TEXT];
	int rc = pv_store_commit_read(&commit, it->store, deployment, it->err);

	if (rc < 0)
		return rc;
	it->now = commit.committer.when * 1000000;
	pv_time_format(at, it->now);
	pv_commit_dispose(&commit);
	/* An environment's name and an id need no escapes. */
	pv_buf_printf(it->out,
		      "{\"format\":\"git-pv-snapshot\",\"format_version\":1,\n"
		      "\"environment\":\"%s\",\n\"deployment\":\"%s\",\n"
		      "\"at\":\"%s\",\n\"prompts\":[",
		      it->environment, deployment->hex, at);
	return PV_OK;
}

static int put_all(struct making *it, const pv_environment *now)
{
	int rc = put_head(it, &now->tip);

	for (size_t i = 0; i < now->count && rc == PV_OK; i++) {
		pv_buf_puts(it->out, i ? ",\n" : "\n");
		rc = put_prompt(it, &now->items[i]);
	}
	pv_buf_puts(it->out, "\n],\n\"files\":[");
	if (rc == PV_OK)
		rc = put_files(it);
	pv_buf_puts(it->out, "\n],\n");
	return rc == PV_OK ? pv_buf_status(it->out, it->err) : rc;
}

static int put_hash(pv_buf *out, size_t start, pv_error *err)
{
	char hex[PV_SHA256_HEX];
	pv_sha256 sha;

	pv_sha256_init(&sha);
	pv_sha256_update(&sha, pv_buf_text(out) + start, out->len - start);
	pv_sha256_final(hex, &sha);
	pv_buf_printf(out, "\"hash\":\"sha256:%s\"}\n", hex);
	return pv_buf_status(out, err);
}

/* What we could not read, nobody can. */
static int read_back(pv_snapshot_info *info, const pv_buf *out, size_t start,
		     pv_error *err)
{
	pv_snapshot_info found = { .prompts = 0 };
	pv_report *report = NULL;
	int rc = pv_report_new(&report, err);

	if (rc == PV_OK)
		rc = pv_snapshot_verify(&found, report, pv_buf_text(out) + start,
					out->len - start, err);
	if (rc == PV_OK && pv_report_count(report))
		rc = pv_fail(err, PV_EINVALID, "no snapshot can be made: %.200s",
			     pv_report_at(report, 0)->message);
	if (rc == PV_OK && info)
		*info = found;
	pv_report_free(report);
	return rc;
}

static int fail_nothing(const char *environment, pv_error *err)
{
	int rc = pv_fail_id(err, PV_ERR_ENVIRONMENT_NOT_FOUND,
			    "nothing is live in \"%.64s\"", environment);

	return pv_error_hint(err, rc, "\"git pv deploy\" makes versions live");
}

int pv_snapshot_write(pv_buf *out, pv_snapshot_info *info, pv_store *store,
		      const pv_settings *settings, const char *environment,
		      pv_error *err)
{
	struct making it = { .store = store,
			     .settings = settings,
			     .environment = environment,
			     .out = out,
			     .err = err };
	size_t start = out->len;
	pv_environment now;
	int rc = pv_environment_resolve(&now, store, settings, environment, err);

	if (rc < 0)
		return rc;
	if (!out->max)
		out->max = start + PV_SNAPSHOT_MAX;
	if (!now.count)
		rc = fail_nothing(environment, err);
	if (rc == PV_OK)
		rc = put_all(&it, &now);
	if (rc == PV_OK)
		rc = put_hash(out, start, err);
	if (rc == PV_OK)
		rc = read_back(info, out, start, err);
	pv_strlist_dispose(&it.blobs);
	pv_environment_dispose(&now);
	return rc;
}
