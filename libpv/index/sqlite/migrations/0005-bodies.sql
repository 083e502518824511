-- What was sent to the provider and what came back, as they were.
ALTER TABLE execution ADD COLUMN request INTEGER;
ALTER TABLE execution ADD COLUMN response INTEGER;
