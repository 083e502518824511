-- Executions that retention took and that sums still count: one that comes
-- again, from a backup, is not counted twice.
CREATE TABLE pruned (
	id BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
