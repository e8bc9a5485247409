package dev.weft.gossip.transport;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.wire.Decoded;
import dev.weft.gossip.wire.Frame;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The in-memory twin of {@link GrpcPeers}, in a {@link SimulatedNetwork}: frames go through the same codec, then wait for
 * virtual time. For one thread.
 */
public final class SimulatedPeers implements Peers {
    /** One end of a link. */
    record End(SimulatedPeers peers, long link) {}

    private final SimulatedNetwork network;
    private final NodeAddress address;
    private final Map<Long, End> links = new HashMap<>();
    private final @Nullable PeerIdentity identity;
    private long nextLink = 1;
    private @Nullable PeerListener listener;

    SimulatedPeers(SimulatedNetwork network, NodeAddress address, @Nullable PeerIdentity identity) {
        this.network = network;
        this.identity = identity;
        this.address = address;
    }

    @Override
    public NodeAddress address() {
        return address;
    }

    @Override
    public void start(PeerListener heard) {
        listener = heard;
    }

    @Override
    public long dial(NodeAddress target) {
        long link = nextLink++;
        network.later(address, target, () -> connect(link, target));
        return link;
    }

    @Override
    public int send(long link, Frame frame) {
        End other = links.get(link);
        if (other == null) {
            return 0;
        }
        byte[] bytes = network.codec().encode(frame);
        network.sent(bytes.length);
        network.transmit(
                address,
                other.peers().address,
                bytes.length,
                () -> other.peers().receive(other.link(), bytes));
        return bytes.length;
    }

    @Override
    public void processed(long link) {
        // There is no window here: delay and loss are what is simulated.
    }

    @Override
    public void close(long link, String reason) {
        End other = links.get(link);
        if (other != null) {
            lose(link, reason);
            network.later(address, other.peers().address, () -> other.peers().lose(other.link(), "closed by the peer"));
        }
    }

    @Override
    public CompletionStage<Void> stop() {
        for (long link : links.keySet().toArray(Long[]::new)) {
            close(link, "stopped");
        }
        network.leave(address);
        return CompletableFuture.completedFuture(null);
    }

    /** As if the process were killed: nothing of it moves any more, and the others see their links break. */
    public void crash() {
        listener = null;
        stop();
    }

    private void connect(long link, NodeAddress target) {
        SimulatedPeers other = network.at(target);
        if (listener == null) {
            return;
        }
        if (other == null || other.listener == null || network.cutEitherWay(address, target)) {
            listener.disconnected(link, "nobody at " + target);
            return;
        }
        long theirs = other.nextLink++;
        links.put(link, new End(other, theirs));
        other.links.put(theirs, new End(this, link));
        other.listener.connected(theirs, false, identity);
        listener.connected(link, true, other.identity);
    }

    private void receive(long link, byte[] bytes) {
        if (listener == null || !links.containsKey(link)) {
            return;
        }
        Decoded decoded = network.codec().decode(bytes);
        if (decoded instanceof Decoded.Understood understood) {
            listener.received(link, understood.frame(), bytes.length);
        } else if (decoded instanceof Decoded.Malformed malformed) {
            listener.malformed(link, malformed.reason());
        }
    }

    private void lose(long link, String reason) {
        if (links.remove(link) != null && listener != null) {
            listener.disconnected(link, reason);
        }
    }
}
