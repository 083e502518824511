/* SPDX-License-Identifier: MIT
 *
 * Lines are "<id> <name>", each followed by "^<id>" when it is a tag that has
 * been peeled; a header line says whether names are in byte order. Git
 * replaces the file by renaming, so the mapping never changes underneath.
 */
#include "store/packed_refs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"

enum {
	ID_AND_BLANK = GIT_OID_HEXSZ + 1
};

static const char header[] = "# pack-refs with:";

static void read_header(pv_packed_refs *packed)
{
	pv_str line = { packed->data, packed->len };
	const char *end = memchr(packed->data, '\n', packed->len);

	if (packed->data[0] != '#')
		return;
	if (end)
		line.len = (size_t)(end - line.ptr);
	packed->body = line.len + (end != NULL);
	if (line.len < sizeof(header) - 1 ||
	    memcmp(line.ptr, header, sizeof(header) - 1) != 0)
		return;
	for (size_t i = sizeof(header) - 1; i + 7 <= line.len; i++)
		if (memcmp(line.ptr + i, " sorted", 7) == 0 &&
		    (i + 7 == line.len || line.ptr[i + 7] == ' '))
			packed->is_sorted = 1;
}

static int map(pv_packed_refs *out, int fd, const char *path, pv_error *err)
{
	struct stat st;
	void *data;

	if (fstat(fd, &st) < 0)
		return pv_fail_errno(err, errno, "read", path);
	if (!st.st_size)
		return PV_OK;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return pv_fail_errno(err, errno, "read", path);
	out->data = data;
	out->len = (size_t)st.st_size;
	read_header(out);
	return PV_OK;
}

int pv_packed_refs_open(pv_packed_refs *out, const pv_store *store, pv_error *err)
{
	pv_buf path = { 0 };
	int fd, rc;

	memset(out, 0, sizeof(*out));
	pv_buf_printf(&path, "%s/packed-refs", store->common_dir);
	rc = pv_buf_status(&path, err);
	if (rc < 0)
		return rc;
	fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		rc = map(out, fd, path.ptr, err);
		close(fd);
	} else if (errno != ENOENT) {
		rc = pv_fail_errno(err, errno, "open", path.ptr);
	}
	pv_buf_dispose(&path);
	return rc;
}

void pv_packed_refs_close(pv_packed_refs *packed)
{
	void *data;

	if (!packed->data)
		return;
	memcpy(&data, &packed->data, sizeof(data));
	munmap(data, packed->len);
	memset(packed, 0, sizeof(*packed));
}

/* The start of the ref line that `at` lies in or whose peeled id it is. */
static size_t line_start(const pv_packed_refs *packed, size_t at)
{
	for (;;) {
		while (at > packed->body && packed->data[at - 1] != '\n')
			at--;
		if (at == packed->body || packed->data[at] != '^')
			return at;
		at--;
	}
}

static size_t line_end(const pv_packed_refs *packed, size_t at)
{
	const char *end = memchr(packed->data + at, '\n', packed->len - at);

	return end ? (size_t)(end - packed->data) + 1 : packed->len;
}

/* The name in the line at `at`; empty for one that is malformed. */
static pv_str name_at(const pv_packed_refs *packed, size_t at)
{
	size_t end = line_end(packed, at);
	pv_str name = { "", 0 };

	if (end - at <= ID_AND_BLANK || packed->data[at + GIT_OID_HEXSZ] != ' ')
		return name;
	name.ptr = packed->data + at + ID_AND_BLANK;
	name.len = end - at - ID_AND_BLANK;
	if (name.ptr[name.len - 1] == '\n')
		name.len--;
	return name;
}

size_t pv_packed_refs_seek(const pv_packed_refs *packed, const char *prefix)
{
	pv_str wanted = pv_str_of(prefix);
	size_t low = packed->body, high = packed->len;

	if (!packed->is_sorted)
		return packed->body;
	while (low < high) {
		size_t middle = line_start(packed, low + (high - low) / 2);

		if (pv_str_cmp(name_at(packed, middle), wanted) < 0) {
			low = line_end(packed, middle);
			while (low < packed->len && packed->data[low] == '^')
				low = line_end(packed, low);
		} else {
			high = middle;
		}
	}
	return low;
}

int pv_packed_refs_next(pv_packed_ref *out, size_t *at,
			const pv_packed_refs *packed, const char *prefix)
{
	size_t len = strlen(prefix);

	while (*at < packed->len) {
		pv_str name = name_at(packed, *at);
		size_t start = *at;

		*at = line_end(packed, start);
		if (!name.len)
			continue;
		if (name.len >= len && memcmp(name.ptr, prefix, len) == 0) {
			out->name = name;
			out->hex.ptr = packed->data + start;
			out->hex.len = GIT_OID_HEXSZ;
			return 1;
		}
		if (packed->is_sorted)
			return 0;
	}
	return 0;
}
