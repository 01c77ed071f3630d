-- Since when, and how often in a row, a queued build's repository did not say what its turn needs to know.
ALTER TABLE build ADD COLUMN unanswered_since TIMESTAMP(6) WITH TIME ZONE;
ALTER TABLE build ADD COLUMN unanswered INTEGER DEFAULT 0 NOT NULL;
