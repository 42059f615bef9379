-- Which generations were to bring an output: the one that it belongs to now, and all those before it.

-- `outputs.generation_id` knows only the last. The one before may have been billed, and somebody will ask.
CREATE TABLE output_generations (
    output_id INTEGER NOT NULL REFERENCES outputs (id),
    generation_id INTEGER NOT NULL REFERENCES generations (id) ON DELETE CASCADE,
    PRIMARY KEY (output_id, generation_id)
) STRICT, WITHOUT ROWID;

-- For the cascade, which would look at every line for each generation that is deleted.
CREATE INDEX output_generations_by_generation ON output_generations (generation_id);

INSERT INTO output_generations (output_id, generation_id)
SELECT id, generation_id FROM outputs WHERE generation_id IS NOT NULL;
