package dev.weft.gossip;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.transport.GrpcPeers;
import dev.weft.gossip.transport.Peers;
import dev.weft.gossip.transport.Security;
import dev.weft.gossip.trust.Certificates;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.IdentityDirectory;
import dev.weft.gossip.trust.LinkKeys;
import dev.weft.gossip.trust.LinkTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * Where this process listens for others, and as whom.
 *
 * @param open whether clusters on this machine may join without a token
 */
record Listening(Peers peers, ClusterIdentity identity, boolean open) {
    /**
     * Binds the address, with the identity that is stored or a new one.
     *
     * @throws IOException where the address cannot be bound or the identity not be read, in a sentence for the user
     */
    static Listening bind(GossipSettings settings, InstantSource clock) throws IOException {
        TrustOptions trust = settings.trust();
        boolean loopback = InetAddress.getByName(settings.bind().host()).isLoopbackAddress();
        if (trust.plain() && !loopback) {
            throw new IOException("gossip cannot listen on " + settings.bind() + " in plain text (expected: a loopback"
                    + " address, or weft.gossip.trust.plain-text = false)");
        }
        if (settings.advertised() == null
                && InetAddress.getByName(settings.bind().host()).isAnyLocalAddress()) {
            throw new IOException(
                    "gossip on " + settings.bind() + ": nobody can call that (expected: a host that others"
                            + " reach, here or as weft.gossip.advertised)");
        }
        SecureRandom chance = new SecureRandom();
        Path directory = trust.directory();
        ClusterIdentity identity = directory == null
                ? ClusterIdentity.create(settings.cluster(), chance::nextBytes)
                : new IdentityDirectory(directory).loadOrCreate(settings.cluster(), chance::nextBytes);
        Security security = trust.plain() ? null : security(trust, identity, clock, chance);
        NodeAddress address = Reports.internal(settings.bind());
        Peers peers = GrpcPeers.bind(address, settings.links(), settings.wire(), security);
        return new Listening(peers, identity, loopback && trust.open());
    }

    private static Security security(
            TrustOptions trust, ClusterIdentity identity, InstantSource clock, SecureRandom chance) {
        Certificates certificates = new Certificates(identity, trust.clockSkew(), chance);
        return new Security(
                new LinkKeys(certificates, trust.certificateValidity(), clock), new LinkTrust(clock), clock);
    }
}
