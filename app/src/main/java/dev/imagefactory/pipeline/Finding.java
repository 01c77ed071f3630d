package dev.imagefactory.pipeline;

import dev.imagefactory.onboarding.Severity;
import org.jspecify.annotations.Nullable;

/**
 * A vulnerability that the scan found in an image.
 *
 * @param id such as {@code CVE-2026-1234}
 * @param packageName the package it is in
 * @param installed the version in the image
 * @param fixedIn the version that mends it, when there is one
 * @param severity how bad it is
 * @param link where to read more
 */
public record Finding(String id, String packageName, String installed, @Nullable String fixedIn, Severity severity,
		@Nullable String link) {

}
