/**
 * Looks whether Argo Workflows and a namespace of builds are as the engine needs them.
 * Who looks ({@code ClusterLook}) only gathers facts; who judges them is pure.
 * <p>
 * In: the teams' settings, and answers of the Kubernetes API as JSON. Out: checks.
 */
@NullMarked
package dev.imagefactory.engine.argo.checkup;

import org.jspecify.annotations.NullMarked;
