-- Whether a push made the attempt, so that a newer push makes it pointless. It matters while a build is queued.
ALTER TABLE build ADD COLUMN by_push BOOLEAN DEFAULT FALSE NOT NULL;
UPDATE build SET by_push = TRUE WHERE open = TRUE AND attempt = 1 AND trigger_kind = 'main';
