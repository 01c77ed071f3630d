-- engine.argo: the namespaces in which runs were seen, or would have been begun, lately. The settings may name others by now,
-- while a run that is over is not let go yet.
CREATE TABLE run_place (
    place   VARCHAR(253) NOT NULL PRIMARY KEY,
    used_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

INSERT INTO run_place (place, used_at) SELECT DISTINCT run_place, CURRENT_TIMESTAMP FROM build WHERE run_place IS NOT NULL;
