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

    /** Whether it has heard of all nodes that there are; until then it may know nothing of one that has a zone. */
    default boolean known() {
        return true;
    }

    /** How often any zone has changed, or become {@link #known()}; what {@link #of} answers afterwards is at least as new. */
    long changes();
}
