package dev.weft.registry.shard;

import akka.actor.typed.ActorRef;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.watch.HubCommand;
import dev.weft.registry.watch.HubViews;
import dev.weft.registry.watch.ShardLink;
import dev.weft.registry.watch.WatchHub;
import dev.weft.registry.watch.WindowView;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One process of a simulated cluster, from its start to its end: the shards that it holds, a hub, and a front door that
 * does what the registry's does.
 */
final class SimulatedNode {
    private static final long WRITE_TIMEOUT = 4_000_000;
    private static final long READ_TIMEOUT = 3_000_000;
    private static final int CLAIM_ROUNDS = 4;

    private final SimulatedCluster cluster;
    private final SimulatedHost host;
    private final String name;
    private final HubViews views;
    private final WatchHub hub;
    private final Map<Integer, SimulatedShard> shards = new TreeMap<>();
    /** Where this process believes that shards are. */
    private final Map<Integer, SimulatedNode> homes = new HashMap<>();

    private final Map<Integer, List<ShardCommand>> homeless = new HashMap<>();
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private final List<Runnable> whenDead = new ArrayList<>();
    private final List<Runnable> whenGone = new ArrayList<>();
    private final Map<Integer, Long> fed = new HashMap<>();
    private final Map<Integer, Long> questions = new HashMap<>();
    /** When the last message of each sender arrives. */
    private final Map<String, Long> arrivals = new HashMap<>();

    private long stoodStill;
    private boolean dead;
    private boolean gone;
    private boolean paused;

    SimulatedNode(SimulatedCluster cluster, SimulatedHost host, int life) {
        this.cluster = cluster;
        this.host = host;
        name = host.name() + "#" + life;
        views = new HubViews(cluster.placement().shards());
        hub = cluster.network()
                .as(this, () -> new WatchHub(cluster.hubSettings(), this::wall, this::steady, views, link()));
        every(cluster.hubSettings().round().toNanos() / 1_000, () -> hub.hear(new HubCommand.RoundDue()));
        every(cluster.hubSettings().bookmarks().toNanos() / 1_000, () -> hub.hear(new HubCommand.BookmarksDue()));
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    SimulatedHost host() {
        return host;
    }

    String name() {
        return name;
    }

    @Override
    public String toString() {
        return name + (dead ? " (dead)" : paused ? " (paused)" : "") + shards.keySet();
    }

    ShardContext shardContext() {
        return cluster.shardContext(this::wall);
    }

    /** What its wall clock says. */
    Instant wall() {
        return cluster.wall().plus(host.clockOff());
    }

    /** A clock that nobody can set, and that stands still with the machine. */
    Instant steady() {
        return Instant.EPOCH.plusNanos((cluster.time().micros() - stoodStill) * 1_000);
    }

    /** When what a sender sends now arrives: after what it sent before, and not earlier than at a time. */
    long arrival(String from, long earliest) {
        return arrivals.merge(from, earliest, (last, wanted) -> Math.max(last + 1, wanted));
    }

    // What happens to a process

    /** Does something as this process: now, once it goes on, or never. */
    void run(Runnable action) {
        if (dead) {
            return;
        }
        if (paused) {
            held.add(action);
            return;
        }
        cluster.network().as(this, () -> {
            action.run();
            return null;
        });
    }

    void after(long micros, Runnable action) {
        cluster.time().in(micros, () -> run(action));
    }

    private void every(long micros, Runnable action) {
        after(micros, () -> {
            action.run();
            every(micros, action);
        });
    }

    boolean isDead() {
        return dead;
    }

    boolean isPaused() {
        return paused;
    }

    void pause() {
        paused = true;
    }

    /** @param stoodStill for how long its steady clock did not run */
    void resume(long stoodStill) {
        this.stoodStill += stoodStill;
        paused = false;
        while (!held.isEmpty() && !paused && !dead) {
            run(held.remove());
        }
    }

    /** Ends at once. Whoever talks to it notices a broken connection. */
    void die() {
        if (!dead) {
            dead = true;
            held.clear();
            whenDead.forEach(Runnable::run);
        }
    }

    /** Calls once the process has ended. */
    void onDeath(Runnable action) {
        whenDead.add(action);
    }

    /** The others have given it up. */
    void beGone() {
        if (!gone) {
            gone = true;
            whenGone.forEach(Runnable::run);
        }
    }

    /** Calls once the others have given it up. */
    void onGone(Runnable action) {
        if (gone) {
            action.run();
        } else {
            whenGone.add(action);
        }
    }

    // Sharding

    int held() {
        return shards.size();
    }

    void host(int shard) {
        shards.computeIfAbsent(shard, any -> new SimulatedShard(this, shard, cluster.terms(this)));
        learn(shard, this);
    }

    /** Learns where a shard is; null for nowhere, until told. */
    void learn(int shard, @Nullable SimulatedNode home) {
        if (home == null) {
            homes.remove(shard);
            return;
        }
        homes.put(shard, home);
        List<ShardCommand> waiting = homeless.remove(shard);
        if (waiting != null) {
            waiting.forEach(command -> tell(shard, command));
        }
    }

    void handOver(int shard) {
        SimulatedShard held = shards.get(shard);
        if (held == null) {
            cluster.handedOver(shard, this);
        } else {
            held.hear(new ShardCommand.HandOver());
        }
    }

    void ended(int shard) {
        shards.remove(shard);
        cluster.handedOver(shard, this);
    }

    void tell(int shard, ShardCommand command) {
        SimulatedNode home = homes.get(shard);
        if (home == null) {
            homeless.computeIfAbsent(shard, any -> new ArrayList<>()).add(command);
        } else {
            ShardCommand sent = home == this ? command : travelled(command);
            cluster.network().deliver(home, () -> home.take(shard, sent));
        }
    }

    private void take(int shard, ShardCommand command) {
        SimulatedShard held = shards.get(shard);
        if (held != null) {
            held.hear(command);
        } else if (homes.get(shard) == this) {
            homeless.computeIfAbsent(shard, any -> new ArrayList<>()).add(command);
        } else {
            tell(shard, command);
        }
    }

    /** What is left of a command after a journey between processes. */
    private static ShardCommand travelled(ShardCommand command) {
        return command instanceof ShardCommand.Submit submit
                ? new ShardCommand.Submit(submit.write(), submit.grants(), submit.replyTo())
                : command;
    }

    // The hub

    private ShardLink link() {
        ActorRef<ShardFeed> feed = new SimulatedRef<>(this, news -> hub.hear(translated(news)));
        return new ShardLink() {
            @Override
            public void follow(int shard, long since) {
                tell(shard, new ShardCommand.Follow(since, feed));
            }

            @Override
            public void close(int shard, long question, long version) {
                questions.put(shard, question);
                tell(shard, new ShardCommand.Close(question, version, feed));
            }
        };
    }

    private HubCommand translated(ShardFeed feed) {
        if (feed instanceof ShardFeed.Snapshot part) {
            fed.put(part.shard(), part.version());
            return new HubCommand.ShardSnapshot(part.shard(), part.part(), part.first(), part.last(), part.version());
        }
        if (feed instanceof ShardFeed.Committed batch) {
            long previous = cluster.has(Defect.OVERLOOKS_GAPS)
                    ? fed.getOrDefault(batch.shard(), batch.previous())
                    : batch.previous();
            fed.put(batch.shard(), batch.version());
            return new HubCommand.ShardCommitted(batch.shard(), previous, batch.changes(), batch.version());
        }
        ShardFeed.Closed closed = (ShardFeed.Closed) feed;
        long question = cluster.has(Defect.TAKES_LATE_ANSWERS)
                ? questions.getOrDefault(closed.shard(), closed.question())
                : closed.question();
        return new HubCommand.ShardClosed(
                closed.shard(), question, closed.version(), closed.last(), closed.following());
    }

    /** Tells the hub something, a moment later. */
    void tellHub(HubCommand command) {
        cluster.network().deliver(this, () -> hub.hear(command));
    }

    // The front door

    private <T> void ask(long timeout, Function<ActorRef<T>, Runnable> question, Consumer<Optional<T>> then) {
        boolean[] over = new boolean[1];
        Consumer<Optional<T>> once = answer -> {
            if (!over[0]) {
                over[0] = true;
                then.accept(answer);
            }
        };
        ActorRef<T> replyTo = new SimulatedRef<>(this, answer -> once.accept(Optional.of(answer)));
        question.apply(replyTo).run();
        after(timeout, () -> once.accept(Optional.empty()));
    }

    /** The newest picture of a window; empty if it takes too long. */
    void reach(int window, Consumer<Optional<WindowView>> then) {
        this.<HubCommand.Reached>ask(
                READ_TIMEOUT,
                replyTo -> () -> tellHub(new HubCommand.Reach(window, 0, replyTo)),
                reached -> then.accept(reached.map(any -> views.get(window))));
    }

    void watch(int window, HubCommand.Subscription subscription, Consumer<Optional<HubCommand.Started>> then) {
        Runnable ask = () -> this.<HubCommand.Started>ask(
                READ_TIMEOUT, replyTo -> () -> tellHub(new HubCommand.Watch(window, subscription, replyTo)), then);
        if (subscription.request().since().isPresent()) {
            ask.run();
        } else {
            reach(window, reached -> {
                if (reached.isPresent()) {
                    ask.run();
                } else {
                    then.accept(Optional.empty());
                }
            });
        }
    }

    /** A write; empty if nobody knows what became of it. */
    void write(Write write, Consumer<Optional<Outcome>> then) {
        submit(write, List.of(), null, 0, then);
    }

    private void submit(
            Write write,
            List<Grant> grants,
            ShardCommand.@Nullable Prepared prepared,
            int round,
            Consumer<Optional<Outcome>> then) {
        int shard = cluster.placement().shardOf(write.key());
        this.<ShardCommand.Submitted>ask(
                WRITE_TIMEOUT,
                replyTo -> () -> tell(shard, new ShardCommand.Submit(write, grants, prepared, replyTo)),
                answer -> {
                    if (answer.isEmpty()) {
                        then.accept(Optional.empty());
                    } else if (answer.get() instanceof ShardCommand.Submitted.Decided decided) {
                        then.accept(Optional.of(decided.outcome()));
                    } else {
                        claim(write, grants, (ShardCommand.Submitted.Unallocated) answer.get(), round, then);
                    }
                });
    }

    private void claim(
            Write write,
            List<Grant> grants,
            ShardCommand.Submitted.Unallocated missing,
            int round,
            Consumer<Optional<Outcome>> then) {
        if (round >= CLAIM_ROUNDS) {
            then.accept(Optional.of(new Outcome.Refused(Refusal.timeout("no addresses that fit", 1))));
            return;
        }
        int pools = cluster.placement().allocationShard();
        this.<ShardCommand.Allocated>ask(
                WRITE_TIMEOUT,
                replyTo -> () ->
                        tell(pools, new ShardCommand.Allocate(missing.wanted(), missing.version(), false, replyTo)),
                answer -> {
                    if (answer.isEmpty()) {
                        then.accept(Optional.empty());
                    } else if (answer.get() instanceof ShardCommand.Allocated.Denied denied) {
                        then.accept(Optional.of(new Outcome.Refused(denied.refusal())));
                    } else {
                        List<Grant> more = ((ShardCommand.Allocated.Granted) answer.get()).grants();
                        if (cluster.has(Defect.FORGETS_CLAIMS)) {
                            tell(pools, new ShardCommand.Release(more, Long.MAX_VALUE));
                        }
                        List<Grant> all = new ArrayList<>(grants);
                        all.addAll(more);
                        submit(write, all, missing.prepared(), round + 1, then);
                    }
                });
    }
}
