package dev.weft.registry.shard;

import akka.actor.typed.ActorRef;
import dev.weft.registry.journal.StorageException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A shard on a simulated node: what its actors do around {@link RegistryShard} and {@link ShardLog}, in virtual time. */
final class SimulatedShard implements RegistryShard.Surroundings {
    private final SimulatedNode node;
    private final SimulatedCluster cluster;
    private final int shard;
    private final Optional<ReadLease.Terms> terms;
    private final RegistryShard owned;
    private @Nullable ShardLog log;
    private ShardState state = ShardState.EMPTY;
    private long number;
    private int loads;
    /** As a store calls whoever writes there, from one load to the next. */
    private String writer = "";

    private boolean announced;

    SimulatedShard(SimulatedNode node, int shard, Optional<ReadLease.Terms> terms) {
        this.node = node;
        this.cluster = node.cluster();
        this.shard = shard;
        this.terms = terms;
        owned = new RegistryShard(shard, cluster.settings(), terms.map(this::believed), this);
        load();
    }

    private ReadLease.Terms believed(ReadLease.Terms given) {
        return cluster.has(Defect.OVERSTAYS_LEASE)
                ? new ReadLease.Terms(
                        given.store(),
                        given.steady(),
                        given.wall(),
                        given.validity().multipliedBy(2),
                        given.seesAll())
                : given;
    }

    void hear(ShardCommand command) {
        owned.hear(command);
        settle();
    }

    private void settle() {
        if (owned.isOver() && !announced) {
            announced = true;
            loads++;
            node.ended(shard);
        }
    }

    private void load() {
        int load = ++loads;
        writer = node.name() + "/" + cluster.nextNumber();
        owned.loading();
        cluster.store()
                .load(
                        node,
                        shard,
                        loaded -> ifCurrent(load, () -> recover(loaded)),
                        failure -> ifCurrent(load, () -> lose(failure)));
    }

    private void ifCurrent(int load, Runnable action) {
        if (load == loads) {
            action.run();
            settle();
        }
    }

    private void recover(SimulatedStore.Loaded loaded) {
        ShardLog started = new ShardLog(shard, node.shardContext(), cluster.admission(), cluster.settings());
        state = loaded.snapshot().state();
        for (ShardEvent event : loaded.events()) {
            state = started.after(state, event);
        }
        number = loaded.snapshot().number() + loaded.events().size();
        if (cluster.has(Defect.FORGETS_CLOCK)) {
            state = new ShardState(state.objects(), 0, 0);
        }
        log = started;
        owned.recovered(started.recovered(state, number));
    }

    private void lose(@Nullable Throwable cause) {
        loads++;
        log = null;
        owned.lost(ShardReplies.storeFailed(shard, cause), cause);
        node.after(cluster.settings().restart().toNanos() / 1_000, () -> {
            if (!owned.isOver()) {
                load();
            }
        });
    }

    @Override
    public void persist(List<ShardCommand> batch, long closed) {
        int load = loads;
        node.after(cluster.random().nextInt(300), () -> ifCurrent(load, () -> decide(load, batch, closed)));
    }

    private void decide(int load, List<ShardCommand> batch, long closed) {
        ShardLog deciding = java.util.Objects.requireNonNull(log);
        ShardDecision.Decided decided = deciding.decide(state, batch, closed);
        if (decided.event().isEmpty()) {
            owned.persisted(ShardLog.told(decided, state, number));
            return;
        }
        ShardEvent event = decided.event().get();
        cluster.store()
                .write(
                        node,
                        shard,
                        number + 1,
                        event,
                        writer,
                        failure -> ifCurrent(load, () -> {
                            if (failure != null) {
                                lose(failure);
                                return;
                            }
                            number++;
                            state = deciding.after(state, event);
                            if (number % cluster.settings().snapshotEvery() == 0) {
                                cluster.store().save(shard, number, state);
                            }
                            owned.persisted(ShardLog.told(decided, state, number));
                        }));
    }

    @Override
    public void askStore(ReadLease.Moment asked) {
        int load = loads;
        cluster.store().lastNumber(node, shard, last -> {
            if (load != loads) {
                owned.askAgain();
            } else if (owned.heardLast(asked, last)) {
                lose(new StorageException(StorageException.Kind.CONFLICT, "another process has taken this shard over"));
            }
            settle();
        });
    }

    @Override
    public void askAgainLater() {
        node.after(250_000, () -> {
            owned.askAgain();
            settle();
        });
    }

    @Override
    public void awaitEndOfPredecessor(ShardLogActor.Persisted persisted) {
        int load = loads;
        long wait = terms.orElseThrow().takeOverWait().toNanos() / 1_000;
        node.after(wait, () -> ifCurrent(load, () -> owned.alone(persisted)));
    }

    @Override
    public void watch(ActorRef<ShardFeed> follower) {
        ((SimulatedRef<ShardFeed>) follower).owner().onGone(() -> node.run(() -> owned.followerGone(follower)));
    }

    @Override
    public void giveBack(ShardCommand.Release release) {
        long before = cluster.has(Defect.RELEASES_WHAT_IS_CLAIMED_AGAIN) ? Long.MAX_VALUE : release.before();
        // Nobody waits for it, so nobody knows when it comes.
        long late = cluster.random().nextInt(3) == 0 ? cluster.random().nextInt(2_000_000) : 0;
        node.after(
                late,
                () -> node.tell(
                        cluster.placement().allocationShard(), new ShardCommand.Release(release.grants(), before)));
    }

    @Override
    public void startCompanions() {
        // Controllers are no part of what is simulated.
    }

    @Override
    public void passOn(ShardCommand command) {
        node.tell(shard, command);
    }
}
