-- Jobs, their runs, their rows; payloads; outputs (claimed by a unique fingerprint); generations and their attempts.

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    tab TEXT NOT NULL,
    provider TEXT NOT NULL,
    base_url TEXT NOT NULL,
    workspace TEXT NOT NULL,
    design_id TEXT NOT NULL,
    design_name TEXT NOT NULL,
    design_revision TEXT NOT NULL,
    formats TEXT NOT NULL,
    is_multipage INTEGER NOT NULL,
    created_at REAL NOT NULL
) STRICT;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    started_at REAL NOT NULL,
    ended_at REAL,
    input_digest TEXT NOT NULL,
    input_name TEXT NOT NULL,
    header TEXT NOT NULL DEFAULT '[]',
    report_path TEXT NOT NULL DEFAULT '',
    report_digest TEXT NOT NULL DEFAULT '',
    report_basis TEXT NOT NULL DEFAULT '',
    account TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE INDEX runs_by_job ON runs (job_id, id);

CREATE TABLE rows (
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    position INTEGER NOT NULL,
    number INTEGER NOT NULL,
    key TEXT NOT NULL,
    verdict TEXT NOT NULL,
    detail TEXT NOT NULL,
    problems TEXT NOT NULL,
    PRIMARY KEY (job_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE row_outputs (
    job_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    format TEXT NOT NULL,
    output_id INTEGER NOT NULL REFERENCES outputs (id),
    is_reused INTEGER NOT NULL,
    PRIMARY KEY (job_id, position, format)
) STRICT, WITHOUT ROWID;

CREATE INDEX row_outputs_by_output ON row_outputs (output_id);

CREATE TABLE payloads (
    digest TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pictures (
    digest TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    media_type TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE generations (
    id INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    state TEXT NOT NULL,
    design_id TEXT NOT NULL,
    payload_digest TEXT NOT NULL REFERENCES payloads (digest),
    settings TEXT NOT NULL,
    formats TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    token TEXT NOT NULL DEFAULT '',
    request_id TEXT NOT NULL DEFAULT '',
    submitted_at REAL,
    ended_at REAL,
    reason TEXT NOT NULL DEFAULT ''
) STRICT;

-- Partial: a run looks for what is unfinished among millions that are not.
CREATE INDEX generations_unfinished ON generations (job_id, state, id)
    WHERE state IN ('planned', 'submitting', 'submitted', 'in doubt');

CREATE TABLE attempts (
    generation_id INTEGER NOT NULL REFERENCES generations (id),
    number INTEGER NOT NULL,
    token TEXT NOT NULL UNIQUE,
    intended_at REAL NOT NULL,
    ended_at REAL,
    outcome TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (generation_id, number)
) STRICT, WITHOUT ROWID;

-- The unique fingerprint is the claim: of two processes that want the same banner, one inserts it.
CREATE TABLE outputs (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE,
    format TEXT NOT NULL,
    state TEXT NOT NULL,
    generation_id INTEGER REFERENCES generations (id),
    request_id TEXT NOT NULL DEFAULT '',
    banner_id TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    file_key TEXT NOT NULL DEFAULT '',
    file_type TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    settled_at REAL
) STRICT;

CREATE INDEX outputs_by_generation ON outputs (generation_id);
