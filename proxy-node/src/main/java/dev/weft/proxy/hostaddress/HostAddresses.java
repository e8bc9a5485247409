package dev.weft.proxy.hostaddress;

import dev.weft.proxy.hostaddress.OwnAddresses.Sources;
import dev.weft.proxy.nftables.Commands;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewUpdate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the host's addresses as the services want them; safe for several threads, and no call waits. */
public final class HostAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(HostAddresses.class);
    /** Of what {@code ip} says when the host does not have the source of a route: "prefsrc" or "source", by family. */
    private static final Pattern REFUSED_SOURCE = Pattern.compile("Invalid (prefsrc|source) address");

    private final HostAddressSettings settings;
    private final Commands commands;
    private final LocalRoutes routes;
    private final OwnAddresses own;
    private final WantedAddresses wanted;
    private final Supplier<Set<String>> inUse;
    private final boolean may;
    /** No service's any more, or one's that the kernel has taken over, but perhaps of connections. */
    private final Set<String> lingering = new TreeSet<>();

    private boolean read;
    /** How long what a predecessor has put stays for its connections; zero when there is none, or it has been seen to. */
    private Duration predecessors;

    private boolean busy;
    /** The last change, which never fails. */
    private CompletionStage<@Nullable Void> settling = CompletableFuture.completedFuture(null);

    private boolean again;
    private boolean stopped;
    private String problem = "";
    private volatile Sources used = new Sources("", "");
    /** Those that were on the host, as ours, after the last change. */
    private volatile Set<String> held = Set.of();

    private @Nullable ServiceView view;

    /**
     * Touches nothing yet.
     *
     * @param listening whether listeners serve a service
     * @param inUse the addresses at which there are listeners, or connections of former ones
     * @param own from where this host comes to them
     * @param predecessors how long the connections of one that this one relieves may run on, perhaps by addresses that are
     *     not wanted any more; zero when it relieves none
     * @param may whether this process may change the host's network; if not, nothing is ever done
     */
    public HostAddresses(
            HostAddressSettings settings,
            Predicate<ServicePicture> listening,
            Supplier<Set<String>> inUse,
            OwnAddresses own,
            Duration predecessors,
            boolean may,
            Commands commands) {
        this.settings = settings;
        this.predecessors = predecessors;
        this.commands = commands;
        this.routes = new LocalRoutes(settings.protocol(), commands);
        this.own = own;
        this.wanted = new WantedAddresses(listening);
        this.inUse = inUse;
        this.may = may && settings.put() && commands.has("ip");
    }

    /** Takes in a picture; with the first, what a predecessor has left is put right. */
    public synchronized void apply(ViewUpdate update) {
        view = update.view();
        if (may && !stopped && (wanted.apply(update) || !read)) {
            if (!read) {
                lookLater();
            }
            read = true;
            Set<String> abandoned = wanted.takeAbandoned();
            linger(abandoned, settings.linger());
            settle();
        }
    }

    private void linger(Set<String> addresses, Duration time) {
        if (!addresses.isEmpty()) {
            lingering.addAll(addresses);
            CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> over(addresses));
        }
    }

    /** What still has connections, which nobody ends when the kernel has taken over a service, is looked at again. */
    private void over(Set<String> lingered) {
        Set<String> busy = inUse.get().stream().map(WantedAddresses::spelled).collect(Collectors.toSet());
        busy.retainAll(lingered);
        synchronized (this) {
            if (!stopped) {
                lingering.removeAll(lingered);
                linger(busy, settings.linger());
                settle();
            }
        }
    }

    private void lookLater() {
        CompletableFuture.delayedExecutor(settings.check().toMillis(), TimeUnit.MILLISECONDS)
                .execute(this::look);
    }

    /** What cannot be listed now is at the next look. */
    private void look() {
        Set<String> goal = goal();
        CompletionStage<Boolean> found = goal.isEmpty()
                ? CompletableFuture.completedFuture(false)
                : routes.found(goal).thenApply(there -> isAmiss(there, goal));
        found.whenComplete((amiss, failure) -> looked(failure == null && amiss));
    }

    /** Somebody may have removed routes; and one of IPv4 keeps a source that has left the host, which then comes to nothing by it. */
    private boolean isAmiss(Map<String, String> found, Set<String> goal) {
        return !found.keySet().containsAll(goal) || !own.now(goal).equals(used);
    }

    private synchronized void looked(boolean amiss) {
        if (!stopped) {
            if (amiss) {
                settle();
            }
            lookLater();
        }
    }

    private synchronized Set<String> goal() {
        Set<String> goal = new TreeSet<>(wanted.all());
        goal.addAll(lingering);
        return goal;
    }

    /** Looks at services again, since who serves them has changed. */
    public synchronized void again(Set<ServiceKey> services) {
        if (view != null) {
            apply(new ViewUpdate(view, services, false));
        }
    }

    /** Changes nothing more, but for {@link #takeOff}: connections may run on by what has been put. */
    public synchronized void stop() {
        stopped = true;
    }

    /** Ends; all that has been put stays, for who goes on serving at it. */
    public void leave() {
        stop();
        commands.close();
    }

    /**
     * Ends, and takes off where nobody will serve any more.
     *
     * @param goOn the services that the kernel goes on serving
     * @return completes when it is done, or the time for it is over; never fails
     */
    public CompletionStage<Void> takeOff(Set<ServiceKey> goOn) {
        Set<String> gone = new TreeSet<>();
        CompletionStage<@Nullable Void> before;
        synchronized (this) {
            stopped = true;
            before = settling;
            if (may) {
                gone.addAll(goal());
                gone.removeAll(wanted.of(goOn));
            }
        }
        return before.thenCompose(settled -> gone.isEmpty()
                        ? CompletableFuture.completedFuture(List.<String>of())
                        : takeOff(routes, gone).thenApply(LocalRoutes::errors))
                .toCompletableFuture()
                .completeOnTimeout(
                        List.of("not done in " + settings.takeOff()),
                        settings.takeOff().toMillis(),
                        TimeUnit.MILLISECONDS)
                .thenAccept(errors -> {
                    if (!errors.isEmpty()) {
                        LOG.warn(
                                "cannot take the services' addresses off this host, which goes on claiming them: {}; what is"
                                        + " left bears the protocol number {} in the table local",
                                errors.get(0),
                                settings.protocol());
                    }
                    commands.close();
                });
    }

    /** Whether all that was wanted when it was last told has been put, or nothing ever is. */
    public synchronized boolean isSettled() {
        return !may || stopped || (!busy && problem.isEmpty());
    }

    /** What keeps addresses from being put; empty for nothing. */
    public synchronized String problem() {
        return problem;
    }

    /**
     * Takes off everything that bears the protocol's number, whoever left it there.
     *
     * @return how many there were
     */
    public static CompletionStage<Integer> cleanUp(HostAddressSettings settings, Commands commands) {
        if (!commands.has("ip")) {
            return CompletableFuture.completedFuture(0);
        }
        LocalRoutes routes = new LocalRoutes(settings.protocol(), commands);
        return routes.found()
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(0)
                        : takeOff(routes, found.keySet()).thenApply(output -> {
                            if (!output.done()) {
                                throw new IllegalStateException(
                                        "cannot take addresses off this host: " + output.summary());
                            }
                            return found.size();
                        }));
    }

    private static CompletionStage<Commands.Output> takeOff(LocalRoutes routes, Set<String> addresses) {
        return routes.run(addresses.stream()
                .map(address -> routes.line("del", address, ""))
                .toList());
    }

    private void settle() {
        if (busy) {
            again = true;
            return;
        }
        busy = true;
        Set<String> goal = goal();
        CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
        settling = end;
        routes.found().thenCompose(found -> change(found, goal)).whenComplete((done, failure) -> {
            settled(failure);
            end.complete(null);
        });
    }

    /** What is on the host before the first change is a predecessor's, whose connections may run on. */
    private synchronized Set<String> withPredecessors(Set<String> found, Set<String> goal) {
        if (predecessors.isZero()) {
            return goal;
        }
        Set<String> theirs = new TreeSet<>(found);
        theirs.removeAll(goal);
        linger(theirs, predecessors);
        predecessors = Duration.ZERO;
        return goal();
    }

    private CompletionStage<Void> change(Map<String, String> found, Set<String> wantedNow) {
        Set<String> goal = withPredecessors(found.keySet(), wantedNow);
        Sources sources = own.now(goal);
        used = sources;
        RouteChange change = RouteChange.between(found, goal, sources, routes);
        Set<String> lost = new TreeSet<>(held);
        lost.retainAll(goal);
        held = Set.copyOf(lost);
        lost.removeAll(found.keySet());
        Set<String> kept = new TreeSet<>(found.keySet());
        kept.retainAll(goal);
        CompletionStage<Boolean> done = change.lines().isEmpty()
                ? CompletableFuture.completedFuture(true)
                : routes.run(change.lines()).thenCompose(output -> withoutSource(output, change.plain()));
        return done.thenAccept(allPut -> {
            tell(lost, goal.size());
            held = Set.copyOf(allPut ? goal : kept);
        });
    }

    private void tell(Set<String> lost, int all) {
        if (!lost.isEmpty()) {
            LOG.warn(
                    "somebody had removed {} of the services' {} addresses from this host (local routes of protocol {});"
                            + " they are put back",
                    lost.size(),
                    all,
                    settings.protocol());
        }
    }

    /**
     * The kernel refuses a source that has just gone: better the routes without one than none.
     *
     * @return whether all have been put by us; those that are there by other means have not
     */
    private CompletionStage<Boolean> withoutSource(Commands.Output output, List<String> plain) {
        List<String> errors = LocalRoutes.errors(output);
        if (errors.isEmpty()) {
            return CompletableFuture.completedFuture(output.done());
        }
        boolean ofSource =
                errors.stream().allMatch(error -> REFUSED_SOURCE.matcher(error).find());
        CompletionStage<Commands.Output> rest =
                plain.isEmpty() ? CompletableFuture.completedFuture(new Commands.Output(0, "")) : routes.run(plain);
        return rest.thenApply(second -> {
            List<String> left = LocalRoutes.errors(second);
            if (!left.isEmpty() || !ofSource) {
                throw new IllegalStateException(left.isEmpty() ? errors.get(0) : left.get(0));
            }
            return second.done();
        });
    }

    private synchronized void settled(@Nullable Throwable failure) {
        busy = false;
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String now = cause == null ? "" : String.valueOf(cause.getMessage());
        if (!now.equals(problem) && !now.isEmpty() && !stopped) {
            LOG.warn(
                    "cannot put the services' addresses on this host, so that those that it does not have are not"
                            + " reached: {}; tried again in {}",
                    now,
                    settings.retry());
        }
        problem = now;
        if (stopped) {
            return;
        }
        if (again) {
            again = false;
            settle();
        } else if (cause != null) {
            CompletableFuture.delayedExecutor(settings.retry().toMillis(), TimeUnit.MILLISECONDS)
                    .execute(this::retry);
        }
    }

    private synchronized void retry() {
        if (!stopped && !problem.isEmpty()) {
            settle();
        }
    }
}
