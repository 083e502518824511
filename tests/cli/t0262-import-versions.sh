#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv import takes several versions of one prompt'

cat >all.jsonl <<'EOF'
{"id":"a","version":"1.1","parent_version":"1.0","content":"Hi {x} again","created_at":"2024-03-02T03:04:05Z","created_by":"ann@x.org"}
{"id":"a","version":"1.0","content":"Hi {x}","created_at":"2024-01-02T03:04:05Z","created_by":"Ann Lee <ann@x.org>"}
{"id":"b","version":2,"parent_version":1,"content":"More","created_at":1706843045,"created_by":"bob"}
{"id":"b","version":1,"content":"Less","created_at":"2024-01-15T03:04:05Z"}
{"id":"c","content":"Alone"}
EOF
jq -s . all.jsonl >all.json
jq -rs '["id","version","content","created_at","created_by"] as $k |
	$k, (.[] | [.[$k[]] | . // "" | tostring]) | @csv' all.jsonl >all.csv

fresh() {
	new_repo "$1"
	cd "$1" || exit 1
}

# The versions and who made them when, in the order of the commits.
made() {
	for tag in $(git tag --sort=creatordate); do
		git log -1 --date=unix --format="$tag %an %ae %ad %cd %s" "$tag"
	done
}

cat >made <<'EOF'
a/v1.0.0 Ann Lee ann@x.org 1704164645 1704164645 Import a 1.0
b/v1.0.0 Ada Author ada@example.com 1705287845 1705287845 Import b 1
b/v2.0.0 bob  1706843045 1706843045 Import b 2
a/v1.1.0 ann ann@x.org 1709348645 1709348645 Import a 1.1
EOF

for format in jsonl json csv; do
	it "makes a commit and a version of each, from $format" '
		fresh $format
		git config user.email ada@example.com
		git pv import $format ../all.$format --commit --json >../out
		json ../out "[(.created | sort), .updated, .unchanged, .commits, .findings]" \
			"[[\"a\",\"b\",\"c\"],[],[],5,[]]"
		json ../out "[.versions[] | [.id, .version, .label]]" \
			"[[\"a\",\"1.0.0\",\"1.0\"],[\"b\",\"1.0.0\",\"1\"],[\"b\",\"2.0.0\",\"2\"],[\"a\",\"1.1.0\",\"1.1\"]]"
		made >../got
		cmp_files ../made ../got
		is_clean
		check_repo
		git pv versions a --json >../out
		json ../out "[.[] | [.version, .number, .parent, .label, .created_by, .date]]" \
			"[[\"1.1.0\",2,\"1.0.0\",\"1.1\",\"ann\",\"2024-03-02T03:04:05.000Z\"],[\"1.0.0\",1,null,\"1.0\",\"Ann Lee\",\"2024-01-02T03:04:05.000Z\"]]"
		git pv show a --json >../out
		json ../out "[.version, .created_at, .created_by, .updated_by]" \
			"[\"1.1.0\",\"2024-01-02T03:04:05.000Z\",\"Ann Lee\",\"ann\"]"
		git pv release --dry-run >../out 2>&1
		lacks ../out "a "
	'
done

it 'changes nothing a second time, and goes on with more' '
	cd jsonl
	snapshot . >../before
	git pv import jsonl ../all.jsonl --each --json >../out
	json ../out "[.created, .updated, (.unchanged | length), .commits, .versions]" \
		"[[],[],3,0,[]]"
	snapshot . >../after
	cmp_files ../before ../after
	printf "%s\n" "{\"id\":\"a\",\"version\":\"2.0\",\"content\":\"New {x} {y}\"}" \
		"{\"id\":\"a\",\"version\":\"3\",\"content\":\"Newer\"}" \
		>>../all.jsonl
	git pv import jsonl ../all.jsonl --commit >../out
	has ../out "0 new, 1 changed, 2 unchanged, 2 versions, 2 commits"
	git pv versions a --json >../out
	json ../out "map(.version)" "[\"3.0.0\",\"2.0.0\",\"1.1.0\",\"1.0.0\"]"
	git cat-file tag a/v2.0.0 >../out
	has ../out "Pv-Bump: major"
'

it 'goes on where a run was killed' '
	fresh killed
	git config user.email ada@example.com
	head -4 ../all.jsonl >../four.jsonl
	git pv import jsonl ../four.jsonl --commit >/dev/null
	git for-each-ref >../want
	for step in tag file commits; do
		case $step in
		tag) git tag -d a/v1.1.0 ;;
		file)
			git tag -d a/v1.1.0
			git update-ref refs/heads/main HEAD~1
			git read-tree HEAD
			;;
		commits)
			git tag -d a/v1.1.0 b/v2.0.0 b/v1.0.0
			git reset -q --hard HEAD~3
			;;
		esac
		git pv import jsonl ../four.jsonl --commit >../out
		git for-each-ref >../got
		cmp_files ../want ../got
		is_clean
	done
'

it 'refuses what is no version, and takes the others' '
	fresh bad
	cat >../bad.jsonl <<-EOF
		{"id":"a","version":"1.0","content":"One"}
		{"id":"a","version":"1.0.0","content":"One again"}
		{"id":"a","version":"later","content":"Two"}
		{"id":"a","version":"1.2","content":"Three","created_by":"< >\n","created_at":-5}
		{"id":"a","content":"No version"}
		{"id":"b","version":"1.0","content":"b"}
		{"id":"b.yaml/c","version":"1","content":"c"}
		{"id":"b.yaml/c","version":"2","content":"c c"}
	EOF
	expect_failure 1 git pv import jsonl ../bad.jsonl --commit --json >../out
	json ../out "[.versions[] | .id + .version]" "[\"a1.0.0\",\"a1.2.0\"]"
	json ../out "[.findings[] | select(.severity == \"error\") | .line] | sort" \
		"[2,3,5,7]"
	check_repo
'

it 'never replaces a version, a file of others, or one of another branch' '
	fresh held
	text_prompt prompts/a.yaml "Mine."
	git add . && git commit -q -m mine
	printf "{\"id\":\"a\",\"version\":\"%s\",\"content\":\"v%s\"}\n" 1.0 1 2.0 2 \
		>../two.jsonl
	snapshot . >../before
	expect_failure 1 git pv import jsonl ../two.jsonl --commit --json >../out
	json ../out "[.findings[].rule]" "[\"exists\",\"exists\"]"
	snapshot . >../after
	cmp_files ../before ../after
	git switch -q -c side
	expect_failure 1 git pv import jsonl ../two.jsonl --commit -f 2>../err
	is_error ../err "HEAD is not on \"main\""
	git switch -q main
	git branch -q -D side
	same 1 "$(git rev-list --count HEAD)"
	git pv import jsonl ../two.jsonl --commit -f >../out
	same "a/v1.0.0 a/v2.0.0" "$(git tag | paste -sd" ")"
	sed -i s/v1/other/ ../two.jsonl
	printf "{\"id\":\"a\",\"version\":\"1.5\",\"content\":\"late\"}\n" \
		>>../two.jsonl
	expect_failure 1 git pv import jsonl ../two.jsonl --commit -f --json >../out
	json ../out "[.findings[] | [.line, .rule]]" \
		"[[1,\"exists\"],[3,\"version\"]]"
	same 3 "$(git rev-list --count HEAD)"
'

it 'takes one of them where nothing is committed, and says what would help' '
	fresh files
	expect_failure 1 git pv import jsonl ../two.jsonl 2>../err >../out
	has ../err "is there twice"
	has ../err "with --commit"
	same "" "$(git tag)"
'

finish
