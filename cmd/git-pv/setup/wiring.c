/* SPDX-License-Identifier: MIT
 *
 * Installing is comparing first: what is there and right is left alone, and
 * what the user decided otherwise is kept. What we set is known by its key and
 * value (the drivers) or recorded under pv.installed, so that uninstall takes
 * back exactly that, and nothing a user wrote beside it.
 */
#include "setup/wiring.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "repo/git.h"
#include "setup/routes.h"

/*
 * The drivers are guarded: a driver that cannot be started would leave
 * "ours" in the file, without markers, and lose the other side.
 */
static const cli_setting driver_settings[] = {
	{ "merge.pv.name", "git-pv: merge prompts" },
	{ "merge.pv.driver",
	  "if command -v git-pv >/dev/null 2>&1; then "
	  "git-pv merge-driver %O %A %B %L %P; else "
	  "git merge-file --marker-size=%L -L ours -L base -L theirs "
	  "%A %O %B; fi" },
	/* Virtual ancestors of criss-cross merges hold markers: no YAML. */
	{ "merge.pv.recursive", "text" },
	/* Without git-pv it fails, and git leaves the file as it is. */
	{ "mergetool.pv.cmd",
	  "git-pv mergetool \"$BASE\" \"$LOCAL\" \"$REMOTE\" \"$MERGED\"" },
	{ "mergetool.pv.trustExitCode", "true" },
	{ "diff.pv.textconv",
	  "f() { if command -v git-pv >/dev/null 2>&1; then "
	  "git-pv textconv \"$1\"; else cat \"$1\"; fi; }; f" },
	/* A top-level key, or an element of a list below one by its name. */
	{ "diff.pv.xfuncname", "^([A-Za-z_][A-Za-z0-9_.-]*:.*|"
			       "  - (role|id|name|task|key): .*)$" },
	{ NULL, NULL },
};

static const char drivers[] = " merge=pv diff=pv";
static const char record_key[] = "pv.installed";
static const char follow_key[] = "push.followTags";
/* Of info/attributes: that install made it, or that its last line was open. */
static const char made_mark[] = "info/attributes";
static const char open_mark[] = "info/attributes without a last newline";
/* What a line or a refspec that install added is recorded behind. */
static const char line_mark[] = "info/attributes: ";
static const char refspec_mark[] = "refspec: ";

const cli_setting *cli_driver_settings(void)
{
	return driver_settings;
}

void cli_prompt_attributes(pv_buf *out, const char *prompts_dir)
{
	pv_buf_printf(out, "%s/**/*.yaml%s text eol=lf", prompts_dir, drivers);
}

void cli_tag_refspec(pv_buf *out, const char *remote)
{
	pv_buf_printf(out, "+refs/tags/*:refs/pv/remote/%s/tags/*", remote);
}

void cli_pv_refspec(pv_buf *out, const char *remote)
{
	pv_buf_printf(out, "+refs/pv/*:refs/remotes-pv/%s/*", remote);
}

static int say(pv_strlist *done, pv_cli *cli, const char *format, ...)
	PV_PRINTF(3, 4);

static int say(pv_strlist *done, pv_cli *cli, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return pv_strlist_add(done, line, &cli->err);
}

/* Appends the value of `key` in one file of git's configuration; 1 if set. */
static int get(pv_buf *out, pv_cli *cli, const char *scope, const char *key)
{
	const char *args[] = { "config", scope, "--get", key, NULL };
	int status = cli_git_status(out, cli, args);

	return status < 0 ? status : status == 0;
}

static int set(pv_cli *cli, const char *scope, const cli_setting *setting)
{
	const char *args[] = { "config", scope, setting->key, setting->value,
			       NULL };

	return cli_git(NULL, cli, args);
}

/* The values of `key` that begin with `prefix`, without it. */
static int get_all(pv_strlist *out, pv_cli *cli, const char *key,
		   const char *prefix)
{
	const char *args[] = { "config", "--local", "--get-all", key, NULL };
	pv_buf all = { 0 };
	int status = cli_git_status(&all, cli, args);
	const char *line = pv_buf_text(&all);
	size_t len = strlen(prefix);
	int rc = status < 0 ? status : PV_OK;

	while (*line && rc == PV_OK) {
		size_t end = strcspn(line, "\n");

		if (end >= len && memcmp(line, prefix, len) == 0)
			rc = pv_strlist_addn(out, line + len, end - len,
					     &cli->err);
		line += end + (line[end] != '\0');
	}
	pv_buf_dispose(&all);
	return rc;
}

/* 1 when one of the values of `key` is `value`. */
static int has_value(pv_cli *cli, const char *key, const char *value)
{
	pv_strlist all = { 0 };
	int rc = get_all(&all, cli, key, "");

	if (rc == PV_OK)
		rc = pv_strlist_find(&all, value) >= 0;
	pv_strlist_dispose(&all);
	return rc;
}

static int add_value(pv_cli *cli, const char *key, const char *value)
{
	const char *args[] = { "config", "--local", "--add", key, value, NULL };

	return cli_git(NULL, cli, args);
}

/* Records what is about to be added; before, so that ours never passes as theirs. */
static int note(pv_cli *cli, const char *mark, const char *value)
{
	pv_buf text = { 0 };
	int rc;

	pv_buf_printf(&text, "%s%s", mark, value);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = has_value(cli, record_key, text.ptr);
	if (rc == 0)
		rc = add_value(cli, record_key, text.ptr);
	pv_buf_dispose(&text);
	return rc < 0 ? rc : PV_OK;
}

/* Whether a value is one that git-pv gives, or an earlier one gave. */
static int is_ours(const char *value)
{
	static const char *const starts[] = { "git-pv", "if command -v git-pv ",
					      "f() { if command -v git-pv " };

	for (size_t i = 0; i < pv_array_len(starts); i++)
		if (pv_str_has_prefix(value, starts[i]))
			return 1;
	return 0;
}

/* 1 when a value of the user's own stands there. */
static int is_kept(pv_cli *cli, const char *scope, const cli_setting *setting,
		   int *is_same)
{
	pv_buf value = { 0 };
	int rc = get(&value, cli, scope, setting->key);
	const char *text = pv_buf_text(&value);

	*is_same = rc > 0 && strcmp(text, setting->value) == 0;
	if (rc > 0)
		rc = *text && !*is_same && !is_ours(text);
	pv_buf_dispose(&value);
	return rc;
}

int cli_setting_is_kept(pv_cli *cli, const cli_setting *setting)
{
	int is_same;

	return is_kept(cli, "--local", setting, &is_same);
}

static int install_drivers(pv_strlist *done, pv_cli *cli, const char *scope)
{
	const cli_setting *setting = driver_settings;
	int rc = PV_OK;

	for (; setting->key && rc == PV_OK; setting++) {
		int is_same = 0;
		int kept = is_kept(cli, scope, setting, &is_same);

		rc = kept < 0 ? kept : PV_OK;
		if (kept > 0)
			cli_note(cli, "%s is your own, and stays as it is",
				 setting->key);
		if (kept || is_same)
			continue;
		rc = set(cli, scope, setting);
		if (rc == PV_OK)
			rc = say(done, cli, "set %s", setting->key);
	}
	return rc;
}

/* Pushing a branch then pushes the versions on it, unless the user decided. */
static int install_follow_tags(pv_strlist *done, pv_cli *cli)
{
	const cli_setting setting = { follow_key, "true" };
	pv_buf value = { 0 };
	int rc = PV_OK;

	if (!cli_config(&value, cli, follow_key)) {
		rc = note(cli, "", follow_key);
		if (rc == PV_OK)
			rc = set(cli, "--local", &setting);
		if (rc == PV_OK)
			rc = say(done, cli, "set %s", follow_key);
	}
	pv_buf_dispose(&value);
	return rc;
}

int cli_remotes(pv_strlist *out, pv_cli *cli)
{
	pv_buf names = { 0 };
	int rc = pv_store_remotes(&names, cli->store, &cli->err);
	const char *name = pv_buf_text(&names);

	while (*name && rc == PV_OK) {
		size_t len = strcspn(name, "\n");

		rc = pv_strlist_addn(out, name, len, &cli->err);
		name += len + (name[len] != '\0');
	}
	pv_buf_dispose(&names);
	return rc;
}

int cli_has_refspec(pv_cli *cli, const char *remote, const char *refspec)
{
	pv_buf key = { 0 };
	int rc;

	pv_buf_printf(&key, "remote.%s.fetch", remote);
	rc = pv_buf_status(&key, &cli->err);
	if (rc == PV_OK)
		rc = has_value(cli, key.ptr, refspec);
	if (rc < 0)
		pv_error_clear(&cli->err);
	pv_buf_dispose(&key);
	return rc > 0;
}

typedef void (*refspec_fn)(pv_buf *out, const char *remote);

/* What plain `git fetch` brings, too. */
static const refspec_fn refspecs[] = { cli_tag_refspec, cli_pv_refspec };

static int install_refspec(pv_strlist *done, pv_cli *cli, const char *remote,
			   refspec_fn put)
{
	pv_buf key = { 0 };
	pv_buf spec = { 0 };
	int rc;

	pv_buf_printf(&key, "remote.%s.fetch", remote);
	put(&spec, remote);
	rc = has_value(cli, pv_buf_text(&key), pv_buf_text(&spec));
	if (rc == 0) {
		rc = note(cli, refspec_mark, pv_buf_text(&spec));
		if (rc == PV_OK)
			rc = add_value(cli, pv_buf_text(&key),
				       pv_buf_text(&spec));
		if (rc == PV_OK)
			rc = say(done, cli, "added to %s: %s",
				 pv_buf_text(&key), pv_buf_text(&spec));
	}
	pv_buf_dispose(&key);
	pv_buf_dispose(&spec);
	return rc < 0 ? rc : PV_OK;
}

static int install_refspecs(pv_strlist *done, pv_cli *cli)
{
	pv_strlist remotes = { 0 };
	int rc = cli_remotes(&remotes, cli);

	for (size_t i = 0; i < remotes.count && rc == PV_OK; i++)
		for (size_t k = 0; k < pv_array_len(refspecs) && rc == PV_OK; k++)
			rc = install_refspec(done, cli, remotes.items[i],
					     refspecs[k]);
	pv_strlist_dispose(&remotes);
	return rc;
}

/* --- attributes ----------------------------------------------------------- */

static void attributes_path(pv_buf *out, const pv_cli *cli)
{
	pv_buf_printf(out, "%s/info/attributes", pv_store_common_dir(cli->store));
}

static int read_attributes(pv_buf *out, pv_cli *cli, const char *path)
{
	int rc = pv_file_read(out, path, &cli->err);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(&cli->err);
	return PV_OK;
}

/* Through a link: several clones may share one file. */
static int write_attributes(pv_cli *cli, const char *path, const pv_buf *text)
{
	pv_buf folder = { 0 };
	int rc;

	pv_buf_printf(&folder, "%s/info", pv_store_common_dir(cli->store));
	rc = pv_buf_status(&folder, &cli->err);
	if (rc == PV_OK)
		rc = pv_buf_status(text, &cli->err);
	if (rc == PV_OK)
		rc = pv_dir_make(folder.ptr, &cli->err);
	if (rc == PV_OK)
		rc = pv_file_output(path, pv_buf_text(text), text->len,
				    &cli->err);
	if (rc == PV_OK) {
		pv_store_share(cli->store, folder.ptr);
		pv_store_share(cli->store, path);
	}
	pv_buf_dispose(&folder);
	return rc;
}

/* The line of `text` that equals `line`, or NULL. */
static char *find_line(const pv_buf *text, const char *line)
{
	size_t len = strlen(line);
	char *at = text->ptr;

	while (at && *at) {
		size_t end = strcspn(at, "\n");

		if (end == len && memcmp(at, line, len) == 0)
			return at;
		at += end + (at[end] != '\0');
	}
	return NULL;
}

/* Notes what uninstall has to make of the file once our lines are gone. */
static int note_attributes(pv_cli *cli, const char *path, const pv_buf *text)
{
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return note(cli, "", made_mark);
	if (text->len && text->ptr[text->len - 1] != '\n')
		return note(cli, "", open_mark);
	return PV_OK;
}

static int add_attributes(pv_strlist *done, pv_cli *cli, const char *line)
{
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	int rc;

	attributes_path(&path, cli);
	rc = read_attributes(&text, cli, pv_buf_text(&path));
	if (rc < 0 || find_line(&text, line))
		goto out;
	rc = note_attributes(cli, pv_buf_text(&path), &text);
	if (rc == PV_OK)
		rc = note(cli, line_mark, line);
	if (rc < 0)
		goto out;
	if (text.len && text.ptr[text.len - 1] != '\n')
		pv_buf_putc(&text, '\n');
	pv_buf_printf(&text, "%s\n", line);
	rc = write_attributes(cli, pv_buf_text(&path), &text);
	if (rc == PV_OK)
		rc = say(done, cli, "added to info/attributes: %s", line);
out:
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	return rc;
}

int cli_has_attribute(pv_cli *cli, const char *file, const char *name,
		      const char *value)
{
	const char *args[] = { "check-attr", "-z", name, "--", NULL, NULL };
	pv_buf path = { 0 };
	pv_buf out = { 0 };
	const char *answer;
	int status;

	if (file)
		pv_buf_puts(&path, file);
	else
		pv_buf_printf(&path, "%s/a/b.yaml", cli->settings.prompts_dir);
	args[4] = pv_buf_text(&path);
	status = cli_git_status(&out, cli, args);
	/* path NUL name NUL value NUL */
	answer = pv_buf_text(&out);
	if (status == 0 && out.len > path.len + strlen(name) + 2)
		answer += path.len + strlen(name) + 2;
	status = status < 0 ? status : strcmp(answer, value) == 0;
	pv_buf_dispose(&path);
	pv_buf_dispose(&out);
	return status;
}

/* A pattern as a line of an attributes file begins with it. */
static int put_pattern(pv_buf *out, pv_cli *cli, const char *pattern)
{
	/* git takes the last for a macro, quoted or not. */
	if (!*pattern || *pattern == '!' || strchr(pattern, '\n') ||
	    pv_str_has_prefix(pattern, "[attr]"))
		return cli_usage_error(cli, "\"%s\" cannot be a pattern",
				       pattern);
	if (*pattern != '#' && !strpbrk(pattern, " \t\"\\")) {
		pv_buf_puts(out, pattern);
		return PV_OK;
	}
	pv_buf_putc(out, '"');
	for (; *pattern; pattern++) {
		if (*pattern == '"' || *pattern == '\\')
			pv_buf_putc(out, '\\');
		pv_buf_putc(out, *pattern);
	}
	pv_buf_putc(out, '"');
	return PV_OK;
}

/* Foreign files get the drivers only: their line ends are not our business. */
static int install_patterns(pv_strlist *done, pv_cli *cli,
			    const cli_list *patterns)
{
	size_t count = patterns ? patterns->count : 0;
	pv_strlist lines = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		pv_buf line = { 0 };

		rc = put_pattern(&line, cli, patterns->items[i].value);
		pv_buf_puts(&line, drivers);
		if (rc == PV_OK)
			rc = pv_strlist_add(&lines, pv_buf_text(&line),
					    &cli->err);
		pv_buf_dispose(&line);
	}
	/* All are good before the first is written. */
	for (size_t i = 0; i < lines.count && rc == PV_OK; i++)
		rc = add_attributes(done, cli, lines.items[i]);
	pv_strlist_dispose(&lines);
	return rc;
}

static int install_attributes(pv_strlist *done, pv_cli *cli)
{
	pv_strlist lines = { 0 };
	pv_buf line = { 0 };
	int rc;

	rc = cli_has_attribute(cli, NULL, "merge", "pv");
	if (rc == 0) {
		cli_prompt_attributes(&line, cli->settings.prompts_dir);
		rc = add_attributes(done, cli, pv_buf_text(&line));
	}
	if (rc >= 0)
		rc = cli_unrouted(&lines, cli);
	for (size_t i = 0; i < lines.count && rc == PV_OK; i++)
		rc = add_attributes(done, cli, lines.items[i]);
	pv_strlist_dispose(&lines);
	pv_buf_dispose(&line);
	return rc < 0 ? rc : PV_OK;
}

int cli_install(pv_strlist *done, pv_cli *cli, const cli_install_options *opts)
{
	int rc;

	if (opts->is_global)
		return install_drivers(done, cli, "--global");
	rc = install_patterns(done, cli, opts->patterns);
	if (rc == PV_OK)
		rc = install_attributes(done, cli);
	if (rc == PV_OK)
		rc = install_drivers(done, cli, "--local");
	if (rc == PV_OK)
		rc = install_follow_tags(done, cli);
	if (rc == PV_OK)
		rc = install_refspecs(done, cli);
	return rc;
}

/* --- taking it back ------------------------------------------------------- */

/* Takes one value away; the section goes with its last key. */
static int uninstall_value(pv_strlist *done, pv_cli *cli, const char *scope,
			   const cli_setting *setting)
{
	const char *args[] = { "config",      scope,        "--fixed-value",
			       "--unset-all", setting->key, setting->value,
			       NULL };
	int status = cli_git_status(NULL, cli, args);

	if (status != 0)
		return status < 0 ? status : PV_OK;
	return done ? say(done, cli, "removed %s", setting->key) : PV_OK;
}

static int uninstall_drivers(pv_strlist *done, pv_cli *cli, const char *scope)
{
	const cli_setting *setting = driver_settings;
	int rc = PV_OK;

	for (; setting->key && rc == PV_OK; setting++)
		rc = uninstall_value(done, cli, scope, setting);
	return rc;
}

static int forget(pv_cli *cli, const char *mark, const char *value)
{
	pv_buf text = { 0 };
	cli_setting record = { record_key, NULL };
	int rc;

	pv_buf_printf(&text, "%s%s", mark, value);
	record.value = pv_buf_text(&text);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = uninstall_value(NULL, cli, "--local", &record);
	pv_buf_dispose(&text);
	return rc;
}

/* 1 when install has noted this; it is forgotten. */
static int take_note(pv_cli *cli, const char *value)
{
	int found = has_value(cli, record_key, value);
	int rc = found == 1 ? forget(cli, "", value) : PV_OK;

	return rc < 0 ? rc : found;
}

static int uninstall_follow_tags(pv_strlist *done, pv_cli *cli)
{
	const cli_setting setting = { follow_key, "true" };
	int rc = take_note(cli, follow_key);

	return rc == 1 ? uninstall_value(done, cli, "--local", &setting) : rc;
}

/* From every remote: those may have other names now. */
static int uninstall_refspec(pv_strlist *done, pv_cli *cli,
			     const pv_strlist *remotes, const char *spec)
{
	int rc = PV_OK;

	for (size_t i = 0; i < remotes->count && rc == PV_OK; i++) {
		pv_buf key = { 0 };
		cli_setting setting = { NULL, spec };

		pv_buf_printf(&key, "remote.%s.fetch", remotes->items[i]);
		setting.key = pv_buf_text(&key);
		rc = uninstall_value(done, cli, "--local", &setting);
		pv_buf_dispose(&key);
	}
	return rc == PV_OK ? forget(cli, refspec_mark, spec) : rc;
}

static int uninstall_refspecs(pv_strlist *done, pv_cli *cli)
{
	pv_strlist remotes = { 0 };
	pv_strlist specs = { 0 };
	int rc = get_all(&specs, cli, record_key, refspec_mark);

	if (rc == PV_OK)
		rc = cli_remotes(&remotes, cli);
	for (size_t i = 0; i < specs.count && rc == PV_OK; i++)
		rc = uninstall_refspec(done, cli, &remotes, specs.items[i]);
	pv_strlist_dispose(&specs);
	pv_strlist_dispose(&remotes);
	return rc;
}

static int is_among(const pv_strlist *lines, const char *line, size_t len)
{
	for (size_t i = 0; i < lines->count; i++)
		if (strlen(lines->items[i]) == len &&
		    memcmp(lines->items[i], line, len) == 0)
			return 1;
	return 0;
}

/* Moves all but `ours` to `kept`; 1 when the last line of `text` is of those. */
static int drop_lines(pv_buf *kept, pv_strlist *done, pv_cli *cli,
		      const pv_buf *text, const pv_strlist *ours)
{
	const char *line = pv_buf_text(text);
	int is_last_ours = 0;
	int rc = PV_OK;

	while (*line && rc == PV_OK) {
		size_t len = strcspn(line, "\n");

		is_last_ours = is_among(ours, line, len);
		if (is_last_ours)
			rc = say(done, cli, "removed from info/attributes: %.*s",
				 (int)len, line);
		else
			pv_buf_put(kept, line, len + (line[len] != '\0'));
		line += len + (line[len] != '\0');
	}
	if (rc == PV_OK)
		rc = pv_buf_status(kept, &cli->err);
	return rc < 0 ? rc : is_last_ours;
}

/* The file without our lines; it goes where install made it and it is empty. */
static int remove_lines(pv_strlist *done, pv_cli *cli, const pv_strlist *ours,
			int was_made, int was_open)
{
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	pv_buf kept = { 0 };
	int rc;

	attributes_path(&path, cli);
	rc = read_attributes(&text, cli, pv_buf_text(&path));
	if (rc == PV_OK)
		rc = drop_lines(&kept, done, cli, &text, ours);
	if (rc < 0 || kept.len == text.len)
		goto out;
	if (was_open && rc == 1 && kept.len)
		pv_buf_truncate(&kept, kept.len - 1);
	rc = PV_OK;
	if (!was_made || kept.len)
		rc = write_attributes(cli, pv_buf_text(&path), &kept);
	else if (unlink(pv_buf_text(&path)) < 0)
		rc = pv_fail_errno(&cli->err, errno, "delete", path.ptr);
out:
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	pv_buf_dispose(&kept);
	return rc < 0 ? rc : PV_OK;
}

static int uninstall_attributes(pv_strlist *done, pv_cli *cli)
{
	pv_strlist ours = { 0 };
	int was_made = take_note(cli, made_mark);
	int was_open = was_made < 0 ? was_made : take_note(cli, open_mark);
	int rc = was_open < 0 ? was_open : PV_OK;

	if (rc == PV_OK)
		rc = get_all(&ours, cli, record_key, line_mark);
	if (rc == PV_OK)
		rc = remove_lines(done, cli, &ours, was_made, was_open);
	for (size_t i = 0; i < ours.count && rc == PV_OK; i++)
		rc = forget(cli, line_mark, ours.items[i]);
	pv_strlist_dispose(&ours);
	return rc;
}

int cli_uninstall(pv_strlist *done, pv_cli *cli, int is_global)
{
	const char *scope = is_global ? "--global" : "--local";
	int rc;

	rc = uninstall_drivers(done, cli, scope);
	if (rc == PV_OK && !is_global)
		rc = uninstall_attributes(done, cli);
	if (rc == PV_OK && !is_global)
		rc = uninstall_follow_tags(done, cli);
	if (rc == PV_OK && !is_global)
		rc = uninstall_refspecs(done, cli);
	return rc;
}
