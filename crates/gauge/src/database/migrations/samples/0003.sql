-- What a database of version 3 may hold.
INSERT INTO accounts VALUES
    ('one', 'openrouter', 'Personal', NULL, '{"budget":"20"}', '["https://openrouter.ai"]', '…a1b2', 0, '{"credits":"80"}', '{}', 0);
INSERT INTO standings VALUES
    ('one', '{"at":"2026-11-20T08:00:00Z","meters":[{"id":"credits","label":"Credits","kind":"wallet","unit":"USD","remaining":"16.55","total":null,"used":null,"resets_at":null,"expires_at":null}]}', NULL, 0, 0,
     '{"at":"2026-11-20T08:00:00Z","usual":"PT5M","interval":"PT15M","saved":24.0}');
INSERT INTO series VALUES (1, 'one', 'credits', 'USD', 300000);
INSERT INTO readings VALUES (1, 1795075200000, 1795161600000, '20', NULL, NULL, NULL, NULL), (1, 1795161900000, 1795161900000, '16.55', '100', '83.45', NULL, NULL);
INSERT INTO meters VALUES
    ('one', 'credits', '{"at":"2026-11-20T08:00:00Z","remaining":"16.55","total":null,"used":null,"peak":"20","topped_up_at":null,"reset_at":null,"resets_at":null,"reserved":[]}',
     '{"seen":"2026-11-20T08:00:00Z","crossed":["25%"]}', '{"state":"not_enough_data","per_day":null,"runs_out":null}');
INSERT INTO alerts VALUES (1, 'one', 'credits', '25%', '"warning"', '16.55', '80', 'USD', 1795161900000, 1795161900000, NULL, NULL);
