package dev.weft.registry.shard;

import akka.actor.typed.ActorRef;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Write;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one may ask of a registry shard. */
public sealed interface ShardCommand {

    /**
     * A client's write.
     *
     * @param grants addresses and ports already claimed for it, see {@link Submitted.Unallocated}
     * @param prepared what came with that answer; null after a journey between processes, or if there was none
     */
    record Submit(Write write, List<Grant> grants, @Nullable Prepared prepared, ActorRef<Submitted> replyTo)
            implements ShardCommand {
        public Submit {
            grants = List.copyOf(grants);
        }

        public Submit(Write write, List<Grant> grants, ActorRef<Submitted> replyTo) {
            this(write, grants, null, replyTo);
        }
    }

    /**
     * A new object that was admitted and waits for its addresses: it need not be admitted twice. Handed over from the shard
     * to whoever claims and back; stays in the process. What it holds belongs to whoever has it.
     */
    record Prepared(Admission.Admitted.Accepted object) {}

    /** Writes of a reconciler outside the shard's step: all or nothing, no admission. */
    record Derive(List<DerivedWrite> writes, ActorRef<Derived> replyTo) implements ShardCommand {
        public Derive {
            writes = List.copyOf(writes);
        }
    }

    /**
     * Wish to be sent every committed change after a version, for ever: first a {@link ShardFeed.Snapshot} unless the
     * shard still holds everything since, then {@link ShardFeed.Committed} in order.
     *
     * @param since the version up to which the follower knows everything; 0 to begin with a snapshot
     */
    record Follow(long since, ActorRef<ShardFeed> follower) implements ShardCommand {}

    /**
     * Wish to hear {@link ShardFeed.Closed} once no change up to this version can come any more.
     *
     * @param question comes back in the answer, so that a late answer to an earlier question is not taken for this one's
     */
    record Close(long question, long version, ActorRef<ShardFeed> follower) implements ShardCommand {}

    /**
     * Claims addresses or ports; only for the shard that owns the pools.
     *
     * @param after the grants get versions after this one, see {@link Release}
     * @param dryRun only to know what would be granted now; nothing is
     */
    record Allocate(List<Claim> claims, long after, boolean dryRun, ActorRef<Allocated> replyTo)
            implements ShardCommand {
        public Allocate {
            claims = List.copyOf(claims);
        }
    }

    /**
     * Gives addresses or ports back, as far as the named owners hold them; unanswered, since a repair loop sees to it.
     *
     * @param before what was claimed again since this version stays: an object of the same name may have come back
     */
    record Release(List<Grant> grants, long before) implements ShardCommand {
        public Release {
            grants = List.copyOf(grants);
        }
    }

    /** Persist what was accepted so far, then stop: sent by sharding when the shard moves or the process ends. */
    record HandOver() implements ShardCommand {}

    /** What became of a {@link Submit}. */
    sealed interface Submitted {
        record Decided(Write.Outcome outcome) implements Submitted {}

        /**
         * Nothing was written yet: these must be claimed first, then submit again with the grants.
         *
         * @param version of the shard, after all that happened to the object so far
         * @param prepared to be handed back with the grants, if there is one
         */
        record Unallocated(
                List<Claim> wanted, long version, @Nullable Prepared prepared) implements Submitted {
            public Unallocated {
                wanted = List.copyOf(wanted);
            }

            public Unallocated(List<Claim> wanted, long version) {
                this(wanted, version, null);
            }
        }
    }

    /**
     * What became of a {@link Derive}.
     *
     * @param version the shard's version afterwards; everything is on disk
     */
    record Derived(long version) {}

    /** What became of an {@link Allocate}. */
    sealed interface Allocated {
        record Granted(List<Grant> grants) implements Allocated {
            public Granted {
                grants = List.copyOf(grants);
            }
        }

        record Denied(Refusal refusal) implements Allocated {}
    }
}
