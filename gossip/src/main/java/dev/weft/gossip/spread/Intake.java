package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Batch;
import dev.weft.gossip.origin.Merged;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import java.util.List;

/** Takes in records that are pushed, and passes on what was new. */
final class Intake {
    private final Ledger ledger;
    private final Repair repair;
    private final Push push;
    private final Refusals refusals;

    Intake(Ledger ledger, Repair repair, Push push, Refusals refusals) {
        this.ledger = ledger;
        this.repair = repair;
        this.push = push;
        this.refusals = refusals;
    }

    void pushed(Link link, NodeId node, Frame.Push pushed, Instant now) {
        for (Batch batch : pushed.origins()) {
            OriginId origin = batch.origin();
            Ledger.Verdict verdict = ledger.judge(origin, batch.upTo(), node, now);
            if (verdict == Ledger.Verdict.IGNORE) {
                continue;
            }
            if (ledger.future(batch.upTo(), now)) {
                ledger.future(origin, batch.upTo(), node);
                continue;
            }
            link.knows(origin, batch.upTo());
            if (verdict == Ledger.Verdict.OURS) {
                refuseOwn(batch, node);
                continue;
            }
            long before = ledger.replica().highest(origin);
            if (ledger.push(batch, link, node).outcome() == Merged.Outcome.NEW) {
                repair.caughtUp(origin, 0);
                push.tell(new Batch(origin, batch.after(before), batch.seal()), node);
            }
        }
        // Where a record did not follow what is held, what is between is fetched at once.
        repair.pull(link, node, now);
    }

    /** Words that were lost here are proven by a digest, not by being pushed. */
    private void refuseOwn(Batch batch, NodeId from) {
        List<String> keys = batch.after(ledger.replica().highest(batch.origin())).stream()
                .map(record -> record.key())
                .toList();
        if (!keys.isEmpty()) {
            refusals.refuse(
                    Refusals.Reason.OWN_ORIGIN,
                    from.toString(),
                    "records " + keys + " of " + batch.origin() + ", which is written here");
        }
    }
}
