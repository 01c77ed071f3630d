-- An API call that two replicas hear at once asks the repository twice, and may hear of two commits: its first order counts.
ALTER TABLE build_order ADD COLUMN api_request VARCHAR(64);
CREATE UNIQUE INDEX build_order_api_request ON build_order (api_request, image);
