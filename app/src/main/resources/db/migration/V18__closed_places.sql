-- The place that keeps a claimed build from being begun, such as a namespace whose quota is used up. Such a build has put_off
-- TRUE, all others NULL: an index on the place would be read through all nulls on H2.
ALTER TABLE build ADD COLUMN put_off_at VARCHAR(253);
ALTER TABLE build ADD COLUMN put_off BOOLEAN;
CREATE INDEX build_put_off ON build (put_off);
