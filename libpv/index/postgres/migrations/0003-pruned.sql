-- Executions that retention took and that sums still count: one that comes
-- again, from a backup, is not counted twice.
CREATE TABLE pv.pruned (
	project_id BIGINT NOT NULL,
	id UUID NOT NULL,
	PRIMARY KEY (project_id, id)
);

DO $$
BEGIN
	IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'citus') THEN
		PERFORM create_distributed_table('pv.pruned', 'project_id');
	END IF;
END $$;
