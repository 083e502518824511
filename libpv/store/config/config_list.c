/* SPDX-License-Identifier: MIT
 *
 * A list of settings in memory as a level of libgit2's configuration, which
 * is how `git -c` reaches what libgit2 itself looks up (core.autocrlf, ...).
 * It is read-only. Snapshots share the list: nothing in it changes once it
 * has been added.
 */
#include "store/config/config.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

struct list_backend {
	git_config_backend parent;
	pv_config_list *list;
};

struct list_iterator {
	git_config_iterator parent;
	pv_config_list *list;
	size_t next;
};

static void keep_entry(pv_config_entry *entry)
{
	(void)entry; /* entries live as long as their list */
}

static char ascii_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static int is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

int pv_config_key_fold(char *key)
{
	char *first = strchr(key, '.');
	char *last = strrchr(key, '.');

	if (!first || first == key || !last[1])
		return 0;
	for (char *c = key; *c; c++) {
		if (c >= first && c <= last) {
			if (*c == '\n')
				return 0;
			continue;
		}
		*c = ascii_lower(*c);
		if (!is_name_char(*c))
			return 0;
	}
	return last[1] >= 'a' && last[1] <= 'z';
}

int pv_config_list_add(pv_config_list *list, const char *key, const char *value,
		       pv_error *err)
{
	pv_config_entry *entry;
	char *name, *copy = NULL;

	if (pv_array_reserve(&list->items, &list->cap, list->count + 1,
			     sizeof(*list->items)) < 0)
		return pv_fail_nomem(err);
	name = pv_strdup(key);
	if (value)
		copy = pv_strdup(value);
	if (!name || (value && !copy)) {
		pv_free(name);
		pv_free(copy);
		return pv_fail_nomem(err);
	}
	if (!pv_config_key_fold(name)) {
		pv_free(name);
		pv_free(copy);
		return pv_fail(err, PV_EINVALID,
			       "\"%s\" is not a configuration key", key);
	}
	entry = &list->items[list->count++];
	memset(entry, 0, sizeof(*entry));
	pv_config_entry_of(entry)->name = name;
	pv_config_entry_of(entry)->value = copy;
	entry->free = keep_entry;
	return PV_OK;
}

static void free_text(const char *text)
{
	char *owned;

	/* libgit2 declares the members const; the list owns them. */
	memcpy(&owned, &text, sizeof(owned));
	pv_free(owned);
}

void pv_config_list_free(pv_config_list *list)
{
	if (!list || --list->owners > 0)
		return;
	for (size_t i = 0; i < list->count; i++) {
		free_text(pv_config_entry_of(&list->items[i])->name);
		free_text(pv_config_entry_of(&list->items[i])->value);
	}
	pv_free(list->items);
	pv_free(list);
}

/* Tells libgit2, which hands it back as the reason. */
static int out_of_memory(void)
{
	git_error_set_oom();
	return GIT_ERROR;
}

static int list_open(git_config_backend *backend, git_config_level_t level,
		     const git_repository *repo)
{
	struct list_backend *self = (struct list_backend *)backend;

	(void)repo;
	for (size_t i = 0; i < self->list->count; i++)
		pv_config_entry_of(&self->list->items[i])->level = level;
	return 0;
}

static int list_get(git_config_backend *backend, const char *key,
		    pv_config_entry **out)
{
	struct list_backend *self = (struct list_backend *)backend;

	for (size_t i = self->list->count; i > 0; i--) {
		pv_config_entry *item = &self->list->items[i - 1];

		if (strcmp(pv_config_entry_of(item)->name, key) == 0) {
			*out = item;
			return 0;
		}
	}
	return GIT_ENOTFOUND;
}

static int refuse_set(git_config_backend *backend, const char *key,
		      const char *value)
{
	(void)backend, (void)key, (void)value;
	return GIT_ERROR;
}

static int refuse_set_multivar(git_config_backend *backend, const char *key,
			       const char *pattern, const char *value)
{
	(void)backend, (void)key, (void)pattern, (void)value;
	return GIT_ERROR;
}

static int refuse_del(git_config_backend *backend, const char *key)
{
	(void)backend, (void)key;
	return GIT_ERROR;
}

static int refuse_del_multivar(git_config_backend *backend, const char *key,
			       const char *pattern)
{
	(void)backend, (void)key, (void)pattern;
	return GIT_ERROR;
}

static int refuse_lock(git_config_backend *backend)
{
	(void)backend;
	return GIT_ERROR;
}

static int refuse_unlock(git_config_backend *backend, int success)
{
	(void)backend, (void)success;
	return GIT_ERROR;
}

static int iterator_next(pv_config_entry **out, git_config_iterator *iterator)
{
	struct list_iterator *self = (struct list_iterator *)iterator;

	if (self->next >= self->list->count)
		return GIT_ITEROVER;
	*out = &self->list->items[self->next++];
	return 0;
}

static void iterator_free(git_config_iterator *iterator)
{
	struct list_iterator *self = (struct list_iterator *)iterator;

	pv_config_list_free(self->list);
	pv_free(self);
}

static int list_iterator(git_config_iterator **out, git_config_backend *backend)
{
	struct list_backend *self = (struct list_backend *)backend;
	struct list_iterator *iterator = pv_calloc(1, sizeof(*iterator));

	if (!iterator)
		return out_of_memory();
	iterator->parent.backend = backend;
	iterator->parent.next = iterator_next;
	iterator->parent.free = iterator_free;
	iterator->list = self->list;
	self->list->owners++;
	*out = &iterator->parent;
	return 0;
}

static void list_free(git_config_backend *backend)
{
	struct list_backend *self = (struct list_backend *)backend;

	pv_config_list_free(self->list);
	pv_free(self);
}

static int list_snapshot(git_config_backend **out, git_config_backend *backend)
{
	struct list_backend *self = (struct list_backend *)backend;
	struct list_backend *copy = pv_malloc(sizeof(*copy));

	if (!copy)
		return out_of_memory();
	*copy = *self;
	copy->parent.cfg = NULL;
	copy->list->owners++;
	*out = &copy->parent;
	return 0;
}

static struct list_backend *backend_new(pv_config_list *list)
{
	struct list_backend *self = pv_calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	git_config_init_backend(&self->parent, GIT_CONFIG_BACKEND_VERSION);
	self->parent.readonly = 1;
	self->parent.open = list_open;
	self->parent.get = list_get;
	self->parent.set = refuse_set;
	self->parent.set_multivar = refuse_set_multivar;
	self->parent.del = refuse_del;
	self->parent.del_multivar = refuse_del_multivar;
	self->parent.iterator = list_iterator;
	self->parent.snapshot = list_snapshot;
	self->parent.lock = refuse_lock;
	self->parent.unlock = refuse_unlock;
	self->parent.free = list_free;
	self->list = list;
	list->owners++;
	return self;
}

int pv_config_add_list(git_config *config, pv_config_list *list, int level,
		       pv_error *err)
{
	struct list_backend *backend = backend_new(list);
	int rc;

	if (!backend)
		return pv_fail_nomem(err);
	rc = git_config_add_backend(config, &backend->parent,
				    (git_config_level_t)level, NULL, 0);
	if (rc < 0) {
		rc = pv_fail_git(err, rc, "set up the configuration", NULL);
		list->owners--;
		pv_free(backend);
	}
	return rc;
}
