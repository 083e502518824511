-- What was sent to the provider and what came back, as they were. Partitions
-- get the columns with their table.
ALTER TABLE pv.execution ADD COLUMN request UUID;
ALTER TABLE pv.execution ADD COLUMN response UUID;
