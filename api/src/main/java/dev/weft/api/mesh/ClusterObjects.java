package dev.weft.api.mesh;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.ClusterMember;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Members of the federation as objects. Pure. */
final class ClusterObjects {
    private ClusterObjects() {}

    /** What does not change while all is well. */
    private record Essence(
            List<String> addresses,
            String state,
            boolean behind,
            String freshness,
            boolean clockOff,
            @Nullable Instant staleSince) {}

    static ComputedObject of(ClusterMember member) {
        Essence essence = new Essence(
                member.addresses(),
                member.state(),
                member.recordsBehind() > 0,
                member.freshness(),
                member.clockOff(),
                staleSince(member));
        ResourceKey key = new ResourceKey(MeshKinds.CLUSTERS.type(), "", member.name());
        return new ComputedObject(key, essence, member, () -> object(member));
    }

    /** When the state of a cluster was last known to be its present one; null while it is. */
    static @Nullable Instant staleSince(ClusterMember member) {
        boolean sure = member.self()
                || (member.state().equals("Alive") && member.freshness().equals("Fresh"));
        Instant last = member.lastExchange();
        return sure || last == null ? null : last.truncatedTo(ChronoUnit.SECONDS);
    }

    private static ObjectNode object(ClusterMember member) {
        ObjectNode object = start(MeshKinds.CLUSTERS);
        object.putObject("metadata").put("name", member.name());
        member.addresses().forEach(object.putObject("spec").putArray("addresses")::add);
        ObjectNode status = object.putObject("status");
        status.put("state", member.state());
        status.put("self", member.self());
        status.put("recordsBehind", member.recordsBehind());
        status.put("freshness", member.freshness());
        status.put("stalenessSeconds", member.staleness().toMillis() / 1000.0);
        status.put("clockOff", member.clockOff());
        if (!member.digest().isEmpty()) {
            status.put("digest", member.digest());
        }
        Duration clockOffset = member.clockOffset();
        if (clockOffset != null) {
            status.put("clockOffsetSeconds", clockOffset.toMillis() / 1000.0);
        }
        Duration roundTrip = member.roundTrip();
        if (roundTrip != null) {
            status.put("roundTrip", milliseconds(roundTrip));
        }
        putTime(status, "lastExchange", member.lastExchange());
        putTime(status, "staleSince", staleSince(member));
        return object;
    }

    static ObjectNode start(ResourceKind kind) {
        return JsonNodeFactory.instance.objectNode().put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
    }

    static void putTime(ObjectNode object, String field, @Nullable Instant time) {
        if (time != null) {
            object.put(field, time.toString());
        }
    }

    private static String milliseconds(Duration duration) {
        return Math.round(duration.toNanos() / 10_000.0) / 100.0 + "ms";
    }
}
