package dev.weft.proxy.hostaddress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.proxy.nftables.Commands;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewUpdate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the host's addresses as the services want them; safe for several threads, and no call waits. */
public final class HostAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(HostAddresses.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What {@code ip} says of an address that the host has by other means, which is as good. */
    private static final String THERE = "File exists";

    private final HostAddressSettings settings;
    private final Commands commands;
    private final WantedAddresses wanted;
    private final Supplier<Set<String>> inUse;
    private final boolean may;
    /** No service's any more, or one's that the kernel has taken over, but perhaps of connections. */
    private final Set<String> lingering = new TreeSet<>();

    private boolean read;
    private boolean busy;
    private boolean again;
    private boolean stopped;
    private String problem = "";
    private @Nullable ServiceView view;

    /**
     * Touches nothing yet.
     *
     * @param listening whether listeners serve a service
     * @param inUse the addresses at which there are listeners, or connections of former ones
     * @param may whether this process may change the host's network; if not, nothing is ever done
     */
    public HostAddresses(
            HostAddressSettings settings,
            Predicate<ServicePicture> listening,
            Supplier<Set<String>> inUse,
            boolean may,
            Commands commands) {
        this.settings = settings;
        this.commands = commands;
        this.wanted = new WantedAddresses(listening);
        this.inUse = inUse;
        this.may = may && settings.put() && commands.has("ip");
    }

    /** Takes in a picture; with the first, what a predecessor has left is put right. */
    public synchronized void apply(ViewUpdate update) {
        view = update.view();
        if (may && !stopped && (wanted.apply(update) || !read)) {
            read = true;
            Set<String> abandoned = wanted.takeAbandoned();
            lingering.addAll(abandoned);
            lookAfter(abandoned);
            settle();
        }
    }

    private void lookAfter(Set<String> abandoned) {
        if (!abandoned.isEmpty()) {
            CompletableFuture.delayedExecutor(settings.linger().toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> over(abandoned));
        }
    }

    /** What still has connections, which nobody ends when the kernel has taken over a service, is looked at again. */
    private void over(Set<String> lingered) {
        Set<String> busy = inUse.get().stream().map(WantedAddresses::spelled).collect(Collectors.toSet());
        busy.retainAll(lingered);
        synchronized (this) {
            if (!stopped) {
                lingering.removeAll(lingered);
                lingering.addAll(busy);
                lookAfter(busy);
                settle();
            }
        }
    }

    /** Looks at services again, since who serves them has changed. */
    public synchronized void again(Set<ServiceKey> services) {
        if (view != null) {
            apply(new ViewUpdate(view, services, false));
        }
    }

    /** Changes nothing more. What has been put stays, as the kernel's rules do. */
    public synchronized void stop() {
        stopped = true;
        commands.close();
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
        return found(settings, commands)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(0)
                        : commands.run(batch(), lines("del", found, settings)).thenApply(output -> {
                            if (!output.done()) {
                                throw new IllegalStateException(
                                        "cannot take addresses off this host: " + output.summary());
                            }
                            return found.size();
                        }));
    }

    private void settle() {
        if (busy) {
            again = true;
            return;
        }
        busy = true;
        Set<String> goal = new TreeSet<>(wanted.all());
        goal.addAll(lingering);
        found(settings, commands)
                .thenCompose(found -> change(found, goal))
                .whenComplete((done, failure) -> settled(failure));
    }

    private CompletionStage<Void> change(Set<String> found, Set<String> goal) {
        Set<String> more = new TreeSet<>(goal);
        more.removeAll(found);
        Set<String> less = new TreeSet<>(found);
        less.removeAll(goal);
        if (more.isEmpty() && less.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return commands.run(batch(), lines("del", less, settings) + lines("add", more, settings))
                .thenAccept(output -> {
                    List<String> errors = output.text()
                            .lines()
                            .filter(line -> !line.isBlank() && !line.contains(THERE))
                            .filter(line -> !line.startsWith("Command failed "))
                            .toList();
                    if (!output.done() && !errors.isEmpty()) {
                        throw new IllegalStateException(errors.get(0));
                    }
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

    /** The addresses that bear our number. */
    private static CompletionStage<Set<String>> found(HostAddressSettings settings, Commands commands) {
        return list("-4", settings, commands).thenCombine(list("-6", settings, commands), (four, six) -> {
            Set<String> all = new TreeSet<>(four);
            all.addAll(six);
            return all;
        });
    }

    private static CompletionStage<Set<String>> list(String family, HostAddressSettings settings, Commands commands) {
        List<String> command =
                List.of("ip", "-j", family, "route", "show", "table", "local", "proto", "" + settings.protocol());
        return commands.run(command, "").thenApply(output -> {
            if (!output.done()) {
                throw new IllegalStateException("cannot list local routes: " + output.summary());
            }
            return read(output.text());
        });
    }

    private static Set<String> read(String text) {
        Set<String> found = new TreeSet<>();
        try {
            JsonNode routes = JSON.readTree(text.isBlank() ? "[]" : text);
            for (JsonNode route : routes) {
                String address = WantedAddresses.spelled(route.path("dst").asText());
                if (!address.isEmpty()) {
                    found.add(address);
                }
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot read what ip lists: " + e.getOriginalMessage(), e);
        }
        return found;
    }

    private static List<String> batch() {
        return List.of("ip", "-force", "-batch", "-");
    }

    private static String lines(String verb, Set<String> addresses, HostAddressSettings settings) {
        StringBuilder lines = new StringBuilder();
        addresses.forEach(address -> lines.append("route ")
                .append(verb)
                .append(" local ")
                .append(address)
                .append(address.contains(":") ? "/128" : "/32")
                .append(" dev lo proto ")
                .append(settings.protocol())
                .append('\n'));
        return lines.toString();
    }
}
