/* SPDX-License-Identifier: MIT
 *
 * git pv doctor: looks at everything that has to be right for git-pv to work
 * here, and names the cure of what is not. With --fix it does what is harmless
 * of that, and looks again; else it changes nothing. The checks of
 * the repository's contents are in doctor_repo.c, those of git in doctor_git.c.
 */
#include "setup/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "repo/git.h"
#include "setup/routes.h"
#include "setup/wiring.h"

struct doctor_options {
	int fix;
};

static const cli_option options[] = {
	{ 0, "fix", CLI_FLAG, offsetof(struct doctor_options, fix), NULL,
	  "do what is harmless of the cures" },
	{ 0 },
};

const cli_usage cmd_doctor_usage = {
	.synopsis = { "git pv doctor [--fix] [--json]" },
	.examples = { "git pv doctor", "git pv doctor --fix" },
	.options = options,
};

static const char install_cure[] = "git pv install";

static void add(struct doctor *doctor, enum cli_health health, const char *name,
		const char *fix, const char *message)
{
	struct diagnosis *item;

	if (doctor->count == pv_array_len(doctor->items))
		return;
	item = &doctor->items[doctor->count++];
	item->health = health;
	item->name = name;
	snprintf(item->message, sizeof(item->message), "%s", message);
	snprintf(item->fix, sizeof(item->fix), "%s", fix);
}

void doctor_say(struct doctor *doctor, enum cli_health health, const char *name,
		const char *fix, const char *format, ...)
{
	char message[sizeof(doctor->items[0].message)];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	add(doctor, health, name, fix, message);
}

/* Whether a shell would find git-pv, as git and the drivers must. */
static void check_path(struct doctor *doctor)
{
	const char *path = cli_env("PATH", NULL);
	pv_buf file = { 0 };
	int found = 0;

	while (path && *path && !found) {
		size_t len = strcspn(path, ":");

		pv_buf_clear(&file);
		pv_buf_put(&file, path, len);
		pv_buf_puts(&file, "/git-pv");
		found = access(pv_buf_text(&file), X_OK) == 0;
		path += len + (path[len] != '\0');
	}
	if (found)
		doctor_say(doctor, HEALTH_OK, "path", "", "git-pv is %s",
			   pv_buf_text(&file));
	else
		doctor_say(doctor, HEALTH_FAIL, "path", "add its folder to PATH",
			   "git-pv is not on PATH, so git cannot find it");
	pv_buf_dispose(&file);
}

static void check_attribute(struct doctor *doctor, const char *name)
{
	const char *dir = doctor->cli->settings.prompts_dir;

	if (cli_has_attribute(doctor->cli, NULL, name, "pv") == 1)
		doctor_say(doctor, HEALTH_OK, "attributes", "",
			   "%s/**/*.yaml has %s=pv", dir, name);
	else
		doctor_say(doctor, HEALTH_WARN, "attributes", install_cure,
			   "files below %s/ lack the attribute %s=pv", dir, name);
}

/* Files beside prompts, which an older git-pv has not told git of. */
static int check_routes(struct doctor *doctor)
{
	pv_strlist lines = { 0 };
	int rc = cli_unrouted(&lines, doctor->cli);

	for (size_t i = 0; i < lines.count; i++)
		doctor_say(doctor, HEALTH_WARN, "attributes", install_cure,
			   "%.*s has no merge driver: git merges it by lines",
			   (int)strcspn(lines.items[i], " "), lines.items[i]);
	pv_strlist_dispose(&lines);
	return rc;
}

/* A value that the user gave: only what it shows is for the user alone. */
static void say_kept(struct doctor *doctor, const char *key)
{
	int is_shown = !strcmp(key, "merge.pv.name") ||
		       !strcmp(key, "diff.pv.xfuncname");
	char cure[128];

	snprintf(cure, sizeof(cure), "git config --unset-all %s && %s", key,
		 install_cure);
	doctor_say(doctor, is_shown ? HEALTH_OK : HEALTH_WARN, "config",
		   is_shown ? "" : cure, "%s is your own", key);
}

static void check_driver(struct doctor *doctor, const cli_setting *setting)
{
	pv_buf value = { 0 };
	int is_set = cli_config(&value, doctor->cli, setting->key);

	if (is_set && strcmp(pv_buf_text(&value), setting->value) == 0)
		doctor_say(doctor, HEALTH_OK, "config", "", "%s is set",
			   setting->key);
	else if (is_set && cli_setting_is_kept(doctor->cli, setting) > 0)
		say_kept(doctor, setting->key);
	else
		doctor_say(doctor, HEALTH_WARN, "config", install_cure,
			   "%s is %s", setting->key,
			   is_set ? "not what install sets" : "not set");
	pv_buf_dispose(&value);
}

static void check_drivers(struct doctor *doctor)
{
	const cli_setting *setting = cli_driver_settings();

	for (; setting->key; setting++)
		check_driver(doctor, setting);
}

/* Before the first commit it need not be there. */
static int has_default_branch(pv_cli *cli)
{
	static const char *const places[] = { "heads", "remotes/origin" };
	pv_oid oid = { "" };
	int found = pv_store_head(NULL, &oid, cli->store, NULL) == PV_OK &&
		    !oid.hex[0];

	for (size_t i = 0; i < pv_array_len(places) && !found; i++) {
		pv_buf name = { 0 };

		pv_buf_printf(&name, "refs/%s/%s", places[i],
			      cli->settings.default_branch);
		found = name.status == PV_OK &&
			pv_store_ref(&oid, cli->store, name.ptr, NULL) == PV_OK;
		pv_buf_dispose(&name);
	}
	return found;
}

/* Opens the repository itself, so that a broken one is a diagnosis, too. */
static int check_repository(struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	int rc;

	if (!cli->store && doctor->refused.code != PV_OK) {
		doctor_say(doctor, HEALTH_FAIL, "repository",
			   *doctor->refused.hint
				   ? doctor->refused.hint
				   : "plain git may know it, or a later git-pv",
			   "%s", doctor->refused.message);
		return 0;
	}
	if (!cli->store) {
		doctor_say(doctor, HEALTH_WARN, "repository", "git pv init",
			   "this is not a git repository");
		return 0;
	}
	doctor_say(doctor, HEALTH_OK, "repository", "", "%s",
		   pv_store_git_dir(cli->store));
	rc = cli_settings_load(cli);
	if (rc == PV_OK && !has_default_branch(cli)) {
		doctor_say(doctor, HEALTH_WARN, "settings",
			   "name another as default_branch in pv.yaml",
			   "there is no branch \"%s\", so nothing is released",
			   cli->settings.default_branch);
		return 1;
	}
	if (rc == PV_OK) {
		doctor_say(doctor, HEALTH_OK, "settings", "",
			   "prompts are in %s/, the default branch is %s",
			   cli->settings.prompts_dir,
			   cli->settings.default_branch);
		return 1;
	}
	doctor_say(doctor, HEALTH_FAIL, "settings",
		   cli->err.code == PV_EGIT || cli->err.code == PV_EIO
			   ? "\"git fsck\" tells what is broken: fetch it from "
			     "another clone"
			   : "mend pv.yaml or git config pv.*",
		   "%s", cli->err.message);
	pv_error_clear(&cli->err);
	return 0;
}

static int has_failure(const struct doctor *doctor)
{
	for (size_t i = 0; i < doctor->count; i++)
		if (doctor->items[i].health == HEALTH_FAIL)
			return 1;
	return 0;
}

static const char *health_name(enum cli_health health)
{
	static const char *const names[] = { "ok", "warn", "fail" };

	return names[health];
}

static void print_json(const struct doctor *doctor)
{
	pv_cli *cli = doctor->cli;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "ok");
	pv_jsonw_bool(&w, !has_failure(doctor));
	pv_jsonw_key(&w, "checks");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < doctor->count; i++) {
		const struct diagnosis *item = &doctor->items[i];

		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "name", item->name);
		pv_jsonw_member(&w, "status", health_name(item->health));
		pv_jsonw_member(&w, "message", item->message);
		pv_jsonw_member(&w, "fix", *item->fix ? item->fix : NULL);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
	pv_jsonw_key(&w, "fixed");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < doctor->fixed.count; i++)
		pv_jsonw_string(&w, doctor->fixed.items[i]);
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

static void print_text(const struct doctor *doctor)
{
	static const enum cli_color colors[] = { CLI_COLOR_NEW, CLI_COLOR_WARN,
						 CLI_COLOR_ERROR };
	pv_cli *cli = doctor->cli;

	for (size_t i = 0; i < doctor->fixed.count; i++) {
		cli_puts(cli, "fixed ");
		cli_line(cli, doctor->fixed.items[i]);
		cli_puts(cli, "\n");
	}
	for (size_t i = 0; i < doctor->count; i++) {
		const struct diagnosis *item = &doctor->items[i];

		cli_printf(cli, "%s%-5s%s %-11s ",
			   cli_color(cli, colors[item->health]),
			   health_name(item->health),
			   cli_color(cli, CLI_COLOR_RESET), item->name);
		cli_line(cli, item->message);
		cli_puts(cli, "\n");
		if (!*item->fix)
			continue;
		cli_printf(cli, "%-18s fix: ", "");
		cli_line(cli, item->fix);
		cli_puts(cli, "\n");
	}
}

static int diagnose(struct doctor *doctor)
{
	int rc = PV_OK;

	doctor->count = 0;
	check_path(doctor);
	doctor_git(doctor);
	if (!check_repository(doctor))
		return PV_OK;
	doctor_git_repository(doctor);
	check_attribute(doctor, "merge");
	check_attribute(doctor, "diff");
	rc = check_routes(doctor);
	check_drivers(doctor);
	if (rc == PV_OK)
		rc = doctor_repository(doctor);
	if (rc == PV_OK)
		rc = doctor_deployments(doctor);
	return rc == PV_OK ? doctor_executions(doctor) : rc;
}

/* What git is told of prompts can be said again; nothing of it is overwritten. */
static int fix(struct doctor *doctor)
{
	static const cli_install_options install = { 0 };
	int is_wanted = 0;

	for (size_t i = 0; i < doctor->count; i++)
		is_wanted |= strcmp(doctor->items[i].fix, install_cure) == 0;
	return is_wanted ? cli_install(&doctor->fixed, doctor->cli, &install)
			 : PV_OK;
}

int cmd_doctor(pv_cli *cli, int argc, char **argv)
{
	struct doctor_options opts = { 0 };
	struct doctor *doctor;
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != 0)
		return rc;
	doctor = pv_calloc(1, sizeof(*doctor));
	if (!doctor)
		return pv_fail_nomem(&cli->err);
	doctor->cli = cli;
	doctor->refused = cli->err;
	pv_error_clear(&cli->err);
	rc = diagnose(doctor);
	if (rc == PV_OK && opts.fix)
		rc = fix(doctor);
	if (rc == PV_OK && doctor->fixed.count)
		rc = diagnose(doctor);
	if (rc == PV_OK) {
		if (cli->json)
			print_json(doctor);
		else
			print_text(doctor);
		rc = has_failure(doctor);
	}
	pv_strlist_dispose(&doctor->fixed);
	pv_free(doctor);
	return rc;
}
