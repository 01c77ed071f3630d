-- engine: the logs of steps where several replicas share a database. Offsets count bytes of the text as it was
-- written; each part is compressed on its own and holds whole lines. The row with step '' says that the run is over.
CREATE TABLE step_log (
    build_id     VARCHAR(32) NOT NULL,
    step         VARCHAR(16) NOT NULL,
    writer       VARCHAR(26) NOT NULL,
    size         INTEGER     NOT NULL,
    completed_at TIMESTAMP(6) WITH TIME ZONE,
    PRIMARY KEY (build_id, step)
);
CREATE INDEX step_log_over ON step_log (step, completed_at);

CREATE TABLE step_log_part (
    build_id VARCHAR(32) NOT NULL,
    step     VARCHAR(16) NOT NULL,
    start_at INTEGER     NOT NULL,
    bytes    BYTEA       NOT NULL,
    PRIMARY KEY (build_id, step, start_at)
);

-- engine.local: the recorded children name their host themselves.
ALTER TABLE local_run DROP COLUMN host;
