-- The queue. A lane is a repository's builds of one urgency; its start tag says when it comes next among the lanes of
-- that urgency (start-time fair queueing), and since which build it waits decides between equal ones. A lane that may
-- have queued builds has waiting TRUE, others NULL.
CREATE TABLE queue_lane (
    priority       INTEGER      NOT NULL,
    repository_key VARCHAR(201) NOT NULL,
    waiting        BOOLEAN,
    start_tag      BIGINT       NOT NULL,
    since          VARCHAR(32)  NOT NULL,
    PRIMARY KEY (priority, repository_key)
);
CREATE INDEX queue_lane_order ON queue_lane (waiting, priority, start_tag, since);

-- The virtual time of each urgency: the start tag of the lane that had the last turn. Whoever gives turns holds the row
-- of priority 0. The limits in force stand there too, to explain why a build waits.
CREATE TABLE queue_time (
    priority       INTEGER NOT NULL PRIMARY KEY,
    virtual_time   BIGINT  NOT NULL,
    most           INTEGER NOT NULL,
    most_of_repository INTEGER NOT NULL
);
INSERT INTO queue_time (priority, virtual_time, most, most_of_repository) VALUES (0, 0, 0, 0);
INSERT INTO queue_time (priority, virtual_time, most, most_of_repository) VALUES (1, 0, 0, 0);
INSERT INTO queue_time (priority, virtual_time, most, most_of_repository) VALUES (2, 0, 0, 0);
INSERT INTO queue_time (priority, virtual_time, most, most_of_repository) VALUES (3, 0, 0, 0);

-- A build that was given its turn is some process's until turn_until; one without a process is left alone until then.
ALTER TABLE build ADD COLUMN turn_by VARCHAR(64);
ALTER TABLE build ADD COLUMN turn_until TIMESTAMP(6) WITH TIME ZONE;
CREATE INDEX build_lane ON build (state, priority, repository_key, id);
CREATE INDEX build_turn ON build (turn_until);

INSERT INTO queue_lane (priority, repository_key, waiting, start_tag, since)
SELECT priority, repository_key, TRUE, 0, MIN(id) FROM build WHERE state = 'QUEUED' GROUP BY priority, repository_key;
