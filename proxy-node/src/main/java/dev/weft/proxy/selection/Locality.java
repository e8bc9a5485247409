package dev.weft.proxy.selection;

import java.util.Optional;

/** How near endpoints are preferred, by the names that the annotation {@code mesh.weft.dev/locality} uses. */
public enum Locality {
    /** All alike. */
    NONE("none"),
    /** Those of the own cluster, then of other clusters, the nearest first. */
    CLUSTER("cluster"),
    /** Before these, those of the own zone. */
    ZONE("zone"),
    /** Before these, those of the own node. */
    NODE("node");

    private final String label;

    Locality(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** Empty for a name that is none of them. */
    public static Optional<Locality> named(String label) {
        for (Locality locality : values()) {
            if (locality.label.equals(label)) {
                return Optional.of(locality);
            }
        }
        return Optional.empty();
    }
}
