/* SPDX-License-Identifier: MIT
 *
 * Tells git2_archives.cmake whether libgit2 starts and ends when it is linked
 * without a network: exit status 0.
 */
#include <git2.h>

int main(void)
{
	if (git_libgit2_init() < 0)
		return 1;
	return git_libgit2_shutdown() < 0;
}
