-- What executions that are measured together share; see index/rollup.h.
CREATE TABLE series (
	project_id INTEGER NOT NULL,
	series_id INTEGER NOT NULL,
	key BLOB NOT NULL,
	prompt_id TEXT,
	version TEXT,
	blob_oid TEXT,
	template TEXT,
	environment TEXT,
	experiment TEXT,
	epoch INTEGER,
	variant TEXT,
	provider TEXT,
	model TEXT,
	is_cached INTEGER NOT NULL,
	PRIMARY KEY (project_id, series_id),
	UNIQUE (project_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX series_prompt ON series (project_id, prompt_id);

ALTER TABLE dim ADD COLUMN series_id INTEGER;

-- Sums of a series in a bucket of time, from `bucket` seconds since 1970 for
-- `grain` seconds; `data` is the encoding of index/cell_code.c.
CREATE TABLE rollup (
	project_id INTEGER NOT NULL,
	series_id INTEGER NOT NULL,
	grain INTEGER NOT NULL,
	bucket INTEGER NOT NULL,
	last_us INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (project_id, series_id, grain, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_error (
	project_id INTEGER NOT NULL,
	series_id INTEGER NOT NULL,
	grain INTEGER NOT NULL,
	bucket INTEGER NOT NULL,
	error_type TEXT NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (project_id, series_id, grain, bucket, error_type)
) STRICT, WITHOUT ROWID;

-- Hours of which rows were pruned: their rollups tell more than the rows.
CREATE TABLE rollup_part (
	project_id INTEGER NOT NULL,
	series_id INTEGER NOT NULL,
	bucket INTEGER NOT NULL,
	PRIMARY KEY (project_id, series_id, bucket)
) STRICT, WITHOUT ROWID;
