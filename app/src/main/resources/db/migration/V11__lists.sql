-- Lists of builds: a page's rows stand side by side, however many others there are.
CREATE INDEX build_state ON build (state, id);
CREATE INDEX build_trigger ON build (trigger_kind, id);
