/* SPDX-License-Identifier: MIT
 *
 * How what was written gets to the disk: objects before the ref that makes
 * them part of history, and the ref before a command says that it is done.
 *
 * Where the file system has one journal for all of its files, in the order in
 * which things happened (ext4 with a journal, XFS), bytes that were handed to
 * the disk earlier are safe when a later file is synced. Then objects are
 * only handed over, and the ref is synced once it has its name: one flush of
 * the disk for a commit. Elsewhere each file is synced before it gets its
 * name, and the folder afterwards. The user's core.fsync=none means what it
 * says. Reflogs and the index can be made again from the refs and are not
 * waited for, as git does not either.
 */
#ifndef PV_STORE_DURABLE_H
#define PV_STORE_DURABLE_H

#include "store/handle.h"

/*
 * Takes care of an object's file, written and not yet named. The file is
 * `fd`'s until the caller closes it. PV_EIO with `path` in the message.
 */
int pv_durable_object(pv_store *store, int fd, const char *path, pv_error *err);

/* The same for the folder it was named in. */
int pv_durable_folder(pv_store *store, const char *path, pv_error *err);

/* All objects so far: before git, which syncs nothing, makes a ref of one. */
int pv_durable_objects(pv_store *store, pv_error *err);

/* Before a ref is named: its file, and all objects so far. */
int pv_durable_ref(pv_store *store, int fd, const char *path, pv_error *err);

/* After that; `fd` still stands for the file. What fails changes nothing. */
void pv_durable_named(pv_store *store, int fd, const char *path);

/* Forgets objects that no ref was made for. */
void pv_durable_forget(pv_store *store);

#endif
