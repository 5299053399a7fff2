-- What was added, or spent unusually, against the most that was spent before in so many hours.
ALTER TABLE alerts ADD COLUMN amount TEXT;
ALTER TABLE alerts ADD COLUMN usual TEXT;
ALTER TABLE alerts ADD COLUMN hours INTEGER;
-- When the notification left for which server, until that has answered.
ALTER TABLE alerts ADD COLUMN sent_at INTEGER;
ALTER TABLE alerts ADD COLUMN sent_to TEXT;

-- Whether unusual spend is told.
ALTER TABLE accounts ADD COLUMN unusual INTEGER NOT NULL DEFAULT 1;
-- What is unusual about a meter, as of its last reading.
ALTER TABLE meters ADD COLUMN unusual TEXT;
-- When an answer came that is only believed when it comes again.
ALTER TABLE standings ADD COLUMN doubted_at INTEGER;

-- What became of the hooks that heard of an alert. Without an error and an end, a call was interrupted.
CREATE TABLE calls (
    hook TEXT NOT NULL,
    alert INTEGER NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    tries INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER,
    error TEXT,
    again_at INTEGER,
    PRIMARY KEY (hook, alert)
) STRICT, WITHOUT ROWID;
CREATE INDEX calls_of_alert ON calls (alert);

-- When something was first seen, or last done.
CREATE TABLE marks (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
