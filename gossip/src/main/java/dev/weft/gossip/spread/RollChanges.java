package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What follows from a change of the roll: who is out is forgotten and hung up on, and the others hear of it. */
final class RollChanges {
    private final RollBook roll;
    private final Ledger ledger;
    private final Roster roster;
    private final MemberReports reports;
    private final Rounds rounds;
    private final Push push;
    private final LinkTable links;
    private final Outbox outbox;

    RollChanges(
            RollBook roll,
            Ledger ledger,
            Roster roster,
            MemberReports reports,
            Rounds rounds,
            Push push,
            LinkTable links,
            Outbox outbox) {
        this.roll = roll;
        this.ledger = ledger;
        this.roster = roster;
        this.reports = reports;
        this.rounds = rounds;
        this.push = push;
        this.links = links;
        this.outbox = outbox;
    }

    /** @param source who told of the change, and needs not hear it; null if nobody did */
    void settle(@Nullable NodeId source, Instant now) {
        for (String cluster : roll.ousted()) {
            roster.forget(cluster);
            // Also where the name has a new key: what the old one signed, nobody would ever take back.
            ledger.ousted(cluster);
            closeUnwelcome("cluster " + cluster + " is no member any more");
        }
        Frame.Roll fresh = roll.fresh();
        if (fresh != null) {
            push.targets(source).forEach(link -> rounds.tell(link, fresh));
            reports.tellChanges(now);
        }
    }

    private void closeUnwelcome(String reason) {
        for (Link link : links.all()) {
            if (!roll.welcome(link) && !link.joining) {
                links.refused(link);
                outbox.send(link, roll.complete());
                links.close(link, reason);
            }
        }
    }
}
