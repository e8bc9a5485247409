package dev.weft.proxy.nftables;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wanted table beside what is known of the kernel's, and the commands that bring the two together. For one thread at
 * a time.
 */
final class KernelTable {
    private static final Logger LOG = LoggerFactory.getLogger(KernelTable.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private enum Known {
        /** There is none of ours. */
        ABSENT,
        /** As {@link #installed} says. */
        FOUND,
        /** As it was wanted at the last transaction. */
        IN_STEP,
        /** Nothing is known of it. */
        DOUBTFUL
    }

    private final NftablesSettings settings;
    private final String node;
    private final Commands commands;
    private final boolean successor;
    private final List<String> ownerRules = Skeleton.ownerRules(ProcessMark.own());
    private final RuleSet rules;
    private final KernelCounters counters;
    private final Conntrack conntrack;
    private final Remains remains;
    private final ConnectionCounts counts = new ConnectionCounts();
    private final EndpointCounts endpointCounts = new EndpointCounts();
    private Known known = Known.DOUBTFUL;
    private @Nullable InstalledTable installed;
    /** Whether the last transaction made the table anew, or removed it. */
    private boolean begunAnew;
    /** Whether another process that runs has it. */
    private boolean contested;
    /** Whether there was a table of ours at last: connections may be open that it has led. */
    private boolean stood;
    /** Whether it is to go if it is empty. */
    private boolean mayGo;
    /** UDP listeners that the table led when it was found, until the first transaction is taken. */
    private Set<ListenerKey> ledWhenFound = Set.of();

    /** @param successor whether it takes the table over from another process, which goes then */
    KernelTable(NftablesSettings settings, String node, Commands commands, boolean successor) {
        this.successor = successor;
        this.settings = settings;
        this.node = node;
        this.commands = commands;
        this.rules = new RuleSet(settings, node);
        this.rules.table().chain(Skeleton.OWNER + Skeleton.ownerName(node), ownerRules);
        this.counters = new KernelCounters(settings, commands);
        this.conntrack = new Conntrack(commands);
        this.remains = new Remains(settings, conntrack);
    }

    /**
     * What stands in the kernel already.
     *
     * @param listing null when there is no table
     */
    record Found(@Nullable InstalledTable listing) {}

    /** One transaction. */
    record Step(String script) {}

    /** Reads what is there. */
    CompletionStage<Found> inspect() {
        return commands.run(List.of("nft", "-j", "list", "table", "inet", settings.table()), "")
                .thenApply(KernelTable::found);
    }

    /**
     * Goes on from what was found.
     *
     * @return why the table cannot be used; null when it can
     */
    @Nullable
    String begin(Found found) {
        InstalledTable listing = found.listing();
        String owner = listing == null ? "" : listing.owner();
        if (owner != null && !owner.isEmpty() && !owner.equals(Skeleton.ownerName(node))) {
            return "table inet " + settings.table() + " is that of node " + owner
                    + " (set weft.proxy.nftables.table to another name, or remove it with weft proxy --cleanup)";
        }
        ProcessMark by = listing == null ? null : listing.by();
        contested = by != null && !successor && by.isRival();
        if (by != null && contested) {
            return contestedBy(by);
        }
        installed = listing;
        stood = listing != null;
        if (listing != null) {
            remains.leads(listing.listeners(Protocol.TCP));
        }
        ledWhenFound = listing == null ? Set.of() : listing.listeners(Protocol.UDP);
        known = listing == null ? Known.ABSENT : owner == null ? Known.DOUBTFUL : Known.FOUND;
        return null;
    }

    /** Whether another process that runs programs the table; until it is free, {@link #look} looks for that alone. */
    boolean isContested() {
        return contested;
    }

    /** From now on another process programs it. */
    String contestedBy(ProcessMark by) {
        contested = true;
        return "table inet " + settings.table() + " is programmed by process " + by.pid() + ", a proxy-node of the same"
                + " name; stop that one, or set weft.proxy.nftables.table to another name";
    }

    void update(ServiceKey key, @Nullable ServicePicture picture, ServiceCompiler compiler) {
        rules.update(key, picture, compiler);
        remains.leads(rules.listeners(key));
        Set<?> lost = rules.lost(key);
        if (!lost.isEmpty()) {
            LOG.warn("{} does not get {}: another service has that", key, lost);
        }
    }

    Set<ServiceKey> services() {
        return rules.services();
    }

    /**
     * What a look at the kernel's table has found.
     *
     * @param by another process that programs it; null for none that is known
     */
    record Look(Finding finding, @Nullable ProcessMark by) {
        static final Look FINE = new Look(Finding.FINE, null);
    }

    /** What there is to find. */
    enum Finding {
        /** Nothing that calls for anything, or it cannot be looked at. */
        FINE(""),
        /** Somebody has removed it, as who loads all rules of the host anew. */
        REMOVED("removed"),
        /** Its chains have no rules any more, as after {@code nft flush table}. */
        EMPTIED("emptied"),
        /** Another process programs it, and runs. */
        CONTESTED("taken over"),
        /** Another process has programmed it, which has ended. */
        ABANDONED("taken over, and left,"),
        /** No service is in it, and no connection that it has led is open any more. */
        UNUSED("");

        private final String deed;

        Finding(String deed) {
            this.deed = deed;
        }

        /** What somebody has done to the table. */
        String deed() {
            return deed;
        }
    }

    /** Looks whether our table is there and has rules, at one small chain, or whether it may go. */
    CompletionStage<Look> look() {
        if (isLeft() && !contested) {
            return remains.mayGo().thenApply(may -> new Look(may ? Finding.UNUSED : Finding.FINE, null));
        }
        return commands.run(
                        List.of(
                                "nft",
                                "list",
                                "chain",
                                "inet",
                                settings.table(),
                                Skeleton.OWNER + Skeleton.ownerName(node)),
                        "")
                .thenApply(this::seen);
    }

    private Look seen(Commands.Output ownerChain) {
        if (!ownerChain.done()) {
            boolean unknown = ownerChain.status() == Commands.Output.NOT_RUN;
            return unknown ? Look.FINE : new Look(Finding.REMOVED, null);
        }
        if (ownerChain
                .text()
                .contains("comment \"" + TableContent.Chain.of(ownerRules).comment() + "\"")) {
            return Look.FINE;
        }
        ProcessMark by = ProcessMark.in(ownerChain.text());
        return by == null
                ? new Look(Finding.EMPTIED, null)
                : new Look(by.isRival() ? Finding.CONTESTED : Finding.ABANDONED, by);
    }

    /** Whether there is a table of ours in the kernel, as far as is known. */
    boolean stands() {
        return known != Known.ABSENT;
    }

    /** Whether no service is in it, though it stands in the kernel yet. */
    boolean isLeft() {
        return rules.isEmpty() && known != Known.ABSENT;
    }

    /** If it is empty yet, the next transaction removes it. */
    void letGo() {
        mayGo = true;
    }

    /** Whether there is nothing in it. */
    boolean isEmpty() {
        return rules.isEmpty();
    }

    boolean serves(ServiceKey key) {
        return rules.serves(key);
    }

    /** Nothing that is known of the kernel's table counts any more. */
    void distrust() {
        known = Known.DOUBTFUL;
    }

    /** The next transaction, which counts as done from now on; null when there is nothing to do. */
    @Nullable
    Step next() {
        if (!rules.isEmpty()) {
            remains.isUsed();
        } else if (known == Known.ABSENT || mayGo || !stood) {
            return removal();
        }
        mayGo = false;
        InstalledTable before = installed;
        boolean anew = known == Known.ABSENT || known == Known.DOUBTFUL;
        TableChange change = anew
                ? rules.table().all()
                : known == Known.FOUND && before != null
                        ? rules.table().difference(before)
                        : rules.table().takeChanges();
        begunAnew = anew;
        boolean first = known != Known.IN_STEP;
        known = Known.IN_STEP;
        installed = null;
        if (anew) {
            return new Step(change.scriptFromNothing(settings.table(), "weft node " + Skeleton.ownerName(node)));
        }
        return change.isEmpty() && !first ? null : new Step(change.script(settings.table()));
    }

    private @Nullable Step removal() {
        boolean there = known != Known.ABSENT;
        rules.table().takeChanges();
        remains.end();
        begunAnew = true;
        mayGo = false;
        known = Known.ABSENT;
        String name = "table inet " + settings.table() + "\n";
        return there ? new Step("add " + name + "delete " + name) : null;
    }

    /** The kernel has taken the last transaction. */
    void taken() {
        stood = known != Known.ABSENT;
        if (begunAnew) {
            counts.beginAnew();
            endpointCounts.beginAnew();
        }
    }

    CompletionStage<Commands.Output> run(Step step) {
        return commands.transaction(step.script());
    }

    /** What the kernel has counted so far; null when it cannot be read. */
    CompletionStage<KernelCounters.@Nullable Reading> count() {
        return counters.read();
    }

    /**
     * Sums up a reading of that time. Sums go on where the kernel's own counts begin anew, and stay while a service is away.
     *
     * @param exists whether there is such a service, whoever serves it
     */
    KernelTraffic sum(KernelCounters.Reading reading, Instant at, Predicate<ServiceKey> exists) {
        Predicate<ServiceKey> away = service -> !rules.serves(service) && exists.test(service);
        return new KernelTraffic(
                at,
                counts.take(reading.listeners(), rules::owner, away),
                endpointCounts.take(reading, rules::known, away));
    }

    /**
     * Has the kernel forget datagram flows that lead where they should not any more; of a table that was found, only those
     * to endpoints that are gone. To be called after each transaction that was taken.
     *
     * @return those that are to be looked for again once listeners have closed, with {@link #forgetRemnants}
     */
    List<StaleFlow> forgetStaleFlows() {
        Set<ListenerKey> ledBefore = ledWhenFound;
        ledWhenFound = Set.of();
        Set<StaleFlow> stale = rules.takeStaleFlows().stream()
                .filter(flow -> flow.endpoint() != null || !ledBefore.contains(flow.listener()))
                .collect(Collectors.toSet());
        conntrack.forgetAllBut(ledBefore.stream().collect(Collectors.toMap(listener -> listener, rules::endpoints)));
        return conntrack.forget(stale);
    }

    /** Has the kernel forget what listeners have left behind that closed only after it took over. */
    void forgetRemnants(List<StaleFlow> flows) {
        conntrack.forgetRemnants(flows);
    }

    private static Found found(Commands.Output listed) {
        if (!listed.done()) {
            return new Found(null);
        }
        try {
            return new Found(InstalledTable.read(JSON.readTree(listed.text())));
        } catch (JsonProcessingException e) {
            return new Found(new InstalledTable(Map.of(), Set.of(), Map.of())); // of no format: made anew
        }
    }
}
