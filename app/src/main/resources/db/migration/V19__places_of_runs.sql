-- Where a claimed build's run was sent, such as a namespace: the settings may name another one by now. NULL for builds that
-- were claimed before this was stored, and for engines that have one place only.
ALTER TABLE build ADD COLUMN run_place VARCHAR(253);
