package dev.weft.deploy.server;

import dev.weft.gossip.FederationRefusal;
import dev.weft.gossip.Gossip;
import dev.weft.gossip.GossipStats;
import dev.weft.gossip.HostPort;
import dev.weft.gossip.Member;
import dev.weft.registry.ClusterMember;
import dev.weft.registry.FederationTraffic;
import dev.weft.registry.FederationView;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.FederatedService;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Refusal.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The federation as gossip sees it, in the registry's words. */
record GossipView(Gossip gossip, Supplier<CompletionStage<List<FederatedService>>> exports) implements FederationView {
    @Override
    public CompletionStage<List<ClusterMember>> members() {
        return gossip.members()
                .thenApply(members -> members.stream().map(GossipView::member).toList());
    }

    @Override
    public CompletionStage<FederationTraffic> traffic() {
        return gossip.stats()
                .thenApply(stats -> new FederationTraffic(
                        stats.peers().stream().map(GossipView::peer).toList(),
                        new FederationTraffic.Histogram(
                                stats.convergence().bounds(),
                                stats.convergence().counts(),
                                stats.convergence().sum())));
    }

    private static FederationTraffic.Peer peer(GossipStats.Peer peer) {
        return new FederationTraffic.Peer(
                peer.cluster(),
                peer.bytesIn(),
                peer.bytesOut(),
                peer.framesIn(),
                peer.framesOut(),
                peer.rejected(),
                peer.lag());
    }

    @Override
    public CompletionStage<List<FederatedService>> services() {
        return exports.get();
    }

    @Override
    public CompletionStage<Answer<Invitation>> invite(Optional<Duration> validity) {
        Duration time = validity.orElseGet(gossip::tokenValidity);
        return answered(Reason.BadRequest, gossip.invite(time).thenApply(token -> new Invitation(token, time)));
    }

    @Override
    public CompletionStage<Answer<List<OpenToken>>> tokens() {
        return answered(
                Reason.Conflict,
                gossip.tokens()
                        .thenApply(all -> all.stream()
                                .map(each -> new OpenToken(each.id(), each.expires()))
                                .toList()));
    }

    @Override
    public CompletionStage<Answer<Done>> revoke(String id) {
        return answered(Reason.Conflict, gossip.revoke(id).thenApply(none -> new Done()));
    }

    @Override
    public CompletionStage<Answer<Done>> join(String token) {
        return answered(Reason.Conflict, gossip.joinWith(token).thenApply(none -> new Done()));
    }

    @Override
    public CompletionStage<Answer<Done>> leave() {
        return answered(Reason.Conflict, gossip.leave().thenApply(none -> new Done()));
    }

    @Override
    public CompletionStage<Answer<Done>> expel(String cluster) {
        return answered(Reason.Conflict, gossip.expel(cluster).thenApply(none -> new Done()));
    }

    /** What gossip refuses is an answer; anything else that fails is a bug. */
    private static <T> CompletionStage<Answer<T>> answered(Reason reason, CompletionStage<T> asked) {
        CompletionStage<Answer<T>> found = asked.thenApply(Answer.Found::new);
        return found.exceptionallyCompose(failure -> {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof FederationRefusal) {
                return CompletableFuture.completedStage(refused(reason, Objects.toString(cause.getMessage(), "")));
            }
            if (cause instanceof TimeoutException) {
                return CompletableFuture.completedStage(
                        refused(Reason.Timeout, "gossip did not answer in time; try again"));
            }
            return CompletableFuture.failedStage(cause);
        });
    }

    private static <T> Answer<T> refused(Reason reason, String why) {
        return new Answer.Refused<>(new Refusal(reason, why, null, "", List.of(), 0));
    }

    private static ClusterMember member(Member member) {
        return new ClusterMember(
                member.cluster(),
                member.addresses().stream().map(HostPort::toString).toList(),
                capital(member.status().name()),
                member.roundTrip(),
                member.recordsBehind(),
                member.lastExchange(),
                member.self(),
                capital(member.freshness().name()),
                member.staleness(),
                member.clockOffset(),
                member.clockOff(),
                member.digest());
    }

    private static String capital(String word) {
        return word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT);
    }
}
