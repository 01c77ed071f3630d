-- The place that keeps a claimed build from being begun, such as a namespace whose quota is used up; NULL for all others.
ALTER TABLE build ADD COLUMN put_off_at VARCHAR(253);
CREATE INDEX build_put_off ON build (put_off_at);
