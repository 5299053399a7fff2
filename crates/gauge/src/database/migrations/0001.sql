-- Times are milliseconds since 1970 in UTC, amounts are exact decimal text, and lists are JSON.

CREATE TABLE identity (id TEXT NOT NULL);
INSERT INTO identity VALUES (lower(hex(randomblob(8))));

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    label TEXT NOT NULL,
    base_url TEXT,
    inputs TEXT NOT NULL,
    origins TEXT NOT NULL,
    key_tail TEXT NOT NULL,
    paused INTEGER NOT NULL,
    "full" TEXT NOT NULL,
    rules TEXT NOT NULL,
    position INTEGER NOT NULL
) STRICT;

-- The last good reading of an account, whole, the trouble it has been in since, and whether it is to be asked at once.
CREATE TABLE standings (
    account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    reading TEXT,
    trouble TEXT,
    failures INTEGER NOT NULL,
    wanted INTEGER NOT NULL
) STRICT;

-- What was left over time. A reading that equals the last one extends its span.
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    meter TEXT NOT NULL,
    unit TEXT NOT NULL,
    UNIQUE (account, meter, unit)
) STRICT;

CREATE TABLE readings (
    series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    remaining TEXT,
    total TEXT,
    used TEXT,
    PRIMARY KEY (series, first_at)
) STRICT, WITHOUT ROWID;

-- Where each meter stands on its way, and what the alerts remember of it.
CREATE TABLE meters (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    meter TEXT NOT NULL,
    course TEXT NOT NULL,
    crossings TEXT,
    PRIMARY KEY (account, meter)
) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    meter TEXT NOT NULL,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    remaining TEXT NOT NULL,
    "full" TEXT,
    unit TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    delivered_at INTEGER,
    snoozed_until INTEGER,
    cleared_at INTEGER
) STRICT;
CREATE INDEX alerts_open ON alerts (account, meter) WHERE cleared_at IS NULL;
