-- Texts that more than one place may refer to: whoever adds a row with a text
-- that is there already notes it, so a text that is not noted goes with the one
-- row that has it. Of those that are here, nobody knows.
CREATE TABLE body_shared (
	body_id INTEGER PRIMARY KEY
) STRICT;
INSERT INTO body_shared SELECT body_id FROM body;
