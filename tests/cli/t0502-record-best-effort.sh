#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv record --best-effort: no failure, no waiting, nothing lost'

# hold: keeps the index locked until release, or for a minute.
hold() {
	rm -f ../held ../go
	python3 - .git/pv/index.db <<-LOCK &
		import os, sqlite3, sys, time
		db = sqlite3.connect(sys.argv[1], isolation_level=None)
		db.execute("BEGIN EXCLUSIVE")
		open("../held", "w").close()
		end = time.time() + 60
		while time.time() < end and not os.path.exists("../go"):
		    time.sleep(0.01)
		db.execute("ROLLBACK")
	LOCK
	holder=$!
	tries=0
	until [ -e ../held ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 3000 ]
		sleep 0.01
	done
}

release() {
	: >../go
	wait "$holder"
}

it 'records as ever when nothing is in the way' '
	new_repo b1
	cd b1
	git pv record --best-effort --template t --output first --json >../out
	json ../out .spooled false
	git pv history show "$(jq -r .id ../out)" --json >../row
	json ../row .output first
	[ ! -e .git/pv/index.db.spool ]
'

it_sqlite 'puts a record aside while others have the index' '
	cd b1
	hold
	git pv record --best-effort --template t --output second --json >../out
	git pv record --best-effort --template t --output third --json >../out3
	printf "%s\n" "{\"template\":\"t\",\"output\":\"fourth\"}" nonsense |
		git pv record --best-effort --stdin --json >../out4 2>../err
	release
	json ../out .spooled true
	json ../out4 "[.recorded, .spooled, .refused]" "[1,1,1]"
	same 3 "$(ls .git/pv/index.db.spool | wc -l)"
	expect_failure 128 git pv history show "$(jq -r .id ../out)" 2>../err
	git pv record --template t --output fifth >../id
	git pv history export | jq -r .output | paste -sd" " >../order
	same "first second third fourth fifth" "$(cat ../order)"
	same "" "$(ls .git/pv/index.db.spool)"
	git pv history show "$(jq -r .id ../out)" --json >../row
	json ../row .output second
'

it 'neither fails for a bad record nor for a prompt that is not there' '
	cd b1
	git pv record --best-effort --template t --quality 99 --json \
		>../out 2>../err
	json ../out .id null
	has ../err "not recorded"
	git pv record --best-effort --prompt nowhere --json >../out 2>../err
	git pv history show "$(jq -r .id ../out)" --json >../row
	json ../row .prompt_id nowhere
	expect_failure 129 git pv record --best-effort --strict --stdin 2>err
'

it_sqlite 'outlives a damaged index' '
	new_repo b2
	cd b2
	mkdir -p .git/pv
	echo "no database at all, this is only some text in a file" \
		>.git/pv/index.db
	git pv record --best-effort --template t --output kept --json >../out
	json ../out .spooled true
	rm .git/pv/index.db
	git pv record --best-effort --template t --output next --json >../out
	json ../out .spooled false
	same "kept next" "$(git pv history export | jq -r .output | paste -sd" ")"
'

it 'keeps what nobody can read out of the way' '
	[ -d b2 ] || new_repo b2
	cd b2
	mkdir -p .git/pv/index.db.spool
	echo nonsense >.git/pv/index.db.spool/0000000000000001-x.jsonl
	git pv record --template t >../id
	same "0000000000000001-x.jsonl.bad" "$(ls .git/pv/index.db.spool)"
	# And half of one that a killed process has left, once it is old.
	echo "{\"template\":\"t\"}" >.git/pv/index.db.spool/0000000000000002-x.jsonl
	echo "{\"temp" >.git/pv/index.db.spool/0000000000000003-x.jsonl.aB3dEf
	touch -d "2 days ago" .git/pv/index.db.spool/0000000000000003-x.jsonl.aB3dEf
	echo "{\"temp" >.git/pv/index.db.spool/0000000000000004-x.jsonl.aB3dEf
	git pv index drain >../out
	same "0000000000000001-x.jsonl.bad 0000000000000004-x.jsonl.aB3dEf" \
		"$(ls .git/pv/index.db.spool | paste -sd" ")"
'

it 'does not even fail where nothing can be written' '
	[ "$(id -u)" -ne 0 ] || exit 0
	new_repo b3
	cd b3
	chmod a-w .git
	git pv record --best-effort --template t --json >../out 2>../err
	chmod u+w .git
	json ../out .id null
'

it_sqlite 'counts what waits, and takes it over when asked to' '
	new_repo b4
	cd b4
	git pv index info --json >../out
	json ../out "[.exists, .spooled]" "[false,0]"
	expect_failure 128 git pv index verify 2>err
	git pv record --template t --output first >../id
	hold
	git pv record --best-effort --template t --output second >../id
	git pv index info --json >../out
	release
	json ../out "[.exists, .spooled, .bytes > 0]" "[true,1,true]"
	git pv index drain --json >../out
	json ../out . "{\"drained\":1,\"spooled\":0}"
	git pv index verify --json >../out
	json ../out "[.ok, .problems, .rollups.wrong]" "[true,[],0]"
	python3 -c "import sqlite3; sqlite3.connect(\".git/pv/index.db\"
		).execute(\"DELETE FROM rollup\").connection.commit()"
	expect_failure 1 git pv index verify --json >../out
	json ../out "[.ok, .rollups.wrong > 0]" "[false,true]"
	git pv index verify --repair >../out
	git pv index verify >../out
	has ../out " 0 wrong"
	expect_failure 129 git pv index nonsense 2>err
'

finish
