package dev.weft.proxy.explanation;

import java.util.List;

/**
 * Everything that is to be told.
 *
 * @param asked the answers to the name of DNS that was asked for; none where the service was named otherwise
 * @param services the Service of this cluster, the ServiceImport of the cluster set, or both
 * @param notSeen what the objects do not tell, a sentence each
 */
public record Explanation(Vantage seenFrom, List<Name> asked, List<ServiceExplanation> services, List<String> notSeen) {
    public Explanation {
        asked = List.copyOf(asked);
        services = List.copyOf(services);
        notSeen = List.copyOf(notSeen);
    }

    /**
     * From where it is seen; each is empty where it is not known.
     *
     * @param cluster this cluster's name in the federation
     */
    public record Vantage(String node, String zone, String cluster) {}

    /**
     * A name of DNS, and what a proxy-node there answers.
     *
     * @param outcome {@code NOERROR}, {@code NXDOMAIN}, {@code SERVFAIL} or {@code REFUSED}
     */
    public record Name(String name, String type, String outcome, List<Answer> records) {
        public Name {
            records = List.copyOf(records);
        }

        /** A record; {@code name} may differ from the one that was asked where an alias stands between. */
        public record Answer(String name, long ttlSeconds, String type, String data) {}
    }
}
