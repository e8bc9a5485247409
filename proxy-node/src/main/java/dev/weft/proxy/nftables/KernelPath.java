package dev.weft.proxy.nftables;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.dataplane.ListenerPlan;
import dev.weft.proxy.dataplane.Offload;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.TrafficRules;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ViewUpdate;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The kernel mode of a node: says which listeners the kernel has taken over, and has it programmed. Safe for several
 * threads.
 *
 * <p>A service moves to the kernel first and gives up its listeners then; its way back is the other way round.
 */
public final class KernelPath implements Offload {
    private static final Path STATUS = Path.of("/proc/self/status");

    private final NftablesSettings settings;
    private final NodeIdentity node;
    private final List<String> nodeAddresses;
    private final Algorithm defaultAlgorithm;
    private final Commands commands;
    private final Set<ServiceKey> programmed = ConcurrentHashMap.newKeySet();
    private final Map<ServiceKey, String> left = new ConcurrentHashMap<>();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    /** Whether what the kernel mode has left here may stand in the way of listeners. */
    private final boolean leftovers;

    private final boolean successor;
    /** Whether it cannot be known whether there are any. */
    private final boolean blind;

    private final CompletableFuture<Void> settled = new CompletableFuture<>();
    private volatile KernelTraffic traffic = KernelTraffic.NONE;
    private volatile @Nullable String unavailable;
    private volatile @Nullable ActorRef<NftablesCommand> actor;

    /**
     * Looks whether this process may program the kernel at all; starts nothing.
     *
     * @param node its zone is taken from the Node object when it is empty here
     * @param nodeAddresses where node ports are open
     * @param defaultAlgorithm for services that name none
     * @param successor whether it takes the table over from a process of the same name that still runs, and goes then
     */
    public KernelPath(
            NftablesSettings settings,
            NodeIdentity node,
            List<String> nodeAddresses,
            Algorithm defaultAlgorithm,
            Commands commands,
            boolean successor) {
        this(settings, node, nodeAddresses, defaultAlgorithm, commands, successor, STATUS);
    }

    /** @param status what Linux says of the process */
    KernelPath(
            NftablesSettings settings,
            NodeIdentity node,
            List<String> nodeAddresses,
            Algorithm defaultAlgorithm,
            Commands commands,
            boolean successor,
            Path status) {
        this.settings = settings;
        this.node = node;
        this.nodeAddresses = List.copyOf(nodeAddresses);
        this.defaultAlgorithm = defaultAlgorithm;
        this.commands = commands;
        String missing = Capability.missing(status, commands);
        boolean userspace = settings.mode() == ProxyMode.USERSPACE;
        this.successor = successor;
        this.unavailable = userspace ? "the mode is userspace" : missing;
        this.blind = Capability.cannotLook(status, commands);
        this.leftovers = userspace && missing == null;
    }

    /**
     * Begins.
     *
     * @param changed told services whose listeners should be looked at again
     * @param listening whether listeners, where they are to, serve a service
     * @param clock the wall clock, for when counters were read
     * @param random for the jitter of retries
     */
    public void start(
            ActorSystem<?> system,
            Consumer<Set<ServiceKey>> changed,
            Predicate<ServiceKey> listening,
            InstantSource clock,
            RandomGenerator random) {
        KernelParts parts = new KernelParts(this, node, commands, changed, listening, clock, random);
        if (settings.mode() != ProxyMode.USERSPACE) {
            actor = system.systemActorOf(NftablesActor.create(settings, parts), "weft-nftables", Props.empty());
        } else if (leftovers) {
            actor = system.systemActorOf(Leftovers.create(settings, parts), "weft-nftables-leftovers", Props.empty());
        }
        if (settings.mode() == ProxyMode.USERSPACE) {
            settle();
        }
    }

    /**
     * Completes when the kernel has been given what it is to serve of the first picture, or when it is known that it serves
     * nothing, of which {@code changed} has been told then; after the time for two runs of nft at the latest. Until then
     * nobody should leave who serves it.
     */
    public CompletionStage<Void> settled() {
        return settled.copy().completeOnTimeout(null, 2 * settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    void settle() {
        settled.complete(null);
    }

    /** Takes in a picture; returns at once. */
    public void apply(ViewUpdate update) {
        ActorRef<NftablesCommand> running = actor;
        if (running != null) {
            running.tell(new NftablesCommand.Viewed(update));
        }
    }

    /** Programs nothing more. What the kernel has been given stays there and goes on working. */
    public void stop() {
        ActorRef<NftablesCommand> running = actor;
        if (running != null) {
            running.tell(NftablesCommand.Stop.INSTANCE);
        }
        commands.close();
    }

    /** What goes on. */
    public KernelStatus status() {
        String reason = unavailable;
        return new KernelStatus(
                settings.mode(),
                reason == null ? "" : reason,
                programmed,
                new HashMap<>(left),
                transactions.get(),
                failures.get());
    }

    /** What the kernel leads where, as of the last reading, and has it read again: who asks twice learns what is new. */
    public KernelTraffic traffic() {
        ActorRef<NftablesCommand> running = actor;
        if (running != null) {
            running.tell(NftablesCommand.Count.INSTANCE);
        }
        return traffic;
    }

    /** How many transactions the kernel has taken. */
    public long transactions() {
        return transactions.get();
    }

    /** How many transactions the kernel has refused. */
    public long failures() {
        return failures.get();
    }

    /** Whether listeners serve the service, as far as is known now. */
    public boolean leaves(ServicePicture picture) {
        return unavailable != null || KernelFit.obstacle(picture, defaultAlgorithm) != null;
    }

    /** Whether this process may change the host's network. */
    public static boolean mayChangeNetwork() {
        return Capability.mayChangeNetwork(STATUS);
    }

    @Override
    public List<ListenerPlan> left(ServicePicture picture, List<ListenerPlan> plans, boolean listening) {
        if (unavailable != null
                || (listening && !programmed.contains(picture.key()))
                || KernelFit.obstacle(picture, defaultAlgorithm) != null) {
            return plans;
        }
        return plans.stream()
                .filter(plan -> Family.loopback(plan.key().address())
                        || Family.wildcard(plan.key().address()))
                .toList();
    }

    /** Null when a service with addresses may be the kernel's; notes the reason otherwise. */
    @Nullable
    String obstacle(ServicePicture picture) {
        String obstacle = KernelFit.obstacle(picture, defaultAlgorithm);
        if (obstacle == null) {
            left.remove(picture.key());
        } else {
            left.put(picture.key(), obstacle);
        }
        return obstacle;
    }

    void gone(ServiceKey key) {
        left.remove(key);
    }

    ServiceCompiler compiler(NodeIdentity as, TrafficRules rules) {
        return new ServiceCompiler(as, nodeAddresses, defaultAlgorithm, rules, settings);
    }

    /** Whether rules that a proxy-node has left here may lead connections, though this process cannot see them. */
    boolean isBlind() {
        return blind;
    }

    boolean isSuccessor() {
        return successor;
    }

    @Nullable
    String unavailable() {
        return unavailable;
    }

    void unavailable(@Nullable String reason) {
        unavailable = reason;
    }

    /** These are the services that the kernel serves now, and no others. */
    private void programmed(Set<ServiceKey> services) {
        programmed.retainAll(services);
        programmed.addAll(services);
    }

    /**
     * The kernel serves the service from now on, or does not any more.
     *
     * @return whether it does, and did not before
     */
    private boolean programmed(ServiceKey key, boolean now) {
        if (now) {
            return programmed.add(key);
        }
        programmed.remove(key);
        return false;
    }

    boolean isProgrammed(ServiceKey key) {
        return programmed.contains(key);
    }

    void counted(KernelTraffic now) {
        traffic = now;
    }

    /**
     * The kernel has taken a transaction.
     *
     * @param whole whether all services of the table count as new
     * @param changed services that it was about
     * @return those that the kernel serves, and did not before
     */
    Set<ServiceKey> transacted(KernelTable table, boolean whole, Set<ServiceKey> changed) {
        Set<ServiceKey> moved = new HashSet<>();
        if (whole || unavailable != null) {
            unavailable = null;
            moved.addAll(table.services());
            programmed(moved);
        }
        for (ServiceKey key : changed) { // as many as have changed, however many there are
            if (programmed(key, table.serves(key))) {
                moved.add(key);
            }
        }
        transactions.incrementAndGet();
        return moved;
    }

    void failed() {
        failures.incrementAndGet();
    }
}
