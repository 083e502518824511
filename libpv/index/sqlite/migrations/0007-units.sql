-- What units of experiments have in sum; see index/unit.h.

-- A variant in an epoch of an experiment: -1 and '' stand for none. `data` is
-- what all its units have, in the encoding of index/unit_code.c; `first_us`
-- when the first row with a unit was.
CREATE TABLE arm (
	project_id INTEGER NOT NULL,
	arm_id INTEGER NOT NULL,
	experiment TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	variant TEXT NOT NULL,
	first_us INTEGER,
	data BLOB NOT NULL,
	PRIMARY KEY (project_id, arm_id),
	UNIQUE (project_id, experiment, epoch, variant)
) STRICT, WITHOUT ROWID;

INSERT INTO arm
	SELECT 1, row_number() OVER (ORDER BY experiment, epoch, variant),
		experiment, epoch, variant, NULL, x''
	FROM (SELECT DISTINCT experiment, coalesce(epoch, -1) AS epoch,
		coalesce(variant, '') AS variant
		FROM series WHERE experiment IS NOT NULL);

ALTER TABLE series ADD COLUMN arm_id INTEGER;
UPDATE series SET arm_id = (SELECT a.arm_id FROM arm a WHERE
	a.project_id = 1 AND a.experiment = series.experiment AND
	a.epoch = coalesce(series.epoch, -1) AND
	a.variant = coalesce(series.variant, ''))
	WHERE experiment IS NOT NULL;

CREATE INDEX series_experiment ON series (project_id, experiment)
	WHERE experiment IS NOT NULL;

-- `unit` is the start of the sha256 of its name. Of one that is a part,
-- retention took rows: its sums tell more than the rows.
CREATE TABLE unit_sum (
	project_id INTEGER NOT NULL,
	arm_id INTEGER NOT NULL,
	unit BLOB NOT NULL,
	is_part INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (project_id, arm_id, unit)
) STRICT, WITHOUT ROWID;
