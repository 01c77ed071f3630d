-- In the very order in which due deliveries are taken in hand: without the id H2 read and sorted all that were due, each
-- time, to take a few.
DROP INDEX delivery_plan;
CREATE INDEX delivery_plan ON delivery (plan_at, id);
