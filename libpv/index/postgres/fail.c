/* SPDX-License-Identifier: MIT
 *
 * What PostgreSQL and libpq report, in the words of this library. Messages
 * name the database and the server, never the address itself, which may hold a
 * password.
 */
#include "index/postgres/postgres.h"

#include "base/fail.h"
#include "base/mem.h"

static int fail_lost(pv_error *err, struct pv_postgres *db)
{
	db->trouble = PV_PG_LOST;
	pv_fail(err, PV_ENET, "the connection to %s was lost", db->where);
	return pv_error_hint(err, PV_ENET,
			     "what is recorded is safe; see whether the server "
			     "runs, and try again");
}

static int fail_busy(pv_error *err, struct pv_postgres *db)
{
	pv_fail(err, PV_ELOCKED, "the index in %s is in use by others",
		db->where);
	return pv_error_hint(err, PV_ELOCKED,
			     "nothing was changed; try again when they are done");
}

static int fail_slow(pv_error *err, struct pv_postgres *db)
{
	pv_fail(err, PV_ELOCKED, "%s stopped what took longer than it allows",
		db->where);
	return pv_error_hint(err, PV_ELOCKED,
			     "nothing was changed; try again, or raise "
			     "\"statement_timeout\" of the role or the database");
}

static int fail_again(pv_error *err, struct pv_postgres *db)
{
	db->trouble = PV_PG_AGAIN;
	return fail_busy(err, db);
}

static int fail_twice(pv_error *err, struct pv_postgres *db)
{
	db->trouble = PV_PG_TWICE;
	return pv_fail(err, PV_EDB, "%s has what was to be new", db->where);
}

static int fail_full(pv_error *err, struct pv_postgres *db)
{
	pv_fail(err, PV_EIO, "the server of %s has no room", db->where);
	return pv_error_hint(err, PV_EIO,
			     "nothing was changed, and what is recorded is safe; "
			     "make room there and try again");
}

static int fail_rights(pv_error *err, struct pv_postgres *db)
{
	const char *user = db->pq.user(db->conn);

	pv_fail(err, PV_EAUTH, "the role \"%.60s\" lacks rights in %s",
		user ? user : "", db->where);
	return pv_error_hint(err, PV_EAUTH,
			     "it needs CREATE on the database to begin, then "
			     "to own schema \"pv\" or be a member of its owner");
}

static int fail_read_only(pv_error *err, struct pv_postgres *db)
{
	pv_fail(err, PV_EIO, "%s may only be read", db->where);
	return pv_error_hint(err, PV_EIO,
			     "the address has to be that of the primary server");
}

static const struct {
	const char *state; /* SQLSTATE, or how one begins */
	int (*fail)(pv_error *err, struct pv_postgres *db);
} states[] = {
	{ "08", fail_lost },         { "57P", fail_lost },
	{ "40", fail_again },        { "55P03", fail_busy },
	{ "57014", fail_slow },      { "55006", fail_busy },
	{ "23505", fail_twice },     { "53300", fail_busy },
	{ "53", fail_full },         { "42501", fail_rights },
	{ "25006", fail_read_only },
};

int pv_fail_pq(pv_error *err, struct pv_postgres *db, const PGresult *answer)
{
	const char *state =
		answer ? db->pq.resultErrorField(answer, PG_DIAG_SQLSTATE) : NULL;
	const char *text =
		answer ? db->pq.resultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY)
		       : NULL;

	if (db->pq.status(db->conn) != CONNECTION_OK)
		return fail_lost(err, db);
	if (!answer)
		return pv_fail_nomem(err);
	for (size_t i = 0; state && i < pv_array_len(states); i++)
		if (strncmp(state, states[i].state, strlen(states[i].state)) == 0)
			return states[i].fail(err, db);
	return pv_fail(err, PV_EDB, "the index in %s fails: %.100s (%.5s)",
		       db->where, text ? text : "", state ? state : "no state");
}
