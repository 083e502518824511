/* SPDX-License-Identifier: MIT
 *
 * See hold.h.
 */
#include "repo/hold.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"

enum {
	PAUSE_NS = 20000000,
	PAUSES = 500 /* ten seconds */
};

int hold_repository(int *held, pv_cli *cli, const char *what)
{
	static const struct timespec pause = { 0, PAUSE_NS };
	int fd = open(pv_store_common_dir(cli->store),
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = PV_OK;

	*held = fd + 1;
	for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			break;
		if (i == PAUSES) {
			rc = pv_fail(&cli->err, PV_ELOCKED, "%s", what);
			return pv_error_hint(&cli->err, rc,
					     "try again when it has ended");
		}
		(void)nanosleep(&pause, NULL);
	}
	return rc;
}

void hold_release(int held)
{
	if (held)
		close(held - 1);
}
