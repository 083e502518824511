-- Full text. Recording only notes what is new; see sqlite/search.c.

-- Rows that the search has not seen yet, in the order they came.
CREATE TABLE search_queue (
	seq INTEGER PRIMARY KEY,
	id BLOB NOT NULL
) STRICT;

-- Which document of the search is which row. Numbers go up as rows come in,
-- and none is given twice.
CREATE TABLE search_doc (
	doc INTEGER PRIMARY KEY AUTOINCREMENT,
	id BLOB NOT NULL UNIQUE
) STRICT;

-- When nothing waited last, in microseconds since 1970; and what tells these
-- numbers of documents from those of another index.
CREATE TABLE search_state (
	project_id INTEGER PRIMARY KEY,
	drained_us INTEGER,
	birth TEXT NOT NULL
) STRICT;
INSERT INTO search_state VALUES (1, NULL, lower(hex(randomblob(8))));

-- The texts of a document, from where they are kept once.
CREATE VIEW search_text AS SELECT
	s.doc AS doc,
	(SELECT pv_plain(content, is_json) FROM body WHERE body_id = e.rendered)
		AS prompt,
	(SELECT pv_plain(content, is_json) FROM body WHERE body_id = e.input)
		AS input,
	(SELECT pv_plain(content, is_json) FROM body WHERE body_id = e.output)
		AS output,
	pv_plain(e.tags, 1) AS tags
FROM search_doc s CROSS JOIN execution e ON e.project_id = 1 AND e.id = s.id;

-- Texts that a row let go of and that may be nobody's now; see remove.c.
CREATE TABLE body_loose (
	body_id INTEGER PRIMARY KEY
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (
	prompt, input, output, tags,
	content = 'search_text', content_rowid = 'doc',
	tokenize = "unicode61 remove_diacritics 2"
);

INSERT INTO search_queue (id)
	SELECT id FROM execution WHERE project_id = 1 ORDER BY ts_us, id;
