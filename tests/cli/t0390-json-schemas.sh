# SPDX-License-Identifier: MIT
#
# Every command's --json output fits its schema under schemas/, and every
# schema is used.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/validators.sh"
. "$(dirname "$0")/trials.sh"

python3 -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null ||
	skip_all 'python3-jsonschema is not installed'

begin 'JSON outputs fit their schemas'

# Documents gather here and are checked at the end, in one run of Python.
mkdir "$SCRATCH/documents"
: >"$SCRATCH/list"

# keep SCHEMA FILE NAME: note a document, whatever becomes of the file.
keep() {
	kept=$SCRATCH/documents/$(($(wc -l <"$SCRATCH/list"))).${2##*.}
	cp "$2" "$kept"
	printf '%s\t%s\t%s\n' "$1" "$kept" "$3" >>"$SCRATCH/list"
}

# fits SCHEMA STATUS ARGUMENT...: git pv with --json, and what it prints.
fits() {
	schema=$1
	want=$2
	shift 2
	got=0
	git pv "$@" --json >"$SCRATCH/out.json" 2>"$SCRATCH/talk" || got=$?
	keep "$schema" "$SCRATCH/out.json" "git pv $* --json"
	[ "$got" -eq "$want" ] || {
		log "expected status $want, got $got: git pv $* --json"
		cat "$SCRATCH/out.json" "$SCRATCH/talk" >&3
		return 1
	}
}

# A review from its beginning to its end.
reviewed() {
	git branch takes
	git switch -q -c proposed
	git pv edit demo/sort --set model.temperature=0.9
	git pv commit -q -m "Warmer"
	git switch -q -
	fits review-event 0 review open proposed --into takes --reviewer a@b
	id=$(jq -r .id "$SCRATCH/out.json")
	fits review-event 0 review comment "$id" -m "Why?" --prompt demo/sort \
		--field prompt --line 1
	comment=$(jq -r .event "$SCRATCH/out.json")
	fits review-event 0 review comment "$id" -m "So." --reply-to "$comment"
	fits review-event 0 review resolve "$id" "$comment"
	fits review-event 0 review reject "$id" -m "No."
	fits review-event 0 review withdraw "$id"
	fits review-event 0 review approve "$id"
	fits review 0 review show "$id"
	fits diff 0 review diff "$id"
	fits review-list 0 review list
	fits review-merge 0 review merge "$id"
	fits review 0 review show "$id"
	fits review-event 0 review open demo/full@1.0 --for staging
	fits review 0 review show "$(jq -r .id "$SCRATCH/out.json")"
	fits review-event 0 review close "$(jq -r .id "$SCRATCH/out.json")"
	fits review-list 0 review list --all
	git notes --ref=refs/notes/devtools/reviews add -m "{\"reviewRef\":\"refs/heads/proposed\",\"targetRef\":\"refs/heads/takes\",\"timestamp\":\"1438624412\"}" proposed
	git notes --ref=refs/notes/devtools/discuss add -m "no json
{\"author\":\"bob@example.com\",\"resolved\":true}" proposed
	fits review-import 0 review import git-appraise
	fits review 0 review show "$(jq -r ".reviews[0].id" "$SCRATCH/out.json")"
	fits review-import 0 review import git-appraise
	for notes in reviews discuss; do
		git update-ref -d "refs/notes/devtools/$notes"
	done
	git branch -q -D takes proposed
	git init -q --bare "$SCRATCH/there.git"
	git remote add there "$SCRATCH/there.git"
	fits sync 0 sync --remote there -n
	fits sync 0 sync --remote there
	git remote remove there
}

# prompt PATH TEMPERATURE TEXT
prompt() {
	write "$1" <<-EOF
		name: A prompt
		description: Says something.
		category: demo
		tags: [one, two]
		model: {provider: ollama, name: m, temperature: $2}
		messages:
		  - role: system
		    content: |
		      $3
		      Second line.
		  - role: user
		    content: "{{ ticket }}"
		variables:
		  tone: {type: string, default: warm}
		  ticket: {type: string, required: true}
		metadata: {"a.b": [1, {c: null}]}
	EOF
}

it 'without a repository' '
	fits version 0 version
	fits help 0 help
	fits help-rules 0 help check rules
	fits help-rules 0 help check secret
	same secret "$(git pv help check secret --json | jq -r ".[].id")"
	fits error 128 list
	fits error 129 list --nonsense
	fits init 0 init --yes repo
	cd repo
	fits init 0 init --yes
'

it 'in a repository without commits' '
	cd repo
	fits list 0 list
	fits status 0 status
	fits check 0 check
	fits diff 0 diff
	fits log 0 log
	fits conflicts 0 conflicts
	fits branch 0 branch
	fits config 0 config
	fits config 0 config prompts
	fits config 0 config trust
	git config --unset pv.trusted
'

it 'making prompts' '
	cd repo
	printf "Sort: {{ ticket }}\n" >text
	git pv new demo/sort --json <text >../new.json
	keep new ../new.json "git pv new demo/sort --json <text"
	rm text
	fits new 0 new demo/chat --message user="Hi {{ name }}"
	fits edit 0 edit demo/sort --set name=Sorter \
		--set model.temperature=0.5
	fits commit 0 commit -m first
	prompt prompts/demo/full.yaml 0.1 "Say {{ tone }} things."
	fits status 0 status
	fits diff 0 diff
	fits commit 0 commit -m second
	fits list 0 list
	fits list 0 list --at HEAD
	fits show 0 show demo/full
	fits show 0 show demo/full@1.0
	fits vars 0 vars demo/full
	fits render 0 render demo/full --var ticket=a
	fits render 0 render demo/full@1.0 --undefined debug
	fits error 1 render demo/full
	fits render 0 render --examples
	fits versions 0 versions demo/full
	fits log 0 log
	fits log 0 log demo/full
	fits check 0 check
'

it 'comparing' '
	cd repo
	prompt prompts/demo/full.yaml 0.2 "Say {{ tone }} words {{ more }}."
	rm prompts/demo/chat.yaml
	printf "\377 no yaml: [" >prompts/demo/bad.yaml
	fits diff 0 diff
	fits diff 1 diff --exit-code
	fits status 0 status
	fits list 0 list
	fits check 1 check
	rm prompts/demo/bad.yaml
	git checkout -q .
	echo "# comment" >>prompts/demo/full.yaml
	fits diff 0 diff
	git checkout -q .
	fits diff 0 diff demo/full@1.0
	fits diff 0 diff HEAD~1 HEAD
	git mv prompts/demo/full.yaml prompts/demo/moved.yaml
	fits diff 0 diff
	git reset -q --hard
'

it 'branching and merging' '
	cd repo
	fits branch 0 branch topic
	fits branch 0 branch
	fits switch 0 switch topic
	prompt prompts/demo/full.yaml 0.3 "Say {{ tone }} words."
	fits commit 0 commit -m topic
	fits list 0 list
	fits show 0 show demo/full@topic
	fits log 0 log
	fits log 0 log demo/full
	git pv log demo/full --json >../topic.json
	json ../topic.json ".[0].version | test(\"-topic\\\\.1\\\\+g\")" true
	fits switch 0 switch main
	fits merge 0 merge topic
	fits merge 0 merge topic
	fits branch 0 branch left
	prompt prompts/demo/full.yaml 0.4 "Say {{ tone }} words."
	fits commit 0 commit -m right
	fits switch 0 switch left
	prompt prompts/demo/full.yaml 0.5 "Say {{ tone }} words."
	fits commit 0 commit -m left
	fits switch 0 switch main
	fits merge 1 merge left
	fits conflicts 0 conflicts
	fits status 0 status
	fits resolve 0 resolve demo/full --ours
	fits error 128 resolve demo/full --ours
	fits merge 0 merge --abort
'

it 'releasing and going back' '
	cd repo
	fits release 0 release --dry-run
	fits release 0 release
	fits revert 0 revert HEAD
	fits cherry-pick 0 cherry-pick HEAD~1
	fits rollback 0 rollback demo/full --to 1.0
	fits versions 0 versions demo/full
	fits env-list 0 env list
	reviewed
	fits deploy 1 deploy demo/full@left demo/sort --env staging
	fits deploy 0 deploy demo/full --env staging -m why --canary 10 \
		--allow-untagged
	fits deploy 0 deploy demo/full@1.0 demo/sort@1.0 --env staging \
		--allow-untagged --inactive-ok
	fits env-show 0 env show staging
	fits env-show 0 env show production
	fits env-show 0 env at 1s demo/sort -e staging
	fits env-list 0 env list
	fits deploy 0 deploy demo/sort@1.0 --env staging --canary 20
	fits rollback 0 rollback demo/sort --env staging --to 1.0 -n
	fits deploy 0 promote --from staging --to development -n
	fits rollback 0 rollback --env staging --at 1s
	fits env-history 0 env history staging
	fits env-history 0 env history --all-envs demo/sort
	fits env-diff 0 env diff staging production
	fits snapshot 0 snapshot staging
	fits snapshot-made 0 snapshot staging -o ../snapshot.json
	fits snapshot-verify 0 snapshot verify ../snapshot.json
	sed "s/deployment/Deployment/" ../snapshot.json >../bad.json
	fits snapshot-verify 1 snapshot verify ../bad.json
	fits env-change 0 env create qa
	fits env-change 0 env delete qa
	fits changelog 0 changelog demo/sort
	fits changelog 0 changelog demo/full 1.0.0..
	fits cp 0 cp demo/sort demo/copy
	fits deactivate 0 deactivate demo/copy
	fits activate 0 activate demo/copy
	git restore prompts/demo/copy.yaml
	fits mv 0 mv demo/sort demo/order
	fits mv 0 mv demo/order demo/sort
	fits log 0 log demo/sort --field prompt
	fits log 0 log demo/sort -S e
	fits blame 0 blame demo/sort
	echo "metadata: {new: [1]}" >>prompts/demo/sort.yaml
	fits blame 0 blame demo/sort
	git restore prompts/demo/sort.yaml
'

it 'importing and exporting' '
	cd repo
	git pv export jsonl >lines.jsonl
	keep export lines.jsonl "git pv export jsonl"
	sed -n "s/\"demo\//\"copy\//p" lines.jsonl >copies
	fits import 0 import jsonl copies --commit
	fits import 0 import jsonl copies
	fits import 0 import jsonl lines.jsonl
	printf "id,prompt\nNo Id,x\n" >copies
	fits import 1 import csv copies
	fits error 1 import csv --strict copies
	fits export 0 export csv --json
	rm lines.jsonl copies
	fits export 0 export jsonl
	fits export 0 export jsonl -o ../exported
'

it 'recording' '
	cd repo
	fits execution 0 history list
	fits history-search 0 history search text
	fits record 0 record --prompt demo/full --output text --latency-ms 1.5 \
		--cost-usd 0.001 --tag a --score s=1 --quality 8 --success true
	id=$(jq -r .id "$SCRATCH/out.json")
	echo "{\"template\": \"t\", \"odd\": 1}" >rows.jsonl
	echo "{\"quality\": 11}" >>rows.jsonl
	git pv record --stdin --json <rows.jsonl >../rows.json || [ $? -eq 1 ]
	keep record ../rows.json "git pv record --stdin"
	rm rows.jsonl
	fits execution 0 history list
	fits execution 0 history show "$id"
	fits history-rerender 1 history show "$id" --rerender
	git pv record --prompt demo/full --rendered no --input "{\"ticket\":1}" >../id
	fits history-rerender 1 history show "$(cat ../id)" --rerender
	git pv record --template t --session s >../id
	git pv record --template t --session s --parent "$(cat ../id)" --quality 3
	fits history-session 0 history show --session s
	echo "{\"old\": {\"1.0\": {\"prompt\": \"x\", \"output\": \"y\"}}}" >../old.json
	echo "{\"old_v1.0\": {\"total_executions\": 7}}" >../figures.json
	fits history-import 0 history import ../old.json ../figures.json
	fits history-stats 0 history stats
	fits audit 0 audit
	fits verify 1 verify
	fits policy-show 0 policy show
	fits policy-explain 0 policy explain branch exp/new
	fits policy-explain 0 policy explain deploy demo/full --env staging
	fits alert 0 alert list
	fits alert 0 alert check
	printf "%s\n" "alerts:" "  - {metric: executions, above: 0}" \
		"  - {prompt: nobody, metric: latency_p95_ms, above: 1}" \
		"budgets: {\"**\": {per_day: 1}}" >>pv.yaml
	git pv commit -q -m Alerts
	fits alert 0 alert list
	fits alert 1 alert check
	fits alert 0 alert test --value 3
	fits index 0 index info
	fits index 0 index verify
	fits index 0 index drain
	fits index 0 index migrate
	fits index 0 index vacuum
	fits reindex 0 reindex
	fits search 0 search a OR text
	fits search 0 search --all-versions a OR text
	fits history-search 0 history search text OR nothing
	fits error 128 history search "("
	fits execution 0 history export
	fits execution 0 history rate "$id" --quality 9
	fits execution 0 history tag "$id" b
	fits history-prune 0 history prune --texts --until 1h --dry-run
	fits history-prune 0 history prune --until 1h
	fits history-prune 0 history delete --session none
	fits error 129 history prune
	git pv history export >../lines.jsonl
	head -n 1 ../lines.jsonl >../line.json
	keep execution ../line.json "git pv history export"
	fits error 128 history show nowhere
	fits performance 0 performance demo/full
	fits performance 0 performance demo/full --by version --metric latency
	fits performance 0 performance demo/full --until 2000-01-01 --by day
	fits error 128 performance nowhere
	fits compare 0 compare demo/full
	git pv record --prompt demo/full --model a --latency-ms 3
	git pv record --prompt demo/full --model b --latency-ms 4
	fits compare 0 compare demo/full --by model
	fits error 128 compare demo/full 9.9.9
	fits bisect 1 bisect demo/full --metric quality --drop 1
	fits bisect 1 bisect demo/full --metric latency --rise 1
	fits trends 0 trends demo/full
	fits cost 0 cost --by model
	fits top 0 top
	PV_TRACKING=0 git pv record --template t --json >../off.json
	keep record ../off.json "git pv record, tracking off"
'

it 'setting up' '
	cd repo
	fits install 0 install
	fits doctor 0 doctor
	fits install 0 uninstall
'

it 'validating' '
	cd repo
	echo "{\"enum\": [1]}" >../enum.json
	echo 1 >../one.json
	echo 2 >../two.json
	echo "{\"enum\": [2]}" >../other.json
	echo "{\"pattern\": \"^a{2}\$\"}" >../twice.json
	echo "{\"pattern\": \"^a{2,3}\$\"}" >../thrice.json
	fits schema-validate 0 schema validate --schema ../enum.json \
		--data ../one.json
	fits schema-validate 1 schema validate --schema ../enum.json \
		--data ../two.json
	fits schema-validate 1 schema validate --schema ../enum.json \
		--data ../two.json --output basic
	fits schema-infer 0 schema infer ../one.json
	fits schema-compare 0 schema compare ../enum.json ../enum.json
	fits schema-compare 1 schema compare ../enum.json ../other.json
	fits schema-compare 1 schema compare ../twice.json ../thrice.json
'

cat >calls <<'EOF'
student {"control": [1, 2], "treatment": [3, 2]}
mde {"sd": 1, "n_control": 64, "n_treatment": 64}
bayes {"control": [1, 2], "treatment": [3, 2]}
bayes {"control": [1], "treatment": [3]}
bayes {"control": {"hits": 1, "n": 2}, "treatment": {"hits": 0, "n": 2}}
group {"looks": 3}
quantile {"values": [3, 1]}
quantile {"values": []}
trend {"y": [1, 2, 1, 4]}
trend {"y": [1]}
change {"values": [1, 9], "mean": 1, "sd": 1}
change {"values": [1, 9], "mean": 1, "sd": 1, "method": "ewma"}
change {"values": [1, 9], "limit": 1, "method": "page-hinkley"}
cuped {"control": {"x": [1, 2], "y": [1, 3]}, "treatment": {"x": [], "y": []}}
ratio {"control": {"x": [1, 2], "y": [1, 3]}, "treatment": {"x": [1], "y": [2]}}
EOF

it 'statistics' '
	cd repo
	a="{\"n\": 50, \"mean\": 1, \"sd\": 1}"
	for b in "{\"n\": 50, \"mean\": 2, \"sd\": 1}" "[1]" "[2, 2]"; do
		echo "{\"control\": $a, \"treatment\": $b}" >../arms.json
		fits stats 0 stats welch ../arms.json
		fits stats 0 stats sequence ../arms.json
	done
	echo "{\"control\": [1, 2], \"treatment\": [3, 2]}" >../arms.json
	fits stats 0 stats mann-whitney ../arms.json
	a="{\"hits\": 1, \"n\": 9}"
	echo "{\"control\": $a, \"treatment\": $a}" >../arms.json
	fits stats 0 stats proportions ../arms.json
	echo "{\"table\": [[3, 1], [1, 3]]}" >../arms.json
	fits stats 0 stats fisher ../arms.json
	echo "{\"weights\": [1, 1], \"observed\": [3, 1]}" >../arms.json
	fits stats 0 stats srm ../arms.json
	echo "{\"effect\": 0.5, \"n_control\": 64, \"n_treatment\": 64}" \
		>../arms.json
	fits stats 0 stats power ../arms.json
	echo "{\"sd\": 1, \"difference\": 0.5}" >../arms.json
	fits stats 0 stats size ../arms.json
	echo "{\"p\": [0.01, null, 0.03]}" >../arms.json
	fits stats 0 stats adjust ../arms.json
	fits error 128 stats welch ../arms.json
	while read -r kind input; do
		echo "$input" >../arms.json
		fits stats 0 stats "$kind" ../arms.json || return 1
	done <../calls
	fits experiment-power 0 experiment power --sd 1 --mde 0.1
	fits experiment-power 0 experiment power --baseline 0.9 --days 14 \
		--per-day 800
	trial_file >../tone.yaml
	: >../none.jsonl
	fits experiment-results 1 experiment replay ../tone.yaml ../none.jsonl
	trial_rows 4000 0.3 >../rows.jsonl
	for way in --sequential --fixed --group-sequential --bayes; do
		fits experiment-results 0 experiment replay ../tone.yaml \
			../rows.jsonl "$way" --metric cost --metric \
			success_rate --by country --pairwise || return 1
	done
	mkdir -p experiments
	cp ../tone.yaml experiments
	fits experiment-results 1 experiment results tone
	rm -r experiments
	fits error 128 experiment results tone
'

it 'experiments' '
	cd repo
	fits experiment-show 0 experiment create tone --prompt demo/full \
		--variant "control=HEAD" --variant "b=HEAD,name=Other" \
		--guardrail cost=1
	fits experiment-list 0 experiment list
	fits experiment-route 0 experiment route tone --unit u1
	fits experiment-show 0 experiment start tone
	fits experiment-show 0 experiment show tone
	fits experiment-show 0 experiment ramp tone --coverage 50
	fits experiment-show 0 experiment reweight tone --split 1,3
	fits experiment-show 0 experiment pause tone
	fits experiment-show 0 experiment resume tone
	for unit in a b c d; do
		fits experiment-route 0 experiment route tone --unit $unit \
			--explain --context x=y --var ticket=lost
	done
	echo "{\"unit\": \"u\", \"context\": {\"n\": 1}}" >unit
	fits experiment-route 0 experiment route tone --stdin --explain <unit
	rm unit
	fits experiment-show 0 experiment stop tone
	fits error 1 experiment conclude tone
	fits experiment-conclude 0 experiment conclude tone --winner b --merge
	fits error 128 experiment show tony
	fits error 129 experiment route tone
'

it 'answers of models' '
	cd repo
	echo "so: 1 [2]" >../prose.txt
	fits check-output 0 check-output demo/full ../one.json \
		--schema ../enum.json
	fits check-output 1 check-output demo/full ../two.json \
		--schema ../enum.json
	fits check-output 1 check-output demo/full ../prose.txt \
		--schema ../enum.json --extract
	fits check-output 1 check-output demo/full ../prose.txt \
		--schema ../enum.json
	fits error 128 check-output demo/full ../one.json
'

it 'failing' '
	cd repo
	fits error 128 show nowhere
	fits error 128 show demo/full@9.9
	fits error 128 diff nowhere
	fits error 128 switch nowhere
	fits error 128 edit demo/full --set "a[=1"
	fits error 129 show
	fits error 128 new "Bad Id" --text x
'

it 'and so do the files people write' '
	cd repo
	for id in demo/full demo/sort example/greeting; do
		git pv show $id --json >../show.json
		jq .prompt ../show.json >../prompt.json
		keep prompt ../prompt.json "the prompt $id"
	done
	printf "{\"project\": \"x\", \"versioning\": {\"auto_tag\": false}}" \
		>pv.yaml
	keep pv pv.yaml pv.yaml
	awk -F"\t" "\$2 == \"accept\" { print > (++count \".case\") }" \
		"$PROJECT/tests/data/file-schemas.tsv"
	for file in *.case; do
		cut -f3 "$file" >../case.yaml
		"$PV_BUILD/tests/yaml_json" ../case.yaml >../case.json
		keep "$(cut -f1 "$file")" ../case.json "$(cut -f3 "$file")"
	done
	rm -- *.case
	git show refs/heads/pv/deployments:staging.yaml >../case.yaml
	"$PV_BUILD/tests/yaml_json" ../case.yaml >../case.json
	keep environment ../case.json "what deploy wrote"
	git pv commit -m settings
	same false "$(git pv config versioning.auto_tag)"
'

it 'every document fits, and no schema is left out' '
	python3 "$TEST_SOURCE/validate.py" "$PROJECT/schemas" "$SCRATCH/list" --all
'

it 'and so says git pv schema validate' '
	list_fits_ours "$SCRATCH/list"
'

if find_ajv; then
	it 'and so says ajv' '
		node "$TEST_SOURCE/validate.js" "$PROJECT/schemas" "$SCRATCH/list"
	'
else
	skip 'and so says ajv' 'ajv cannot be had: set PV_NODE_MODULES'
fi

finish
