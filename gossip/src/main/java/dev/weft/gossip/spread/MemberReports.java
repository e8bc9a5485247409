package dev.weft.gossip.spread;

import dev.weft.gossip.member.ClockOffsets;
import dev.weft.gossip.member.ClusterView;
import dev.weft.gossip.member.DataProgress;
import dev.weft.gossip.member.Freshness;
import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.member.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is thought of each cluster: its status, how far and how fresh it is, its clock. Tells followers when that changes. */
final class MemberReports {
    private final Membership membership;
    private final RollBook roll;
    private final Ledger ledger;
    private final Repair repair;
    private final StoreQueue store;
    private final Consumer<News> news;
    private final ClockOffsets clocks;
    private final DataProgress progress;
    private final RoundTrips roundTrips = new RoundTrips();
    private List<MemberReport> told = List.of();

    MemberReports(
            Membership membership,
            RollBook roll,
            Ledger ledger,
            Repair repair,
            StoreQueue store,
            SpreadSettings settings,
            Consumer<News> news,
            ClockOffsets clocks,
            Instant now) {
        this.membership = membership;
        this.roll = roll;
        this.ledger = ledger;
        this.repair = repair;
        this.store = store;
        this.news = news;
        this.clocks = clocks;
        this.progress = new DataProgress(settings.members().freshness(), now);
    }

    /** Takes over what an earlier life thought. */
    void restore(List<StoredState.Mark> marks) {
        marks.forEach(mark -> {
            progress.restore(mark.progress());
            clocks.restore(mark.progress().cluster(), mark.clockOff());
        });
    }

    /** A peer answered an opening. */
    void answered(Link link, NodeId node, long round, Instant now) {
        if (round != 0 && round == link.openedRound) {
            roundTrips.sample(node, Duration.between(link.openedAt, now));
            link.openedRound = 0;
        }
    }

    /** Looks at the progress and the clocks of all clusters, and stores what is to outlive this process. */
    void look(Instant now) {
        List<String> others = new ArrayList<>();
        Map<String, Long> reached = new HashMap<>();
        ledger.replica().states().forEach(state -> reached.merge(state.id().cluster(), state.highest(), Math::max));
        for (ClusterView view : membership.clusters(now)) {
            String cluster = view.cluster();
            if (!cluster.equals(membership.self().id().cluster())) {
                others.add(cluster);
                progress.look(
                        cluster, view.lastHeard(), repair.behind(cluster), reached.getOrDefault(cluster, 0L), now);
            }
        }
        progress.retain(others).forEach(store::noMark);
        clocks.retain(others);
        clocks.judge();
        progress.unkept().forEach(mark -> store.mark(new StoredState.Mark(mark, clocks.off(mark.cluster()))));
    }

    /** Forgets a process that is gone. */
    void forget(NodeId node) {
        roundTrips.forget(node);
    }

    /** The smoothed round trip to the nearest process of a cluster; null before the first exchange. */
    @Nullable
    Duration roundTrip(String cluster) {
        return roundTrips.nearest(node -> node.cluster().equals(cluster));
    }

    /** The federation as seen from here, by name. */
    List<MemberReport> report(Instant now) {
        String self = membership.self().id().cluster();
        List<MemberReport> reports = new ArrayList<>();
        for (ClusterView view : membership.clusters(now)) {
            boolean own = view.cluster().equals(self);
            Duration nearest = own ? null : roundTrips.nearest(view.nodes()::contains);
            reports.add(new MemberReport(
                    view.cluster(),
                    view.nodes().stream().map(NodeId::address).toList(),
                    own || !roll.expelled() ? view.status() : Status.UNREACHABLE,
                    nearest,
                    repair.behind(view.cluster()),
                    own ? now : lastExchange(view),
                    own,
                    own ? Freshness.FRESH : progress.degree(view.cluster()),
                    own ? Duration.ZERO : progress.staleness(view.cluster(), now),
                    own ? null : clocks.offset(view.cluster()),
                    own ? clocks.selfOff() : clocks.off(view.cluster()),
                    ledger.replica().digest(view.cluster())));
        }
        return reports;
    }

    /** Since a restart, or before it: what was known then is what is in use now. */
    private @Nullable Instant lastExchange(ClusterView view) {
        Instant heard = view.lastHeard();
        return heard == null ? progress.last(view.cluster()) : heard;
    }

    /** Tells followers where more than times changed. */
    void tellChanges(Instant now) {
        List<MemberReport> present = report(now);
        boolean same = present.size() == told.size();
        for (int i = 0; same && i < present.size(); i++) {
            same = present.get(i).sameButTimes(told.get(i));
        }
        if (!same) {
            told = present;
            news.accept(new News.MembersChanged(present));
        }
    }
}
