-- What each attempt was about to push, stored as soon as the engine says so: adoption and the registry's answers are
-- compared with it, never with a label alone. A run that was interrupted may have had more than one.
CREATE TABLE scanned_image (
    build_id   VARCHAR(32)  NOT NULL,
    digest     VARCHAR(71)  NOT NULL,
    scan       VARCHAR(100000) NOT NULL,
    at         TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (build_id, digest)
);

-- Since when the engine does not know the run, whichever replica asked; and when the reaper first stopped it.
ALTER TABLE build ADD COLUMN missed_at TIMESTAMP(6) WITH TIME ZONE;
ALTER TABLE build ADD COLUMN reaped_at TIMESTAMP(6) WITH TIME ZONE;
