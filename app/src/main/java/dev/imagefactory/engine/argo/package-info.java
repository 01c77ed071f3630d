/**
 * The engine that has Argo Workflows run the builds. What Argo says of a Workflow is
 * translated once, purely, into our own words.
 * <p>
 * In: a {@code Run}, and what Kubernetes says of Workflows. Out: {@code RunStatus}.
 * Kubernetes' types and those of Argo are known here and in rendering only.
 */
@NullMarked
package dev.imagefactory.engine.argo;

import org.jspecify.annotations.NullMarked;
