package dev.weft.proxy.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Who of several holds a Lease; pure but for what it remembers. Times are nanoseconds of one's own monotonic clock. A
 * holder counts as one for two thirds of the lease's duration from the moment at which it <em>asked</em> for its last
 * renewal; others take over when they have seen no change for the whole duration. Between these two nobody holds it,
 * which is what keeps two from holding it at once, as long as their clocks run equally fast to a third.
 */
final class LeaseElection {
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final String identity;
    private final String namespace;
    private final String name;
    private final Duration duration;
    private String seenVersion = "";
    private long seenNanos;
    private boolean held;
    private long heldSinceAskNanos;

    /** @param identity of this process, and of no other */
    LeaseElection(String identity, String namespace, String name, Duration duration) {
        this.identity = identity;
        this.namespace = namespace;
        this.name = name;
        this.duration = duration;
    }

    /** Whether this process holds it. */
    boolean holds(long nowNanos) {
        return held && nowNanos - heldSinceAskNanos < duration.toNanos() / 3 * 2;
    }

    /**
     * Takes in the present Lease.
     *
     * @param lease null when there is none
     * @return what is to be written to get or to keep it; null when it is another's
     */
    @Nullable
    ObjectNode seen(@Nullable JsonNode lease, long nowNanos, Instant now) {
        if (lease == null) {
            return written(0, now, now, "");
        }
        JsonNode spec = lease.path("spec");
        String version = lease.path("metadata").path("resourceVersion").asText();
        if (!version.equals(seenVersion)) {
            seenVersion = version;
            seenNanos = nowNanos;
        }
        String holder = spec.path("holderIdentity").asText("");
        int transitions = spec.path("leaseTransitions").asInt(0);
        if (holder.equals(identity)) {
            Instant acquired = instant(spec.path("acquireTime").asText(), now);
            return written(transitions, acquired, now, version);
        }
        held = false;
        long others = Duration.ofSeconds(spec.path("leaseDurationSeconds").asLong(duration.toSeconds()))
                .toNanos();
        boolean free = holder.isEmpty() || nowNanos - seenNanos >= others;
        return free ? written(transitions + 1, now, now, version) : null;
    }

    /** Tells what became of a write that was asked for at a time. */
    void wrote(boolean done, long askedNanos) {
        if (done) {
            held = true;
            heldSinceAskNanos = askedNanos;
        }
    }

    /** What gives it back, so that another need not wait; null when it is not held. */
    @Nullable
    ObjectNode released(@Nullable JsonNode lease, Instant now) {
        boolean own = lease != null
                && lease.path("spec").path("holderIdentity").asText("").equals(identity);
        held = false;
        if (lease == null || !own) {
            return null;
        }
        ObjectNode free = written(
                lease.path("spec").path("leaseTransitions").asInt(0),
                now,
                now,
                lease.path("metadata").path("resourceVersion").asText());
        ((ObjectNode) free.get("spec")).put("holderIdentity", "").put("leaseDurationSeconds", 1);
        return free;
    }

    private ObjectNode written(int transitions, Instant acquired, Instant renewed, String version) {
        ObjectNode lease = JsonNodeFactory.instance.objectNode();
        lease.put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
        ObjectNode metadata =
                lease.putObject("metadata").put("namespace", namespace).put("name", name);
        if (!version.isEmpty()) {
            metadata.put("resourceVersion", version);
        }
        lease.putObject("spec")
                .put("holderIdentity", identity)
                .put("leaseDurationSeconds", (int) Math.max(1, duration.toSeconds()))
                .put("acquireTime", MICROS.format(acquired))
                .put("renewTime", MICROS.format(renewed))
                .put("leaseTransitions", transitions);
        return lease;
    }

    private static Instant instant(String text, Instant otherwise) {
        try {
            return Instant.parse(text);
        } catch (java.time.format.DateTimeParseException e) {
            return otherwise; // of no meaning to us; for those who look at the object
        }
    }
}
