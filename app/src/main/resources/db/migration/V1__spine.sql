-- The same text runs on H2 (in its PostgreSQL mode) and on PostgreSQL.
-- Rules: no partial index (H2 has none; "open" is TRUE or NULL), no type that only one of them has,
-- large binary content in parts of at most 1,000,000 bytes (H2 keeps binary columns up to 1,048,576).

CREATE TABLE installation (
    id          VARCHAR(26)  NOT NULL PRIMARY KEY,
    created_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

-- onboarding: the provider's own id a repository was pinned to, and who owns an image name.
CREATE TABLE repository (
    provider       VARCHAR(16)  NOT NULL,
    provider_id    VARCHAR(36)  NOT NULL,
    name           VARCHAR(201) NOT NULL,
    name_key       VARCHAR(201) NOT NULL,
    default_branch VARCHAR(255) NOT NULL,
    first_seen     TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (provider, provider_id)
);
CREATE INDEX repository_name ON repository (name_key);

CREATE TABLE image_owner (
    registry    VARCHAR(255) NOT NULL,
    image       VARCHAR(200) NOT NULL,
    provider    VARCHAR(16)  NOT NULL,
    provider_id VARCHAR(36)  NOT NULL,
    PRIMARY KEY (registry, image)
);

-- intake: what was received. A repeat of (hook, guid, body) finds its row again.
CREATE TABLE delivery (
    id            VARCHAR(26)  NOT NULL PRIMARY KEY,
    hook          VARCHAR(64)  NOT NULL,
    guid          VARCHAR(64)  NOT NULL,
    body_sha256   VARCHAR(64)  NOT NULL,
    event         VARCHAR(64)  NOT NULL,
    action        VARCHAR(64),
    provider      VARCHAR(16)  NOT NULL,
    provider_id   VARCHAR(36),
    repository    VARCHAR(201),
    repository_key VARCHAR(201),
    received_at   TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    receipts      INTEGER      NOT NULL,
    outcome       VARCHAR(16)  NOT NULL,
    reason        VARCHAR(64),
    detail        VARCHAR(2000),
    rules         VARCHAR(100000) NOT NULL,
    duplicate_of  VARCHAR(26),
    plan_at       TIMESTAMP(6) WITH TIME ZONE,
    plan_since    TIMESTAMP(6) WITH TIME ZONE,
    plan_attempts INTEGER      NOT NULL,
    body_kept     BOOLEAN      NOT NULL,
    version       INTEGER      NOT NULL,
    UNIQUE (hook, guid, body_sha256)
);
CREATE INDEX delivery_guid ON delivery (guid, id);
CREATE INDEX delivery_plan ON delivery (plan_at);
CREATE INDEX delivery_repository ON delivery (repository_key, id);

CREATE TABLE delivery_body (
    delivery_id VARCHAR(26) NOT NULL,
    part        INTEGER     NOT NULL,
    bytes       BYTEA       NOT NULL,
    PRIMARY KEY (delivery_id, part)
);

-- build: orders, their builds, steps, findings and history.
CREATE TABLE build_order (
    id          VARCHAR(26)  NOT NULL PRIMARY KEY,
    provider    VARCHAR(16)  NOT NULL,
    provider_id VARCHAR(36)  NOT NULL,
    trigger_kind VARCHAR(16) NOT NULL,
    ref         VARCHAR(300) NOT NULL,
    commit_sha  VARCHAR(40)  NOT NULL,
    image       VARCHAR(200) NOT NULL,
    request     VARCHAR(64)  NOT NULL,
    repository  VARCHAR(201) NOT NULL,
    team        VARCHAR(63)  NOT NULL,
    origin      VARCHAR(16)  NOT NULL,
    missed      BOOLEAN      NOT NULL,
    delivery_id VARCHAR(26),
    recipe      VARCHAR(100000) NOT NULL,
    created_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    UNIQUE (provider, provider_id, trigger_kind, ref, commit_sha, image, request)
);

CREATE INDEX build_order_request ON build_order (request);

CREATE TABLE delivery_order (
    delivery_id VARCHAR(26) NOT NULL,
    order_id    VARCHAR(26) NOT NULL,
    PRIMARY KEY (delivery_id, order_id)
);
CREATE INDEX delivery_order_order ON delivery_order (order_id);

CREATE TABLE build (
    id             VARCHAR(32)  NOT NULL PRIMARY KEY,
    order_id       VARCHAR(26)  NOT NULL,
    attempt        INTEGER      NOT NULL,
    open           BOOLEAN,
    state          VARCHAR(16)  NOT NULL,
    state_detail   VARCHAR(100000) NOT NULL,
    tags           VARCHAR(10000) NOT NULL,
    run            VARCHAR(200000),
    digest         VARCHAR(71),
    adopted        BOOLEAN      NOT NULL,
    scan           VARCHAR(10000),
    queue_reason   VARCHAR(64),
    cancel_requested_at TIMESTAMP(6) WITH TIME ZONE,
    cancel_requested_by VARCHAR(200),
    repository_key VARCHAR(201) NOT NULL,
    trigger_kind   VARCHAR(16)  NOT NULL,
    commit_sha     VARCHAR(40)  NOT NULL,
    image          VARCHAR(200) NOT NULL,
    engine         VARCHAR(16),
    priority       INTEGER      NOT NULL,
    created_at     TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    started_at     TIMESTAMP(6) WITH TIME ZONE,
    finished_at    TIMESTAMP(6) WITH TIME ZONE,
    changed_at     TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    version        INTEGER      NOT NULL,
    UNIQUE (order_id, attempt),
    UNIQUE (order_id, open)
);
CREATE INDEX build_open ON build (open, state, priority, id);
CREATE INDEX build_repository ON build (repository_key, id);
CREATE INDEX build_image ON build (image, id);
CREATE INDEX build_commit ON build (commit_sha, id);

CREATE TABLE build_step (
    build_id    VARCHAR(32) NOT NULL,
    step        VARCHAR(16) NOT NULL,
    state       VARCHAR(16) NOT NULL,
    started_at  TIMESTAMP(6) WITH TIME ZONE,
    finished_at TIMESTAMP(6) WITH TIME ZONE,
    message     VARCHAR(2000),
    PRIMARY KEY (build_id, step)
);

CREATE TABLE build_finding (
    build_id     VARCHAR(32)  NOT NULL,
    ordinal      INTEGER      NOT NULL,
    id           VARCHAR(200) NOT NULL,
    package_name VARCHAR(500) NOT NULL,
    installed    VARCHAR(500) NOT NULL,
    fixed_in     VARCHAR(500),
    severity     VARCHAR(16)  NOT NULL,
    link         VARCHAR(2000),
    PRIMARY KEY (build_id, ordinal)
);

CREATE TABLE build_event (
    build_id   VARCHAR(32)  NOT NULL,
    seq        INTEGER      NOT NULL,
    at         TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    from_state VARCHAR(16)  NOT NULL,
    to_state   VARCHAR(16)  NOT NULL,
    reason     VARCHAR(64),
    detail     VARCHAR(2000),
    actor      VARCHAR(200) NOT NULL,
    PRIMARY KEY (build_id, seq)
);

-- Tags: which open build holds one, and what it was last known to point at.
CREATE TABLE image_tag (
    image      VARCHAR(200) NOT NULL,
    tag        VARCHAR(128) NOT NULL,
    tag_class  VARCHAR(16)  NOT NULL,
    open_build VARCHAR(32),
    commit_sha VARCHAR(40),
    digest     VARCHAR(71),
    rebuilds   INTEGER      NOT NULL,
    version    INTEGER      NOT NULL,
    PRIMARY KEY (image, tag)
);
CREATE INDEX image_tag_open ON image_tag (open_build);

-- engine.local: a run belongs to the process that holds its lease.
CREATE TABLE local_run (
    build_id    VARCHAR(32)  NOT NULL PRIMARY KEY,
    run         VARCHAR(200000) NOT NULL,
    owner       VARCHAR(64)  NOT NULL,
    lease_until TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    attempt     INTEGER      NOT NULL,
    phase       VARCHAR(100000) NOT NULL,
    steps       VARCHAR(20000) NOT NULL,
    ended       BOOLEAN      NOT NULL,
    stop_asked  BOOLEAN      NOT NULL,
    pushing     VARCHAR(71),
    scan        VARCHAR(100000),
    children    VARCHAR(4000) NOT NULL,
    version     INTEGER      NOT NULL
);
CREATE INDEX local_run_ended ON local_run (ended, lease_until);

-- access and audit
CREATE TABLE idempotency (
    actor      VARCHAR(200)  NOT NULL,
    key_text   VARCHAR(255)  NOT NULL,
    body_sha256 VARCHAR(64)  NOT NULL,
    request    VARCHAR(26)   NOT NULL,
    answer     VARCHAR(20000),
    location   VARCHAR(2000),
    created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (actor, key_text)
);

CREATE TABLE audit (
    id      VARCHAR(26)  NOT NULL PRIMARY KEY,
    at      TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    actor   VARCHAR(200) NOT NULL,
    action  VARCHAR(64)  NOT NULL,
    subject VARCHAR(300) NOT NULL,
    detail  VARCHAR(4000) NOT NULL
);
