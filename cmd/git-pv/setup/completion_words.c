/* SPDX-License-Identifier: MIT
 *
 * See completion_words.h. What a word is follows from the tables that the
 * command itself is parsed by: the usage tells verbs, options and which of
 * them have values, what stands for a value in the help tells its kind.
 */
#include "setup/completion_words.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "experiment/experiment_files.h"
#include "repo/environments.h"
#include "repo/field_names.h"
#include "repo/prompts.h"
#include "setup/help_rule.h"

/* The words, as the command would read them. */
struct line {
	pv_cli *cli;
	const cli_command *command;
	const cli_usage *usage;   /* of the verb, where there is one */
	const cli_option *option; /* whose value the last word is; or NULL */
	char **operands;          /* before the last word, without the verb */
	int count;
	int has_verb;     /* or the command has none */
	const char *word; /* the last one, or its part behind "--option=" */
	pv_str before;    /* that part of the last word */
};

/* One candidate; those that do not begin with the word are none. */
static void offer(const struct line *line, const char *prefix, const char *name)
{
	size_t len = strlen(line->word);
	size_t own = strlen(prefix);
	size_t same = len < own ? len : own;

	if (strncmp(prefix, line->word, same) != 0 ||
	    strncmp(name, line->word + same, len - same) != 0)
		return;
	cli_printf(line->cli, "%.*s%s%s\n", (int)line->before.len,
		   line->before.ptr, prefix, name);
}

static void offer_all(const struct line *line, const char *const *names)
{
	for (; names && *names; names++)
		offer(line, "", *names);
}

static void offer_commands(const struct line *line)
{
	for (size_t i = 0; i < cli_command_count(); i++)
		if (!(cli_command_at(i)->needs & CLI_HIDDEN))
			offer(line, "", cli_command_at(i)->name);
}

/* --- options ---------------------------------------------------------------- */

static int has_value(const cli_option *option)
{
	return option->kind != CLI_FLAG && option->kind != CLI_MODE &&
	       !option->is_optional;
}

static void offer_table(const struct line *line, const cli_option *option)
{
	char name[64];

	for (; option && (option->short_name || option->long_name); option++) {
		if (!option->long_name ||
		    (line->command && !cli_option_applies(option, line->command)))
			continue;
		snprintf(name, sizeof(name), "%s%s", option->long_name,
			 has_value(option) ? "=" : "");
		offer(line, "--", name);
	}
}

/* The option in a table that a word is, up to its "=". */
static const cli_option *find_in(const cli_option *option, const char *word)
{
	size_t len = strcspn(word, "=");

	for (; option && (option->short_name || option->long_name); option++) {
		const char *name = option->long_name;

		if (word[1] == '-' && name && strlen(name) == len - 2 &&
		    strncmp(name, word + 2, len - 2) == 0)
			return option;
		if (word[1] != '-' && option->short_name == word[1] && len == 2)
			return option;
	}
	return NULL;
}

static const cli_option *find_option(const struct line *line, const char *word)
{
	const cli_option *found = NULL;

	if (word[0] != '-' || !word[1])
		return NULL;
	if (line->usage)
		found = find_in(line->usage->options, word);
	return found ? found : find_in(cli_common_options(), word);
}

/* --- what is in the repository ----------------------------------------------- */

/* What each of many is offered for, and what goes before: "ID@", or nothing. */
struct refs {
	const struct line *line;
	const char *prefix;
};

static int each_id(const char *id, const char *path, const pv_oid *blob,
		   void *payload)
{
	(void)path;
	(void)blob;
	offer(((const struct refs *)payload)->line, "", id);
	return PV_OK;
}

static int offer_ids(const struct line *line)
{
	struct refs refs = { line, "" };
	pv_cli *cli = line->cli;
	pv_point here;
	int rc = cli_point(&here, cli, NULL);

	if (rc != PV_OK)
		return rc;
	return pv_prompt_each(cli->store, &cli->settings, &here, each_id, &refs,
			      &cli->err);
}

static int each_branch(const char *refname, const pv_oid *oid, void *payload)
{
	const struct refs *refs = payload;
	const char *name = refname + strlen("refs/heads/");

	(void)oid;
	if (strcmp(refname, PV_ENVIRONMENT_REF) != 0)
		offer(refs->line, refs->prefix, name);
	return PV_OK;
}

static int offer_branches(const struct line *line, const char *prefix)
{
	struct refs refs = { line, prefix };

	return pv_store_ref_each(line->cli->store, "refs/heads/", each_branch,
				 &refs, &line->cli->err);
}

static int offer_versions(const struct line *line, const char *id,
			  const char *prefix)
{
	pv_cli *cli = line->cli;
	pv_version_list versions = { 0 };
	int rc = pv_id_check(id, &cli->err);

	if (rc == PV_OK)
		rc = pv_version_list_load(&versions, cli->store, &cli->settings,
					  id, &cli->err);
	for (size_t i = 0; i < versions.count; i++)
		offer(line, prefix, versions.items[i].text);
	if (versions.count)
		offer(line, prefix, "latest");
	pv_version_list_dispose(&versions);
	return rc;
}

static int offer_environments(const struct line *line, const char *prefix)
{
	pv_cli *cli = line->cli;
	pv_strlist names = { 0 };
	int rc = environment_names(&names, cli);

	for (size_t i = 0; i < names.count && rc == PV_OK; i++)
		offer(line, prefix, names.items[i]);
	pv_strlist_dispose(&names);
	return rc;
}

/* "ID@1.2.0", "ID@latest", "ID@main", "ID@env:staging". */
static int offer_refs(const struct line *line, const char *word)
{
	size_t len = strcspn(word, "@");
	pv_buf id = { 0 };
	pv_buf prefix = { 0 };
	int rc;

	pv_buf_put(&id, word, len);
	pv_buf_put(&prefix, word, len + 1);
	rc = pv_buf_status(&id, &line->cli->err);
	if (rc == PV_OK)
		rc = offer_versions(line, id.ptr, pv_buf_text(&prefix));
	if (rc == PV_OK)
		rc = offer_branches(line, pv_buf_text(&prefix));
	pv_buf_puts(&prefix, "env:");
	if (rc == PV_OK && pv_str_has_prefix(word + len, "@env:"))
		rc = offer_environments(line, pv_buf_text(&prefix));
	pv_buf_dispose(&prefix);
	pv_buf_dispose(&id);
	return rc;
}

static int offer_specs(const struct line *line)
{
	return strchr(line->word, '@') ? offer_refs(line, line->word)
				       : offer_ids(line);
}

static int each_experiment(const experiment_file *file, const char *id,
			   const pv_error *err, void *payload)
{
	(void)file;
	(void)err;
	offer(((const struct refs *)payload)->line, "", id);
	return PV_OK;
}

static int offer_experiments(const struct line *line)
{
	struct refs refs = { line, "" };

	return experiment_each(line->cli, each_experiment, &refs);
}

static int is_set(const cli_option *option)
{
	return option->arg && pv_str_has_prefix(option->arg, "PATH=");
}

/* Behind which an "=" and what it is set to have to follow. */
static void offer_field(const struct line *line, const char *name)
{
	pv_buf text = { 0 };

	pv_buf_puts(&text, name);
	if (is_set(line->option))
		pv_buf_putc(&text, '=');
	offer(line, "", pv_buf_text(&text));
	pv_buf_dispose(&text);
}

/* Of the prompt that is named already, and those that any may have. */
static int offer_fields(const struct line *line)
{
	static const char *const usual[] = {
		"name",      "description", "goal",       "category",
		"owner",     "tags",        "active",     "prompt",
		"messages",  "model",       "model.name", "model.temperature",
		"variables", "output",      "examples",   "metadata",
		NULL
	};
	pv_strlist fields = { 0 };
	int rc = PV_OK;

	if (line->count && line->usage->ids != CLI_IDS_NONE)
		rc = field_names(&fields, line->cli, line->operands[0]);
	for (size_t i = 0; i < fields.count && rc == PV_OK; i++)
		offer_field(line, fields.items[i]);
	/* What is not there yet can be set, and nothing else. */
	for (size_t i = 0; usual[i]; i++)
		if ((!fields.count || is_set(line->option)) &&
		    pv_strlist_find(&fields, usual[i]) < 0)
			offer_field(line, usual[i]);
	pv_strlist_dispose(&fields);
	return PV_OK;
}

/* --- values and operands ------------------------------------------------------ */

static int is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return 1;
	return 0;
}

/* A value of an option that stands for a field of a prompt. */
static int offer_field_values(const struct line *line)
{
	static const char *const searched[] = { "id",   "name", "description",
						"goal", "tags", "text",
						NULL };

	if (strcmp(line->command->name, "search") != 0)
		return offer_fields(line);
	offer_all(line, searched);
	return PV_OK;
}

static int offer_values(const struct line *line)
{
	static const char *const fields[] = { "set",      "unset", "append",
					      "set-file", "field", NULL };
	static const char *const revs[] = { "REV", "BRANCH", "START", NULL };
	static const char *const specs[] = { "SPEC", "ID", "ID[@REV]", NULL };
	static const char *const versions[] = { "version", "to", NULL };
	const cli_option *option = line->option;
	const char *name = option->long_name ? option->long_name : "";
	const char *arg = option->arg ? option->arg : "";

	if (is_one_of(name, fields))
		return offer_field_values(line);
	if (!strcmp(arg, "E"))
		return offer_environments(line, "");
	/* A release has a number that no other one has. */
	if (!strcmp(line->command->name, "release"))
		return PV_OK;
	if (is_one_of(name, versions) && line->count && line->usage->ids)
		return offer_versions(line, line->operands[0], "");
	if (is_one_of(arg, revs))
		return offer_branches(line, "");
	if (!strcmp(name, "experiment"))
		return offer_experiments(line);
	if (is_one_of(arg, specs))
		return offer_specs(line);
	return PV_OK;
}

static void offer_verbs(const struct line *line)
{
	const cli_verb *verb = line->command->usage->verbs;

	for (; verb->name; verb++)
		offer(line, "", verb->name);
}

static int has_word(const char *text, const char *word)
{
	return text && strstr(text, word) != NULL;
}

/* Whether the operand at hand is a prompt: the usage says so, or calls it "ID". */
static int takes_id(const struct line *line)
{
	const cli_usage *usage = line->usage;

	switch (usage->ids) {
	case CLI_IDS_FIRST:
		return !line->count || usage->max_args < 0;
	case CLI_IDS_ALL:
		return 1;
	case CLI_IDS_REST:
		return line->count > 0;
	case CLI_IDS_NONE:
		break;
	}
	return has_word(usage->args, "ID") ||
	       (line->count && has_word(usage->args, "id of a prompt"));
}

/* Whether one of the operands is a branch, or what has one for a name. */
static int takes_branch(const struct line *line)
{
	static const char *const words[] = { "branch", "commit", "REV",
					     "a name", NULL };
	const char *args = line->usage->args;

	for (size_t i = 0; words[i]; i++)
		if (has_word(args, words[i]))
			return 1;
	return 0;
}

/* What the few commands take that are of no common kind. */
static int offer_own(const struct line *line)
{
	static const char *const formats[] = { "jsonl", "json", "csv", NULL };
	static const char *const shells[] = { "bash", "zsh", "fish", NULL };
	const char *name = line->command->name;

	if (line->count)
		return 0;
	if (!strcmp(name, "help")) {
		offer_commands(line);
		for (size_t i = 0; help_guide(i); i++)
			offer(line, "", help_guide(i));
		return 1;
	}
	if (!strcmp(name, "completion"))
		offer_all(line, shells);
	else if (!strcmp(name, "import") || !strcmp(name, "export"))
		offer_all(line, formats);
	else
		return 0;
	return 1;
}

/* Experiments are files, too, and have ids of their own. */
static int takes_experiment(const struct line *line)
{
	return !strcmp(line->command->name, "experiment") && line->has_verb &&
	       line->usage->max_args != 0 && !line->count;
}

static int offer_operands(const struct line *line)
{
	const cli_usage *usage = line->usage;
	int rc = PV_OK;

	if (usage->max_args >= 0 && line->count >= usage->max_args &&
	    !line->command->usage->verbs)
		return PV_OK;
	if (takes_experiment(line))
		return offer_experiments(line);
	if (has_word(usage->args, "environment") &&
	    (!line->count || has_word(usage->args, "two environments")))
		return offer_environments(line, "");
	if (line->count && (has_word(usage->args, "two versions") ||
			    has_word(usage->args, "what to compare"))) {
		rc = offer_versions(line, line->operands[0], "");
		return rc == PV_OK ? offer_branches(line, "") : rc;
	}
	if (takes_id(line))
		rc = offer_specs(line);
	if (rc == PV_OK && takes_branch(line) &&
	    (!has_word(usage->args, "ID") || has_word(usage->args, "REV or")))
		rc = offer_branches(line, "");
	return rc;
}

/* --- reading the words ---------------------------------------------------------- */

static void take_verb(struct line *line, const char *word)
{
	const cli_verb *verb = line->command->usage->verbs;

	line->has_verb = 1;
	for (; verb->name; verb++)
		if (!strcmp(verb->name, word) && verb->usage)
			line->usage = verb->usage;
}

static void take_operand(struct line *line, char *word)
{
	if (!line->command) {
		line->command = cli_find_command(word);
		if (!line->command)
			return;
		line->usage = line->command->usage;
		line->has_verb = !line->usage->verbs;
	} else if (!line->has_verb) {
		take_verb(line, word);
	} else {
		line->operands[line->count++] = word;
	}
}

/* Operands are gathered at the front of the words that were read. */
static void read_words(struct line *line, int argc, char **argv)
{
	int only_operands = 0;

	line->operands = argv;
	for (int i = 0; i < argc; i++) {
		char *word = argv[i];

		if (!only_operands && !strcmp(word, "--")) {
			only_operands = 1;
		} else if (only_operands || word[0] != '-') {
			take_operand(line, word);
		} else {
			const cli_option *option = find_option(line, word);

			if (!option || !has_value(option) || strchr(word, '='))
				continue;
			if (i + 1 == argc)
				line->option = option;
			i++;
		}
	}
}

/* "--option=" and a part of its value. */
static void split_value(struct line *line)
{
	const char *equals = strchr(line->word, '=');
	const cli_option *option;

	if (line->option || !equals || strncmp(line->word, "--", 2) != 0)
		return;
	option = find_option(line, line->word);
	if (!option || !has_value(option))
		return;
	line->option = option;
	line->before.ptr = line->word;
	line->before.len = (size_t)(equals + 1 - line->word);
	line->word = equals + 1;
}

/* What is the same in every repository, and without one; 1 when that is all. */
static int offer_fixed(const struct line *line)
{
	if (!line->command) {
		if (line->word[0] == '-')
			offer_table(line, cli_common_options());
		else
			offer_commands(line);
		return 1;
	}
	if (line->option) {
		offer_all(line, line->option->choices);
		return line->option->choices != NULL;
	}
	if (line->word[0] == '-') {
		offer_table(line, line->usage->options);
		offer_table(line, cli_common_options());
		return 1;
	}
	if (line->has_verb)
		return offer_own(line);
	offer_verbs(line);
	return 1;
}

int completion_words(pv_cli *cli, int argc, char **argv)
{
	struct line line = { .cli = cli, .word = argv[argc - 1] };
	int rc;

	line.before.ptr = "";
	read_words(&line, argc - 1, argv);
	split_value(&line);
	if (offer_fixed(&line))
		return PV_OK;
	rc = cli_open_store(cli);
	if (rc == PV_OK)
		rc = cli_settings_load(cli);
	if (rc != PV_OK)
		return rc;
	return line.option ? offer_values(&line) : offer_operands(&line);
}
