package dev.weft.registry.resource;

/** The labels of what was imported (rule MCS-15). */
public final class MultiClusterLabels {
    /** Which ServiceImport of the same namespace a slice belongs to. */
    public static final String SERVICE_NAME = "multicluster.kubernetes.io/service-name";
    /** Which cluster the endpoints of a slice live in. */
    public static final String SOURCE_CLUSTER = "multicluster.kubernetes.io/source-cluster";

    private MultiClusterLabels() {}
}
