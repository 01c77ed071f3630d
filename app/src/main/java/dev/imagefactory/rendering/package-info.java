/**
 * From a run to an Argo Workflow: a pure function, and what may travel into it.
 * <p>
 * In: a {@code Run} and where it goes by the settings. Out: the Workflow, as an object
 * for engine.argo and as JSON for everybody else, or which field of the run may not
 * travel. Pure: no clock, client or Spring. May import source, image, pipeline and
 * onboarding.
 */
@NullMarked
package dev.imagefactory.rendering;

import org.jspecify.annotations.NullMarked;
