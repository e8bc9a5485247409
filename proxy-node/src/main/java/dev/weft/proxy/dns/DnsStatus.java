package dev.weft.proxy.dns;

/**
 * A snapshot of the DNS server.
 *
 * @param address what is bound, or what is to be; empty when there is no server
 * @param reason what to do about a bind that failed; empty when all is well
 * @param serial of the zones' SOA; 0 before the first picture
 * @param services how many services have names
 * @param dropped messages that deserved no answer
 * @param rateLimited answers that were not sent, or sent truncated, for their rate
 * @param upstreamFailures forwarded questions that no upstream answered
 */
public record DnsStatus(
        State state,
        String address,
        String reason,
        long serial,
        int services,
        long udpQuestions,
        long tcpQuestions,
        long dropped,
        long rateLimited,
        long truncated,
        long refused,
        long noSuchName,
        long forwarded,
        long fromCache,
        long upstreamFailures,
        int tcpConnections) {

    /** How it stands with the sockets. */
    public enum State {
        /** Not wanted. */
        OFF,
        BINDING,
        BOUND,
        /** Cannot be bound; tried again by itself. */
        FAILED,
        CLOSED
    }
}
