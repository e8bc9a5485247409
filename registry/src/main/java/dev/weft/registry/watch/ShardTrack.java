package dev.weft.registry.watch;

import dev.weft.registry.resource.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What a hub knows of its conversation with one shard. One question at a time; who asks meanwhile shares the next one. */
final class ShardTrack {
    private final int shard;
    private final ShardLink link;
    private final Duration patience;
    private List<Barrier> asked = new ArrayList<>();
    private List<Barrier> next = new ArrayList<>();
    private boolean open;
    private long question;
    private boolean wantsNext;
    private long askedVersion;
    private long nextVersion;
    private Instant askedAt = Instant.MIN;
    private List<Resource> incoming = new ArrayList<>();
    private boolean known;
    private long committed;
    /** What was missed is asked for, and has come before the answer to this question or not at all; 0 if nothing is. */
    private long mendedBy = 1;

    ShardTrack(int shard, ShardLink link, Duration patience) {
        this.shard = shard;
        this.link = link;
        this.patience = patience;
    }

    /** Whether a snapshot of the shard has arrived. */
    boolean known() {
        return known;
    }

    /** Asks the shard to close a version, now or as soon as it has answered what it was asked before. */
    void close(long version, Instant now) {
        if (open) {
            wantsNext = wantsNext || version > askedVersion;
            nextVersion = Math.max(nextVersion, version);
        } else {
            ask(version, now);
        }
    }

    /** A question whose answer must come from after now. */
    void await(Barrier barrier, long version, Instant now) {
        next.add(barrier);
        if (open) {
            wantsNext = true;
            nextVersion = Math.max(nextVersion, version);
        } else {
            ask(version, now);
        }
    }

    /** The shard answered; returns who waited for that. */
    List<Barrier> answered(long answer, Instant now) {
        // Not the second answer to a question that was put twice: it may be older than whoever waits now.
        if (!open || answer != question) {
            return List.of();
        }
        open = false;
        List<Barrier> done = asked;
        asked = new ArrayList<>();
        if (wantsNext) {
            ask(nextVersion, now);
        }
        return done;
    }

    /** Asks again what got no answer in time. */
    void remind(Instant now) {
        if (!open) {
            ask(0, now);
        } else if (askedAt.plus(patience).isBefore(now)) {
            askedAt = now;
            link.close(shard, question, askedVersion);
        }
    }

    /** The version of the last batch that the hub holds. */
    long committed() {
        return committed;
    }

    /** A batch of this version followed on what the hub holds. */
    void committed(long version) {
        committed = version;
        mendedBy = 0;
    }

    /** A batch does not follow on what the hub holds. Those behind it do not either: what was missed is asked for once. */
    void missed() {
        if (mendedBy == 0) {
            follow();
        }
    }

    /**
     * The shard's answer to a question shows that something is missing still.
     *
     * @param following whether the shard sends what it commits
     */
    void behind(long answer, boolean following) {
        if (answer < mendedBy) {
            // Asked before what was missed was: it is on its way.
            return;
        }
        if (mendedBy != 0 && following) {
            // What came did not help: from the beginning.
            known = false;
            committed = 0;
        }
        follow();
    }

    /** The shard's answer shows that nothing is missing. */
    void complete() {
        mendedBy = 0;
    }

    private void follow() {
        mendedBy = question + 1;
        link.follow(shard, known ? committed : 0);
    }

    /** Takes in a part of a snapshot; true when it is complete and {@link #incoming()} is the whole. */
    boolean take(HubCommand.ShardSnapshot part) {
        if (part.first()) {
            incoming.clear();
        }
        incoming.addAll(part.part());
        if (part.last()) {
            known = true;
            committed(part.version());
        }
        return part.last();
    }

    /** The snapshot that has just been completed. */
    ResourceTree incoming() {
        ResourceTree complete = ResourceTree.of(incoming);
        incoming = new ArrayList<>();
        return complete;
    }

    private void ask(long version, Instant now) {
        asked = next;
        next = new ArrayList<>();
        open = true;
        question++;
        wantsNext = false;
        nextVersion = 0;
        askedVersion = version;
        askedAt = now;
        link.close(shard, question, version);
    }
}
