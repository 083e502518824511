/* SPDX-License-Identifier: MIT
 *
 * git pv render --each: a stream of JSON objects in, one line of JSON out for
 * each. A row that fails says so in its line and does not stop the others.
 * Memory is that of one row, however many there are.
 */
#include "prompt/render.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "ui/progress.h"

enum {
	PIECE = 4096,
	LINE_MAX_BYTES = 64 << 20
};

/* A file read line by line. */
struct source {
	pv_cli *cli;
	const char *name;
	int fd;
	pv_buf line;
	char piece[PIECE];
	size_t at;
	size_t len;
};

struct rows {
	render_call *call;
	struct source *source;
	size_t line;
	size_t rendered;
	size_t failed;
	pv_strlist told; /* warnings, each once */
};

static int open_source(struct source *source, pv_cli *cli, const char *name)
{
	int rc;

	source->cli = cli;
	source->name = name;
	source->fd = STDIN_FILENO;
	source->line.max = LINE_MAX_BYTES;
	if (strcmp(name, "-") == 0)
		return PV_OK;
	source->fd = open(name, O_RDONLY | O_CLOEXEC);
	if (source->fd >= 0)
		return PV_OK;
	rc = pv_fail_errno(&cli->err, errno, "open", name);
	return pv_error_hint(&cli->err, rc, "--vars takes a file of JSON lines");
}

static void close_source(struct source *source)
{
	if (source->fd > STDERR_FILENO)
		close(source->fd);
	pv_buf_dispose(&source->line);
}

/* More bytes in `piece`: 1, 0 at the end. */
static int fill(struct source *source)
{
	ssize_t n;

	do
		n = read(source->fd, source->piece, sizeof(source->piece));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return pv_fail_errno(&source->cli->err, errno, "read",
				     source->name);
	source->at = 0;
	source->len = (size_t)n;
	return n > 0;
}

/* The next line, without its end: 1, 0 when there is none. */
static int next_line(struct source *source)
{
	int is_any = 0;
	int rc = 1;

	pv_buf_clear(&source->line);
	for (;;) {
		const char *from = source->piece + source->at;
		const char *end = memchr(from, '\n', source->len - source->at);
		size_t len =
			end ? (size_t)(end - from) : source->len - source->at;

		pv_buf_put(&source->line, from, len);
		source->at += len + (end != NULL);
		is_any |= end || len;
		if (source->line.status || end)
			break;
		rc = fill(source);
		if (rc <= 0)
			return rc < 0 ? rc : is_any;
	}
	rc = pv_buf_status(&source->line, &source->cli->err);
	return rc < 0 ? rc : 1;
}

static int is_blank(const pv_buf *line)
{
	const char *text = pv_buf_text(line);

	return text[strspn(text, " \t\r")] == '\0';
}

/* Lines of a file, for progress; 0 where nobody can tell. */
static size_t count_lines(int fd)
{
	char piece[8192];
	struct stat st;
	size_t count = 0;
	off_t at = 0;
	ssize_t n;

	if (!isatty(STDERR_FILENO) || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	while ((n = pread(fd, piece, sizeof(piece), at)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			count += piece[i] == '\n';
		at += n;
	}
	return count;
}

/* --- one row ---------------------------------------------------------------- */

static int render_row(const struct rows *rows)
{
	const pv_buf *line = &rows->source->line;
	render_call *call = rows->call;
	pv_error *err = &call->cli->err;
	size_t bom = rows->line == 1 ? render_bom(line) : 0;
	pv_context *context = NULL;
	int rc;

	rc = pv_context_new(&context, pv_buf_text(line) + bom, line->len - bom,
			    err);
	if (rc == PV_OK)
		rc = render_add_vars(context, call);
	if (rc == PV_OK)
		rc = pv_render(call->rendering, call->renderer, context, err);
	if (rc == PV_OK && !pv_renderer_is_text(call->renderer))
		rc = render_check_message(call);
	pv_context_free(context);
	return rc;
}

static int say_row(struct rows *rows, int rc)
{
	render_call *call = rows->call;
	pv_cli *cli = call->cli;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "line");
	pv_jsonw_int(&w, (int64_t)rows->line);
	if (rc < 0)
		render_error_json(&w, &cli->err,
				  render_why(&cli->err, call->rendering),
				  call->rendering);
	else
		render_members(&w, call->renderer, call->rendering,
			       call->opts->message);
	pv_jsonw_object_end(&w);
	cli_puts(cli, "\n");
	if (rc < 0) {
		rows->failed++;
		cli_warn(cli, "%s:%zu: %s", rows->source->name, rows->line,
			 cli->err.message);
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	return render_warn_once(&rows->told, cli, "", call->rendering);
}

static int each_row(struct rows *rows)
{
	int rc;

	rows->line++;
	if (is_blank(&rows->source->line))
		return PV_OK;
	rc = render_row(rows);
	/* Without memory the next row would not fare better. */
	if (rc == PV_ENOMEM)
		return rc;
	rows->rendered++;
	return say_row(rows, rc);
}

static int all_rows(struct rows *rows)
{
	pv_cli *cli = rows->call->cli;
	progress bar;
	int rc;

	progress_start(&bar, cli, "Rendering rows",
		       count_lines(rows->source->fd));
	for (;;) {
		rc = next_line(rows->source);
		if (rc > 0)
			rc = each_row(rows);
		else
			break;
		if (rc < 0 || cli->write_errno)
			break;
		if (bar.total)
			progress_step(&bar, rows->line);
	}
	progress_end(&bar);
	return rc;
}

int render_rows(render_call *call)
{
	struct rows rows = { .call = call };
	pv_cli *cli = call->cli;
	struct source source = { 0 };
	int rc;

	/* Lines are written as they come, which one document is not. */
	cli->json = 0;
	rows.source = &source;
	rc = open_source(&source, cli, call->opts->values.items[0].value);
	if (rc == PV_OK)
		rc = all_rows(&rows);
	close_source(&source);
	pv_strlist_dispose(&rows.told);
	if (rc < 0)
		return rc;
	if (rows.failed)
		cli_note(cli, "%zu of %zu rows failed", rows.failed,
			 rows.rendered);
	return rows.failed != 0;
}
