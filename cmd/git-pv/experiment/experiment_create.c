/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment create`: a file from options, held against the prompt at
 * each of its variants, and committed.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "experiment/experiment_ask.h"
#include "experiment/experiment_variant.h"
#include "experiment/experiment_verbs.h"
#include "repo/file_commit.h"
#include "repo/named.h"
#include "repo/tracking.h"
#include "ui/value.h"

static const char *const strategies[] = { "consistent_hashing", "random", NULL };
static const char *const hashes[] = { "md5",          "sha256",  "murmur3",
				      "growthbook",   "unleash", "optimizely",
				      "launchdarkly", "eppo",    NULL };
static const char *const methods[] = { "sequential", "fixed",
				       "group-sequential", "bayes", NULL };

#define FIELD(name) offsetof(experiment_create_options, name)

static const cli_option options[] = {
	{ 0, "prompt", CLI_STRING, FIELD(prompt), "ID", "the prompt" },
	{ 0, "variant", CLI_LIST, FIELD(variants), "NAME=SPEC[,PATH=VALUE]",
	  "a variant: a branch or version, and fields it has otherwise" },
	{ 0, "split", CLI_STRING, FIELD(split), "W,W...|NAME=W,...",
	  "weights of the variants; equal ones unless given" },
	{ 0, "coverage", CLI_STRING, FIELD(coverage), "PERCENT",
	  "how much of the traffic takes part; 100" },
	{ 0, "metric", CLI_LIST, FIELD(metrics), "NAME",
	  "what decides; several are corrected; quality" },
	{ 0, "guardrail", CLI_LIST, FIELD(guardrails), "NAME[=MARGIN]",
	  "what must not become worse" },
	{ 0, "alpha", CLI_STRING, FIELD(alpha), "A", "level; 0.05" },
	{ 0, "power", CLI_STRING, FIELD(power), "P", "power; 0.8" },
	{ 0, "mde", CLI_STRING, FIELD(mde), "D", "least difference worth seeing" },
	{ 0, "min-sample", CLI_STRING, FIELD(min_sample), "N",
	  "units of each variant before anything is decided; 100" },
	{ 0, "start", CLI_STRING, FIELD(start), "TIME", "not before" },
	{ 0, "end", CLI_STRING, FIELD(end), "TIME", "not from then on" },
	{ 0, "unit", CLI_STRING, FIELD(unit), "NAME",
	  "what is assigned: user, session; user" },
	{ 0, "name", CLI_STRING, FIELD(name), "NAME", "what people call it" },
	{ 0, "description", CLI_STRING, FIELD(description), "TEXT",
	  "what is to be found out" },
	{ 0, "owner", CLI_STRING, FIELD(owner), "NAME", "who answers for it" },
	{ 0, "layer", CLI_STRING, FIELD(layer), "NAME[=FROM-TO]",
	  "share nobody with others of the layer; per cent of it" },
	{ 0, "holdout", CLI_STRING, FIELD(holdout), "PERCENT",
	  "who sees no experiment" },
	{ 0, "strategy", CLI_ENUM, FIELD(strategy), "S",
	  "consistent_hashing or random", strategies },
	{ 0, "hash", CLI_ENUM, FIELD(hash), "H",
	  "md5, sha256, murmur3, or that of another program", hashes },
	{ 0, "method", CLI_ENUM, FIELD(method), "M",
	  "sequential, fixed, group-sequential or bayes", methods },
	{ 0, "warm-up", CLI_STRING, FIELD(warm_up), "SPAN",
	  "how long after a start rows do not count: 10m" },
	EXPERIMENT_COMMIT_OPTIONS,
	{ 0 },
};

#undef FIELD

const cli_usage experiment_create_usage = {
	.synopsis = { "git pv experiment create ID [--prompt ID "
		      "--variant NAME=SPEC...] [--split W,W...] [options] "
		      "[--json]" },
	.examples = { "git pv experiment create tone --prompt support/triage "
		      "--variant control=main --variant concise=exp/concise",
		      "git pv experiment create tone --prompt support/triage "
		      "--variant control=1.2 --variant concise=exp/concise "
		      "--split 90,10" },
	.options = options,
	.args = "create ID",
	.min_args = 2,
	.max_args = 2,
};

/* A file on its way. */
struct draft {
	pv_cli *cli;
	const experiment_create_options *opts;
	pv_jsonw w;
	pv_buf json;
};

/* --- parts ------------------------------------------------------------------------ */

/* A member that is a number, in the words it was given in. */
static int put_number(struct draft *it, const char *key, const char *text)
{
	double number;
	size_t len;
	int rc;

	if (!text)
		return PV_OK;
	rc = experiment_number(&number, it->cli, key, text);
	len = strlen(text);
	pv_jsonw_key(&it->w, key);
	pv_jsonw_raw(&it->w, text, len);
	return rc;
}

/* "10" and "10%" are the same. */
static int put_percent(struct draft *it, const char *key, const char *text)
{
	char number[32];
	size_t len = text ? strlen(text) : 0;

	if (!text)
		return PV_OK;
	if (len && text[len - 1] == '%')
		len--;
	if (len >= sizeof(number))
		return cli_usage_error(it->cli, "--%s takes a percentage", key);
	memcpy(number, text, len);
	number[len] = '\0';
	return put_number(it, key, number);
}

/* A date is its first moment. */
static int put_time(int64_t *out, struct draft *it, const char *key,
		    const char *text)
{
	char whole[PV_TIME_TEXT];
	int64_t at;

	if (!text)
		return PV_OK;
	if (strlen(text) == 10)
		(void)snprintf(whole, sizeof(whole), "%.10sT00:00:00Z", text);
	else
		(void)snprintf(whole, sizeof(whole), "%.60s", text);
	if (pv_time_parse(&at, whole, NULL) < 0)
		return cli_usage_error(it->cli,
				       "--%s takes a time such as 2026-11-20 or "
				       "2026-11-20T10:00:00Z, not \"%.60s\"",
				       key, text);
	pv_jsonw_member(&it->w, key, whole);
	*out = at;
	return PV_OK;
}

/* One that is over before it is made could never start. */
static int put_times(struct draft *it)
{
	int64_t start = 0;
	int64_t end = 0;
	int rc = put_time(&start, it, "start", it->opts->start);

	if (rc == PV_OK)
		rc = put_time(&end, it, "end", it->opts->end);
	if (rc < 0 || !end || end > pv_clock_now(NULL))
		return rc;
	pv_fail(&it->cli->err, PV_EINVALID, "the end \"%.60s\" is over",
		it->opts->end);
	return pv_error_hint(&it->cli->err, PV_EINVALID,
			     "--end takes a time to come, or leave it out");
}

/* Where the next ",PATH=" begins, or the end. */
static const char *next_set(const char *at)
{
	static const char path[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_.[]-\"";

	for (; *at; at++)
		if (*at == ',' && strspn(at + 1, path) &&
		    at[1 + strspn(at + 1, path)] == '=')
			return at;
	return at;
}

static int put_set(struct draft *it, const char *from, const char *end)
{
	const char *equals = strchr(from, '=');
	pv_buf value = { 0 };
	pv_buf json = { 0 };
	int rc;

	pv_buf_put(&value, equals + 1, (size_t)(end - equals - 1));
	rc = pv_buf_status(&value, &it->cli->err);
	if (rc == PV_OK)
		rc = value_json(&json, pv_buf_text(&value), &it->cli->err);
	pv_jsonw_keyn(&it->w, from, (size_t)(equals - from));
	pv_jsonw_raw(&it->w, pv_buf_text(&json), json.len);
	pv_buf_dispose(&value);
	pv_buf_dispose(&json);
	return rc;
}

static int put_variant(struct draft *it, const char *text)
{
	const char *equals = strchr(text, '=');
	const char *spec;
	const char *end;
	int rc = PV_OK;

	if (!equals || equals == text || !equals[1])
		return cli_usage_error(it->cli,
				       "--variant takes NAME=SPEC, not \"%.80s\"",
				       text);
	spec = equals + 1;
	end = next_set(spec);
	pv_jsonw_keyn(&it->w, text, (size_t)(equals - text));
	if (!*end) {
		pv_jsonw_stringn(&it->w, spec, (size_t)(end - spec));
		return PV_OK;
	}
	pv_jsonw_object(&it->w);
	pv_jsonw_key(&it->w, "spec");
	pv_jsonw_stringn(&it->w, spec, (size_t)(end - spec));
	pv_jsonw_key(&it->w, "set");
	pv_jsonw_object(&it->w);
	while (*end && rc == PV_OK) {
		const char *from = end + 1;

		end = next_set(from);
		rc = put_set(it, from, end);
	}
	pv_jsonw_object_end(&it->w);
	pv_jsonw_object_end(&it->w);
	return rc;
}

/* One weight of a split; those of a map begin with their names. */
static int put_weight(struct draft *it, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	char number[32];
	size_t digits;
	double value;

	if (equals) {
		pv_jsonw_keyn(&it->w, text, (size_t)(equals - text));
		len -= (size_t)(equals + 1 - text);
		text = equals + 1;
	}
	digits = len && text[len - 1] == '%' ? len - 1 : len;
	if (!digits || digits >= sizeof(number))
		return cli_usage_error(it->cli,
				       "--split takes weights, not "
				       "\"%.*s\"",
				       (int)(len > 60 ? 60 : len), text);
	memcpy(number, text, digits);
	number[digits] = '\0';
	pv_jsonw_raw(&it->w, number, digits);
	return experiment_number(&value, it->cli, "split", number);
}

/* The length of the name that a part of "NAME=VALUE" has. */
static size_t name_of(const char *part)
{
	return strcspn(part, "=");
}

static int is_same_name(const char *a, const char *b)
{
	return name_of(a) == name_of(b) && !strncmp(a, b, name_of(a));
}

static int refuse_twice(const struct draft *it, const char *option,
			const char *part)
{
	return cli_usage_error(it->cli, "--%s names \"%.*s\" twice", option,
			       (int)(name_of(part) > 60 ? 60 : name_of(part)),
			       part);
}

/* No name of a split may be there before. */
static int check_names(const struct draft *it, const char *split)
{
	for (const char *part = split; part; part = strchr(part, ',')) {
		part += part > split;
		for (const char *old = split; old < part;
		     old = strchr(old, ',') + 1)
			if (is_same_name(old, part))
				return refuse_twice(it, "split", part);
	}
	return PV_OK;
}

static int put_split(struct draft *it, const char *text)
{
	int is_map = text && strchr(text, '=');
	int rc = PV_OK;

	if (!text)
		return PV_OK;
	if (is_map)
		rc = check_names(it, text);
	pv_jsonw_key(&it->w, "split");
	if (is_map)
		pv_jsonw_object(&it->w);
	else
		pv_jsonw_array(&it->w);
	while (rc == PV_OK) {
		size_t len = strcspn(text, ",");

		if (is_map && !memchr(text, '=', len))
			rc = cli_usage_error(it->cli,
					     "--split names some variants and "
					     "some not");
		else
			rc = put_weight(it, text, len);
		if (!text[len])
			break;
		text += len + 1;
	}
	if (is_map)
		pv_jsonw_object_end(&it->w);
	else
		pv_jsonw_array_end(&it->w);
	return rc;
}

static int put_guardrail(struct draft *it, const char *text)
{
	const char *equals = strchr(text, '=');
	int rc;

	if (!equals) {
		pv_jsonw_string(&it->w, text);
		return PV_OK;
	}
	pv_jsonw_object(&it->w);
	pv_jsonw_key(&it->w, "name");
	pv_jsonw_stringn(&it->w, text, (size_t)(equals - text));
	rc = put_number(it, "margin", equals + 1);
	pv_jsonw_object_end(&it->w);
	return rc;
}

static int put_metrics(struct draft *it)
{
	const cli_list *primaries = &it->opts->metrics;
	const cli_list *guardrails = &it->opts->guardrails;
	int rc = PV_OK;

	pv_jsonw_key(&it->w, "metrics");
	pv_jsonw_object(&it->w);
	pv_jsonw_key(&it->w, "primary");
	pv_jsonw_array(&it->w);
	for (size_t i = 0; i < primaries->count; i++)
		pv_jsonw_string(&it->w, primaries->items[i].value);
	if (!primaries->count)
		pv_jsonw_string(&it->w, "quality");
	pv_jsonw_array_end(&it->w);
	if (guardrails->count) {
		pv_jsonw_key(&it->w, "guardrails");
		pv_jsonw_array(&it->w);
		for (size_t i = 0; i < guardrails->count && rc == PV_OK; i++)
			rc = put_guardrail(it, guardrails->items[i].value);
		pv_jsonw_array_end(&it->w);
	}
	pv_jsonw_object_end(&it->w);
	return rc;
}

/* --- layers ------------------------------------------------------------------------ */

/* What of a layer is taken by others. */
struct layer {
	const char *name;
	size_t len;
	uint32_t free; /* from here on nobody has any */
};

static int see_layer(const experiment_file *file, const char *id,
		     const pv_error *err, void *payload)
{
	struct layer *layer = payload;
	const pv_assign_plan *plan = file ? &file->it->plan : NULL;

	(void)id;
	(void)err;
	if (!plan || !plan->layer || strlen(plan->layer) != layer->len ||
	    strncmp(plan->layer, layer->name, layer->len) != 0 ||
	    file->it->status >= PV_EXPERIMENT_STOPPED)
		return PV_OK;
	if (plan->layer_ranges[0].end > layer->free)
		layer->free = plan->layer_ranges[0].end;
	return PV_OK;
}

/* Without a range it gets what is free behind those of the others. */
static int put_layer(struct draft *it, const char *text)
{
	const char *equals = text ? strchr(text, '=') : NULL;
	const char *dash = equals ? strchr(equals, '-') : NULL;
	struct layer layer = { text, 0, 0 };
	char from[32] = "0";
	int rc = PV_OK;

	if (!text)
		return PV_OK;
	layer.len = equals ? (size_t)(equals - text) : strlen(text);
	if (equals && (!dash || dash - equals > 16))
		return cli_usage_error(it->cli,
				       "--layer takes NAME=FROM-TO, "
				       "not \"%.80s\"",
				       text);
	if (equals)
		(void)snprintf(from, sizeof(from), "%.*s",
			       (int)(dash - equals - 1), equals + 1);
	else
		rc = experiment_each(it->cli, see_layer, &layer);
	if (rc == PV_OK && layer.free == PV_SLOTS)
		rc = pv_fail(&it->cli->err, PV_ECONFLICT,
			     "all of the layer \"%.80s\" is taken", text);
	if (rc != PV_OK)
		return rc;
	if (!equals)
		(void)snprintf(from, sizeof(from), "%u.%04u",
			       layer.free / 10000, layer.free % 10000);
	pv_jsonw_key(&it->w, "layer");
	pv_jsonw_object(&it->w);
	pv_jsonw_key(&it->w, "name");
	pv_jsonw_stringn(&it->w, text, layer.len);
	rc = put_number(it, "from", from);
	if (rc == PV_OK)
		rc = put_percent(it, "to", dash ? dash + 1 : "100");
	pv_jsonw_object_end(&it->w);
	return rc;
}

/* --- the file ------------------------------------------------------------------------ */

static void put_text(struct draft *it, const char *key, const char *text)
{
	if (text)
		pv_jsonw_member(&it->w, key, text);
}

static void put_choice(struct draft *it, const char *key, int choice,
		       const char *const *names)
{
	if (choice)
		pv_jsonw_member(&it->w, key, names[choice - 1]);
}

static int put_variants(struct draft *it)
{
	int rc = PV_OK;

	pv_jsonw_key(&it->w, "variants");
	pv_jsonw_object(&it->w);
	for (size_t i = 0; i < it->opts->variants.count && rc == PV_OK; i++) {
		const cli_list *all = &it->opts->variants;

		for (size_t k = 0; k < i && rc == PV_OK; k++)
			if (is_same_name(all->items[k].value, all->items[i].value))
				rc = refuse_twice(it, "variant",
						  all->items[i].value);
		if (rc == PV_OK)
			rc = put_variant(it, all->items[i].value);
	}
	pv_jsonw_object_end(&it->w);
	if (rc == PV_OK)
		rc = put_split(it, it->opts->split);
	return rc;
}

/* Numbers, from options before pv.yaml before what is usual. */
static int put_numbers(struct draft *it, const pv_json *defaults)
{
	const pv_json *level = pv_json_get(defaults, "significance_level");
	const pv_json *least = pv_json_get(defaults, "minimum_sample_size");
	int rc = PV_OK;

	if (it->opts->alpha) {
		rc = put_number(it, "alpha", it->opts->alpha);
	} else {
		pv_jsonw_key(&it->w, "alpha");
		pv_jsonw_real(&it->w, pv_json_real(level, 0.05));
	}
	if (rc == PV_OK)
		rc = put_number(it, "power", it->opts->power);
	if (rc == PV_OK)
		rc = put_number(it, "mde", it->opts->mde);
	if (rc == PV_OK && it->opts->min_sample) {
		rc = put_number(it, "minimum_sample", it->opts->min_sample);
	} else {
		pv_jsonw_key(&it->w, "minimum_sample");
		pv_jsonw_int(&it->w, pv_json_int(least, 100));
	}
	return rc == PV_OK ? put_times(it) : rc;
}

static void put_defaults(struct draft *it, const pv_json *defaults)
{
	const char *hash = pv_json_text(pv_json_get(defaults, "hash"), NULL);
	const char *strategy =
		pv_json_text(pv_json_get(defaults, "strategy"), NULL);

	put_choice(it, "strategy", it->opts->strategy, strategies);
	if (!it->opts->strategy)
		put_text(it, "strategy", strategy);
	put_choice(it, "hash", it->opts->hash, hashes);
	if (!it->opts->hash)
		put_text(it, "hash", hash);
	put_choice(it, "method", it->opts->method, methods);
}

static int put_all(struct draft *it, const pv_json *defaults)
{
	const experiment_create_options *opts = it->opts;
	int rc;

	pv_jsonw_init(&it->w, &it->json);
	pv_jsonw_object(&it->w);
	put_text(it, "name", opts->name);
	put_text(it, "description", opts->description);
	put_text(it, "owner", opts->owner);
	pv_jsonw_member(&it->w, "status", "draft");
	pv_jsonw_member(&it->w, "prompt", opts->prompt);
	rc = put_variants(it);
	if (rc == PV_OK)
		rc = put_percent(it, "coverage",
				 opts->coverage ? opts->coverage : "100");
	pv_jsonw_member(&it->w, "unit", opts->unit ? opts->unit : "user");
	put_defaults(it, defaults);
	if (rc == PV_OK)
		rc = put_layer(it, opts->layer);
	if (rc == PV_OK)
		rc = put_percent(it, "holdout", opts->holdout);
	if (rc == PV_OK)
		rc = put_metrics(it);
	if (rc == PV_OK)
		rc = put_numbers(it, defaults);
	put_text(it, "warm_up", opts->warm_up);
	pv_jsonw_object_end(&it->w);
	return rc == PV_OK ? pv_buf_status(&it->json, &it->cli->err) : rc;
}

static int make_text(pv_buf *out, pv_cli *cli,
		     const experiment_create_options *opts)
{
	struct draft it = { .cli = cli, .opts = opts };
	pv_json_doc *defaults = NULL;
	int rc = tracking_read_json(&defaults, NULL, cli, "experiments");

	if (rc == PV_OK)
		rc = put_all(&it, defaults ? pv_json_root(defaults) : NULL);
	if (rc == PV_OK)
		rc = cli_check_utf8(cli, "an option", pv_buf_text(&it.json),
				    it.json.len);
	if (rc == PV_OK)
		rc = pv_yaml_from_json(out, pv_buf_text(&it.json), it.json.len,
				       &cli->err);
	pv_json_free(defaults);
	pv_buf_dispose(&it.json);
	return rc;
}

/* --- the verb ------------------------------------------------------------------------ */

static int must_be_free(pv_cli *cli, const experiment_file *file, const char *id)
{
	int is_there = 0;
	pv_oid blob;
	int rc = PV_ENOTFOUND;
	pv_point head = { PV_AT_COMMIT, { "" } };

	if (!pv_store_is_bare(cli->store))
		is_there = file_commit_is_there(cli, file->path.ptr);
	else if (pv_settings_tip(&head.commit, cli->store, &cli->settings,
				 NULL) == PV_OK)
		is_there = pv_store_find(&blob, cli->store, &head,
					 file->path.ptr, NULL) == PV_OK;
	if (is_there < 0)
		return is_there;
	if (!is_there)
		return PV_OK;
	rc = pv_fail(&cli->err, PV_EEXISTS,
		     "experiment \"%.128s\" exists already", id);
	return pv_error_hint(&cli->err, rc, "\"git pv experiment show %.60s\"",
			     id);
}

/* Nobody is asked about one that there is already. */
static int ask(experiment_create_options *opts, pv_strlist *answers,
	       pv_cli *cli, const char *id)
{
	experiment_file file = { { 0 } };
	int rc = experiment_path(&file.path, cli, id);

	if (rc == PV_OK)
		rc = must_be_free(cli, &file, id);
	if (rc == PV_OK)
		rc = experiment_ask(opts, answers, cli);
	experiment_file_dispose(&file);
	return rc;
}

/* What it would be is held against the prompts before anything is written. */
static int check(experiment_file *file, pv_cli *cli, const char *id,
		 const pv_buf *text)
{
	pv_experiment *it = NULL;
	pv_oid *commits = NULL;
	int rc = pv_experiment_parse(&it, id, pv_buf_text(text), text->len,
				     &cli->err);

	rc = experiment_unplaced(cli, rc);
	if (rc == PV_OK)
		commits = pv_calloc(it->variant_count, sizeof(*commits));
	if (rc == PV_OK && !commits)
		rc = pv_fail_nomem(&cli->err);
	if (rc == PV_OK)
		rc = experiment_check_once(cli, it, file->path.ptr);
	if (rc == PV_OK)
		rc = experiment_check_archive(cli, it);
	if (rc == PV_OK)
		rc = experiment_check_variants(commits, &file->fallbacks, cli,
					       it, 0);
	pv_free(commits);
	pv_experiment_free(it);
	return rc;
}

static int create(pv_cli *cli, const experiment_create_options *opts,
		  const char *id)
{
	const experiment_step step = { .how = &opts->commit,
				       .verb = "create",
				       .subject = "Create experiment" };
	experiment_file file = { { 0 } };
	pv_buf text = { 0 };
	pv_oid commit = { "" };
	int rc = experiment_path(&file.path, cli, id);

	if (rc == PV_OK)
		rc = must_be_free(cli, &file, id);
	if (rc == PV_OK)
		rc = make_text(&text, cli, opts);
	if (rc == PV_OK)
		rc = check(&file, cli, id, &text);
	if (rc == PV_OK)
		rc = experiment_commit(&commit, cli, &file, &text, &step);
	if (rc == PV_OK)
		rc = experiment_print(cli, &file, &commit);
	if (rc == PV_OK && !cli->json)
		cli_note(cli, "begin it with: git pv experiment start %s", id);
	pv_buf_dispose(&text);
	experiment_file_dispose(&file);
	return rc;
}

int experiment_create(pv_cli *cli, int argc, char **argv)
{
	experiment_create_options opts = { { 0 } };
	pv_strlist answers = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK && (!opts.prompt || opts.variants.count < 2) &&
	    ask_is_possible(cli))
		rc = ask(&opts, &answers, cli, argv[1]);
	if (rc == PV_OK && opts.prompt)
		rc = named_spec(cli, &opts.prompt);
	if (rc == PV_OK && !opts.prompt)
		rc = cli_usage_error(cli, "create needs --prompt ID");
	else if (rc == PV_OK && opts.variants.count < 2)
		rc = cli_usage_error(cli, "create needs two or more --variant "
					  "NAME=SPEC");
	else if (rc == PV_OK)
		rc = create(cli, &opts, argv[1]);
	cli_list_dispose(&opts.variants);
	cli_list_dispose(&opts.metrics);
	cli_list_dispose(&opts.guardrails);
	pv_strlist_dispose(&answers);
	return rc;
}
