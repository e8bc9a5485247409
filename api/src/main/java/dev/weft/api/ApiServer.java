package dev.weft.api;

import akka.Done;
import akka.NotUsed;
import akka.actor.ClassicActorSystemProvider;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.settings.ServerSettings;
import akka.japi.Pair;
import akka.stream.BindFailedException;
import akka.stream.Materializer;
import akka.stream.SystemMaterializer;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.TLSProtocol.SslTlsOutbound;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Tcp;
import com.typesafe.config.Config;
import dev.weft.api.guard.ConnectionPlaces;
import dev.weft.api.rest.Access;
import dev.weft.api.rest.ApiRoutes;
import dev.weft.registry.Registry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** The API server of one node, bound and serving. */
public final class ApiServer {
    private final Serving serving;
    private final ApiRoutes routes;
    private final ApiSettings settings;

    private ApiServer(Serving serving, ApiRoutes routes, ApiSettings settings) {
        this.serving = serving;
        this.routes = routes;
        this.settings = settings;
    }

    /**
     * Binds and serves. Stops with the actor system: it takes no more connections, says that it is not ready, and ends
     * watches; for the time of the notice, whoever sends a request on an open connection gets his answer and is told that
     * it was the last; then no more requests are taken, and it waits for answers under way.
     *
     * @param clock for ages in tables
     * @param random spreads the ends of watches, and makes ids of errors
     * @return fails with {@link ApiStartException} if it cannot listen there, or must not: beyond loopback it needs TLS and
     *     authentication, which are not configured
     */
    public static CompletionStage<ApiServer> start(
            ActorSystem<?> system,
            ApiSettings settings,
            Registry registry,
            InstantSource clock,
            RandomGenerator random) {
        return start(system, settings, ApiDoor.open(Access.open(registry)), registry, clock, random);
    }

    /**
     * The same, behind a door of the caller's choice.
     *
     * @param door TLS, and who may do what
     */
    public static CompletionStage<ApiServer> start(
            ActorSystem<?> system,
            ApiSettings settings,
            ApiDoor door,
            Registry registry,
            InstantSource clock,
            RandomGenerator random) {
        String place = settings.host() + ":" + settings.port();
        try {
            if (!door.mayLeaveLoopback()) {
                requireLoopback(settings.host());
            }
        } catch (ApiStartException e) {
            return CompletableFuture.failedFuture(e);
        }
        Materializer materializer = SystemMaterializer.get(system).materializer();
        ConnectionPlaces places =
                new ConnectionPlaces(settings.connectionsOfAddress(), settings.unboundedAddresses(), clock);
        ApiRoutes routes = new ApiRoutes(
                registry,
                door.access(),
                settings.bounds(),
                settings.product(),
                clock,
                random,
                materializer,
                places,
                UUID.randomUUID().toString());
        Connections connections = new Connections(settings.guard(), places, routes::answer);
        ServerSettings server = serverSettings(system, settings);
        // One for all connections: each that is made anew reads the configuration of its parsers anew, and keeps it.
        BidiFlow<HttpResponse, SslTlsOutbound, SslTlsInbound, HttpRequest, NotUsed> http =
                Http.get(system).serverLayer(server);
        Pair<CompletionStage<Tcp.ServerBinding>, CompletionStage<Done>> serving = Tcp.get(system)
                .bind(
                        settings.host(),
                        settings.port(),
                        server.getBacklog(),
                        server.getSocketOptions(),
                        true,
                        Optional.of(settings.http().getDuration("idle-timeout")))
                .mapAsyncUnordered(server.getMaxConnections(), connection -> {
                    InetAddress client = connection.remoteAddress().getAddress();
                    if (!places.enter(client)) {
                        connections.refuse(connection.flow(), door.tls().isPresent(), materializer);
                        return CompletableFuture.completedFuture(Done.getInstance());
                    }
                    ApiDoor.Line line = door.line(connection.flow(), http);
                    return connections.serve(line.http(), line.bytes(), connection.remoteAddress(), materializer);
                })
                .toMat(Sink.ignore(), Keep.both())
                .run(materializer);
        return serving.first()
                .thenApply(
                        binding -> new ApiServer(new Serving(binding, connections, serving.second()), routes, settings)
                                .stoppingWith(system))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(cannotListen(place, failure)));
    }

    /** What runs. */
    private record Serving(Tcp.ServerBinding binding, Connections connections, CompletionStage<Done> allClosed) {}

    private static ServerSettings serverSettings(ClassicActorSystemProvider system, ApiSettings settings) {
        Config all = system.classicSystem().settings().config();
        return ServerSettings.create(settings.http().atPath("akka.http.server").withFallback(all));
    }

    private static void requireLoopback(String host) throws ApiStartException {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    throw new ApiStartException(
                            host + ": without TLS and authentication the API listens on loopback only"
                                    + " (expected: an address such as 127.0.0.1)",
                            null);
                }
            }
        } catch (UnknownHostException e) {
            throw new ApiStartException(host + ": no such host (expected: an address of this machine)", e);
        }
    }

    private static Throwable cannotListen(String place, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof BindFailedException || cause instanceof java.net.SocketException) {
            Throwable reason = cause.getCause() == null ? cause : cause.getCause();
            return new ApiStartException(
                    place + ": the API cannot listen there: " + reason.getMessage()
                            + " (is another process using the port?)",
                    cause);
        }
        return cause;
    }

    private ApiServer stoppingWith(ActorSystem<?> system) {
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(
                CoordinatedShutdown.PhaseServiceUnbind(),
                "weft-api-" + address().getPort(),
                this::stop);
        return this;
    }

    /** Where it listens, with the real port. */
    public InetSocketAddress address() {
        return serving.binding().localAddress();
    }

    /**
     * Tells further numbers of this process under {@code /metrics}.
     *
     * @param text in the format of Prometheus, made anew for each request
     */
    public void measureAlso(java.util.function.Supplier<String> text) {
        routes.measureAlso(text);
    }

    /** Watches that are open. */
    public int openWatches() {
        return routes.openWatches();
    }

    /** Connections that are open. */
    public int openConnections() {
        return serving.connections().open();
    }

    /** Stops as described at {@link #start}; may be called more than once. */
    public CompletionStage<Done> stop() {
        routes.drain();
        serving.connections().leave();
        return serving.binding()
                .unbind()
                .thenCompose(unbound -> closedWithin(settings.drainNotice()))
                .thenCompose(noticed -> {
                    serving.connections().finish();
                    return closedWithin(settings.drainDeadline());
                });
    }

    private CompletionStage<Done> closedWithin(Duration time) {
        return serving.allClosed()
                .toCompletableFuture()
                .copy()
                .completeOnTimeout(Done.getInstance(), time.toMillis(), TimeUnit.MILLISECONDS);
    }
}
