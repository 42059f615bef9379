-- Every statement of the ledger, named. A name is followed by a line that says what it is for.

-- name: job_by_name
-- A job under its name.
SELECT * FROM jobs WHERE name = :name;

-- name: job_by_id
-- A job under its id.
SELECT * FROM jobs WHERE id = :id;

-- name: jobs
-- All jobs, the last worked on first.
SELECT jobs.* FROM jobs
ORDER BY (SELECT max(runs.id) FROM runs WHERE runs.job_id = jobs.id) DESC, jobs.id DESC;

-- name: insert_job
-- A new job.
INSERT INTO jobs (name, source, tab, provider, base_url, workspace, design_id, design_name, design_revision,
    formats, is_multipage, created_at)
VALUES (:name, :source, :tab, :provider, :base_url, :workspace, :design_id, :design_name, :design_revision,
    :formats, :is_multipage, :now);

-- name: update_job
-- What may change from run to run: where the sheet lies, the design's revision and formats.
UPDATE jobs SET source = :source, base_url = :base_url, workspace = :workspace, design_name = :design_name,
    design_revision = :design_revision, formats = :formats
WHERE id = :id;

-- name: jobs_with_unfinished
-- Jobs that hold generations which are not at an end.
SELECT DISTINCT job_id FROM generations WHERE state IN ('planned', 'submitting', 'submitted', 'in doubt');

-- name: count_jobs
-- How many jobs there are.
SELECT count(*) FROM jobs;

-- name: has_attempts
-- Whether anything was ever sent from here.
SELECT EXISTS (SELECT 1 FROM attempts);

-- name: insert_run
-- A run begins.
INSERT INTO runs (job_id, started_at, input_digest, input_name, header)
VALUES (:job_id, :now, :input_digest, :input_name, :header);

-- name: end_run
-- A run ends, with its account.
UPDATE runs SET ended_at = :now, account = :account WHERE id = :id;

-- name: record_report
-- Where a run's report is, the digest of its bytes, and what it was made of.
UPDATE runs SET report_path = :path, report_digest = :digest, report_basis = :basis WHERE id = :id;

-- name: last_run
-- A job's newest run.
SELECT * FROM runs WHERE job_id = :job_id ORDER BY id DESC LIMIT 1;

-- name: last_report
-- A job's newest run that wrote a report.
SELECT * FROM runs WHERE job_id = :job_id AND report_path <> '' ORDER BY id DESC LIMIT 1;

-- name: clear_row_outputs
-- A plan replaces the rows of the plan before it.
DELETE FROM row_outputs WHERE job_id = :job_id;

-- name: clear_rows
-- A plan replaces the rows of the plan before it.
DELETE FROM rows WHERE job_id = :job_id;

-- name: insert_row
-- A row of the sheet.
INSERT INTO rows (job_id, position, number, key, verdict, detail, problems)
VALUES (:job_id, :position, :number, :key, :verdict, :detail, :problems);

-- name: insert_row_output
-- A row needs an output.
INSERT OR REPLACE INTO row_outputs (job_id, position, format, output_id, is_reused)
VALUES (:job_id, :position, :format, :output_id, :is_reused);

-- name: insert_payload
-- A payload, once.
INSERT OR IGNORE INTO payloads (digest, body) VALUES (:digest, :body);

-- name: payload
-- A payload's JSON.
SELECT body FROM payloads WHERE digest = :digest;

-- name: insert_picture
-- Where a picture that a payload names by content was last seen.
INSERT OR REPLACE INTO pictures (digest, path, media_type) VALUES (:digest, :path, :media_type);

-- name: picture
-- The file of a picture.
SELECT path, media_type FROM pictures WHERE digest = :digest;

-- name: output_by_fingerprint
-- An output, with the job that is at work on it.
SELECT outputs.id, outputs.state, outputs.generation_id, generations.job_id AS owner, generations.state AS work
FROM outputs LEFT JOIN generations ON generations.id = outputs.generation_id
WHERE outputs.fingerprint = :fingerprint;

-- name: insert_output
-- The claim on a new output.
INSERT INTO outputs (fingerprint, format, state) VALUES (:fingerprint, :format, 'wanted');

-- name: claim_output
-- An output goes to a generation.
UPDATE outputs SET state = 'wanted', generation_id = :generation_id, request_id = '', reason = '', settled_at = NULL
WHERE id = :id;

-- name: insert_generation
-- A POST to be made.
INSERT INTO generations (job_id, state, design_id, payload_digest, settings, formats)
VALUES (:job_id, 'planned', :design_id, :payload_digest, :settings, :formats);

-- name: adopt_generation
-- A generation whose job's process is gone is followed by another job that wants its outputs.
UPDATE generations SET job_id = :job_id WHERE id = :id;

-- name: generation
-- A generation under its id.
SELECT * FROM generations WHERE id = :id;

-- name: generation_by_token
-- The generation that an attempt's token belongs to.
SELECT generations.* FROM generations JOIN attempts ON attempts.generation_id = generations.id
WHERE attempts.token = :token;

-- name: planned_after
-- The next generations to be sent, in the sheet's order.
SELECT * FROM generations WHERE job_id = :job_id AND state = 'planned' AND id > :after ORDER BY id LIMIT :limit;

-- name: count_planned
-- How many generations are to be sent.
SELECT count(*) FROM generations WHERE job_id = :job_id AND state = 'planned';

-- name: underway
-- Generations sent, or perhaps sent, and not at an end.
SELECT * FROM generations WHERE job_id = :job_id AND state IN ('submitting', 'submitted') ORDER BY id;

-- name: delete_untried
-- Generations that were never sent leave no story behind.
DELETE FROM generations WHERE job_id = :job_id AND state = 'planned' AND attempt = 0;

-- name: free_untried
-- Outputs of generations that are about to be planned anew.
UPDATE outputs SET generation_id = NULL
WHERE generation_id IN (SELECT id FROM generations WHERE job_id = :job_id AND state = 'planned');

-- name: supersede_planned
-- Generations that were sent and surely not accepted keep their story.
UPDATE generations SET state = 'superseded' WHERE job_id = :job_id AND state = 'planned' AND attempt > 0;

-- name: set_generation
-- A generation moves.
UPDATE generations SET state = :state, attempt = :attempt, token = :token, request_id = :request_id,
    submitted_at = :submitted_at, ended_at = :ended_at, reason = :reason
WHERE id = :id;

-- name: insert_attempt
-- The intent.
INSERT INTO attempts (generation_id, number, token, intended_at) VALUES (:generation_id, :number, :token, :now);

-- name: end_attempt
-- What became of an attempt.
UPDATE attempts SET ended_at = :now, outcome = :outcome, detail = :detail
WHERE generation_id = :generation_id AND number = :number;

-- name: attempts_of
-- The story of a generation.
SELECT * FROM attempts WHERE generation_id = :generation_id ORDER BY number;

-- name: move_outputs
-- A generation's outputs follow it.
UPDATE outputs SET state = :state, request_id = :request_id, reason = :reason, settled_at = :settled_at
WHERE generation_id = :generation_id AND state IN ('wanted', 'in doubt');

-- name: settle_output
-- A format is told: a banner, or the reason why there is none.
UPDATE outputs SET state = :state, banner_id = :banner_id, url = :url, file_key = :file_key, file_type = :file_type,
    reason = :reason, settled_at = :now
WHERE generation_id = :generation_id AND format = :format AND state IN ('wanted', 'in doubt');

-- name: outputs_of_generation
-- The outputs that a generation is to bring.
SELECT * FROM outputs WHERE generation_id = :generation_id;

-- name: rows_with_outputs
-- The job's rows in the sheet's order, a line for each output, one with nulls for a row without any.
SELECT rows.position, rows.number, rows.key, rows.verdict, rows.detail, rows.problems, row_outputs.format AS wanted,
    row_outputs.is_reused, outputs.*
FROM rows
LEFT JOIN row_outputs ON row_outputs.job_id = rows.job_id AND row_outputs.position = rows.position
LEFT JOIN outputs ON outputs.id = row_outputs.output_id
WHERE rows.job_id = :job_id
ORDER BY rows.position, row_outputs.format;

-- name: row_payloads
-- What each row of the job's last plan asks for, by content.
SELECT DISTINCT rows.position, rows.key, generations.payload_digest AS payload
FROM rows
JOIN row_outputs ON row_outputs.job_id = rows.job_id AND row_outputs.position = rows.position
JOIN outputs ON outputs.id = row_outputs.output_id
JOIN generations ON generations.id = outputs.generation_id
WHERE rows.job_id = :job_id
ORDER BY rows.position;

-- name: formats_of_job
-- The formats that any row of the job's last plan asks for.
SELECT DISTINCT format FROM row_outputs WHERE job_id = :job_id;

-- name: rows_by_key
-- A row under its key, as `rows_with_outputs` gives it.
SELECT rows.position, rows.number, rows.key, rows.verdict, rows.detail, rows.problems, row_outputs.format AS wanted,
    row_outputs.is_reused, outputs.*
FROM rows
LEFT JOIN row_outputs ON row_outputs.job_id = rows.job_id AND row_outputs.position = rows.position
LEFT JOIN outputs ON outputs.id = row_outputs.output_id
WHERE rows.job_id = :job_id AND rows.key = :key
ORDER BY rows.position, row_outputs.format;

-- name: generations_by_output
-- Which rows wait for which generation: how progress counts rows.
SELECT outputs.generation_id, row_outputs.position
FROM row_outputs JOIN outputs ON outputs.id = row_outputs.output_id
WHERE row_outputs.job_id = :job_id AND outputs.state = 'wanted' AND outputs.generation_id IS NOT NULL
ORDER BY row_outputs.position;

-- name: waiting_elsewhere
-- Outputs of this job that another job's process is at work on.
SELECT count(*) FROM row_outputs
JOIN outputs ON outputs.id = row_outputs.output_id
JOIN generations ON generations.id = outputs.generation_id
WHERE row_outputs.job_id = :job_id AND outputs.state = 'wanted' AND generations.job_id <> :job_id;

-- name: attempts_since
-- What the attempts of a run came to, for the closing account.
SELECT attempts.outcome, count(*) AS count
FROM attempts JOIN generations ON generations.id = attempts.generation_id
WHERE generations.job_id = :job_id AND attempts.intended_at >= :since
GROUP BY attempts.outcome;

-- name: file_keys
-- Every studio file that an output names: what may not be collected.
SELECT DISTINCT file_key FROM outputs WHERE file_key <> '';
