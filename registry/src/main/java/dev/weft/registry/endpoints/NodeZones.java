package dev.weft.registry.endpoints;

/** Which zone each node is in, as far as this process knows. Safe for many threads. */
public interface NodeZones {
    /** Knows nothing. */
    NodeZones UNKNOWN = new NodeZones() {
        @Override
        public String of(String node) {
            return "";
        }

        @Override
        public long changes() {
            return 0;
        }
    };

    /** The zone of a node by its name; empty where that is not known. */
    String of(String node);

    /** How often any zone has changed; what {@link #of} answers afterwards is at least as new. */
    long changes();
}
