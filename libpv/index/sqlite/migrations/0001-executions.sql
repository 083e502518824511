-- Executions, what they share, and the texts they refer to. Times are
-- microseconds since 1970, costs pico-dollars, quality thousandths of a point.
CREATE TABLE project (
	project_id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO project VALUES (1, '');

-- Texts that rows are looked up by: ids of prompts.
CREATE TABLE name (
	project_id INTEGER NOT NULL,
	name_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (project_id, name_id),
	UNIQUE (project_id, name)
) STRICT, WITHOUT ROWID;

-- What many executions have in common, once. `key` is the start of the
-- sha256 of all its values, so that a look-up is one.
CREATE TABLE dim (
	project_id INTEGER NOT NULL,
	dim_id INTEGER NOT NULL,
	key BLOB NOT NULL,
	name_id INTEGER,
	prompt_id TEXT,
	version TEXT,
	commit_oid TEXT,
	blob_oid TEXT,
	dirty INTEGER,
	environment TEXT,
	experiment TEXT,
	epoch INTEGER,
	variant TEXT,
	batch TEXT,
	dataset TEXT,
	framework TEXT,
	template TEXT,
	provider TEXT,
	model TEXT,
	response_model TEXT,
	finish_reason TEXT,
	source INTEGER,
	PRIMARY KEY (project_id, dim_id),
	UNIQUE (project_id, key)
) STRICT, WITHOUT ROWID;

-- Texts and JSON of any length, each once: `hash` is the sha256.
CREATE TABLE body (
	body_id INTEGER PRIMARY KEY,
	project_id INTEGER NOT NULL,
	hash BLOB NOT NULL,
	is_json INTEGER NOT NULL,
	content BLOB NOT NULL,
	UNIQUE (project_id, hash, is_json)
) STRICT;

CREATE TABLE execution (
	project_id INTEGER NOT NULL,
	id BLOB NOT NULL,
	ts_us INTEGER NOT NULL,
	dim_id INTEGER NOT NULL,
	name_id INTEGER,
	unit TEXT,
	session TEXT,
	parent TEXT,
	case_id TEXT,
	params INTEGER,
	input INTEGER,
	rendered INTEGER,
	output INTEGER,
	metadata INTEGER,
	output_chars INTEGER,
	tokens_in INTEGER,
	tokens_out INTEGER,
	tokens INTEGER,
	tokens_cached INTEGER,
	tokens_reasoning INTEGER,
	latency_us INTEGER,
	ttft_us INTEGER,
	cost_pusd INTEGER,
	status INTEGER,
	error_type TEXT,
	error_message TEXT,
	quality_m INTEGER,
	scores TEXT,
	feedback TEXT,
	tags TEXT,
	PRIMARY KEY (project_id, id)
) STRICT, WITHOUT ROWID;

-- The last column lets filters be decided without the row.
CREATE INDEX execution_ts ON execution (project_id, ts_us, id, dim_id);
CREATE INDEX execution_name ON execution (project_id, name_id, ts_us, id, dim_id)
	WHERE name_id IS NOT NULL;
CREATE INDEX execution_session ON execution (project_id, session, ts_us, id)
	WHERE session IS NOT NULL;
CREATE INDEX execution_unit ON execution (project_id, unit, ts_us, id)
	WHERE unit IS NOT NULL;

CREATE TABLE tag (
	project_id INTEGER NOT NULL,
	tag TEXT NOT NULL,
	id BLOB NOT NULL,
	PRIMARY KEY (project_id, tag, id)
) STRICT, WITHOUT ROWID;
