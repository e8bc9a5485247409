package dev.weft.proxy.view;

/** The collections that the picture is made from. */
public enum WatchedKind {
    SERVICES("/api/v1/services", true),
    SLICES("/apis/discovery.k8s.io/v1/endpointslices", true),
    IMPORTS("/apis/multicluster.x-k8s.io/v1beta1/serviceimports", false),
    NODES("/api/v1/nodes", false);

    private final String path;
    private final boolean required;

    WatchedKind(String path, boolean required) {
        this.path = path;
        this.required = required;
    }

    /** Where an API server serves the collection. */
    public String path() {
        return path;
    }

    /** Whether there is no picture before this has been listed; an API may not serve the others at all. */
    public boolean required() {
        return required;
    }
}
