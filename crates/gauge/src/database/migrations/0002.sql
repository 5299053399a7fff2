-- How often a series is read, in milliseconds.
ALTER TABLE series ADD COLUMN pace INTEGER NOT NULL DEFAULT 0;

-- Why a meter rose without a top-up, and when its allowance was to come back.
ALTER TABLE readings ADD COLUMN rise TEXT;
ALTER TABLE readings ADD COLUMN resets_at INTEGER;

-- Older readings, many in a row. `outline` and `ledger` come first, so that a chart of years reads no further.
CREATE TABLE blocks (
    series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    outline BLOB NOT NULL,
    ledger BLOB NOT NULL,
    spans BLOB NOT NULL
) STRICT;
CREATE INDEX blocks_of_series ON blocks (series, first_at, last_at);

-- When a meter runs out, as of its last reading.
ALTER TABLE meters ADD COLUMN forecast TEXT;
