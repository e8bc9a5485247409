package dev.weft.proxy.nftables;

import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.view.Protocol;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an empty table yet is for: with the host's last nat chain the kernel stops translating, and connections that the
 * table has led are cut, and others of which the kernel had to change the port beside them. So it stays while one is open.
 * For one thread at a time.
 */
final class Remains {
    private final NftablesSettings settings;
    private final Conntrack conntrack;
    /** Listeners whose connections may be open; none where a process before this one has emptied the table. */
    private final Set<ListenerKey> led = new HashSet<>();

    private Duration waited = Duration.ZERO;

    Remains(NftablesSettings settings, Conntrack conntrack) {
        this.settings = settings;
        this.conntrack = conntrack;
    }

    /** The table leads connections to these; as many are remembered as there are addresses and ports of services. */
    void leads(Set<ListenerKey> listeners) {
        listeners.stream()
                .filter(listener -> listener.protocol() == Protocol.TCP)
                .forEach(led::add);
    }

    /** The table has services. */
    void isUsed() {
        waited = Duration.ZERO;
    }

    /** The table goes. */
    void end() {
        led.clear();
        waited = Duration.ZERO;
    }

    /**
     * Whether the table may go; to be asked once in {@link NftablesSettings#check}. Where it is not known to whom its
     * connections went, anyone's count that were led; where it cannot be known whether any is open, the time does, and so
     * it does for connections that may be another table's, of which only the source was rewritten.
     */
    CompletionStage<Boolean> mayGo() {
        waited = waited.plus(settings.check());
        boolean late = waited.compareTo(settings.keepEmpty()) >= 0;
        if (!conntrack.isThere()) {
            return CompletableFuture.completedFuture(late);
        }
        Set<ListenerKey> known = Set.copyOf(led);
        Predicate<TrackedFlow> ours = flow -> known.isEmpty() || known.contains(flow.to());
        CompletionStage<@Nullable List<TrackedFlow>> moving =
                late ? CompletableFuture.completedFuture(List.of()) : conntrack.moved();
        return conntrack.connections().thenCombine(moving, (open, moved) -> {
            boolean told = open != null && moved != null;
            return told ? moved.isEmpty() && open.stream().noneMatch(ours) : late;
        });
    }
}
