/**
 * Tests against a real Kubernetes API server: etcd, kube-apiserver and
 * kube-controller-manager, started by the tests on loopback. There is no node.
 */
@NullMarked
package dev.imagefactory.cluster;

import org.jspecify.annotations.NullMarked;
