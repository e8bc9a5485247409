package dev.weft.proxy.nftables;

import dev.weft.proxy.view.ServiceKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Services that go back from the kernel to listeners: its rules stay until those listen, at addresses that this host has,
 * or who connects in between would be refused. One thread's.
 */
final class HandingBack {
    /** About as long as it takes a listener to open, and this host to get an address: when to ask again. */
    static final Duration LISTENERS_OPEN = Duration.ofMillis(10);

    private final Map<ServiceKey, Boolean> overdue = new HashMap<>();
    private final Predicate<ServiceKey> listening;
    private final Consumer<ServiceKey> began;

    /**
     * @param listening whether listeners have taken over
     * @param began told each service that begins to wait; {@link #isOverdue} is to be called after a while
     */
    HandingBack(Predicate<ServiceKey> listening, Consumer<ServiceKey> began) {
        this.listening = listening;
        this.began = began;
    }

    /** Whether the rules of a service that is to have listeners may go now; to be asked again while they may not. */
    boolean mayGo(ServiceKey key) {
        boolean may = listening.test(key) || overdue.getOrDefault(key, false);
        if (may) {
            overdue.remove(key);
        } else if (overdue.putIfAbsent(key, false) == null) {
            began.accept(key);
        }
        return may;
    }

    /** If a service still waits, its rules may go though nobody listens. */
    void isOverdue(ServiceKey key) {
        overdue.computeIfPresent(key, (waiting, before) -> true);
    }

    /** A service stays where it is, or is gone. */
    void forget(ServiceKey key) {
        overdue.remove(key);
    }
}
