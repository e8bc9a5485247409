package dev.weft.deploy.server;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import dev.weft.deploy.client.OwnAddress;
import dev.weft.gossip.HostPort;
import dev.weft.registry.Registry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server says of itself among the cluster's objects: its Node, and the Service of the API. */
final class ServerObjects implements AutoCloseable {
    /** Of no host: only the route there is asked for. */
    private static final URI ELSEWHERE = URI.create("http://192.0.2.1:9");

    private static final Logger log = LoggerFactory.getLogger(ServerObjects.class);

    private final String name;
    private final NodeAgent node;
    private final Optional<ApiService> service;
    private final Duration patience;

    /** @param patience how long a stop waits for others to be told */
    ServerObjects(String name, NodeAgent node, Optional<ApiService> service, Duration patience) {
        this.name = name;
        this.node = node;
        this.service = service;
        this.patience = patience;
    }

    /**
     * Begins, and goes on until it is closed.
     *
     * @param api where it serves, with the real port
     * @param gossip where other clusters reach it, {@code HOST:PORT}; empty where none can
     */
    static ServerObjects start(
            ActorSystem<?> system, ServerSettings settings, Registry registry, URI api, String gossip) {
        Config config = system.settings().config();
        RegistryObjects objects = new RegistryObjects(registry, config.getDuration("weft.server.start-timeout"));
        NodeAgent node = NodeAgent.start(
                objects,
                new NodeObjects(
                        settings.node(),
                        settings.zone(),
                        settings.addresses().api().host(),
                        gossip,
                        advertised(api).toString(),
                        ServerConfig.version(),
                        NodeCapacity.own()),
                config.getDuration("weft.server.node-heartbeat"),
                InstantSource.system());
        Optional<ApiService> service = Optional.empty();
        if (config.getBoolean("weft.server.kubernetes-service.keep")) {
            Duration repair = config.getDuration("weft.server.kubernetes-service.repair");
            ApiService keeper = new ApiService(objects, ApiServiceObjects.of(settings.ranges()), repair);
            new RegistryFeed(system, registry, config.getDuration("weft.server.feed-retry"))
                    .follow(NodeZoneFollower.NODES, keeper);
            keeper.start();
            service = Optional.of(keeper);
        }
        return new ServerObjects(settings.node(), node, service, config.getDuration("weft.server.leave-timeout"));
    }

    /** Where others reach an API: a literal address in the place of a name, this host's own in that of the one for all. */
    @SuppressWarnings("AddressSelection") // any address of that name is one of this server's
    static URI advertised(URI api) {
        String host = api.getHost();
        try {
            InetAddress address = InetAddress.getByName(host);
            host = address.isAnyLocalAddress()
                    ? OwnAddress.towards(ELSEWHERE)
                    : address.getHostAddress().replaceFirst("%.*", "");
        } catch (IOException e) {
            // Who listened there knows the name; it is told as it stands.
        }
        return URI.create(api.getScheme() + "://" + new HostPort(host, api.getPort()));
    }

    /**
     * Tells the others that this process goes, and ends. Never fails, and completes within {@code
     * weft.server.leave-timeout}, whatever came of it.
     */
    CompletionStage<Void> leave() {
        // The others would put back the endpoint of a process whose Node they take to be ready: the Node goes first.
        CompletableFuture<Boolean> told = node.leave()
                .thenCompose(said -> service.map(keeper -> keeper.leave(name))
                        .orElseGet(() -> CompletableFuture.completedStage(null)))
                .thenApply(done -> true)
                .toCompletableFuture()
                .completeOnTimeout(false, patience.toMillis(), TimeUnit.MILLISECONDS);
        return told.thenAccept(inTime -> {
            if (!inTime) {
                log.warn(
                        "The registry did not take within {} ms that this process stops: its Node {} is ready until it"
                                + " is missed",
                        patience.toMillis(),
                        name);
            }
            close();
        });
    }

    @Override
    public void close() {
        service.ifPresent(ApiService::close);
        node.close();
    }
}
