-- What a tag points at: the branch or git tag of the image's order, beside its commit.
-- A floating tag is moved by comparing with it.
ALTER TABLE image_tag ADD COLUMN ref VARCHAR(300);
