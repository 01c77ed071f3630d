-- Fifty findings whose texts are escaped to the last character still fit.
ALTER TABLE scanned_image ALTER COLUMN scan SET DATA TYPE VARCHAR(1000000);
