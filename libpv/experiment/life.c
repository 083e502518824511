/* SPDX-License-Identifier: MIT
 *
 * The steps of an experiment's life, as splices into its file. What comes out
 * is read again, with all that was sealed, before it is handed out.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "base/json.h"
#include "experiment/file.h"
#include "prompt/settings.h"
#include "prompt/stray_keys.h"

/* A file being changed. */
struct step {
	const pv_experiment *from;
	pv_yaml *doc;
	int64_t now;
	pv_error *err;
};

/* What a new epoch has; the rest is that of the experiment. */
struct epoch {
	const char *reason;
	const char *salt;
	const char *coverage;       /* NULL: as it was */
	const char *const *weights; /* NULL: as they were */
	const char *const *commits; /* NULL: as they were */
	const pv_slots *slots;
};

static int step_begin(struct step *step, const pv_experiment *from, int64_t now,
		      pv_error *err)
{
	const struct experiment_whole *whole = (const void *)from;
	size_t len;
	const char *text = pv_yaml_text(whole->doc, &len);

	step->from = from;
	step->now = now;
	step->err = err;
	return pv_yaml_parse(&step->doc, text, len, NULL, err);
}

static int set_text(struct step *step, const char *key, const char *text)
{
	return pv_yaml_set_text(step->doc, key, text, strlen(text), step->err);
}

static int set_json(struct step *step, const char *key, const pv_buf *json)
{
	int rc = pv_buf_status(json, step->err);

	return rc == PV_OK
		       ? pv_yaml_set(step->doc, key, pv_buf_text(json), step->err)
		       : rc;
}

static int set_time(struct step *step, const char *key)
{
	char at[PV_TIME_TEXT];

	pv_time_format(at, step->now);
	return set_text(step, key, at);
}

static int set_status(struct step *step, enum pv_experiment_status status)
{
	return set_text(step, "status", pv_experiment_status_name(status));
}

/* --- epochs ---------------------------------------------------------------- */

/* A decimal as JSON spells it; it was parsed before. */
static void put_decimal(pv_jsonw *w, const char *text)
{
	pv_decimal value;
	pv_buf json = { 0 };

	if (pv_decimal_parse(&value, pv_str_of(text), NULL) < 0) {
		pv_jsonw_null(w);
		return;
	}
	pv_buf_printf(&json, "%.*s", (int)value.whole.len, value.whole.ptr);
	if (!value.whole.len)
		pv_buf_putc(&json, '0');
	if (value.fraction.len)
		pv_buf_printf(&json, ".%.*s", (int)value.fraction.len,
			      value.fraction.ptr);
	if (value.exponent)
		pv_buf_printf(&json, "e%ld", value.exponent);
	pv_jsonw_raw(w, pv_buf_text(&json), json.len);
	if (json.status)
		w->out->status = json.status;
	pv_buf_dispose(&json);
}

static void put_split(pv_jsonw *w, const pv_experiment *from,
		      const char *const *weights)
{
	pv_jsonw_object(w);
	for (size_t i = 0; i < from->variant_count; i++) {
		pv_jsonw_key(w, from->variants[i].name);
		put_decimal(w, weights ? weights[i] : from->variants[i].weight);
	}
	pv_jsonw_object_end(w);
}

static void put_slots(pv_jsonw *w, const pv_experiment *from,
		      const pv_slots *slots)
{
	pv_buf text = { 0 };

	for (size_t i = 0; i < slots->count; i++)
		pv_buf_printf(&text, "%s%s %u", i ? ", " : "",
			      from->variants[slots->ranges[i].variant].name,
			      slots->ranges[i].end);
	pv_jsonw_string(w, pv_buf_text(&text));
	if (text.status)
		w->out->status = text.status;
	pv_buf_dispose(&text);
}

/* Slots as per cent, without zeros at the end. */
static void put_percent(pv_jsonw *w, uint32_t ppm)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%u.%04u", ppm / 10000,
			   ppm % 10000);

	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	pv_jsonw_raw(w, text, (size_t)len);
}

static void put_epoch(pv_jsonw *w, const struct step *step,
		      const struct epoch *epoch)
{
	const pv_experiment *from = step->from;
	char at[PV_TIME_TEXT];

	pv_time_format(at, step->now);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "at", at);
	pv_jsonw_member(w, "reason", epoch->reason);
	pv_jsonw_member(w, "salt", epoch->salt);
	pv_jsonw_key(w, "coverage");
	if (epoch->coverage)
		put_decimal(w, epoch->coverage);
	else
		put_percent(w, from->plan.coverage_ppm);
	pv_jsonw_key(w, "split");
	put_split(w, from, epoch->weights);
	pv_jsonw_key(w, "slots");
	put_slots(w, from, epoch->slots);
	pv_jsonw_key(w, "variants");
	pv_jsonw_object(w);
	for (size_t i = 0; i < from->variant_count; i++)
		pv_jsonw_member(w, from->variants[i].name,
				epoch->commits ? epoch->commits[i]
					       : from->variants[i].commit);
	pv_jsonw_object_end(w);
	pv_jsonw_object_end(w);
}

static int add_epoch(struct step *step, const struct epoch *epoch)
{
	int is_first = step->from->epoch_count == 0;
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &json);
	if (is_first)
		pv_jsonw_array(&w);
	put_epoch(&w, step, epoch);
	if (is_first)
		pv_jsonw_array_end(&w);
	rc = pv_buf_status(&json, step->err);
	if (rc == PV_OK)
		rc = is_first ? pv_yaml_set(step->doc, "epochs",
					    pv_buf_text(&json), step->err)
			      : pv_yaml_append(step->doc, "epochs",
					       pv_buf_text(&json), step->err);
	pv_buf_dispose(&json);
	return rc;
}

/* --- the end of a step ------------------------------------------------------ */

static int seal(struct step *step)
{
	pv_experiment *made = NULL;
	pv_buf json = { 0 };
	pv_str text;
	int rc;

	text.ptr = pv_yaml_text(step->doc, &text.len);
	rc = pv_experiment_read(&made, step->from->id, text, 0, step->err);
	if (rc == PV_OK)
		rc = pv_experiment_seal(&json, made, step->err);
	if (rc == PV_OK)
		rc = set_json(step, "sealed", &json);
	pv_experiment_free(made);
	pv_buf_dispose(&json);
	return rc;
}

/* Hands out the text if it reads as it is meant to. */
static int step_end(pv_buf *out, struct step *step, int rc)
{
	pv_experiment *made = NULL;
	size_t len;
	const char *text;

	if (rc == PV_OK)
		rc = seal(step);
	if (rc == PV_OK) {
		text = pv_yaml_text(step->doc, &len);
		rc = pv_experiment_parse(&made, step->from->id, text, len,
					 step->err);
		if (rc == PV_OK) {
			pv_buf_put(out, text, len);
			rc = pv_buf_status(out, step->err);
		}
		pv_experiment_free(made);
	}
	pv_yaml_free(step->doc);
	return rc;
}

static int refuse(const pv_experiment *from, const char *hint, pv_error *err)
{
	int rc = pv_fail(err, PV_ECONFLICT, "experiment \"%.64s\" is %s",
			 from->id, pv_experiment_status_name(from->status));

	return pv_error_hint(err, rc, "%s", hint);
}

/* Behind its planned end nobody takes part, whatever the file still says. */
static int must_not_be_over(const pv_experiment *from, int64_t now, pv_error *err)
{
	char at[PV_TIME_TEXT];
	int rc;

	if (!pv_experiment_is_under_way(from) || !from->end || from->end > now)
		return PV_OK;
	pv_time_format(at, from->end);
	rc = pv_fail(err, PV_ECONFLICT,
		     "experiment \"%.64s\" ended at %s, as it was planned",
		     from->id, at);
	return pv_error_hint(err, rc,
			     "to go on, set \"end\" in experiments/%.60s.yaml to "
			     "a time to come and commit that; else stop or "
			     "conclude it",
			     from->id);
}

/* --- start ------------------------------------------------------------------- */

/* The id at first; then the first one with a number behind it. */
static int next_salt(char out[PV_SALT_MAX + 1], const pv_experiment *from,
		     pv_error *err)
{
	unsigned count = 1;
	int len;

	if (!from->epoch_count) {
		len = snprintf(out, PV_SALT_MAX + 1, "%s", from->plan.salt);
	} else {
		for (size_t i = 1; i < from->epoch_count; i++)
			count += strcmp(from->epochs[i].salt,
					from->epochs[i - 1].salt) != 0;
		len = snprintf(out, PV_SALT_MAX + 1, "%s/%u",
			       from->epochs[0].salt, count + 1);
	}
	if (len > PV_SALT_MAX)
		return pv_fail(err, PV_ELIMIT,
			       "the salt of \"%.64s\" would have more than %d "
			       "bytes",
			       from->id, PV_SALT_MAX);
	return PV_OK;
}

static int begin_salt(struct step *step, struct epoch *epoch,
		      char salt[PV_SALT_MAX + 1])
{
	int rc = next_salt(salt, step->from, step->err);

	epoch->salt = salt;
	return rc == PV_OK ? set_text(step, "salt", salt) : rc;
}

static int begin_status(struct step *step)
{
	const struct experiment_whole *whole = (const void *)step->from;
	int is_early = step->from->start > step->now;
	int rc = set_status(step, is_early ? PV_EXPERIMENT_SCHEDULED
					   : PV_EXPERIMENT_RUNNING);

	if (rc == PV_OK)
		rc = set_time(step, "started_at");
	if (rc == PV_OK && pv_yaml_get(pv_yaml_root(whole->doc), "ended_at"))
		rc = pv_yaml_delete(step->doc, "ended_at", step->err);
	return rc;
}

/* Without its control an experiment has no result, ever. */
static int check_control(const pv_experiment *from, const char *weight,
			 pv_error *err)
{
	if (!pv_experiment_is_weightless(weight))
		return PV_OK;
	return pv_fail(err, PV_EINVALID,
		       "the control \"%.64s\" has no part of the traffic",
		       from->variants[from->control].name);
}

static int refuse_stray(const pv_stray_key *stray, void *payload)
{
	struct step *step = payload;
	char source[sizeof(step->err->source)];
	int rc;

	if (!stray->is_near)
		return PV_OK;
	(void)snprintf(source, sizeof(source), "experiments/%s.yaml",
		       step->from->id);
	rc = pv_fail(step->err, PV_EINVALID, "%s", stray->message);
	rc = pv_error_hint(step->err, rc, "%s", stray->hint);
	return pv_error_at(step->err, rc, source, stray->key->line,
			   stray->key->column);
}

/* What a misspelt key was to say would not be known to what begins. */
static int check_keys(struct step *step)
{
	const struct experiment_whole *whole = (const void *)step->from;

	return pv_stray_keys_each(pv_yaml_root(whole->doc),
				  pv_text_experiment_schema_json, refuse_stray,
				  step, step->err);
}

int pv_experiment_start(pv_buf *out, const pv_experiment *experiment,
			const char *const *commits, int64_t now, pv_error *err)
{
	const struct experiment_whole *whole = (const void *)experiment;
	struct epoch epoch = { .commits = commits, .slots = &whole->draft };
	struct step step = { 0 };
	char salt[PV_SALT_MAX + 1];
	int rc = must_not_be_over(experiment, now, err);

	if (rc < 0)
		return rc;
	if (experiment->status != PV_EXPERIMENT_DRAFT &&
	    experiment->status != PV_EXPERIMENT_STOPPED)
		return refuse(experiment,
			      experiment->status == PV_EXPERIMENT_CONCLUDED
				      ? "create another one"
				      : "it has been started",
			      err);
	if (experiment->end && experiment->end <= now) {
		pv_fail(err, PV_EINVALID,
			"the planned end of \"%.64s\" is over", experiment->id);
		return pv_error_hint(err, PV_EINVALID,
				     "set its \"end\" to a time to come, or take "
				     "it out of the file");
	}
	rc = check_control(experiment,
			   experiment->variants[experiment->control].weight, err);
	if (rc < 0)
		return rc;
	epoch.reason = experiment->epoch_count ? "restart" : "start";
	rc = step_begin(&step, experiment, now, err);
	if (rc == PV_OK)
		rc = check_keys(&step);
	if (rc == PV_OK)
		rc = begin_salt(&step, &epoch, salt);
	if (rc == PV_OK)
		rc = begin_status(&step);
	if (rc == PV_OK)
		rc = add_epoch(&step, &epoch);
	return step_end(out, &step, rc);
}

/* --- changes under way -------------------------------------------------------- */

static const pv_experiment_epoch *last_of(const pv_experiment *experiment)
{
	return &experiment->epochs[experiment->epoch_count - 1];
}

static int must_run(const pv_experiment *experiment, int64_t now, pv_error *err)
{
	int rc = must_not_be_over(experiment, now, err);

	if (rc < 0)
		return rc;
	if (experiment->status == PV_EXPERIMENT_RUNNING ||
	    experiment->status == PV_EXPERIMENT_SCHEDULED)
		return PV_OK;
	return refuse(experiment,
		      experiment->status == PV_EXPERIMENT_PAUSED
			      ? "`git pv experiment resume` goes on with it"
		      : experiment->status == PV_EXPERIMENT_DRAFT
			      ? "`git pv experiment start` begins it; before "
				"that its file can be edited"
			      : "only one that is running can be changed",
		      err);
}

int pv_experiment_resume(pv_buf *out, const pv_experiment *experiment,
			 int64_t now, pv_error *err)
{
	struct epoch epoch = { .reason = "resume" };
	struct step step = { 0 };
	int rc = must_not_be_over(experiment, now, err);

	if (rc < 0)
		return rc;
	if (experiment->status != PV_EXPERIMENT_PAUSED)
		return refuse(experiment, "only a paused one can be resumed",
			      err);
	epoch.salt = last_of(experiment)->salt;
	epoch.slots = &last_of(experiment)->slots;
	rc = step_begin(&step, experiment, now, err);
	if (rc == PV_OK)
		rc = set_status(&step, experiment->start > now
					       ? PV_EXPERIMENT_SCHEDULED
					       : PV_EXPERIMENT_RUNNING);
	if (rc == PV_OK)
		rc = add_epoch(&step, &epoch);
	return step_end(out, &step, rc);
}

int pv_experiment_ramp(pv_buf *out, const pv_experiment *experiment,
		       const char *percent, int64_t now, pv_error *err)
{
	struct epoch epoch = { .reason = "ramp", .coverage = percent };
	struct step step = { 0 };
	pv_decimal value;
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc = must_run(experiment, now, err);

	if (rc != PV_OK)
		return rc;
	if (pv_decimal_parse(&value, pv_str_of(percent), NULL) < 0 ||
	    value.is_negative)
		return pv_fail(err, PV_EINVALID, "\"%.40s\" is no percentage",
			       percent);
	epoch.salt = last_of(experiment)->salt;
	epoch.slots = &last_of(experiment)->slots;
	pv_jsonw_init(&w, &json);
	put_decimal(&w, percent);
	rc = step_begin(&step, experiment, now, err);
	if (rc == PV_OK)
		rc = set_json(&step, "coverage", &json);
	if (rc == PV_OK)
		rc = add_epoch(&step, &epoch);
	pv_buf_dispose(&json);
	return step_end(out, &step, rc);
}

static int rebalance(pv_slots *out, uint32_t *moved_out,
		     const pv_experiment *experiment,
		     const char *const *weights, pv_error *err)
{
	int64_t numbers[PV_VARIANTS_MAX];
	int rc = pv_weights_parse(numbers, weights, experiment->variant_count,
				  err);

	return rc == PV_OK
		       ? pv_slots_rebalance(out, moved_out,
					    &last_of(experiment)->slots, numbers,
					    experiment->variant_count, err)
		       : rc;
}

int pv_experiment_reweight(pv_buf *out, uint32_t *moved_out,
			   const pv_experiment *experiment,
			   const char *const *weights, int64_t now, pv_error *err)
{
	struct epoch epoch = { .reason = "reweight", .weights = weights };
	struct step step = { 0 };
	pv_slots slots = { 0 };
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc = must_run(experiment, now, err);

	*moved_out = 0;
	if (rc == PV_OK)
		rc = check_control(experiment, weights[experiment->control], err);
	if (rc == PV_OK)
		rc = rebalance(&slots, moved_out, experiment, weights, err);
	if (rc != PV_OK)
		return rc;
	epoch.salt = last_of(experiment)->salt;
	epoch.slots = &slots;
	pv_jsonw_init(&w, &json);
	put_split(&w, experiment, weights);
	rc = step_begin(&step, experiment, now, err);
	if (rc == PV_OK)
		rc = set_json(&step, "split", &json);
	if (rc == PV_OK)
		rc = add_epoch(&step, &epoch);
	pv_buf_dispose(&json);
	pv_slots_dispose(&slots);
	return step_end(out, &step, rc);
}

/* --- the end -------------------------------------------------------------------- */

static int may_end(const pv_experiment *experiment,
		   enum pv_experiment_status status)
{
	switch (status) {
	case PV_EXPERIMENT_PAUSED:
		return experiment->status == PV_EXPERIMENT_RUNNING ||
		       experiment->status == PV_EXPERIMENT_SCHEDULED;
	case PV_EXPERIMENT_STOPPED:
		return pv_experiment_is_under_way(experiment);
	case PV_EXPERIMENT_CONCLUDED:
		return pv_experiment_is_under_way(experiment) ||
		       experiment->status == PV_EXPERIMENT_STOPPED;
	case PV_EXPERIMENT_DRAFT:
	case PV_EXPERIMENT_SCHEDULED:
	case PV_EXPERIMENT_RUNNING:
	case PV_EXPERIMENT_STATUSES:
		break;
	}
	return 0;
}

int pv_experiment_end(pv_buf *out, const pv_experiment *experiment,
		      enum pv_experiment_status status, int64_t now,
		      pv_error *err)
{
	int is_over = experiment->end && experiment->end < now &&
		      experiment->end >= experiment->started_at;
	struct step step = { 0 };
	int rc = PV_OK;

	if (status == PV_EXPERIMENT_PAUSED)
		rc = must_not_be_over(experiment, now, err);
	if (rc < 0)
		return rc;
	if (!may_end(experiment, status))
		return refuse(experiment,
			      experiment->status == PV_EXPERIMENT_DRAFT
				      ? "`git pv experiment start` begins it; "
					"only what began can end"
			      : status == PV_EXPERIMENT_PAUSED
				      ? "only one that is running can be paused"
				      : "it has ended already",
			      err);
	/* What was to end before has ended then. */
	rc = step_begin(&step, experiment, is_over ? experiment->end : now, err);
	if (rc == PV_OK)
		rc = set_status(&step, status);
	/* One that was stopped ended then. */
	if (rc == PV_OK && status != PV_EXPERIMENT_PAUSED &&
	    experiment->status != PV_EXPERIMENT_STOPPED)
		rc = set_time(&step, "ended_at");
	return step_end(out, &step, rc);
}
