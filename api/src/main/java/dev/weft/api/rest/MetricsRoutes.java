package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import dev.weft.registry.Registry;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.ResourceFilter;
import dev.weft.registry.watch.VersionMatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What there is to measure, as Prometheus asks for it. */
final class MetricsRoutes {
    private final Registry registry;
    private final RequestMetrics requests;
    private final FederationMetrics federation;
    private volatile Supplier<String> others = () -> "";

    MetricsRoutes(Registry registry, RequestMetrics requests) {
        this.registry = registry;
        this.requests = requests;
        this.federation = new FederationMetrics(registry.federation());
    }

    /**
     * What is going on at the moment.
     *
     * @param reading requests that wait for their answers and change nothing
     * @param writing requests that wait for their answers and change something
     * @param awaited requests whose bodies have not arrived, which count as neither
     * @param watches open ones
     * @param forwarded requests under way to workloads
     * @param connections open ones
     * @param connectionsRefused since the start
     */
    record Now(
            int reading,
            int writing,
            int awaited,
            int watches,
            int forwarded,
            int connections,
            long connectionsRefused) {}

    /** What else of this process is to be told, in the same format. */
    void others(Supplier<String> text) {
        others = text;
    }

    CompletionStage<HttpResponse> answer(Now now) {
        return objects()
                .thenCombine(
                        federation.text(),
                        (objects, members) ->
                                Answers.text(200, requests.text() + present(now) + objects + members + others.get()));
    }

    private String present(Now now) {
        return """
                # HELP apiserver_current_inflight_requests Requests whose answer has not begun, without those that last.
                # TYPE apiserver_current_inflight_requests gauge
                apiserver_current_inflight_requests{request_kind="mutating"} %d
                apiserver_current_inflight_requests{request_kind="readOnly"} %d
                # HELP apiserver_longrunning_requests Watches that are open, and requests under way to workloads.
                # TYPE apiserver_longrunning_requests gauge
                apiserver_longrunning_requests{verb="WATCH"} %d
                apiserver_longrunning_requests{verb="CONNECT"} %d
                # HELP weft_api_watches_open Watches that are open.
                # TYPE weft_api_watches_open gauge
                weft_api_watches_open %d
                # HELP weft_api_bodies_awaited Requests whose bodies have not arrived.
                # TYPE weft_api_bodies_awaited gauge
                weft_api_bodies_awaited %d
                # HELP weft_api_connections_open Connections that are open.
                # TYPE weft_api_connections_open gauge
                weft_api_connections_open %d
                # HELP weft_api_connections_refused_total Connections refused because their address had as many as it may.
                # TYPE weft_api_connections_refused_total counter
                weft_api_connections_refused_total %d
                # HELP weft_registry_ready Whether every shard runs and this node has caught up with them.
                # TYPE weft_registry_ready gauge
                weft_registry_ready %d
                """.formatted(
                        now.writing(),
                        now.reading(),
                        now.watches(),
                        now.forwarded(),
                        now.watches(),
                        now.awaited(),
                        now.connections(),
                        now.connectionsRefused(),
                        registry.readiness().ready() ? 1 : 0);
    }

    /** A page of one tells how many follow, which costs the same however many there are. */
    private CompletionStage<String> objects() {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        CompletionStage<Void> all = CompletableFuture.completedStage(null);
        for (ResourceKind kind : registry.kinds().all()) {
            ListRequest one = new ListRequest(
                    Collection.everywhere(kind.type()), ResourceFilter.ALL, new VersionMatch.Any(), 1, "");
            CompletionStage<Void> counted = registry.list(one).thenAccept(answer -> {
                if (answer instanceof Answer.Found<Listing> found) {
                    long count = found.value().items().size()
                            + Math.max(0, found.value().remaining());
                    lines.add("apiserver_storage_objects{resource=\"" + kind.type() + "\"} " + count + "\n");
                }
            });
            all = all.thenCombine(counted, (none, neither) -> null);
        }
        return all.thenApply(
                none -> """
                # HELP apiserver_storage_objects Objects that are stored, by resource.
                # TYPE apiserver_storage_objects gauge
                """ + String.join("", lines.stream().sorted().toList()));
    }
}
