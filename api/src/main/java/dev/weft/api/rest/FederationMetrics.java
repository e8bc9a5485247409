package dev.weft.api.rest;

import dev.weft.registry.ClusterMember;
import dev.weft.registry.FederationTraffic.Histogram;
import dev.weft.registry.FederationTraffic.Peer;
import dev.weft.registry.FederationView;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The federation as this node sees it, as Prometheus asks for it. */
final class FederationMetrics {
    private static final double MILLIS = 1_000.0;

    private final FederationView federation;

    FederationMetrics(FederationView federation) {
        this.federation = federation;
    }

    CompletionStage<String> text() {
        return federation.members().thenCombine(federation.traffic(), (members, traffic) -> {
            StringBuilder text = new StringBuilder();
            members(text, members);
            traffic(text, traffic.peers());
            rejected(text, traffic.peers());
            convergence(text, traffic.convergence());
            return text.toString();
        });
    }

    private static void members(StringBuilder text, List<ClusterMember> members) {
        head(text, "member", "gauge", "Members of the federation as seen from here, by state and freshness.");
        members.forEach(member -> text.append("weft_federation_member{cluster=\"%s\",state=\"%s\",freshness=\"%s\"} 1\n"
                .formatted(member.name(), member.state(), member.freshness())));
        each(
                text,
                "records_behind",
                "gauge",
                "Records of a cluster that are known to exist and are not here yet.",
                members,
                ClusterMember::name,
                ClusterMember::recordsBehind);
        each(
                text,
                "staleness_seconds",
                "gauge",
                "Since a cluster last made progress here.",
                members,
                ClusterMember::name,
                member -> seconds(member.staleness()));
        each(
                text,
                "round_trip_seconds",
                "gauge",
                "Smoothed time of an exchange with a cluster.",
                members,
                ClusterMember::name,
                member -> seconds(member.roundTrip()));
        each(
                text,
                "clock_offset_seconds",
                "gauge",
                "How far the clock of a cluster is ahead of the one here.",
                members,
                ClusterMember::name,
                member -> seconds(member.clockOffset()));
    }

    private static void traffic(StringBuilder text, List<Peer> peers) {
        each(
                text,
                "lag_seconds",
                "gauge",
                "Since a sign of life of a cluster last arrived here, directly or through others.",
                peers,
                Peer::cluster,
                peer -> seconds(peer.lag()));
        each(
                text,
                "received_bytes_total",
                "counter",
                "Bytes of frames from a cluster, without TLS.",
                peers,
                Peer::cluster,
                Peer::bytesIn);
        each(
                text,
                "sent_bytes_total",
                "counter",
                "Bytes of frames to a cluster, without TLS.",
                peers,
                Peer::cluster,
                Peer::bytesOut);
        each(text, "received_frames_total", "counter", "Frames from a cluster.", peers, Peer::cluster, Peer::framesIn);
        each(text, "sent_frames_total", "counter", "Frames to a cluster.", peers, Peer::cluster, Peer::framesOut);
    }

    private static void rejected(StringBuilder text, List<Peer> peers) {
        head(text, "rejected_total", "counter", "Words of a cluster that were not believed, by reason.");
        for (Peer peer : peers) {
            new TreeMap<>(peer.rejected())
                    .forEach((reason, count) ->
                            text.append("weft_federation_rejected_total{cluster=\"%s\",reason=\"%s\"} %d\n"
                                    .formatted(peer.cluster(), reason, count)));
        }
    }

    /** Prometheus wants each bucket to hold those below it, too. */
    private static void convergence(StringBuilder text, Histogram histogram) {
        String name = "convergence_seconds";
        head(
                text,
                name,
                "histogram",
                "From the commit of others' changes to their being known here, clocks corrected.");
        long below = 0;
        for (int i = 0; i < histogram.counts().size(); i++) {
            below += histogram.counts().get(i);
            String bound = i < histogram.bounds().size()
                    ? String.valueOf(histogram.bounds().get(i) / MILLIS)
                    : "+Inf";
            text.append("weft_federation_%s_bucket{le=\"%s\"} %d\n".formatted(name, bound, below));
        }
        text.append("weft_federation_%s_sum %s\n".formatted(name, histogram.sum() / MILLIS));
        text.append("weft_federation_%s_count %d\n".formatted(name, below));
    }

    /** A line for each of whom the value is known. */
    private static <T> void each(
            StringBuilder text,
            String name,
            String type,
            String help,
            List<T> all,
            Function<T, String> cluster,
            Function<T, @Nullable Object> value) {
        head(text, name, type, help);
        for (T one : all) {
            Object known = value.apply(one);
            if (known != null) {
                text.append("weft_federation_%s{cluster=\"%s\"} %s\n".formatted(name, cluster.apply(one), known));
            }
        }
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP weft_federation_%1$s %2$s\n# TYPE weft_federation_%1$s %3$s\n".formatted(name, help, type));
    }

    private static @Nullable Object seconds(@Nullable Duration duration) {
        return duration == null ? null : duration.toNanos() / 1e9;
    }
}
