-- Units by day; see index/unit_days.h.

-- What a day, in days since 1970, adds to what the units of an arm have, in the
-- encoding of index/unit_code.c. All days together are all of it.
CREATE TABLE arm_day (
	project_id INTEGER NOT NULL,
	arm_id INTEGER NOT NULL,
	day INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (project_id, arm_id, day)
) STRICT, WITHOUT ROWID;

ALTER TABLE arm DROP COLUMN data;
