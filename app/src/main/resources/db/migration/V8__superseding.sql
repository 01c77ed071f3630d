-- What else is queued for an image, without reading the image's history.
CREATE INDEX build_image_open ON build (image, open);
