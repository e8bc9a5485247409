package dev.weft.deploy.server;

import dev.weft.gossip.Gossip;
import dev.weft.gossip.HostPort;
import dev.weft.gossip.Member;
import dev.weft.registry.ClusterMember;
import dev.weft.registry.FederationView;
import dev.weft.registry.resource.FederatedService;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The federation as gossip sees it, in the registry's words. */
record GossipView(Gossip gossip, Supplier<CompletionStage<List<FederatedService>>> exports) implements FederationView {
    @Override
    public CompletionStage<List<ClusterMember>> members() {
        return gossip.members()
                .thenApply(members -> members.stream().map(GossipView::member).toList());
    }

    @Override
    public CompletionStage<List<FederatedService>> services() {
        return exports.get();
    }

    private static ClusterMember member(Member member) {
        String state = member.status().name();
        return new ClusterMember(
                member.cluster(),
                member.addresses().stream().map(HostPort::toString).toList(),
                state.charAt(0) + state.substring(1).toLowerCase(Locale.ROOT),
                member.roundTrip(),
                member.recordsBehind(),
                member.lastExchange(),
                member.self());
    }
}
