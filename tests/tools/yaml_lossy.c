/* SPDX-License-Identifier: MIT
 *
 * Says which blobs are no sound YAML: reads what `git cat-file --batch`
 * prints and writes a line "<oid> <reason>" for each blob that does not parse
 * or has a key twice. Foreign tags are no fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/init.h>
#include <pv/yaml.h>

static int fail(const char *what)
{
	fprintf(stderr, "yaml_lossy: %s\n", what);
	return 2;
}

static void judge(const char *oid, const char *text, size_t len)
{
	pv_yaml_options opts = { 0 };
	pv_yaml *doc = NULL;
	pv_error err = { 0 };

	opts.tags = PV_YAML_TAGS_KEEP;
	opts.streams = 1;
	if (pv_yaml_parse(&doc, text, len, &opts, &err) < 0)
		printf("%s line %d: %s\n", oid, err.line, err.message);
	pv_yaml_free(doc);
}

/* Reads one blob behind its header line; 1 at the end of the input. */
static int read_blob(char *header, size_t size)
{
	char oid[65];
	char type[16];
	unsigned long len;
	char *text;

	if (!fgets(header, (int)size, stdin))
		return 1;
	/* NOLINTNEXTLINE(cert-err34-c) git wrote it */
	if (sscanf(header, "%64s %15s %lu", oid, type, &len) != 3)
		return fail(header);
	text = malloc(len + 1);
	if (!text)
		return fail("no memory");
	if (fread(text, 1, len, stdin) != len || getchar() != '\n') {
		free(text);
		return fail("the input ends too early");
	}
	judge(oid, text, len);
	free(text);
	return 0;
}

int main(void)
{
	char header[256];
	int rc;

	if (pv_init(NULL) < 0)
		return fail("no memory");
	do
		rc = read_blob(header, sizeof(header));
	while (rc == 0);
	pv_shutdown();
	return rc == 1 ? 0 : rc;
}
