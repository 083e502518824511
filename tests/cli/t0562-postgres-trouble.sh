#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What can be the matter with an index on a server, each said with a hint, and
# nothing lost: wrong addresses, roles that may not, limits, odd and long texts,
# kills in the middle, a server that restarts, and TLS.
[ -n "${PV_TEST_POSTGRES:-}" ] ||
	exec sh "$(dirname "$0")/../postgres.sh" sh "$0"
. "$(dirname "$0")/lib.sh"

begin 'trouble with an index in PostgreSQL'
git config --global --unset pv.index
unset -f git
base="host=$PV_TEST_POSTGRES_DIR"

# sql STATEMENT...: run by the server's owner.
sql() {
	for statement; do
		"$PV_TEST_POSTGRES_BIN/psql" -qXAt -v ON_ERROR_STOP=1 \
			"${server:-$PV_TEST_POSTGRES}" -c "$statement"
	done
}

# fresh NAME: a repository whose index is on the server.
fresh() {
	git init -q "$1"
	cd "$1"
	git commit -q --allow-empty -m "Root of $1"
	git config pv.index "${server:-$PV_TEST_POSTGRES}"
}

# rows COUNT [PREFIX]: JSON lines with ids of their own.
rows() {
	awk -v n="$1" -v what="${2:-t}" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "{\"id\":\"019b7f00-%04x-7000-8000-%012x\",\"ts\":" \
				"\"2026-01-02T00:00:00Z\",\"template\":\"%s\"," \
				"\"output\":\"text %d\",\"latency_ms\":%d}\n",
				int(i / 65536), i, what, i, i
	}'
}

# restart: the server, which says goodbye to nobody. Its file tells that it is
# gone: its number may be a dead one's that nobody collects. Descriptor 9 is a
# pipe of a test that it must not keep.
restart() {
	kill -INT "$(head -1 "$PV_TEST_POSTGRES_DIR/data/postmaster.pid")"
	while [ -e "$PV_TEST_POSTGRES_DIR/data/postmaster.pid" ]; do sleep 0.1; done
	sh "$PV_TEST_POSTGRES_DIR/start" >start.log 2>&1 9>&-
}

it 'says what is wrong with an address' '
	fresh a
	while IFS="|" read -r address said hint; do
		expect_failure 128 env PV_INDEX="$address" \
			git pv record --template t 2>err
		is_error err "$said"
		has err "$hint"
	done <<-END
		postgresql://pv@/nope?$base|"nope" does not exist|createdb
		postgresql://nobody@/postgres?$base|"nobody" does not exist|the name in the address
		postgresql://pv@127.0.0.1:1/postgres|refused|whether the server runs
		postgresql://pv@/postgres?$base&bogus=1|does not read|postgresql://user@host
		postgresql://[bad|does not read|postgresql://user@host
		mysql://pv@/postgres|neither|config --show-origin
		postgresql://pv@/postgres?$base&sslmode=banana|banana|verify-full
	END
'

it 'says what a server or a role does not allow' '
	cd a
	sql "CREATE ROLE weak LOGIN" \
		"CREATE DATABASE latin ENCODING LATIN1 TEMPLATE template0 LOCALE \"C\"" \
		"CREATE DATABASE closed" "REVOKE CONNECT ON DATABASE closed FROM public"
	git pv record --template here >/dev/null
	while IFS="|" read -r address said hint; do
		expect_failure 128 env PV_INDEX="$address" \
			git pv record --template t 2>err
		is_error err "$said"
		has err "$hint"
	done <<-END
		postgresql://weak@/postgres?$base|role "weak" lacks rights|own schema "pv"
		postgresql://weak@/closed?$base|permission denied|needs CONNECT
		postgresql://pv@/latin?$base|LATIN1|ENCODING
		postgresql://pv@/postgres?$base&options=-cdefault_transaction_read_only%3Don|may only be read|primary
	END
	same 1 "$(git pv history list | wc -l)"
	PV_INDEX="$PV_TEST_POSTGRES&options=-cdefault_transaction_read_only%3Don" \
		git pv history list >list
	same 1 "$(wc -l <list)"
'

it 'says that a statement took longer than the server allows' '
	cd a
	sql "BEGIN; LOCK TABLE pv.execution IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(4)" >/dev/null &
	holder=$!
	until [ "$(sql "SELECT count(*) FROM pg_locks WHERE granted AND mode = \$\$AccessExclusiveLock\$\$ AND relation = \$\$pv.execution\$\$::regclass")" -eq 1 ]; do
		:
	done
	expect_failure 128 env \
		PV_INDEX="postgresql://pv@/postgres?$base&options=-cstatement_timeout%3D500" \
		git pv record --template t 2>err
	is_error err "longer than it allows"
	has err statement_timeout
	wait $holder
	same 1 "$(git pv history list | wc -l)"
'

it 'waits for its turn where few may connect' '
	cd a
	sql "CREATE ROLE few LOGIN CONNECTION LIMIT 1" "GRANT pv TO few"
	few="postgresql://few@/postgres?$base"
	"$PV_TEST_POSTGRES_BIN/psql" -qX "$few" -c "SELECT pg_sleep(1.5)" &
	holder=$!
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = \$\$few\$\$")" -eq 1 ]; do
		:
	done
	PV_INDEX=$few git pv record --template turn >/dev/null
	wait $holder
	same 2 "$(git pv history list | wc -l)"
'

it 'keeps texts that are odd, many or long' '
	fresh b
	printf "%s\n" "{\"template\":\"t\",\"session\":\"a\\u0000b\"}" |
		expect_failure 1 git pv record --stdin >out
	has out "NUL byte"
	printf "%s\n" "{\"template\":\"t\",\"output\":\"a\\u0000b\"}" |
		git pv record --stdin 2>err
	jq -nc "{template: \"many\", tags: [range(10000) | \"tag \(.)\"]}" |
		git pv record --stdin 2>err
	{
		printf "{\"template\":\"long\",\"output\":\""
		head -c 5000000 /dev/zero | tr "\\0" x
		printf " needle\"}\n"
	} | git pv record --stdin 2>err
	git pv history search needle --json >found
	json found ".hits | length" 1
	git pv history list --tag "tag 9999" --json >found
	json found "[.[].template]" "[\"many\"]"
	git pv record --template old --ts 1970-01-01T00:00:00Z >/dev/null
	git pv record --template new --ts 9999-01-01T00:00:00Z >/dev/null
	git pv index verify
	git pv index copy --to sqlite --json >copy
	json copy "[.executions, .same]" "[5,true]"
'

it 'keeps a text once, wherever it comes again' '
	fresh again
	printf "tracking:\n  batch_size: 100\n" >>pv.yaml
	git pv commit -q -m Batch
	rows 900 | sed "s/\"text [47]50\"/\"text 1\"/" >all
	git pv record --stdin <all >out
	has out "900 recorded, 0 already there, 0 refused"
	git pv record --stdin <all >out
	has out "0 recorded, 900 already there, 0 refused"
	git pv index verify >out
	has out "898 texts read, 0 damaged"
'

it 'loses nothing of an import that is killed, and completes it' '
	fresh c
	rows 9000 >all
	mkfifo pipe
	git-pv record --stdin <pipe 2>/dev/null &
	writer=$!
	exec 9>pipe
	head -n 6000 all >&9
	until [ "$(git pv history list | wc -l)" -gt 0 ]; do :; done
	kill -9 $writer
	exec 9>&-
	wait $writer || :
	git pv index verify
	part=$(git pv history export --format jsonl | wc -l)
	[ "$part" -gt 0 ]
	git pv record --stdin <all >out
	has out "$((9000 - part)) recorded, $part already there, 0 refused"
	git pv index verify
'

it 'completes a copy that was killed' '
	fresh d
	rows 4000 >all
	PV_INDEX=sqlite git pv record --stdin <all 2>/dev/null
	PV_INDEX=sqlite git-pv index copy --to "$PV_TEST_POSTGRES" &
	copier=$!
	until [ "$(git pv history list 2>/dev/null | wc -l)" -gt 0 ]; do :; done
	kill -9 $copier
	wait $copier || :
	PV_INDEX=sqlite git pv index copy --to "$PV_TEST_POSTGRES" --json >copy
	json copy "[.executions, .same]" "[4000,true]"
	git pv index verify
'

it 'goes on when the server restarts in the middle' '
	fresh e
	rows 6000 >all
	mkfifo pipe
	git-pv record --stdin <pipe >/dev/null 2>talk &
	writer=$!
	exec 9>pipe
	head -n 4000 all >&9
	until [ "$(git pv history list 2>/dev/null | wc -l)" -gt 0 ]; do :; done
	restart
	tail -n 2000 all >&9
	exec 9>&-
	wait $writer
	same 6000 "$(git pv history export --format jsonl | wc -l)"
	git pv index verify
'

it 'finds texts that are others than what was recorded' '
	fresh texts
	rows 100 >all
	git pv record --stdin <all >/dev/null
	git pv record --template t --output "to be \"another\" one" \
		--input "{\"a\": 1}" --json >../one
	git pv index verify --json >../out
	same 0 "$(jq .texts.damaged ../out)"
	[ "$(jq .texts.read ../out)" -gt 40 ]
	sql "UPDATE pv.body SET content = content || content WHERE content = \$\$to be \"another\" one\$\$::bytea"
	expect_failure 1 git pv index verify >../out
	has ../out "the output of execution $(jq -r .id ../one) is not what"
	has ../out ", 1 damaged"
	sql "UPDATE pv.body SET content = substr(content, 1, length(content) / 2), is_json = 1 WHERE content LIKE \$\$to be%\$\$::bytea"
	expect_failure 1 git pv index verify >../out
	sql "UPDATE pv.body SET is_json = 0 WHERE content LIKE \$\$to be%\$\$::bytea"
	git pv index verify
'

it 'is made by several at once' '
	sql "CREATE DATABASE race"
	server="postgresql://pv@/race?$base"
	fresh f
	for n in 1 2 3 4; do
		git-pv record --template "$n" >out.$n 2>&1 &
		echo $! >pid.$n
	done
	for n in 1 2 3 4; do
		wait "$(cat pid.$n)"
	done
	same 4 "$(git pv history list | wc -l)"
	server=
	sql "DROP DATABASE race WITH (FORCE)"
'

# The last one: its server is another one behind it.
it 'takes TLS as the address has it' '
	command -v openssl >/dev/null || exit 0
	port=$((20000 + $$ % 20000))
	data=$PV_TEST_POSTGRES_DIR/data
	sed -i "s/-c listen_addresses=/-c listen_addresses=127.0.0.1 -p $port/" \
		"$PV_TEST_POSTGRES_DIR/start"
	restart
	fresh g
	at="postgresql://pv@127.0.0.1:$port/postgres"
	expect_failure 128 env PV_INDEX="$at?sslmode=require" \
		git pv record --template t 2>err
	is_error err "does not support SSL"
	has err "leave \"sslmode\" out"
	openssl req -new -x509 -days 2 -nodes -subj /CN=127.0.0.1 \
		-addext "subjectAltName = IP:127.0.0.1" \
		-keyout key -out certificate 2>/dev/null
	$PV_TEST_POSTGRES_AS sh -c "umask 077 && cat >\"$data/server.key\"" <key
	$PV_TEST_POSTGRES_AS sh -c "cat >\"$data/server.crt\"" <certificate
	sed -i "s/-c listen_addresses/-c ssl=on &/" "$PV_TEST_POSTGRES_DIR/start"
	restart
	PV_INDEX="$at?sslmode=require" git pv record --template t >/dev/null
	PV_INDEX="$at?sslmode=verify-full&sslrootcert=$PWD/certificate" \
		git pv record --template t >/dev/null
	expect_failure 128 env \
		PV_INDEX="$at?sslmode=verify-full&sslrootcert=$PWD/nothing" \
		git pv record --template t 2>err
	is_error err "certificate"
	openssl req -new -x509 -days 2 -nodes -subj /CN=elsewhere \
		-keyout key -out other 2>/dev/null
	expect_failure 128 env \
		PV_INDEX="$at?sslmode=verify-full&sslrootcert=$PWD/other" \
		git pv record --template t 2>err
	is_error err "certificate"
	same 2 "$(PV_INDEX="$at?sslmode=require" git pv history list | wc -l)"
'

finish
