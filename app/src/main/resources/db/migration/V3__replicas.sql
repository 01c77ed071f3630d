-- access: keys are forgotten by age.
CREATE INDEX idempotency_age ON idempotency (created_at);

-- root: the processes that work on this database. Each renews its lease by the database's own clock.
CREATE TABLE replica (
    id          VARCHAR(26)  NOT NULL PRIMARY KEY,
    host        VARCHAR(100) NOT NULL,
    pid         BIGINT       NOT NULL,
    registry    VARCHAR(16)  NOT NULL,
    started_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    lease_until TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

-- intake: which replica has a delivery in hand; it counts only while that replica's lease lasts.
ALTER TABLE delivery ADD COLUMN planner VARCHAR(26);

-- engine.local: on which host the owner of a run started its children.
ALTER TABLE local_run ADD COLUMN host VARCHAR(100);

-- Background work that one replica at a time carries out, in the form that db-scheduler wants.
CREATE TABLE scheduled_tasks (
    task_name            VARCHAR(100) NOT NULL,
    task_instance        VARCHAR(100) NOT NULL,
    task_data            BYTEA,
    execution_time       TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    picked               BOOLEAN      NOT NULL,
    picked_by            VARCHAR(50),
    last_success         TIMESTAMP(6) WITH TIME ZONE,
    last_failure         TIMESTAMP(6) WITH TIME ZONE,
    consecutive_failures INTEGER,
    last_heartbeat       TIMESTAMP(6) WITH TIME ZONE,
    version              BIGINT       NOT NULL,
    priority             SMALLINT,
    PRIMARY KEY (task_name, task_instance)
);
CREATE INDEX scheduled_tasks_due ON scheduled_tasks (execution_time);
CREATE INDEX scheduled_tasks_heartbeat ON scheduled_tasks (last_heartbeat);
