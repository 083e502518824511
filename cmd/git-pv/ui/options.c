/* SPDX-License-Identifier: MIT
 *
 * Reads options into the struct a command's table describes. The rules are
 * git's, minus abbreviations: options may follow operands, "--" ends them,
 * --x=value and --x value are the same, short flags may be joined, -nVALUE
 * and -n VALUE are the same, flags have a --no- form. A table that names an
 * option overrides the common one of the same name.
 */
#include "cli.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	OPTION_MAX = 64 /* bytes of one in a hint */
};

/* A parse under way. */
struct parse {
	pv_cli *cli;
	char *opts; /* the command's struct, as bytes to add offsets to */
	char **argv;
	int argc;
	int next; /* the argument to look at */
	int kept; /* operands, moved to the front */
};

/* An option as it was found: which, and the struct it writes to. */
struct match {
	const cli_option *option;
	char *base;
	int is_negated;
};

static const cli_option common_options[] = {
	{ 'h', "help", CLI_FLAG, 0, NULL, "show this help" },
	{ 'q', "quiet", CLI_FLAG, offsetof(pv_cli, quiet), NULL,
	  "say less on standard error" },
	{ 'v', "verbose", CLI_FLAG, offsetof(pv_cli, verbose), NULL,
	  "tell each step and how long it took" },
	{ 0, "json", CLI_FLAG, offsetof(pv_cli, json), NULL,
	  "print one JSON document" },
	{ 0, "color", CLI_ENUM, offsetof(pv_cli, color_when), "WHEN",
	  "colours: always, never or auto",
	  (const char *const[]){ "always", "never", "auto", NULL }, 0, 1 },
	{ 0, "no-pager", CLI_FLAG, offsetof(pv_cli, no_pager), NULL,
	  "do not page the output" },
	{ 0, "no-fallback", CLI_FLAG, offsetof(pv_cli, no_fallback), NULL,
	  "env:E is what E itself has" },
	{ 0 },
};

const cli_option *cli_common_options(void)
{
	return common_options;
}

static int is_end(const cli_option *option)
{
	return !option->short_name && !option->long_name;
}

static int is_help(const cli_option *option)
{
	return option == &common_options[0];
}

void cli_list_dispose(cli_list *list)
{
	pv_free(list->items);
	memset(list, 0, sizeof(*list));
}

int cli_list_add(cli_list *list, int which, const char *value, pv_error *err)
{
	if (pv_array_reserve(&list->items, &list->cap, list->count + 1,
			     sizeof(*list->items)) < 0)
		return pv_fail_nomem(err);
	list->items[list->count].which = which;
	list->items[list->count].value = value;
	list->count++;
	return PV_OK;
}

/* "--no-color" matches the flag "color", if it is one. */
static int long_matches(const cli_option *option, pv_str name, int *negated)
{
	*negated = 0;
	if (!option->long_name)
		return 0;
	if (pv_str_is(name, option->long_name))
		return 1;
	if (option->kind != CLI_FLAG || name.len < 4 ||
	    memcmp(name.ptr, "no-", 3) != 0)
		return 0;
	*negated = 1;
	name.ptr += 3;
	name.len -= 3;
	return pv_str_is(name, option->long_name);
}

static int find_long_in(struct match *out, const cli_option *table, char *base,
			pv_str name)
{
	for (; table && !is_end(table); table++) {
		if (long_matches(table, name, &out->is_negated)) {
			out->option = table;
			out->base = base;
			return 1;
		}
	}
	return 0;
}

static int find_short_in(struct match *out, const cli_option *table, char *base,
			 char name)
{
	for (; table && !is_end(table); table++) {
		if (table->short_name == name) {
			out->option = table;
			out->base = base;
			out->is_negated = 0;
			return 1;
		}
	}
	return 0;
}

/* The options of the command, and the common ones, that are near. */
static int hint_option(pv_cli *cli, pv_str name)
{
	const cli_option *tables[2] = { cli->command->usage->options,
					common_options };
	char shown[80][OPTION_MAX];
	const char *names[pv_array_len(shown) + 1];
	char lister[OPTION_MAX];
	char word[OPTION_MAX];
	size_t count = 0;

	snprintf(word, sizeof(word), "--%.*s", (int)name.len, name.ptr);
	snprintf(lister, sizeof(lister), "git pv %s -h", cli->command->name);
	for (size_t i = 0; i < pv_array_len(tables); i++) {
		const cli_option *option = tables[i];

		for (; option && !is_end(option); option++)
			if (option->long_name && count < pv_array_len(shown)) {
				snprintf(shown[count], OPTION_MAX, "--%s",
					 option->long_name);
				names[count] = shown[count];
				count++;
			}
	}
	names[count] = NULL;
	return cli_hint_near(cli, cli->err.code, word, names, lister);
}

static int unknown_long(struct parse *parse, pv_str name)
{
	int rc = cli_usage_error(parse->cli, "unknown option \"--%.*s\"",
				 (int)name.len, name.ptr);

	return rc < 0 ? hint_option(parse->cli, name) : rc;
}

static int set_int(pv_cli *cli, int *field, const cli_option *option,
		   const char *value)
{
	unsigned number;

	if (pv_str_to_uint(&number, pv_str_of(value), INT_MAX) < 0)
		return cli_usage_error(cli, "--%s needs a number, not \"%s\"",
				       option->long_name, value);
	*field = (int)number;
	return PV_OK;
}

static void list_choices(pv_buf *out, const cli_option *option)
{
	for (int i = 0; option->choices[i]; i++)
		pv_buf_printf(out, "%s\"%s\"", i ? ", " : "", option->choices[i]);
}

static int set_enum(pv_cli *cli, int *field, const cli_option *option,
		    const char *value)
{
	pv_buf names = { 0 };
	int rc;

	for (int i = 0; option->choices[i]; i++) {
		if (strcmp(option->choices[i], value) == 0) {
			*field = i + 1;
			return PV_OK;
		}
	}
	rc = cli_usage_error(cli, "--%s cannot be \"%s\"", option->long_name,
			     value);
	list_choices(&names, option);
	pv_error_hint(&cli->err, rc, "it is one of %s", pv_buf_text(&names));
	pv_buf_dispose(&names);
	return rc;
}

/* One of several that exclude each other. */
static int set_mode(pv_cli *cli, int *field, const cli_option *option)
{
	if (*field && *field != option->set)
		return cli_usage_error(cli, "--%s excludes what was given before",
				       option->long_name);
	*field = option->set;
	return PV_OK;
}

/* Stores a value, NULL for a flag or a bare option with optional value. */
static int store(pv_cli *cli, const struct match *match, const char *value)
{
	const cli_option *option = match->option;
	void *field = match->base + option->offset;

	switch (option->kind) {
	case CLI_FLAG:
		*(int *)field = option->set ? option->set : 1;
		if (match->is_negated)
			*(int *)field = 0;
		return PV_OK;
	case CLI_MODE:
		return set_mode(cli, field, option);
	case CLI_STRING:
		*(const char **)field = value;
		return PV_OK;
	case CLI_INT:
		return set_int(cli, field, option, value);
	case CLI_ENUM:
		if (value)
			return set_enum(cli, field, option, value);
		*(int *)field = 1;
		return PV_OK;
	case CLI_LIST:
		return cli_list_add(field, option->set, value, &cli->err);
	}
	return PV_OK;
}

static int takes_value(const cli_option *option)
{
	return option->kind != CLI_FLAG && option->kind != CLI_MODE;
}

/* Stores `attached`, or the next argument where the option needs a value. */
static int store_with_value(struct parse *parse, const struct match *match,
			    const char *attached)
{
	const char *value = attached;

	if (!value && !match->option->is_optional) {
		if (parse->next >= parse->argc)
			return cli_usage_error(parse->cli,
					       "--%s needs a value: %s",
					       match->option->long_name,
					       match->option->arg);
		value = parse->argv[parse->next++];
	}
	return store(parse->cli, match, value);
}

static int parse_long(struct parse *parse, const char *text)
{
	const char *equals = strchr(text, '=');
	pv_str name = { text, equals ? (size_t)(equals - text) : strlen(text) };
	struct match match = { 0 };

	if (!find_long_in(&match, parse->cli->command->usage->options,
			  parse->opts, name) &&
	    !find_long_in(&match, common_options, (char *)parse->cli, name))
		return unknown_long(parse, name);
	if (is_help(match.option))
		return CLI_DONE;
	if (takes_value(match.option))
		return store_with_value(parse, &match,
					equals ? equals + 1 : NULL);
	if (equals)
		return cli_usage_error(parse->cli, "--%.*s takes no value",
				       (int)name.len, name.ptr);
	return store(parse->cli, &match, NULL);
}

static int parse_short(struct parse *parse, const char *text)
{
	struct match match = { 0 };
	int rc = PV_OK;

	for (; *text && rc == PV_OK; text++) {
		if (!find_short_in(&match, parse->cli->command->usage->options,
				   parse->opts, *text) &&
		    !find_short_in(&match, common_options, (char *)parse->cli,
				   *text)) {
			rc = cli_usage_error(parse->cli,
					     "unknown option \"-%c\"", *text);
			pv_error_hint(&parse->cli->err, rc,
				      "\"git pv %s -h\" lists the options",
				      parse->cli->command->name);
			return rc;
		}
		if (is_help(match.option))
			return CLI_DONE;
		if (takes_value(match.option))
			return store_with_value(parse, &match,
						text[1] ? text + 1 : NULL);
		rc = store(parse->cli, &match, NULL);
	}
	return rc;
}

static int parse_all(struct parse *parse)
{
	int rc = PV_OK;

	while (parse->next < parse->argc && rc == PV_OK) {
		char *arg = parse->argv[parse->next++];

		if (arg[0] != '-' || !arg[1]) {
			parse->argv[parse->kept++] = arg;
		} else if (strcmp(arg, "--") == 0) {
			parse->cli->dashdash = parse->kept;
			while (parse->next < parse->argc)
				parse->argv[parse->kept++] =
					parse->argv[parse->next++];
		} else if (arg[1] == '-') {
			rc = parse_long(parse, arg + 2);
		} else {
			rc = parse_short(parse, arg + 1);
		}
	}
	return rc;
}

static int check_count(pv_cli *cli, int argc, char **argv)
{
	const cli_usage *usage = cli->command->usage;

	if (argc < usage->min_args)
		return cli_usage_error(cli, "%s needs %s", cli->command->name,
				       usage->args);
	if (usage->max_args >= 0 && argc > usage->max_args)
		return cli_usage_error(cli, "%s takes no argument \"%s\"",
				       cli->command->name, argv[usage->max_args]);
	return PV_OK;
}

int cli_parse(pv_cli *cli, void *opts, int *argc, char **argv)
{
	struct parse parse = { cli, opts, argv, *argc, 0, 0 };
	int rc;

	cli->dashdash = -1;
	rc = parse_all(&parse);
	if (rc != PV_OK)
		return rc;
	*argc = parse.kept;
	argv[parse.kept] = NULL;
	if (cli->json && !(cli->command->needs & CLI_JSON))
		return cli_usage_error(cli, "%s has no --json",
				       cli->command->name);
	return check_count(cli, *argc, argv);
}
