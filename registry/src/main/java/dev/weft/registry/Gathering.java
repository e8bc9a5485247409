package dev.weft.registry;

import dev.weft.registry.journal.Attendance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a process that starts joins a cluster or begins one, from what the list of processes in their common store says
 * time after time. Compares no clocks: a process lives that has reported since it was looked at.
 */
final class Gathering {

    /** What to do now. */
    sealed interface Step {}

    /** Joins whoever of these answers first; those that are dead do not. */
    record Join(List<String> addresses) implements Step {}

    /** Begins the cluster, if the list lets it; these have been silent for too long. */
    record Begin(List<Attendance.Entry> gone) implements Step {}

    private record Seen(long beats, long since) {}

    private final String own;
    private final long patience;
    private Map<String, Seen> seen = Map.of();

    /**
     * @param own the address of this process
     * @param patience after how long without a report one is taken for dead
     */
    Gathering(String own, Duration patience) {
        this.own = own;
        this.patience = patience.toMillis();
    }

    /**
     * The next step.
     *
     * @param entries the list as it is now
     * @param now in milliseconds, of a clock that only rises
     */
    Step next(List<Attendance.Entry> entries, long now) {
        List<Attendance.Entry> members = entries.stream()
                .filter(entry -> entry.joined() && !entry.address().equals(own))
                .toList();
        Map<String, Seen> next = new HashMap<>();
        List<Attendance.Entry> gone = new ArrayList<>();
        for (Attendance.Entry member : members) {
            Seen before = seen.get(member.address());
            Seen current = before == null || before.beats() != member.beats() ? new Seen(member.beats(), now) : before;
            next.put(member.address(), current);
            if (now - current.since() >= patience) {
                gone.add(member);
            }
        }
        seen = Map.copyOf(next);
        return gone.size() == members.size()
                ? new Begin(List.copyOf(gone))
                : new Join(members.stream()
                        .filter(member -> !gone.contains(member))
                        .map(Attendance.Entry::address)
                        .toList());
    }
}
