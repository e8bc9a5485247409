package dev.weft.proxy.selection;

/** Why an endpoint is in choice, or why it is not. */
public enum Reason {
    READY(true, "ready"),
    LAST_RESORT(true, "terminating but still serving: used since no endpoint is ready"),
    NOT_READY(false, "not ready"),
    TERMINATING(false, "terminating, and others are ready"),
    NOT_SERVING(false, "neither ready nor serving"),
    STALE(false, "stale: nothing new is heard of its cluster, so it ranks behind fresh endpoints"),
    OTHER_NODE(false, "on another node, and the policy is Local"),
    HINT_OTHER_NODE(false, "its hint is for another node"),
    HINT_OTHER_ZONE(false, "its hint is for another zone"),
    CORDONED(false, "its cluster is cordoned, and others are in choice"),
    WEIGHTLESS(false, "its own weight is 0, and others are in choice"),
    ZONE_WEIGHTLESS(false, "its zone has the weight 0 (zone-weights), and others are in choice"),
    CLUSTER_WEIGHTLESS(false, "its cluster has the weight 0 (cluster-weights), and others are in choice"),
    FARTHER(false, "farther away, and the nearer ones are enough"),
    PERHAPS_FARTHER(
            false, "another cluster is enough and is taken first; which of the two is nearer is not known here"),
    SUPERSEDED(false, "another slice names the same address, and that one's word holds"),
    OTHER_PORT(false, "its slice has no such port"),
    OTHER_FAMILY(false, "the service has no virtual IP of this address family");

    private final boolean inChoice;
    private final String sentence;

    Reason(boolean inChoice, String sentence) {
        this.inChoice = inChoice;
        this.sentence = sentence;
    }

    public boolean inChoice() {
        return inChoice;
    }

    /** For people. */
    public String sentence() {
        return sentence;
    }
}
