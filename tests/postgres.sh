#!/bin/sh
# sh tests/postgres.sh COMMAND [ARGUMENT...]: runs a command with a PostgreSQL
# of its own, whose address is in PV_TEST_POSTGRES and whose folder is in
# PV_TEST_POSTGRES_DIR: an empty server on a socket in a temporary folder, that
# is gone when the command ends. Status 77 where PostgreSQL is not installed.
set -u

bin=
for folder in /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; do
	[ -x "$folder/initdb" ] && bin=$folder
done
[ -n "$bin" ] || {
	echo 'skipped: PostgreSQL is not installed' >&2
	exit 77
}

# PostgreSQL refuses to be run by root.
as=
if [ "$(id -u)" -eq 0 ]; then
	as="setpriv --reuid=postgres --regid=postgres --clear-groups --"
	id postgres >/dev/null 2>&1 || {
		echo 'skipped: root needs a user "postgres"' >&2
		exit 77
	}
fi

PV_TEST_POSTGRES_DIR=$(mktemp -d "${TMPDIR:-/tmp}/pv-postgres.XXXXXX") || exit 1
chmod 755 "$PV_TEST_POSTGRES_DIR"
[ -z "$as" ] || chown postgres:postgres "$PV_TEST_POSTGRES_DIR"
cd "$PV_TEST_POSTGRES_DIR" || exit 1
clean_up() {
	status=$?
	trap - EXIT
	pid=$(head -1 "$PV_TEST_POSTGRES_DIR/data/postmaster.pid" 2>/dev/null) &&
		kill -QUIT "$pid" 2>/dev/null
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -e "$PV_TEST_POSTGRES_DIR/data/postmaster.pid" ] || break
		sleep 0.1
	done
	cd / && rm -rf "$PV_TEST_POSTGRES_DIR"
	exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What a test uses to start it again after it was killed.
cat >start <<END
#!/bin/sh
exec $as '$bin/pg_ctl' -D '$PV_TEST_POSTGRES_DIR/data' -w -t 60 \\
	-l '$PV_TEST_POSTGRES_DIR/log' -o "-k '$PV_TEST_POSTGRES_DIR' \\
	-c listen_addresses= -c fsync=${PV_POSTGRES_FSYNC:-off} \\
	-c max_connections=40" start
END
$as env -i PATH="$PATH" "$bin/initdb" -D data -U pv -A trust -E UTF8 \
	--no-sync --locale=C.UTF-8 >initdb.log 2>&1 || {
	cat initdb.log >&2
	exit 1
}
sh ./start >start.log 2>&1 || {
	cat start.log log >&2
	exit 1
}
PV_TEST_POSTGRES="postgresql://pv@/postgres?host=$PV_TEST_POSTGRES_DIR"
PV_TEST_POSTGRES_BIN=$bin
PV_TEST_POSTGRES_AS=$as
export PV_TEST_POSTGRES PV_TEST_POSTGRES_DIR PV_TEST_POSTGRES_BIN \
	PV_TEST_POSTGRES_AS
cd "$OLDPWD" || exit 1
"$@"
