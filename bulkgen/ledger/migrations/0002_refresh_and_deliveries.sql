-- Deliveries that were taken; the banner that a row shows until the new one exists, and of which a new one is a version;
-- under whose profile a run was made.

-- Webhooks are repeated for hours, and by then the process that took the first may have ended.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    received_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_time ON deliveries (received_at);

ALTER TABLE row_outputs ADD COLUMN previous_output_id INTEGER REFERENCES outputs (id);

ALTER TABLE generations ADD COLUMN original_banner_id TEXT NOT NULL DEFAULT '';

-- Partial, since most generations of a plan have no request yet.
CREATE INDEX generations_by_request ON generations (request_id) WHERE request_id <> '';

ALTER TABLE runs ADD COLUMN profile TEXT NOT NULL DEFAULT '';
