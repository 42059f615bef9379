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
    formats, is_multipage, design_type, seconds, created_at)
VALUES (:name, :source, :tab, :provider, :base_url, :workspace, :design_id, :design_name, :design_revision,
    :formats, :is_multipage, :design_type, :seconds, :now);

-- name: update_job
-- What may change from run to run: where the sheet lies, the design's revision and formats.
UPDATE jobs SET source = :source, base_url = :base_url, workspace = :workspace, design_name = :design_name,
    design_revision = :design_revision, formats = :formats, design_type = :design_type, seconds = :seconds
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
INSERT INTO runs (job_id, started_at, input_digest, input_name, header, profile)
VALUES (:job_id, :now, :input_digest, :input_name, :header, :profile);

-- name: end_run
-- A run ends, with its account.
UPDATE runs SET ended_at = :now, account = :account WHERE id = :id;

-- name: record_report
-- Where a run's report is, the digest of its bytes, and what it was made of.
UPDATE runs SET report_path = :path, report_digest = :digest, report_basis = :basis WHERE id = :id;

-- name: last_run
-- A job's newest run.
SELECT * FROM runs WHERE job_id = :job_id ORDER BY id DESC LIMIT 1;

-- name: runs_of_profile
-- What was run under a profile, the first run first.
SELECT * FROM runs WHERE profile = :profile ORDER BY id;

-- name: last_report
-- A job's newest run that wrote a report.
SELECT * FROM runs WHERE job_id = :job_id AND report_path <> '' ORDER BY id DESC LIMIT 1;

-- name: remember_outputs
-- What the rows of the last plan asked for and had. A plan that was cut short adds to what the one before it left.
INSERT INTO earlier_outputs (job_id, key, nameless_id, format, asked_id, done_id)
SELECT rows.job_id, rows.key, CASE rows.key WHEN '' THEN outputs.id ELSE 0 END, row_outputs.format, outputs.id,
    CASE outputs.state WHEN 'done' THEN outputs.id ELSE row_outputs.previous_output_id END
FROM rows
JOIN row_outputs ON row_outputs.job_id = rows.job_id AND row_outputs.position = rows.position
JOIN outputs ON outputs.id = row_outputs.output_id
WHERE rows.job_id = :job_id
ON CONFLICT (job_id, key, nameless_id, format) DO UPDATE SET done_id = coalesce(excluded.done_id, done_id);

-- name: remember_outputs_of_report
-- A sheet that is another job's report, in its first run: its rows have what they had there.
INSERT OR IGNORE INTO earlier_outputs (job_id, key, nameless_id, format, asked_id, done_id)
SELECT mine.id, rows.key, 0, row_outputs.format, outputs.id,
    CASE outputs.state WHEN 'done' THEN outputs.id ELSE row_outputs.previous_output_id END
FROM jobs AS mine
JOIN jobs AS theirs ON theirs.id <> mine.id AND theirs.provider = mine.provider AND theirs.base_url = mine.base_url
    AND theirs.workspace = mine.workspace AND theirs.design_id = mine.design_id
JOIN rows ON rows.job_id = theirs.id AND rows.key <> ''
JOIN row_outputs ON row_outputs.job_id = rows.job_id AND row_outputs.position = rows.position
JOIN outputs ON outputs.id = row_outputs.output_id
WHERE mine.id = :job_id
    AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.job_id = mine.id)
    AND EXISTS (SELECT 1 FROM runs WHERE runs.job_id = theirs.id AND runs.report_path = mine.source);

-- name: has_earlier_outputs
-- Whether there is a plan before to compare with.
SELECT EXISTS (SELECT 1 FROM earlier_outputs WHERE job_id = :job_id);

-- name: earlier_output
-- What a row asked for in a format, and the banner that it had.
SELECT earlier_outputs.asked_id, earlier_outputs.done_id, outputs.banner_id
FROM earlier_outputs LEFT JOIN outputs ON outputs.id = earlier_outputs.done_id
WHERE earlier_outputs.job_id = :job_id AND earlier_outputs.key = :key AND earlier_outputs.nameless_id = :nameless_id
    AND earlier_outputs.format = :format;

-- name: count_gone
-- Outputs of rows that the plan does not have any more.
SELECT count(*) FROM earlier_outputs
WHERE job_id = :job_id AND CASE key
    WHEN '' THEN nameless_id NOT IN (SELECT output_id FROM row_outputs WHERE job_id = :job_id)
    ELSE key NOT IN (SELECT key FROM rows WHERE job_id = :job_id) END;

-- name: forget_earlier_outputs
-- The plan stands. Only what a row has no output for now, since it is not sent in this run, is remembered.
DELETE FROM earlier_outputs
WHERE job_id = :job_id AND (key = ''
    OR key NOT IN (SELECT key FROM rows WHERE job_id = :job_id)
    OR (key, format) IN (
        SELECT rows.key, row_outputs.format FROM rows
        JOIN row_outputs ON row_outputs.job_id = rows.job_id AND row_outputs.position = rows.position
        WHERE rows.job_id = :job_id));

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
-- A row needs an output; until that is done it shows the one before.
INSERT OR REPLACE INTO row_outputs (job_id, position, format, output_id, is_reused, previous_output_id)
VALUES (:job_id, :position, :format, :output_id, :is_reused, :previous_output_id);

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
SELECT outputs.id, outputs.state, outputs.generation_id, outputs.reason, generations.job_id AS owner,
    generations.state AS work
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
INSERT INTO generations (job_id, state, design_id, payload_digest, settings, formats, original_banner_id)
VALUES (:job_id, 'planned', :design_id, :payload_digest, :settings, :formats, :original_banner_id);

-- name: last_generation
-- What is planned from here on has higher ids.
SELECT coalesce(max(id), 0) FROM generations;

-- name: remember_generations
-- Outputs that have just gone to generations: what brought them before stays remembered beside it.
INSERT INTO output_generations (output_id, generation_id)
SELECT id, generation_id FROM outputs WHERE generation_id > :after;

-- name: adopt_generation
-- A generation whose job's process is gone is followed by another job that wants its outputs.
UPDATE generations SET job_id = :job_id WHERE id = :id;

-- name: generation
-- A generation under its id.
SELECT * FROM generations WHERE id = :id;

-- name: generation_standing
-- Where a generation stands: all that a move depends on.
SELECT state, attempt FROM generations WHERE id = :id;

-- name: generation_by_token
-- The generation that an attempt's token belongs to.
SELECT generations.* FROM generations JOIN attempts ON attempts.generation_id = generations.id
WHERE attempts.token = :token;

-- name: planned_with_payloads
-- As `planned_after`, with what is to be sent.
SELECT generations.*, payloads.body AS payload
FROM generations JOIN payloads ON payloads.digest = generations.payload_digest
WHERE generations.job_id = :job_id AND generations.state = 'planned' AND generations.id > :after
ORDER BY generations.id LIMIT :limit;

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

-- name: intend_generation
-- A generation is about to be sent.
UPDATE generations SET state = :state, attempt = :attempt, token = :token, ended_at = NULL WHERE id = :id;

-- name: accept_generation
-- The provider has a generation, under its own id.
UPDATE generations SET state = :state, request_id = :request_id, submitted_at = :now, ended_at = NULL, reason = ''
WHERE id = :id;

-- name: end_generation
-- A generation comes to an end, or back among those to be sent.
UPDATE generations SET state = :state, ended_at = :ended_at, reason = :reason WHERE id = :id;

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

-- name: attempts_for_outputs
-- The story of outputs, in time: of all generations that were to bring them, also those given up. JSON: [output, ...]
SELECT attempts.* FROM attempts
WHERE attempts.generation_id IN (
    SELECT generation_id FROM output_generations WHERE output_id IN (SELECT value FROM json_each(:output_ids)))
ORDER BY attempts.intended_at, attempts.generation_id, attempts.number;

-- name: accept_outputs
-- A generation's outputs have the provider's id of it.
UPDATE outputs SET state = :state, request_id = :request_id, reason = '', settled_at = NULL
WHERE generation_id = :generation_id AND state IN ('wanted', 'in doubt');

-- name: move_outputs
-- A generation's outputs follow it.
UPDATE outputs SET state = :state, reason = :reason, settled_at = :settled_at
WHERE generation_id = :generation_id AND state IN ('wanted', 'in doubt');

-- name: settle_output
-- A format is told: a banner, or the reason why there is none.
UPDATE outputs SET state = :state, banner_id = :banner_id, url = :url, file_key = :file_key, file_type = :file_type,
    reason = :reason, fallback = :fallback,
    remarks = :remarks, settled_at = :now
WHERE generation_id = :generation_id AND format = :format AND state IN ('wanted', 'in doubt');

-- name: outputs_of_generation
-- The outputs that a generation is to bring.
SELECT * FROM outputs WHERE generation_id = :generation_id;

-- name: rows_with_outputs
-- The job's rows in the sheet's order, a line for each output, one with nulls for a row without any; beside an output that
-- is not done, the banner from before. A row that is not sent has a line for each banner that it had.
SELECT rows.position, rows.number, rows.key, rows.verdict, rows.detail, rows.problems, row_outputs.format AS wanted,
    row_outputs.is_reused, outputs.*, earlier.id AS earlier_id, earlier.format AS earlier_format,
    earlier.banner_id AS earlier_banner_id, earlier.request_id AS earlier_request_id, earlier.url AS earlier_url,
    earlier.file_key AS earlier_file_key, earlier.file_type AS earlier_file_type,
    earlier.fallback AS earlier_fallback
FROM rows
LEFT JOIN row_outputs ON row_outputs.job_id = rows.job_id AND row_outputs.position = rows.position
LEFT JOIN outputs ON outputs.id = row_outputs.output_id
LEFT JOIN earlier_outputs ON rows.verdict IN ('invalid', 'waiting') AND rows.key <> ''
    AND earlier_outputs.job_id = rows.job_id AND earlier_outputs.key = rows.key
LEFT JOIN outputs AS earlier ON outputs.state IS NOT 'done'
    AND earlier.id = coalesce(row_outputs.previous_output_id, earlier_outputs.done_id)
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
    row_outputs.is_reused, outputs.*, earlier.id AS earlier_id, earlier.format AS earlier_format,
    earlier.banner_id AS earlier_banner_id, earlier.request_id AS earlier_request_id, earlier.url AS earlier_url,
    earlier.file_key AS earlier_file_key, earlier.file_type AS earlier_file_type,
    earlier.fallback AS earlier_fallback
FROM rows
LEFT JOIN row_outputs ON row_outputs.job_id = rows.job_id AND row_outputs.position = rows.position
LEFT JOIN outputs ON outputs.id = row_outputs.output_id
LEFT JOIN earlier_outputs ON rows.verdict IN ('invalid', 'waiting') AND rows.key <> ''
    AND earlier_outputs.job_id = rows.job_id AND earlier_outputs.key = rows.key
LEFT JOIN outputs AS earlier ON outputs.state IS NOT 'done'
    AND earlier.id = coalesce(row_outputs.previous_output_id, earlier_outputs.done_id)
WHERE rows.job_id = :job_id AND rows.key = :key
ORDER BY rows.position, row_outputs.format;

-- name: generations_by_output
-- Which rows wait for which generation: how progress counts rows.
SELECT outputs.generation_id, row_outputs.position
FROM row_outputs JOIN outputs ON outputs.id = row_outputs.output_id
WHERE row_outputs.job_id = :job_id AND outputs.state = 'wanted' AND outputs.generation_id IS NOT NULL
ORDER BY row_outputs.position;

-- name: attempts_since
-- What the attempts of a run came to, for the closing account.
SELECT attempts.outcome, count(*) AS count
FROM attempts JOIN generations ON generations.id = attempts.generation_id
WHERE generations.job_id = :job_id AND attempts.intended_at >= :since
GROUP BY attempts.outcome;

-- name: file_keys
-- Every studio file that an output names: what may not be collected.
SELECT file_key FROM outputs WHERE file_key <> '' UNION SELECT fallback FROM outputs WHERE fallback <> '';

-- name: delivery_known
-- Whether a webhook was taken before.
SELECT EXISTS (SELECT 1 FROM deliveries WHERE id = :id);

-- name: insert_delivery
-- A webhook was taken.
INSERT OR IGNORE INTO deliveries (id, received_at) VALUES (:id, :now);

-- name: delete_deliveries
-- Webhooks that will not be repeated any more.
DELETE FROM deliveries WHERE received_at < :before;

-- name: generation_by_request
-- The generation that a request id of the provider's belongs to.
SELECT * FROM generations WHERE request_id = :request_id AND request_id <> '' ORDER BY id DESC LIMIT 1;

-- name: late_attempt
-- What had been given up was accepted.
UPDATE attempts SET outcome = :outcome, detail = 'came late, as ' || :request_id WHERE token = :token;

-- name: intend_generations
-- As `intend_generation`, for all those that are where they should be. JSON: [[generation, token, now], ...]
UPDATE generations SET state = :after, attempt = attempt + 1, token = told.token, ended_at = NULL
FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS token FROM json_each(:writes)) AS told
WHERE generations.id = told.id AND generations.state = :before;

-- name: insert_attempts
-- The intents of generations that have just been moved. JSON: [[generation, token, now], ...]
INSERT INTO attempts (generation_id, number, token, intended_at)
SELECT generations.id, generations.attempt, json_extract(value, '$[1]'), json_extract(value, '$[2]')
FROM json_each(:writes) CROSS JOIN generations ON generations.id = json_extract(value, '$[0]');

-- name: accept_generations
-- As `accept_generation`, for all those that are where they should be. JSON: [[generation, request id, now], ...]
UPDATE generations SET state = :after, request_id = told.request_id, submitted_at = told.now, ended_at = NULL,
    reason = ''
FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS request_id,
    json_extract(value, '$[2]') AS now FROM json_each(:writes)) AS told
WHERE generations.id = told.id AND generations.state = :before;

-- name: end_attempts
-- What became of the last attempts of generations. JSON: [[generation, detail, now], ...]
UPDATE attempts SET ended_at = told.now, outcome = :outcome, detail = told.detail
FROM (SELECT generations.id, generations.attempt, json_extract(value, '$[1]') AS detail,
    json_extract(value, '$[2]') AS now
    FROM json_each(:writes) CROSS JOIN generations ON generations.id = json_extract(value, '$[0]')) AS told
WHERE attempts.generation_id = told.id AND attempts.number = told.attempt;

-- name: accept_outputs_together
-- As `accept_outputs`. JSON: [[generation, request id, now], ...]
UPDATE outputs SET state = :state, request_id = told.request_id, reason = '', settled_at = NULL
FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS request_id FROM json_each(:writes)) AS told
WHERE outputs.generation_id = told.id AND outputs.state IN ('wanted', 'in doubt');

-- name: finalize_generations
-- As `end_generation`, for all those that are where they should be. JSON: [[generation, now], ...]
UPDATE generations SET state = :after, ended_at = told.now, reason = ''
FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS now FROM json_each(:writes)) AS told
WHERE generations.id = told.id AND generations.state = :before;

-- name: settle_outputs
-- As `settle_output`. JSON: [[generation, now, format, state, banner, url, file key, file type, reason, fallback, remarks], ...]
UPDATE outputs SET state = told.state, banner_id = told.banner_id, url = told.url, file_key = told.file_key,
    file_type = told.file_type, reason = told.reason, fallback = told.fallback,
    remarks = told.remarks, settled_at = told.now
FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS now,
    json_extract(value, '$[2]') AS format, json_extract(value, '$[3]') AS state,
    json_extract(value, '$[4]') AS banner_id, json_extract(value, '$[5]') AS url,
    json_extract(value, '$[6]') AS file_key, json_extract(value, '$[7]') AS file_type,
    json_extract(value, '$[8]') AS reason, json_extract(value, '$[9]') AS fallback,
    json_extract(value, '$[10]') AS remarks FROM json_each(:writes)) AS told
WHERE outputs.generation_id = told.id AND outputs.format = told.format AND outputs.state IN ('wanted', 'in doubt');

-- name: keys_of_job
-- The rows of the job's last plan by key.
SELECT DISTINCT key FROM rows WHERE job_id = :job_id AND key <> '';

-- name: owners_elsewhere
-- Other jobs that are at work on outputs of this one.
SELECT generations.job_id AS owner, count(*) AS count FROM row_outputs
JOIN outputs ON outputs.id = row_outputs.output_id
JOIN generations ON generations.id = outputs.generation_id
WHERE row_outputs.job_id = :job_id AND outputs.state = 'wanted' AND generations.job_id <> :job_id
GROUP BY generations.job_id;

-- name: take_over
-- What a job whose process is gone was making for rows of this one too.
UPDATE generations SET job_id = :job_id
WHERE job_id = :owner AND id IN (
    SELECT outputs.generation_id FROM row_outputs JOIN outputs ON outputs.id = row_outputs.output_id
    WHERE row_outputs.job_id = :job_id AND outputs.state = 'wanted');

-- name: count_nameless_unsent
-- Rows without a key that have no outputs in this plan.
SELECT count(*) FROM rows
WHERE job_id = :job_id AND key = '' AND NOT EXISTS (
    SELECT 1 FROM row_outputs WHERE row_outputs.job_id = rows.job_id AND row_outputs.position = rows.position);
