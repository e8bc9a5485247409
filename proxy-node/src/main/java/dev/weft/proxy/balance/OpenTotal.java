package dev.weft.proxy.balance;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The sum of the open connections of some targets, always at hand. Counted anew after as many changes as there are targets
 * (at least {@value #RECOUNTED_AFTER}), so that what went by uncounted while the targets took their seats does not stay.
 */
final class OpenTotal implements LoadBook {
    private static final int RECOUNTED_AFTER = 1_024;

    private final TargetSet targets;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger changes = new AtomicInteger();

    private OpenTotal(TargetSet targets) {
        this.targets = targets;
    }

    /** Follows the loads of these targets from now on. */
    static OpenTotal of(TargetSet targets) {
        OpenTotal made = new OpenTotal(targets);
        Seat.seat(targets, made);
        made.count();
        return made;
    }

    int open() {
        return open.get();
    }

    @Override
    public void moved(int place, int opened) {
        if (opened == 0) {
            return;
        }
        open.addAndGet(opened);
        if (changes.incrementAndGet() >= Math.max(RECOUNTED_AFTER, targets.size())) {
            changes.set(0);
            count();
        }
    }

    private void count() {
        int sum = 0;
        for (int index = 0; index < targets.size(); index++) {
            sum += targets.get(index).open();
        }
        open.set(sum);
    }
}
