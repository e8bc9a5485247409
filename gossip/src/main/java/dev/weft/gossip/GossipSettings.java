package dev.weft.gossip;

import com.typesafe.config.Config;
import dev.weft.gossip.member.FreshnessSettings;
import dev.weft.gossip.member.MemberSettings;
import dev.weft.gossip.spread.SpreadSettings;
import dev.weft.gossip.spread.TrustSettings;
import dev.weft.gossip.transport.Backoff;
import dev.weft.gossip.transport.LinkBounds;
import dev.weft.gossip.wire.WireBounds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How this process takes part; see {@code reference.conf} for each value.
 *
 * @param cluster the name of this cluster, a DNS label
 * @param bind where to listen; port 0 lets the system choose
 * @param advertised where others reach this process; null if that is where it listens
 * @param seeds addresses of members to begin with
 * @param incarnation of the cluster where another of its processes made it; empty where this one stores or makes it
 * @param waitingCommands that may wait while the store is loaded
 * @param spread pace and bounds of spreading
 * @param links bounds of links
 * @param wire bounds of frames
 * @param trust how this process proves who it is
 */
public record GossipSettings(
        String cluster,
        HostPort bind,
        @Nullable HostPort advertised,
        List<HostPort> seeds,
        OptionalLong incarnation,
        int waitingCommands,
        SpreadSettings spread,
        LinkBounds links,
        WireBounds wire,
        TrustOptions trust) {
    private static final int LABEL_LENGTH = 63;

    public GossipSettings {
        seeds = List.copyOf(seeds);
        if (!cluster.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?") || cluster.length() > LABEL_LENGTH) {
            throw new IllegalArgumentException("cluster: " + cluster
                    + " (expected: at most 63 lower-case letters, digits and hyphens, not at its ends a hyphen)");
        }
        if (spread.budgetBytes() + (long) wire.payloadBytes() + 4L * wire.keyLength() > wire.frameBytes()) {
            throw new IllegalArgumentException("weft.gossip.wire.frame-bytes: " + wire.frameBytes()
                    + " (expected: room for frame-budget, and one payload and key more)");
        }
    }

    /**
     * Reads {@code weft.gossip}.
     *
     * @param root the whole configuration
     * @throws IllegalArgumentException or a {@link com.typesafe.config.ConfigException} that names the key
     */
    public static GossipSettings from(Config root) {
        Config config = root.getConfig("weft.gossip");
        String advertised = config.getString("advertised");
        long incarnation = config.getLong("incarnation");
        return new GossipSettings(
                config.getString("cluster"),
                new HostPort(config.getString("host"), config.getInt("port")),
                advertised.isEmpty() ? null : HostPort.parse(advertised),
                config.getStringList("seeds").stream().map(HostPort::parse).toList(),
                incarnation == 0 ? OptionalLong.empty() : OptionalLong.of(incarnation),
                config.getInt("waiting-commands"),
                spread(config),
                links(config.getConfig("links")),
                wire(config.getConfig("wire")),
                TrustOptions.from(config.getConfig("trust")));
    }

    /** The same for a cluster, an address and members to begin with, as the command line names them. */
    public GossipSettings of(String name, HostPort listen, List<HostPort> members) {
        return new GossipSettings(
                name, listen, advertised, members, incarnation, waitingCommands, spread, links, wire, trust);
    }

    /** The same, reached by others at an address that differs from where this listens. */
    public GossipSettings advertisedAt(HostPort reached) {
        return new GossipSettings(
                cluster, bind, reached, seeds, incarnation, waitingCommands, spread, links, wire, trust);
    }

    /** The same in an incarnation that another process of the cluster made. */
    public GossipSettings inIncarnation(long made) {
        return new GossipSettings(
                cluster, bind, advertised, seeds, OptionalLong.of(made), waitingCommands, spread, links, wire, trust);
    }

    /** The same with an identity that is kept in a directory, which is made if need be. */
    public GossipSettings identifiedBy(Path directory) {
        return new GossipSettings(
                cluster,
                bind,
                advertised,
                seeds,
                incarnation,
                waitingCommands,
                spread,
                links,
                wire,
                trust.keptIn(directory));
    }

    private static SpreadSettings spread(Config config) {
        Config round = config.getConfig("round");
        Config keep = config.getConfig("keep");
        return new SpreadSettings(
                config.getInt("fanout"),
                round.getDuration("interval"),
                round.getDouble("jitter"),
                bytes(round, "frame-budget"),
                round.getInt("frames-ahead"),
                keep.getDuration("tombstones"),
                config.getDuration("future-bound"),
                config.getInt("links.kept"),
                config.getDuration("links.silence"),
                round.getDuration("answer-timeout"),
                new Backoff(config.getDuration("links.first-retry"), config.getDuration("links.last-retry")),
                keep.getInt("origins"),
                keep.getInt("records-per-origin"),
                keep.getInt("processes"),
                members(config.getConfig("members")),
                bounds(config.getConfig("trust")));
    }

    private static TrustSettings bounds(Config config) {
        return new TrustSettings(
                config.getInt("members"),
                config.getInt("invitations"),
                config.getDuration("join-timeout"),
                bytes(config, "peer.bytes-per-second"),
                config.getInt("peer.frames-per-second"),
                config.getInt("peer.bad-frame-cost"),
                config.getDuration("peer.patience"),
                config.getBytes("staged-bytes"));
    }

    private static MemberSettings members(Config config) {
        return new MemberSettings(
                config.getDuration("heartbeat-interval"),
                bytes(config, "heartbeat-bytes"),
                config.getDouble("phi-threshold"),
                config.getDuration("acceptable-pause"),
                config.getDuration("unreachable-after"),
                config.getDuration("retention"),
                new FreshnessSettings(
                        config.getDuration("freshness.suspect-after"),
                        config.getDuration("freshness.stale-after"),
                        config.getDuration("freshness.withdrawn-after")),
                config.getDuration("clock-bound"));
    }

    private static LinkBounds links(Config config) {
        return new LinkBounds(
                config.getInt("accepted"),
                bytes(config, "queue-bytes"),
                config.getInt("window"),
                duration(config, "connect-timeout"),
                duration(config, "keepalive-time"),
                duration(config, "keepalive-timeout"));
    }

    private static WireBounds wire(Config config) {
        return new WireBounds(
                bytes(config, "frame-bytes"),
                config.getInt("key-length"),
                bytes(config, "payload-bytes"),
                config.getInt("name-length"),
                config.getInt("shards"),
                config.getInt("entries"));
    }

    private static Duration duration(Config config, String key) {
        return config.getDuration(key);
    }

    private static int bytes(Config config, String key) {
        return Math.toIntExact(config.getBytes(key));
    }
}
