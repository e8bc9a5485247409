package dev.weft.gossip.transport;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.wire.Decoded;
import dev.weft.gossip.wire.Frame;
import dev.weft.gossip.wire.GossipCodec;
import dev.weft.gossip.wire.WireBounds;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Links over gRPC: one bidirectional stream of frames each, on a connection of its own. */
public final class GrpcPeers implements Peers {
    private static final String SERVICE = "weft.gossip.v1.Gossip";
    /** A few compressed bytes must not become many: nothing compressed is taken. */
    private static final DecompressorRegistry PLAIN_ONLY =
            DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, true);

    private static final int METADATA_BYTES = 8 * 1024;
    private static final MethodDescriptor<byte[], byte[]> EXCHANGE = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Exchange"))
            .setRequestMarshaller(new FrameBytes())
            .setResponseMarshaller(new FrameBytes())
            .build();

    private final LinkBounds bounds;
    private final WireBounds wire;
    private final GossipCodec codec;
    private final @Nullable Security security;
    private final @Nullable SslContext clientContext;
    private final Server server;
    private final NodeAddress address;
    private final AtomicLong nextLink = new AtomicLong(1);
    private final AtomicInteger accepted = new AtomicInteger();
    private final Map<Long, GrpcLink> links = new ConcurrentHashMap<>();
    private final Set<ManagedChannel> channels = ConcurrentHashMap.newKeySet();
    private volatile @Nullable PeerListener listener;
    private volatile boolean stopped;

    private GrpcPeers(NodeAddress bind, LinkBounds bounds, WireBounds wire, @Nullable Security security)
            throws IOException {
        this.bounds = bounds;
        this.wire = wire;
        this.codec = new GossipCodec(wire);
        this.security = security;
        this.clientContext = security == null ? null : security.client();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(bind.host(), bind.port()));
        if (security != null) {
            builder.sslContext(security.server());
        }
        this.server = builder.directExecutor()
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(EXCHANGE, (call, headers) -> accept(call))
                        .build())
                .decompressorRegistry(PLAIN_ONLY)
                .maxInboundMessageSize(wire.frameBytes())
                .maxInboundMetadataSize(METADATA_BYTES)
                .maxConcurrentCallsPerConnection(1)
                .handshakeTimeout(bounds.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionIdle(bounds.keepAliveTime().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTime(bounds.keepAliveTime().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(bounds.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(bounds.keepAliveTime().toMillis() / 2, TimeUnit.MILLISECONDS)
                .build()
                .start();
        this.address = new NodeAddress(bind.host(), server.getPort());
    }

    /**
     * Binds.
     *
     * @param security of links; null for plain text, which is for loopback addresses only
     * @throws IOException where the address cannot be bound, naming it
     */
    public static GrpcPeers bind(NodeAddress bind, LinkBounds bounds, WireBounds wire, @Nullable Security security)
            throws IOException {
        try {
            return new GrpcPeers(bind, bounds, wire, security);
        } catch (IOException e) {
            throw new IOException("gossip cannot listen on " + bind + ": " + rootMessage(e), e);
        }
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
        GrpcLink link = new GrpcLink(nextLink.getAndIncrement(), bounds.queueBytes());
        PeerListener heard = listener;
        if (heard == null || stopped) {
            throw new IllegalStateException("dial " + target + ": not started, or stopped");
        }
        links.put(link.id(), link);
        ManagedChannel channel = channel(target);
        channels.add(channel);
        ClientCall<byte[], byte[]> call = channel.newCall(EXCHANGE, CallOptions.DEFAULT);
        call.start(new Dialled(link, heard, channel, call), new Metadata());
        link.attach(new CallStreams.Dialled(call), bounds.window());
        return link.id();
    }

    @Override
    public int send(long id, Frame frame) {
        GrpcLink link = links.get(id);
        if (link == null) {
            return 0;
        }
        byte[] bytes = codec.encode(frame);
        return link.send(bytes) ? bytes.length : 0;
    }

    @Override
    public void processed(long id) {
        GrpcLink link = links.get(id);
        if (link != null) {
            link.processed();
        }
    }

    @Override
    public void close(long id, String reason) {
        GrpcLink link = links.get(id);
        PeerListener heard = listener;
        if (link != null && heard != null) {
            ended(link, heard, reason);
        }
    }

    @Override
    public CompletionStage<Void> stop() {
        stopped = true;
        server.shutdown();
        PeerListener heard = listener;
        if (heard != null) {
            links.values().forEach(link -> ended(link, heard, "stopped"));
        }
        channels.forEach(ManagedChannel::shutdown);
        return CompletableFuture.runAsync(() -> {
            try {
                if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
                    server.shutdownNow();
                }
            } catch (InterruptedException e) {
                server.shutdownNow();
                Thread.currentThread().interrupt();
            }
            channels.forEach(ManagedChannel::shutdownNow);
        });
    }

    private ManagedChannel channel(NodeAddress target) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(target.host(), target.port());
        if (clientContext == null) {
            builder.usePlaintext();
        } else {
            builder.sslContext(clientContext);
        }
        return builder.directExecutor()
                // A proxy meant for HTTP requests is no way to a peer.
                .proxyDetector(address -> null)
                .disableServiceConfigLookUp()
                .disableRetry()
                .decompressorRegistry(PLAIN_ONLY)
                .maxInboundMessageSize(wire.frameBytes())
                .maxInboundMetadataSize(METADATA_BYTES)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        bounds.connectTimeout().toMillis())
                .keepAliveTime(bounds.keepAliveTime().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(bounds.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .build();
    }

    private ServerCall.Listener<byte[]> accept(ServerCall<byte[], byte[]> call) {
        PeerListener heard = listener;
        if (heard == null || stopped) {
            call.close(Status.UNAVAILABLE.withDescription("not started, or stopped"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        if (accepted.incrementAndGet() > bounds.links()) {
            accepted.decrementAndGet();
            call.close(
                    Status.RESOURCE_EXHAUSTED.withDescription("links: " + bounds.links() + " (no more are taken)"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        PeerIdentity proven = proven(call.getAttributes());
        if (security != null && proven == null) {
            accepted.decrementAndGet();
            call.close(Status.UNAUTHENTICATED.withDescription("no valid certificate"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        GrpcLink link = new GrpcLink(nextLink.getAndIncrement(), bounds.queueBytes());
        links.put(link.id(), link);
        call.sendHeaders(new Metadata());
        link.attach(new CallStreams.Accepted(call), bounds.window());
        link.connect();
        heard.connected(link.id(), false, proven);
        return new Accepted(link, heard);
    }

    private @Nullable PeerIdentity proven(Attributes attributes) {
        return security == null ? null : security.peer(attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
    }

    private void received(GrpcLink link, PeerListener heard, byte[] bytes) {
        Decoded decoded = codec.decode(bytes);
        if (decoded instanceof Decoded.Understood understood) {
            heard.received(link.id(), understood.frame(), bytes.length);
        } else if (decoded instanceof Decoded.Malformed malformed) {
            heard.malformed(link.id(), malformed.reason());
        }
    }

    private void ended(GrpcLink link, PeerListener heard, String reason) {
        if (link.end(reason)) {
            links.remove(link.id());
            heard.disconnected(link.id(), reason);
        }
    }

    private static String rootMessage(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private static String describe(Status status) {
        Throwable cause = status.getCause();
        String what =
                status.getDescription() == null ? status.getCode().toString() : String.valueOf(status.getDescription());
        return cause == null ? what : what + " (" + rootMessage(cause) + ")";
    }

    private final class Dialled extends ClientCall.Listener<byte[]> {
        private final GrpcLink link;
        private final PeerListener heard;
        private final ManagedChannel channel;
        private final ClientCall<byte[], byte[]> call;

        private Dialled(GrpcLink link, PeerListener heard, ManagedChannel channel, ClientCall<byte[], byte[]> call) {
            this.call = call;
            this.link = link;
            this.heard = heard;
            this.channel = channel;
        }

        @Override
        public void onReady() {
            PeerIdentity proven = proven(call.getAttributes());
            if (security != null && proven == null) {
                ended(link, heard, "no valid certificate");
                return;
            }
            if (link.connect()) {
                heard.connected(link.id(), true, proven);
            }
            link.drain();
        }

        @Override
        public void onMessage(byte[] message) {
            received(link, heard, message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            channels.remove(channel);
            channel.shutdown();
            ended(link, heard, describe(status));
        }
    }

    private final class Accepted extends ServerCall.Listener<byte[]> {
        private final GrpcLink link;
        private final PeerListener heard;

        private Accepted(GrpcLink link, PeerListener heard) {
            this.link = link;
            this.heard = heard;
        }

        @Override
        public void onReady() {
            link.drain();
        }

        @Override
        public void onMessage(byte[] message) {
            received(link, heard, message);
        }

        @Override
        public void onHalfClose() {
            ended(link, heard, "closed by the peer");
        }

        @Override
        public void onCancel() {
            accepted.decrementAndGet();
            ended(link, heard, "lost");
        }

        @Override
        public void onComplete() {
            accepted.decrementAndGet();
            ended(link, heard, "closed");
        }
    }
}
