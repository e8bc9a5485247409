package dev.weft.api.rest;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.Materializer;
import dev.weft.api.body.RequestBodies;
import dev.weft.api.discovery.OpenApiDocuments;
import dev.weft.api.discovery.ServedResource;
import dev.weft.api.forward.ForwardRoutes;
import dev.weft.api.forward.ForwardSettings;
import dev.weft.api.guard.ConnectionPlaces;
import dev.weft.api.mesh.MeshKinds;
import dev.weft.api.mesh.MeshObjects;
import dev.weft.api.mesh.MeshSettings;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.FederationView;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.ResourceType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of contents: which route answers which request. Safe for many threads. */
public final class ApiRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(ApiRoutes.class);
    private static final Set<String> CHECKS = Set.of("healthz", "livez", "readyz");

    private final RandomGenerator random;
    private final DiscoveryRoutes discovery;
    private final HealthRoutes health;
    private final Access access;
    private final IssuerRoutes issuer;
    private final ResourceRoutes resources;
    private final ForwardRoutes forward;
    private final WatchLimits watches;
    private final RequestMetrics metrics = new RequestMetrics();
    private final MetricsRoutes measured;
    private final InFlight inFlight;
    private final BodyReading reading;
    private final InstantSource clock;
    private final Materializer materializer;
    private final ConnectionPlaces places;

    /**
     * What holds for all requests.
     *
     * @param bodyBytes a request's body at most
     * @param bodyDeadline by when it must have arrived
     * @param bodiesAwaited that have not arrived, at most
     * @param requestsInFlight without an answer, at most
     * @param writesInFlight of those, such as change something
     * @param requestsOfUser of those, by one user
     * @param requestsOfSystem beyond all, by administrators and nodes
     * @param watches open at a time, at most
     * @param watchesOfUser of those, by one user
     * @param shortestWatch when no time is asked for, a watch lasts between this and {@code longestWatch}
     * @param longestWatch for any watch
     * @param watchAskedAgain how often the right to a watch is asked for
     * @param forward of requests that are passed on to workloads
     * @param mesh of what is worked out when somebody asks
     */
    public record Bounds(
            long bodyBytes,
            Duration bodyDeadline,
            int bodiesAwaited,
            int requestsInFlight,
            int writesInFlight,
            int requestsOfUser,
            int requestsOfSystem,
            int watches,
            int watchesOfUser,
            Duration shortestWatch,
            Duration longestWatch,
            Duration watchAskedAgain,
            ForwardSettings forward,
            MeshSettings mesh) {}

    /**
     * What the server calls itself.
     *
     * @param kubernetes the release whose API it speaks, e.g. {@code 1.32.0}
     * @param weft its own release
     * @param buildDate RFC 3339
     */
    public record Product(String kubernetes, String weft, String buildDate) {}

    /**
     * The routes of one server.
     *
     * @param places its connections, for the count of them
     * @param id tells several servers of one process apart
     */
    public ApiRoutes(
            Registry registry,
            Access access,
            Bounds bounds,
            Product product,
            InstantSource clock,
            RandomGenerator random,
            Materializer materializer,
            ConnectionPlaces places,
            String id) {
        this.access = access;
        this.random = random;
        this.clock = clock;
        this.inFlight = new InFlight(new InFlight.Bounds(
                bounds.requestsInFlight(),
                bounds.writesInFlight(),
                bounds.requestsOfUser(),
                // Where everybody is the administrator nothing can be kept for him.
                access.isOpen() ? 0 : bounds.requestsOfSystem()));
        this.measured = new MetricsRoutes(registry, metrics);
        this.materializer = materializer;
        this.places = places;
        RequestBodies bodies = new RequestBodies();
        this.reading = new BodyReading(
                new BodyReading.Bounds(bounds.bodyBytes(), bounds.bodyDeadline(), bounds.bodiesAwaited()),
                materializer);
        Representations representations = new Representations(clock);
        this.watches = new WatchLimits(
                new WatchLimits.Bounds(
                        bounds.watches(),
                        access.isOpen() ? bounds.watches() : bounds.watchesOfUser(),
                        bounds.shortestWatch(),
                        bounds.longestWatch()),
                random);
        TokenRequests tokens = new TokenRequests(registry, bodies, reading, access.accountTokens());
        ServedKinds kinds = new ServedKinds(registry.kinds());
        List<ServedResource> served = kinds.resources(tokens.served());
        this.discovery = new DiscoveryRoutes(
                served,
                new OpenApiDocuments(kinds.described(), served, "v" + product.kubernetes()),
                product,
                clock.instant());
        this.health = new HealthRoutes(registry);
        this.issuer = new IssuerRoutes(access.accountTokens());
        StandingWatches standing = new StandingWatches(access, bounds.watchAskedAgain());
        standing.begin(materializer.system());
        ObjectRoutes objects = new ObjectRoutes(
                new ReadRoutes(representations, watches, standing),
                new WriteRoutes(registry, access, representations, bodies, reading, materializer),
                new Evictions(registry, bodies, reading),
                ReadableObjects.stored(registry));
        this.forward = new ForwardRoutes(materializer.system(), bounds.forward(), registry, random);
        this.resources = new ResourceRoutes(
                kinds,
                objects,
                computed(registry, bounds.mesh(), clock, id),
                new AccessReviews(bodies, reading, access),
                forward,
                new FederationRequests(registry.federation(), bodies, reading),
                tokens);
    }

    private Map<ResourceType, ReadableObjects> computed(
            Registry registry, MeshSettings settings, InstantSource clock, String id) {
        ActorSystem<Void> system = Adapter.toTyped(materializer.system());
        FederationView view = registry.federation();
        return Map.of(
                MeshKinds.CLUSTERS.type(),
                ReadableObjects.computed(MeshObjects.clusters(system, settings, view, clock, id)),
                MeshKinds.FEDERATED_SERVICES.type(),
                ReadableObjects.computed(MeshObjects.federatedServices(system, settings, view, clock, id)));
    }

    /** From now on the server says that it is not ready; requests are still answered. */
    public void drain() {
        health.drain();
    }

    /**
     * Tells further numbers of this process under {@code /metrics}.
     *
     * @param text in the format of Prometheus, made anew for each request
     */
    public void measureAlso(java.util.function.Supplier<String> text) {
        measured.others(text);
    }

    /** Watches that are open. */
    public int openWatches() {
        return watches.open();
    }

    /** Answers one request; never fails. */
    public CompletionStage<HttpResponse> answer(HttpRequest request) {
        Seen seen = new Seen(clock.instant());
        InFlight.Place place = null;
        CompletionStage<HttpResponse> answer;
        try {
            Exchange exchange = Exchange.of(request);
            InFlight.Place taken = exempt(exchange) ? null : inFlight.begin(exchange.method());
            place = taken;
            answer = taken == null || taken.reserved()
                    ? access.admit(exchange).thenCompose(admitted -> admitted(admitted, taken, seen))
                    : CompletableFuture.completedFuture(Answers.to(request).refused(Refusals.tooManyRequests()));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return finished(request, seen, answer, place);
    }

    private CompletionStage<HttpResponse> admitted(Exchange exchange, InFlight.@Nullable Place place, Seen seen) {
        if (place != null && !place.grantedTo(exchange.user())) {
            throw new RequestRefused(Refusals.tooManyRequests());
        }
        return route(place == null ? exchange : exchange.at(place), seen);
    }

    /** Checks must tell of a server under load that it lives; what is passed on to workloads has a bound of its own. */
    private static boolean exempt(Exchange exchange) {
        List<String> path = exchange.path();
        boolean check = !path.isEmpty() && path.size() <= 2 && CHECKS.contains(path.get(0));
        return check
                || path.equals(List.of("metrics"))
                || (path.size() > 6 && path.get(0).equals("api") && path.get(6).equals("proxy"));
    }

    private CompletionStage<HttpResponse> finished(
            HttpRequest request, Seen seen, CompletionStage<HttpResponse> answer, InFlight.@Nullable Place place) {
        return answer.exceptionally(failure -> failed(request, failure)).whenComplete((response, none) -> {
            if (!awaitsContinue(request)) {
                // A body that nobody wanted must still leave the connection.
                request.discardEntityBytes(materializer);
            }
            if (place != null) {
                place.end();
            }
            seen.count(metrics, response == null ? 500 : response.status().intValue(), clock.instant());
        });
    }

    /** Reading such a body asks for it with a 100 each time, also after the answer; Akka HTTP closes what was not asked for. */
    private static boolean awaitsContinue(HttpRequest request) {
        return request.getHeader("expect").isPresent();
    }

    private HttpResponse failed(HttpRequest request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RequestRefused refused) {
            return Answers.to(request).refused(refused.refusal());
        }
        String id = HexFormat.of().toHexDigits(random.nextLong());
        LOG.error(
                "{} {} failed with an internal error, id {}",
                request.method().value(),
                request.getUri().path(),
                id,
                cause);
        return Answers.to(request).refused(Refusals.internal(id));
    }

    private CompletionStage<HttpResponse> route(Exchange exchange, Seen seen) {
        HttpResponse known = discovery.answer(exchange);
        known = known == null ? issuer.answer(exchange) : known;
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        List<String> path = exchange.path();
        String root = path.get(0);
        if (root.equals("api") || root.equals("apis")) {
            int version = root.equals("api") ? 1 : 2;
            String group = root.equals("api") ? "" : path.get(1);
            return resources.answer(exchange, group, path.get(version), path.subList(version + 1, path.size()), seen);
        }
        if (path.equals(List.of("metrics")) && exchange.method().equals("GET")) {
            return measured.answer(new MetricsRoutes.Now(
                    inFlight.reading(),
                    inFlight.writing(),
                    reading.awaited(),
                    watches.open(),
                    forward.underWay(),
                    places.open(),
                    places.refused()));
        }
        return CompletableFuture.completedFuture(elsewhere(exchange, root));
    }

    private HttpResponse elsewhere(Exchange exchange, String root) {
        if (root.equals("metrics") && exchange.path().size() == 1) {
            throw new RequestRefused(Refusals.methodNotAllowed());
        }
        HttpResponse known = null;
        if (CHECKS.contains(root) && exchange.path().size() == 1) {
            Query query = exchange.query();
            known = health.answer(root, query.has("verbose"), query.all("exclude"));
        } else if (CHECKS.contains(root) && exchange.path().size() == 2) {
            known = health.answer(root, exchange.path().get(1));
        }
        return known == null ? Answers.text(404, "404 page not found\n") : known;
    }
}
