#!/bin/sh
# An export of any length needs little memory: the rows are not kept. On the
# build that is shipped, as sanitizers need all addresses there are.
. "$(dirname "$0")/../cli/lib.sh"
begin 'git pv history export needs no memory for many'

if grep -q '^PV_SANITIZE:STRING=.' "$PV_BUILD/CMakeCache.txt"; then
	echo 'skipped: sanitizers need all addresses there are'
	exit 77
fi

it 'exports 40 MB of texts within 64 MiB more than one row needs' '
	git init -q many
	cd many
	git pv record --template t >/dev/null
	seq 20000 | sed "s/.*/{\"template\":\"t\",\"output\":\"&$(printf %02000d 0)\"}/" |
		git pv record --stdin >/dev/null
	python3 - <<-MEASURE >../peak
		import resource, subprocess
		def peak(*args):
		    with open("../all", "w") as out:
		        subprocess.run(("git-pv", "history") + args, stdout=out, check=True)
		    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
		one = peak("export", "--limit", "1")
		print(one, peak("export"))
	MEASURE
	same 20001 "$(wc -l <../all)"
	read -r one all <../peak
	log "one row: $one KiB, all: $all KiB"
	[ $((all - one)) -lt 65536 ]
'

finish
