#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC1091
. "$(dirname "$0")/lib.sh"
begin 'git pv history import: what older programs kept'

cat >"$TRASH/prompt_registry.json" <<EOF
{"summarize_v1.0": {"name": "summarize", "version": "1.0", "goal": "Short.",
  "model": "gpt-4", "temperature": 0.2, "token_limit": "500", "top_k": 40,
  "top_p": 0.9, "prompt": "Summarize: {text}", "output": "A summary.",
  "created_at": "2025-06-01T10:00:00"},
 "summarize_v1.1": {"name": "summarize", "version": "1.1",
  "prompt": "Summarize in one line: {text}", "output": "",
  "created_at": "2025-07-01 10:00:00+0200"},
 "Code Review": {"v2": {"content": "Review {{ code }}", "author": "ada",
  "created_at": 1748000000}},
 "old": {"name": "old", "version": "first", "prompt": "x"}}
EOF
cat >"$TRASH/prompt_performance.json" <<EOF
[{"timestamp": "2025-06-02T08:00:00.123456", "prompt_name": "summarize",
  "prompt_version": "1.0", "input_data": {"text": "a"}, "output": "one",
  "execution_time_ms": 1200, "token_count": 50.0, "output_length": 3,
  "success": true, "error_message": null, "user_feedback": "good",
  "quality_score": 8.5},
 {"timestamp": "2025-06-02T09:00:00Z", "prompt_name": "summarize",
  "prompt_version": "1.0", "input_data": {"text": "b"}, "output": "two",
  "metrics": {"execution_time_ms": "800.5", "token_count": "40",
   "success": "true", "quality_score": 0.9}},
 {"timestamp": 1751400000, "prompt_name": "summarize", "prompt_version": 1.1,
  "input_data": {}, "output": null, "success": false,
  "error_message": "rate limit"},
 {"prompt_name": "Unknown Prompt", "prompt_version": "3", "output": "lost"},
 {"timestamp": "2025-06-02T09:00:00Z", "prompt_name": "summarize",
  "prompt_version": "1.0", "input_data": {"text": "b"}, "output": "two",
  "metrics": {"execution_time_ms": "800.5", "token_count": "40",
   "success": "true", "quality_score": 0.9}}]
EOF
cat >"$TRASH/prompt_metrics.json" <<EOF
{"summarize_v1.0": {"total_executions": 3, "successful_executions": 3,
  "success_rate": 1.0, "average_execution_time_ms": 933.667,
  "average_quality_score": 8.5},
 "summarize_v1.1": {"total_executions": 2, "successful_executions": 0,
  "average_execution_time_ms": null}}
EOF
cat >"$TRASH/history.json" <<EOF
[{"prompt": "Say hi", "output": "hi", "framework": "langchain",
  "template": "greet", "model": "m", "tokens": 12, "cost": "0.0005",
  "tags": ["a", "b"], "metadata": {"k": 1}, "timestamp": "2025-05-01T00:00:00"},
 {"prompt": "Say ho", "output": "ho", "framework": null, "template": null,
  "model": null, "tags": [], "metadata": {}, "timestamp": "2025-05-01"}]
EOF

it 'makes versions with their dates, and executions' '
	new_repo r1
	cd r1
	git commit -q --allow-empty -m Begin
	git pv history import ../prompt_registry.json ../prompt_performance.json \
		../prompt_metrics.json --json >../out
	json ../out "[.versions[] | [.id, .version, .label]]" \
		"[[\"code-review\",\"2.0.0\",\"v2\"],[\"summarize\",\"1.0.0\",\"1.0\"],[\"summarize\",\"1.1.0\",\"1.1\"]]"
	json ../out "[.recorded, .present]" "[6,0]"
	same "1748000000 1748772000 1751356800" \
		"$(git log --reverse --format=%ct prompts | paste -sd" ")"
	same "1748000000 1748772000 1751356800" \
		"$(git log --reverse --format=%at prompts | paste -sd" ")"
	same "code-review/v2.0.0 summarize/v1.0.0 summarize/v1.1.0" \
		"$(git tag | paste -sd" ")"
	git pv show summarize@1.0 --json >../shown
	json ../shown ".prompt | [.prompt, .syntax, .model.max_tokens, .model.name, .metadata.label, .goal]" \
		"[\"Summarize: {text}\",\"fstring\",500,\"gpt-4\",\"1.0\",\"Short.\"]"
	git pv versions summarize --json >../versions
	json ../versions "[.[].version]" "[\"1.1.0\",\"1.0.0\"]"
	git pv release --dry-run >../plan 2>&1
	lacks ../plan 1.2.0
	git pv render summarize --var text=abc >../text
	has ../text "Summarize in one line: abc"
	same "" "$(git status --porcelain)"
	check_repo
'

it 'keeps what the entries say' '
	cd r1
	git pv history export >../rows
	jq -c "select(.output == \"one\") | [.version, .ts, .tokens, .latency_ms, .quality, .feedback, .success, .source, .input]" ../rows >../one
	same "[\"1.0.0\",\"2025-06-02T08:00:00.123456Z\",50,1200,8.5,\"good\",true,\"import\",{\"text\":\"a\"}]" \
		"$(cat ../one)"
	jq -sc "[.[] | select(.output == \"two\") | .latency_ms, .tokens, .quality, .scores.quality_score, .metadata.occurrence] | sort" ../rows >../two
	same "[null,null,null,0.9,0.9,2,40,40,800.5,800.5]" "$(cat ../two)"
	jq -c "select(.status == \"error\") | [.version, .error_message, .ts]" ../rows >../bad
	same "[\"1.1.0\",\"rate limit\",\"2025-07-01T20:00:00.000Z\"]" "$(cat ../bad)"
	jq -c "select(.output == \"A summary.\") | [.version, .ts, .tags]" ../rows >../last
	same "[\"1.0.0\",\"2025-06-01T10:00:00.000Z\",[\"last-output\"]]" "$(cat ../last)"
	same "$(git rev-parse "summarize/v1.0.0^{commit}")" \
		"$(jq -r "select(.output == \"one\") | .commit" ../rows)"
	json ../out "[.differences[] | [.version, .figure, .stored, .ours]]" \
		"[[\"1.1.0\",\"executions\",2,1]]"
	json ../out "[.findings[].message | .[0:26]] | sort" \
		"[\"\\\"old\\\" at \\\"first\\\" is no pro\",\"an entry has no time that \"]"
'

it 'changes nothing the second time' '
	cd r1
	git for-each-ref >../refs
	git pv history import ../prompt_registry.json ../prompt_performance.json \
		../prompt_metrics.json --json >../again
	json ../again "[.versions, .recorded, .present]" "[[],0,6]"
	git for-each-ref >../refs2
	cmp_files ../refs ../refs2
	git pv history export >../rows2
	cmp_files ../rows ../rows2
	git pv history import ../prompt_registry.json >../text
	has ../text "0 versions made, 0 executions recorded, 1 already there"
'

it 'goes on where a kill came between commit and tag' '
	cd r1
	git tag -d summarize/v1.1.0 >/dev/null
	git pv history import ../prompt_registry.json >../text
	has ../text "1 versions made"
	git for-each-ref >../refs2
	cmp_files ../refs ../refs2
'

it 'reads a flat history' '
	new_repo r2
	cd r2
	git pv history import ../history.json --json >../out
	json ../out "[.versions, .recorded]" "[[],2]"
	git pv history export >../rows3
	jq -c "select(.output == \"hi\") | [.template, .framework, .rendered, .tokens, .cost_usd, .tags, .metadata, .prompt_id, .ts]" ../rows3 >../row
	same "[\"greet\",\"langchain\",\"Say hi\",12,0.0005,[\"a\",\"b\"],{\"k\":1},null,\"2025-05-01T00:00:00.000Z\"]" "$(cat ../row)"
	same 2 "$(wc -l <../rows3)"
	same "[null,null,null,null]" "$(jq -c "select(.output == \"ho\") |
		[.template, .framework, .model, .tags]" ../rows3)"
	echo "{\"colour\": 1}" >../other.json
	git pv history import ../other.json 2>../err >/dev/null
	has ../err "nothing in it is known"
'

it 'takes entries of a flat history that lack members' '
	new_repo flat-less
	cd flat-less
	printf "%s" "[{\"prompt\":\"Hi\",\"output\":\"Hello\"}," \
		"{\"prompt\":\"Hi\",\"output\":\"x\",\"tags\":null," \
		"\"timestamp\":\"2024-01-01T00:00:00\"}]" >../less.json
	git pv history import ../less.json >../text
	has ../text "0 versions made, 2 executions recorded"
	has ../text "has no time that can be read"
	git pv history import ../less.json >../text
	has ../text "0 executions recorded, 2 already there"
'

it 'refuses what it cannot do' '
	cd r1
	git switch -q -c side
	git pv history import ../prompt_registry.json >../text
	git tag -d summarize/v1.1.0 >/dev/null
	expect_failure 1 git pv history import ../prompt_registry.json 2>../err
	is_error ../err "where versions are made"
	git switch -q main
	echo "{\"a\": 1}{" >../broken.json
	expect_failure 128 git pv history import ../broken.json 2>../err
	is_error ../err "broken.json"
	expect_failure 129 git pv history import 2>../err
	expect_failure 128 git pv history import ../none.json 2>../err
	echo "# changed" >>prompts/summarize.yaml
	expect_failure 1 git pv history import ../prompt_registry.json 2>../err
	has ../err "summarize.yaml"
	has prompts/summarize.yaml "# changed"
'

it 'names the lines of rows that it cannot take' '
	new_repo lines
	cd lines
	printf "%s\n" \
		"{\"template\":\"t\",\"ts\":\"2025-05-01T00:00:00Z\",\"quality\":8}" \
		"" \
		"{\"template\":\"t\",\"ts\":\"2025-05-02T00:00:00Z\",\"quality\":99}" \
		"{\"version\":\"1.0\",\"prompt\":\"no name\"}" \
		"{\"template\":\"t\",\"ts\":\"2025-05-03T00:00:00Z\",\"id\":\"z\"}" \
		"{ no JSON" >../odd.jsonl
	expect_failure 1 git pv history import ../odd.jsonl --json >../out
	json ../out "[.recorded, .refused]" "[1,3]"
	json ../out "[.findings[] | [.file, .line]] | sort" \
		"[[\"../odd.jsonl\",3],[\"../odd.jsonl\",4],[\"../odd.jsonl\",5],[\"../odd.jsonl\",6]]"
'

it 'refuses values of another type or out of their range' '
	new_repo values
	cd values
	cat >../old.json <<-EOF
	[{"prompt_name": "p", "timestamp": "2025-06-02T08:00:00Z", "output": "kept",
	  "metrics": {"execution_time_ms": "", "quality_score": 0.5}},
	 {"prompt_name": "p", "timestamp": "2025-06-02T08:00:01Z", "output": "a",
	  "metrics": {"execution_time_ms": "x"}},
	 {"prompt_name": "p", "timestamp": "2025-06-02T08:00:02Z", "output": "b",
	  "quality_score": 99},
	 {"prompt_name": "p", "timestamp": "2025-06-02T08:00:03Z", "output": "c",
	  "token_count": 1.5},

	 {"prompt_name": "p", "timestamp": "2025-06-02T08:00:04Z", "output": "d",
	  "cost": -1},
	 {"prompt_name": "p", "timestamp": "2025-06-02T08:00:05Z", "output": "e",
	  "success": "perhaps"},
	 {"prompt_name": "p", "timestamp": "2025-06-02T08:00:06Z", "output": "f",
	  "tags": "urgent"},
	 {"prompt_name": "p", "timestamp": "2025-06-02T08:00:07Z", "output": "g",
	  "metadata": 3}]
	EOF
	cat >../deep.json <<-\EOF
	{"a": {"history":
	 [{"x,[\\": 1},
	  {"template":"t","ts":"2025-06-03T00:00:00Z","latency_ms":"x"}]}}
	EOF
	echo "{\"p_v1.0\": {\"total_executions\": \"many\"}}" >../metrics.json
	expect_failure 1 git pv history import --strict ../old.json --json >../out
	json ../out "[.recorded, .refused]" "[0,7]"
	same "" "$(git pv history list)"
	expect_failure 1 git pv history import ../old.json ../deep.json \
		../metrics.json --json >../out
	json ../out "[.recorded, .refused, .versions]" "[1,8,[]]"
	json ../out "[.findings[] | select(.file == \"../old.json\") | [.severity, .line, (.message | split(\"\\\"\")[1])]]" \
		"[[\"error\",3,\"latency_ms\"],[\"error\",5,\"quality\"],[\"error\",7,\"tokens\"],[\"error\",10,\"cost_usd\"],[\"error\",12,\"success\"],[\"error\",14,\"tags\"],[\"error\",16,\"metadata\"]]"
	json ../out "[.findings[] | select(.file == \"../deep.json\") | .line]" "[3]"
	json ../out "[.findings[] | select(.file == \"../metrics.json\") | [.severity, .line]]" \
		"[[\"warning\",1]]"
	same "kept 0.5" "$(git pv history export | jq -r "[.output, .scores.quality_score] | join(\" \")")"
'

it 'takes in all or nothing, versions too' '
	new_repo strict
	cd strict
	git commit -q --allow-empty -m Begin
	expect_failure 1 git pv history import --strict ../prompt_registry.json \
		../prompt_performance.json 2>../err >../text
	has ../text "0 versions made, 0 executions recorded"
	same "" "$(git tag)"
	printf "%s\n" "{\"x_v1\":{\"name\":\"x\",\"version\":\"1\",\"prompt\":\"Hi\",\"output\":\"o\"}}" >../good.json
	git pv history import --strict ../good.json >../text
	has ../text "1 versions made, 1 executions recorded, 0 already there, 0 refused"
'

it 'names what it keeps as metadata, and holds metadata to their schema' '
	new_repo meta
	cd meta
	printf "metadata_schema: {properties: {k: {type: integer}}}\n" >pv.yaml
	git add pv.yaml && git commit -qm settings
	echo "{\"template\":\"t\",\"ts\":\"2025-05-01T00:00:00Z\",\"colour\":1,\"metadata\":{\"k\":\"x\"}}" >../row.jsonl
	expect_failure 1 git pv history import --strict ../row.jsonl >../text 2>../err
	git pv history import ../row.jsonl 2>../err >/dev/null
	has ../err "colour"
'

it 'takes lines that record takes, whose time is in their ids' '
	new_repo own
	cd own
	for i in 1 2 3; do
		printf "{\"id\":\"019b76da-a800-7000-8000-00000000000%d\",\"prompt_id\":\"t\",\"latency_ms\":%d}\n" $i $i
	done >../own.jsonl
	git pv history import ../own.jsonl >../text
	has ../text "3 executions recorded, 0 already there, 0 refused"
	git pv history list --json >../imported
	json ../imported ".[0].ts" "2026-01-01T00:00:00.000Z"
	forget_index
	git pv record --stdin --loose <../own.jsonl >../text
	git pv history list --json >../recorded
	cmp ../imported ../recorded
'

finish
