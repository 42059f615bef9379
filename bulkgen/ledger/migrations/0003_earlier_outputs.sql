-- What the rows of a job asked for, and had, before the plan at hand.

-- Emptied when the plan stands, but for rows that are in the sheet and ask for nothing just now (invalid, beyond a limit).
-- Not a temporary table: a plan that is killed halfway must not lose what people have.
CREATE TABLE earlier_outputs (
    job_id INTEGER NOT NULL REFERENCES jobs (id),
    key TEXT NOT NULL,
    nameless_id INTEGER NOT NULL, -- of a row without a key, the output itself, since it has no other name; else 0
    format TEXT NOT NULL,
    asked_id INTEGER NOT NULL REFERENCES outputs (id),
    done_id INTEGER REFERENCES outputs (id),
    PRIMARY KEY (job_id, key, nameless_id, format)
) STRICT, WITHOUT ROWID;
