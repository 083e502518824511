-- What executions were priced with, and which scores are summed up.

-- The blob of the list of prices that a cost was made of.
ALTER TABLE dim ADD COLUMN prices_oid TEXT;

-- Scores that rollups have, of all rows that are there.
CREATE TABLE rolled_score (
	project_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (project_id, name)
) STRICT, WITHOUT ROWID;

-- Minutes by age, for dropping the old ones.
CREATE INDEX rollup_minute ON rollup (project_id, bucket) WHERE grain = 60;
