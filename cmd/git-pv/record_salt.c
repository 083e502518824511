/* SPDX-License-Identifier: MIT
 *
 * The salt of ids that follow from contents: random bytes in .git/pv/salt, made
 * once, where contents are not kept, so that no id tells what they may have
 * been. Where they are, the same row has the same id in every clone. The file
 * gets its name when it is whole and on disk; of several that make one at the
 * same time, the first counts for all.
 */
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"

static int write_draft(int fd, const char *draft, pv_error *err)
{
	char bytes[RECORD_SALT_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return pv_fail(err, PV_EIO, "the system has no random numbers");
	if (pv_file_write_all(fd, bytes, sizeof(bytes)) < 0 || fsync(fd) < 0)
		return pv_fail_errno(err, errno, "write", draft);
	return PV_OK;
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
			    : write_draft(fd, draft.ptr, err);
	}
	if (rc == PV_OK && link(draft.ptr, path) < 0 && errno != EEXIST)
		rc = pv_fail_errno(err, errno, "make", path);
	if (fd >= 0) {
		(void)close(fd);
		(void)unlink(draft.ptr);
	}
	pv_buf_dispose(&draft);
	if (rc == PV_OK)
		tracking_share(recorder->cli, path);
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
		rc = pv_file_read(&recorder->salt, path.ptr, &cli->err);
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
