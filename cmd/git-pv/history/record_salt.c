/* SPDX-License-Identifier: MIT
 *
 * The salt of ids that follow from contents: random bytes in .git/pv/salt, made
 * once, where contents are not kept, so that no id tells what they may have
 * been. Where they are, the same row has the same id in every clone. The file
 * gets its name when it is whole and on disk; of several that make one at the
 * same time, the first counts for all. A file system without hard links gets it
 * written under its name, by whoever could make that.
 */
#include "history/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"

enum {
	WAITS = 20,
	WAIT_NS = 10000000
};

static int write_bytes(int fd, const char *path, pv_error *err)
{
	char bytes[RECORD_SALT_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return pv_fail(err, PV_EIO, "the system has no random numbers");
	if (pv_file_write_all(fd, bytes, sizeof(bytes)) < 0 || fsync(fd) < 0)
		return pv_fail_errno(err, errno, "write", path);
	return PV_OK;
}

/* Others see the file before it is whole: they wait, see load. */
static int write_in_place(const char *path, pv_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return errno == EEXIST ? PV_OK
				       : pv_fail_errno(err, errno, "make", path);
	rc = write_bytes(fd, path, err);
	(void)close(fd);
	if (rc < 0)
		(void)unlink(path);
	return rc;
}

/* Gives the draft its name, unless there is a file already. */
static int publish(const char *draft, const char *path, pv_error *err)
{
	if (link(draft, path) == 0 || errno == EEXIST)
		return PV_OK;
	if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS)
		return write_in_place(path, err);
	return pv_fail_errno(err, errno, "make", path);
}

static int make(record_run *recorder, const char *path)
{
	pv_error *err = &recorder->cli->err;
	pv_buf draft = { 0 };
	int fd = -1;
	int rc = pv_dir_make_for(path, err);

	pv_buf_printf(&draft, "%s.XXXXXX", path);
	if (rc == PV_OK)
		rc = pv_buf_status(&draft, err);
	if (rc == PV_OK) {
		fd = mkstemp(draft.ptr);
		rc = fd < 0 ? pv_fail_errno(err, errno, "make", draft.ptr)
			    : write_bytes(fd, draft.ptr, err);
	}
	if (rc == PV_OK)
		rc = publish(draft.ptr, path, err);
	if (fd >= 0) {
		(void)close(fd);
		(void)unlink(draft.ptr);
	}
	pv_buf_dispose(&draft);
	if (rc == PV_OK)
		tracking_share(recorder->cli, path);
	return rc;
}

/* Waits for one who is at it; a file that stays short is damaged. */
static int read_salt(pv_buf *out, const char *path, pv_error *err)
{
	const struct timespec pause = { 0, WAIT_NS };
	int rc = pv_file_read(out, path, err);

	for (int i = 0;
	     i < WAITS && rc == PV_OK && out->len < RECORD_SALT_BYTES; i++) {
		(void)nanosleep(&pause, NULL);
		pv_buf_clear(out);
		rc = pv_file_read(out, path, err);
	}
	return rc;
}

static int load(record_run *recorder)
{
	pv_cli *cli = recorder->cli;
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/pv/salt", pv_store_common_dir(cli->store));
	rc = pv_buf_status(&path, &cli->err);
	if (rc == PV_OK && !pv_file_exists(path.ptr))
		rc = make(recorder, path.ptr);
	if (rc == PV_OK)
		rc = read_salt(&recorder->salt, path.ptr, &cli->err);
	if (rc == PV_OK && recorder->salt.len != RECORD_SALT_BYTES) {
		pv_buf_clear(&recorder->salt);
		rc = pv_fail(&cli->err, PV_EIO, "\"%.200s\" is damaged",
			     path.ptr);
		pv_error_hint(&cli->err, rc,
			      "delete it; records without an id that are given "
			      "once more are new ones then");
	}
	pv_buf_dispose(&path);
	return rc;
}

/* Whether something of a row may be kept out of the index. */
static int is_secret(const record_run *recorder)
{
	return recorder->redaction || !recorder->settings.keeps_content;
}

int record_complete(record_run *recorder, pv_execution *row)
{
	int rc = PV_OK;

	if (!recorder->salt.len && is_secret(recorder) &&
	    !pv_execution_has(row, "id") && pv_execution_has(row, "ts"))
		rc = load(recorder);
	return rc == PV_OK
		       ? pv_execution_complete_salted(row, 0, recorder->salt.ptr,
						      recorder->salt.len,
						      &recorder->cli->err)
		       : rc;
}
