/* SPDX-License-Identifier: MIT
 *
 * Random merges, to be compared with those of git:
 *
 *     play_merges make SEED COUNT        a stream for git fast-import
 *     play_merges merge REPO COUNT       merges them in memory
 *     play_merges pair REPO OURS THEIRS  merges two commits
 *     play_merges file BASE OURS THEIRS PATH  by the function alone
 *
 * Case n is the branches n/ours and n/theirs; every few cases have several
 * merge bases. Results are printed as `git merge-tree --write-tree
 * --no-messages` prints them, after a line "case n".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/merge.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	FILES_MAX = 60,
	LINES_MAX = 40,
	PATH_SIZE = 120,
	LINE_SIZE = 80,
	OPS_MAX = 6
};

struct file {
	char path[PATH_SIZE];
	unsigned mode; /* 0: none */
	unsigned count;
	char lines[LINES_MAX][LINE_SIZE];
};

struct tree {
	struct file files[FILES_MAX];
};

static uint64_t state;

static unsigned draw(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % below;
}

static const char *word(void)
{
	static const char *const words[] = {
		"answer", "briefly", "customer", "detail", "every", "friendly",
		"give",   "helpful", "issue",    "just",   "kind",  "list",
		"model",  "never",   "order",    "please", "queue", "reply"
	};

	return words[draw(pv_array_len(words))];
}

/* --- trees --------------------------------------------------------------- */

static int is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* Whether a file may be made there: nothing in the way. */
static int is_free(const struct tree *tree, const char *path)
{
	for (size_t i = 0; i < FILES_MAX; i++) {
		const struct file *file = &tree->files[i];

		if (file->mode &&
		    (!strcmp(file->path, path) || is_below(file->path, path) ||
		     is_below(path, file->path)))
			return 0;
	}
	return 1;
}

static struct file *any_file(struct tree *tree)
{
	for (int tries = 0; tries < 200; tries++) {
		struct file *file = &tree->files[draw(FILES_MAX)];

		if (file->mode)
			return file;
	}
	return NULL;
}

static struct file *room(struct tree *tree)
{
	for (size_t i = 0; i < FILES_MAX; i++)
		if (!tree->files[i].mode)
			return &tree->files[i];
	return NULL;
}

static void put_line(struct file *file, unsigned at)
{
	char *line = file->lines[at];

	snprintf(line, LINE_SIZE, "%s %s %s %u.", word(), word(), word(),
		 draw(100000));
}

static void fill(struct file *file)
{
	file->mode = 0100644;
	file->count = 5 + draw(15);
	for (unsigned i = 0; i < file->count; i++)
		put_line(file, i);
}

static void new_path(char *out, unsigned names)
{
	static const char *const folders[] = {
		"prompts/a", "prompts/b", "prompts/b/deep",
		"prompts/c", "notes",     "notes/old",
		"lib"
	};
	const char *folder = folders[draw(pv_array_len(folders))];

	snprintf(out, PATH_SIZE, "%s/f%u.%s", folder, draw(names),
		 *folder == 'p' ? "yaml" : "txt");
}

/* --- what people do ------------------------------------------------------ */

static void edit(struct tree *tree)
{
	struct file *file = any_file(tree);
	unsigned at;

	if (!file || file->mode == 0120000 || file->mode == 0160000)
		return;
	at = draw(file->count);
	switch (draw(4)) {
	case 0:
		if (file->count == LINES_MAX)
			return;
		memmove(file->lines[at + 1], file->lines[at],
			(size_t)(file->count - at) * LINE_SIZE);
		file->count++;
		put_line(file, at);
		return;
	case 1:
		if (file->count < 3)
			return;
		file->count--;
		memmove(file->lines[at], file->lines[at + 1],
			(size_t)(file->count - at) * LINE_SIZE);
		return;
	default:
		put_line(file, at);
	}
}

static void add(struct tree *tree)
{
	struct file *file = room(tree);
	char path[PATH_SIZE];

	new_path(path, 12);
	if (!file || !is_free(tree, path))
		return;
	fill(file);
	snprintf(file->path, sizeof(file->path), "%s", path);
}

static void drop(struct tree *tree)
{
	struct file *file = any_file(tree);

	if (file)
		file->mode = 0;
}

static void rename_file(struct tree *tree, int keeps_name)
{
	struct file *file = any_file(tree);
	char path[PATH_SIZE];
	const char *name;

	if (!file)
		return;
	new_path(path, 30);
	name = strrchr(file->path, '/');
	if (keeps_name && name)
		snprintf(strrchr(path, '/'), 20, "%s", name);
	if (is_free(tree, path))
		snprintf(file->path, sizeof(file->path), "%s", path);
}

static void rename_folder(struct tree *tree)
{
	static const char *const names[] = { "prompts/a",      "prompts/b",
					     "prompts/b/deep", "notes",
					     "prompts/new",    "moved" };
	const char *from = names[draw(4)];
	const char *to = names[draw(pv_array_len(names))];

	for (size_t i = 0; i < FILES_MAX; i++) {
		struct file *file = &tree->files[i];
		char path[PATH_SIZE];

		if (!file->mode || !is_below(file->path, from) || draw(12) == 0)
			continue;
		snprintf(path, sizeof(path), "%s%.60s", to,
			 file->path + strlen(from));
		if (is_free(tree, path))
			memcpy(file->path, path, sizeof(path));
	}
}

/* Another kind of thing at the path. */
static void change_kind(struct tree *tree)
{
	static const unsigned modes[] = { 0100755, 0100755, 0120000, 0160000,
					  0100644 };
	struct file *file = any_file(tree);

	if (!file)
		return;
	file->mode = modes[draw(pv_array_len(modes))];
	if (file->mode != 0100755 && file->count == 0)
		file->count = 1;
}

/* A folder in place of a file, or the other way round. */
static void swap_folder(struct tree *tree)
{
	struct file *file = any_file(tree);
	char path[PATH_SIZE];

	if (!file)
		return;
	memcpy(path, file->path, sizeof(path));
	if (draw(2)) {
		file->mode = 0;
		for (unsigned n = draw(3) + 1; n; n--) {
			struct file *below = room(tree);

			if (!below)
				return;
			fill(below);
			snprintf(below->path, sizeof(below->path),
				 "%.80s/g%u.txt", path, n);
		}
		return;
	}
	*strrchr(path, '/') = '\0';
	if (!strchr(path, '/'))
		return;
	for (size_t i = 0; i < FILES_MAX; i++)
		if (is_below(tree->files[i].path, path))
			tree->files[i].mode = 0;
	file = room(tree);
	if (!file || !is_free(tree, path))
		return;
	fill(file);
	memcpy(file->path, path, sizeof(path));
}

static void step(struct tree *tree)
{
	unsigned roll = draw(100);

	if (roll < 50)
		edit(tree);
	else if (roll < 62)
		add(tree);
	else if (roll < 69)
		drop(tree);
	else if (roll < 84)
		rename_file(tree, draw(2) == 0);
	else if (roll < 91)
		rename_folder(tree);
	else if (roll < 96)
		change_kind(tree);
	else
		swap_folder(tree);
}

static void work(struct tree *tree)
{
	for (unsigned n = 1 + draw(OPS_MAX); n; n--)
		step(tree);
}

static void start(struct tree *tree)
{
	memset(tree, 0, sizeof(*tree));
	for (unsigned n = 10 + draw(20); n; n--)
		add(tree);
}

/* --- the stream ---------------------------------------------------------- */

static void put_blob(const struct file *file)
{
	size_t len = 0;

	for (unsigned i = 0; i < file->count; i++)
		len += strlen(file->lines[i]) + 1;
	printf("M %o inline %s\ndata %zu\n", file->mode, file->path, len);
	for (unsigned i = 0; i < file->count; i++)
		printf("%s\n", file->lines[i]);
	printf("\n");
}

/* Prompts are YAML: each line is a field's. */
static void put_prompt(const struct file *file)
{
	pv_buf text = { 0 };

	for (unsigned i = 0; i < file->count; i++) {
		if (i == file->count / 2)
			pv_buf_puts(&text, "prompt: |\n");
		if (i >= file->count / 2)
			pv_buf_puts(&text, "  ");
		else
			pv_buf_printf(&text, "key%u: ",
				      (unsigned)file->lines[i][0] * 7 +
					      (unsigned char)file->lines[i][1]);
		pv_buf_puts(&text, file->lines[i]);
		pv_buf_putc(&text, '\n');
	}
	printf("M %o inline %s\ndata %zu\n%s\n", file->mode, file->path,
	       text.len, pv_buf_text(&text));
	pv_buf_dispose(&text);
}

static void put_file(const struct file *file)
{
	if (!file->mode)
		return;
	if (file->mode == 0160000)
		printf("M 160000 %040u %s\n", 1000 + file->count, file->path);
	else if (strstr(file->path, ".yaml") && file->mode != 0120000)
		put_prompt(file);
	else
		put_blob(file);
}

static unsigned mark;

static unsigned commit(const struct tree *tree, const char *branch,
		       const unsigned *parents, unsigned count)
{
	static const char attributes[] = "prompts/** merge=pv\n";

	mark++;
	printf("commit refs/heads/%s\nmark :%u\n"
	       "committer A <a@b.c> %u +0000\ndata 1\nx\n",
	       branch, mark, 1700000000 + mark);
	for (unsigned i = 0; i < count; i++)
		printf("%s :%u\n", i ? "merge" : "from", parents[i]);
	printf("deleteall\nM 100644 inline .gitattributes\ndata %zu\n%s\n",
	       sizeof(attributes) - 1, attributes);
	for (size_t i = 0; i < FILES_MAX; i++)
		put_file(&tree->files[i]);
	return mark;
}

/*
 * One base, or each side has merged what two or three branches had, its own
 * way.
 */
static void make_case(unsigned n)
{
	static struct tree base;
	static struct tree trees[3];
	static struct tree side;
	unsigned crossed = draw(4) ? 0 : 2 + draw(2);
	unsigned bases[3];
	char name[40];

	snprintf(name, sizeof(name), "%u/base", n);
	start(&base);
	trees[0] = base;
	bases[0] = commit(&base, name, NULL, 0);
	for (unsigned i = crossed, root = bases[0]; i > 0; i--) {
		trees[i - 1] = base;
		work(&trees[i - 1]);
		snprintf(name, sizeof(name), "%u/b%u", n, i);
		bases[i - 1] = commit(&trees[i - 1], name, &root, 1);
	}
	for (unsigned i = 0; i < 2; i++) {
		side = trees[crossed ? draw(crossed) : 0];
		work(&side);
		snprintf(name, sizeof(name), "%u/%s", n, i ? "theirs" : "ours");
		commit(&side, name, bases, crossed ? crossed : 1);
	}
}

/* --- merging ------------------------------------------------------------- */

static void print_side(const pv_merge_file_at *at, int stage, const char *path)
{
	if (at->mode)
		printf("%06o %s %d\t%s\n", at->mode, at->blob.hex, stage, path);
}

static int merge_pair(pv_store *store, const char *ours, const char *theirs,
		      pv_error *err)
{
	pv_commit_merge_options opts = { ours, theirs, NULL, 0, 0, 0 };
	pv_commit_merge *merge = NULL;
	pv_oid ids[2];
	int rc = pv_store_resolve(&ids[0], store, ours, err);

	if (rc == PV_OK)
		rc = pv_store_resolve(&ids[1], store, theirs, err);
	if (rc == PV_OK)
		rc = pv_commit_merge_new(&merge, store, &ids[0], &ids[1], &opts,
					 err);
	if (rc == PV_OK)
		printf("%s\n", pv_commit_merge_tree(merge)->hex);
	for (size_t i = 0; merge && i < pv_commit_merge_count(merge); i++) {
		const pv_merge_path *path = pv_commit_merge_at(merge, i);

		print_side(&path->base, 1, path->path);
		print_side(&path->ours, 2, path->path);
		print_side(&path->theirs, 3, path->path);
	}
	if (rc == PV_OK)
		printf("%s\n", pv_commit_merge_kind(merge) == PV_COMMITS_IN_CONFLICT
				       ? "conflict"
				       : "clean");
	else
		printf("error %s\n", err->message);
	pv_commit_merge_free(merge);
	return rc;
}

static const char *environment(const char *name, void *payload)
{
	(void)payload;
	return getenv(name);
}

static int merge_all(pv_store *store, unsigned count, pv_error *err)
{
	int rc = PV_OK;

	for (unsigned n = 1; n <= count; n++) {
		char ours[40];
		char theirs[40];
		int one;

		snprintf(ours, sizeof(ours), "%u/ours", n);
		snprintf(theirs, sizeof(theirs), "%u/theirs", n);
		printf("case %u\n", n);
		one = merge_pair(store, ours, theirs, err);
		rc = rc < 0 ? rc : one;
	}
	return rc;
}

static int run(int argc, char **argv)
{
	pv_store_options opts = { .path = argv[2], .env = environment };
	pv_store *store = NULL;
	pv_error err = { 0 };
	int rc = pv_store_open(&store, &opts, &err);

	if (rc == PV_OK && argc == 5)
		rc = merge_pair(store, argv[3], argv[4], &err);
	else if (rc == PV_OK)
		rc = merge_all(store, (unsigned)strtoul(argv[3], NULL, 10), &err);
	if (rc < 0)
		fprintf(stderr, "error: %s\n", err.message);
	pv_store_free(store);
	return rc < 0;
}

static void read_side(pv_merge_side *side, pv_buf *text, const char *path)
{
	if (pv_file_read(text, path, NULL) < 0)
		exit(128);
	side->text = pv_buf_text(text);
	side->len = text->len;
}

static int merge_texts(char **argv)
{
	pv_buf texts[3] = { 0 };
	pv_merge_input input = { .marker_size = 7, .path = argv[5] };
	pv_buf out = { 0 };
	size_t conflicts;

	read_side(&input.base, &texts[0], argv[2]);
	read_side(&input.ours, &texts[1], argv[3]);
	read_side(&input.theirs, &texts[2], argv[4]);
	pv_merge_file(&out, &conflicts, &input, NULL);
	fwrite(pv_buf_text(&out), 1, out.len, stdout);
	for (int i = 0; i < 3; i++)
		pv_buf_dispose(&texts[i]);
	pv_buf_dispose(&out);
	return conflicts > 0;
}

int main(int argc, char **argv)
{
	unsigned count;

	if (argc == 4 && strcmp(argv[1], "make") == 0) {
		state = strtoull(argv[2], NULL, 10) * 0x9e3779b97f4a7c15 + 1;
		count = (unsigned)strtoul(argv[3], NULL, 10);
		for (unsigned n = 1; n <= count; n++)
			make_case(n);
		return 0;
	}
	if (argc == 6 && strcmp(argv[1], "file") == 0)
		return merge_texts(argv);
	if ((argc == 4 && strcmp(argv[1], "merge") == 0) ||
	    (argc == 5 && strcmp(argv[1], "pair") == 0))
		return run(argc, argv);
	fprintf(stderr, "usage: see the head of the source\n");
	return 129;
}
