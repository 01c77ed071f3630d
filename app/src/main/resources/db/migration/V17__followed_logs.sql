-- engine.argo: which replica carries a step's log over from its pods. It counts only while that replica's lease lasts.
-- Both tables say nothing any more once the run is over.
CREATE TABLE step_follow (
    build_id VARCHAR(32) NOT NULL,
    step     VARCHAR(16) NOT NULL,
    follower VARCHAR(26) NOT NULL,
    PRIMARY KEY (build_id, step)
);

-- The pods whose logs are stored whole.
CREATE TABLE step_source (
    build_id VARCHAR(32)  NOT NULL,
    step     VARCHAR(16)  NOT NULL,
    source   VARCHAR(128) NOT NULL,
    PRIMARY KEY (build_id, step, source)
);
