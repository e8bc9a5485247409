package dev.weft.api.rest;

import akka.http.javadsl.model.HttpResponse;
import dev.weft.api.discovery.AbsentKinds;
import dev.weft.api.discovery.ServedResource;
import dev.weft.api.forward.ForwardRoutes;
import dev.weft.api.forward.ForwardTarget;
import dev.weft.api.mesh.MeshKinds;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Below a group and a version: which of those that answer for resources it is, since some are no objects that are stored
 * (reviews, requests, what is worked out when somebody asks), and some are passed on to workloads.
 */
final class ResourceRoutes {
    private final ServedKinds kinds;
    private final ObjectRoutes objects;
    private final Map<ResourceType, ReadableObjects> computed;
    private final AccessReviews reviews;
    private final ForwardRoutes forward;
    private final FederationRequests requests;
    private final TokenRequests tokens;

    /** @param computed the kinds whose objects are worked out when somebody asks, and where they can be read */
    ResourceRoutes(
            ServedKinds kinds,
            ObjectRoutes objects,
            Map<ResourceType, ReadableObjects> computed,
            AccessReviews reviews,
            ForwardRoutes forward,
            FederationRequests requests,
            TokenRequests tokens) {
        this.kinds = kinds;
        this.objects = objects;
        this.computed = computed;
        this.reviews = reviews;
        this.forward = forward;
        this.requests = requests;
        this.tokens = tokens;
    }

    /**
     * Answers one request.
     *
     * @param segments of the path, after the version
     * @throws RequestRefused if there is no such resource, or not for this method
     */
    CompletionStage<HttpResponse> answer(
            Exchange exchange, String group, String version, List<String> segments, Seen seen) {
        ServedResource review = reviews.find(group, version, segments);
        if (review != null) {
            seen.is("create", review.plural());
            ObjectRoutes.requireMethod(exchange, "POST");
            return reviews.answer(exchange, review);
        }
        ForwardTarget workload = group.isEmpty() && version.equals("v1")
                ? ForwardTarget.parse(segments, exchange.request().getUri().path())
                : null;
        if (workload != null) {
            seen.is("connect", workload.plural() + "/proxy");
            return forward.answer(exchange.request(), workload);
        }
        ServedResource request = segments.size() == 1 ? requests.find(group, version, segments.get(0)) : null;
        if (request != null) {
            seen.is("create", request.plural());
            ObjectRoutes.requireMethod(exchange, "POST");
            return requests.answer(exchange, request);
        }
        ResourceKey account = tokens.find(group, version, segments);
        if (account != null) {
            seen.is("create", "serviceaccounts/token");
            ObjectRoutes.requireMethod(exchange, "POST");
            return tokens.answer(exchange, account);
        }
        ResourceTarget target = ResourceTarget.parse(version, segments, plural -> kinds.find(group, version, plural));
        if (target == null) {
            throw new RequestRefused(Refusals.noSuchResource());
        }
        ReadableObjects from = computed.get(target.kind().type());
        if (from != null) {
            boolean member = target.kind().type().equals(MeshKinds.CLUSTERS.type()) && !target.collection();
            if (member && exchange.method().equals("DELETE")) {
                seen.is("delete", target.kind().type().plural());
                return requests.expel(exchange, target.name());
            }
            ObjectRoutes.requireMethod(exchange, "GET");
            return objects.read(exchange, target, from, seen);
        }
        if (AbsentKinds.ALL.contains(target.kind())) {
            ObjectRoutes.requireMethod(exchange, "GET");
        }
        return objects.answer(exchange, target, seen);
    }
}
