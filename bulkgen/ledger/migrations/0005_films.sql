-- What an animated design makes beside its file: how long it is, and a picture to show in the file's place.

ALTER TABLE jobs ADD COLUMN design_type TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN seconds REAL NOT NULL DEFAULT 0;

-- An address on a hosted provider, a file of the studio's there.
ALTER TABLE outputs ADD COLUMN fallback TEXT NOT NULL DEFAULT '';

-- What of a banner that is done was left undone, or done otherwise, in the provider's words; a line each.
ALTER TABLE outputs ADD COLUMN remarks TEXT NOT NULL DEFAULT '';
