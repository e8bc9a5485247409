package dev.weft.api;

import dev.weft.registry.ClusterMember;
import dev.weft.registry.FederationTraffic;
import dev.weft.registry.FederationView;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.FederatedService;
import dev.weft.registry.resource.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A federation that is what a test says it is. */
final class TestFederation implements FederationView {
    private volatile List<ClusterMember> members;
    private volatile List<FederatedService> services = List.of();
    private volatile List<OpenToken> tokens = List.of();

    TestFederation(List<ClusterMember> members) {
        this.members = List.copyOf(members);
    }

    void hasMembers(ClusterMember... now) {
        members = List.of(now);
    }

    void exports(FederatedService... now) {
        services = List.of(now);
    }

    void hasTokens(OpenToken... now) {
        tokens = List.of(now);
    }

    @Override
    public CompletionStage<Answer<List<OpenToken>>> tokens() {
        return CompletableFuture.completedStage(new Answer.Found<>(tokens));
    }

    @Override
    public CompletionStage<Answer<Done>> revoke(String id) {
        List<OpenToken> left =
                tokens.stream().filter(token -> !token.id().equals(id)).toList();
        boolean found = left.size() < tokens.size();
        tokens = left;
        return CompletableFuture.completedStage(
                found
                        ? new Answer.Found<>(new Done())
                        : new Answer.Refused<>(
                                new Refusal(Refusal.Reason.Conflict, "none of this id", null, "", List.of(), 0)));
    }

    @Override
    public CompletionStage<List<ClusterMember>> members() {
        return CompletableFuture.completedFuture(members);
    }

    @Override
    public CompletionStage<FederationTraffic> traffic() {
        return CompletableFuture.completedFuture(new FederationTraffic(
                List.of(new FederationTraffic.Peer(
                        "west", 100, 200, 10, 20, Map.of("forged", 7L), Duration.ofMillis(500))),
                new FederationTraffic.Histogram(List.of(1, 2), List.of(1L, 2L, 1L), 25)));
    }

    @Override
    public CompletionStage<List<FederatedService>> services() {
        return CompletableFuture.completedFuture(services);
    }
}
