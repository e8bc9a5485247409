package dev.weft.registry.endpoints;

/** Which zone each node is in and how the CPUs divide over the zones, as far as this process knows. Safe for many threads. */
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

    /** How the CPUs of all nodes divide over the zones; to be asked once {@link #known()}. */
    default ZoneShares shares() {
        return ZoneShares.NONE;
    }

    /**
     * How often any zone or the shares have changed, or become {@link #known()}; what {@link #of} and {@link #shares} answer
     * afterwards is at least as new.
     */
    long changes();
}
