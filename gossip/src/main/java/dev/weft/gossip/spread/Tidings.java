package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Which peer is told what of which process. That one came, stopped or left is told to every peer. That one still lives is
 * told to a peer who may not have heard it, as far as the budget of his link goes: half of it for the newest, half for some
 * by chance, so that none is always left out. What does not fit is dropped, since the next heartbeat comes anyway. So what
 * an idle federation costs a link has a bound, however many processes there are. Belongs to one owner.
 */
final class Tidings {
    /** Entries in a frame; the rest goes with the next. */
    private static final int NODES = 1_024;
    /** What an entry costs besides its names, about, and what its seal costs. */
    private static final int ENTRY_BYTES = 24;

    private static final int SEAL_BYTES = 66;
    /** An entry comes with its seal at first, since the very first may have been lost. */
    private static final int SEALS_AT_FIRST = 3;
    /** So often one entry after the other is told with its seal again, to a peer who could not believe it before. */
    private static final Duration REMINDER = Duration.ofSeconds(1);
    /** The same where there are few, so that each has its turn soon. */
    private static final Duration REMINDER_OF_FEW = Duration.ofMillis(300);

    private static final int FEW = 32;

    private static final double NANOS = 1e9;

    private static final class Entry {
        private Node node;
        private long life;
        private long beat;
        private int beats;
        /** The links whose peers have heard the latest, by their slots. */
        private final BitSet heard = new BitSet();

        private Entry(Node node) {
            this.node = node;
        }
    }

    /** How far one peer was told. Belongs to his link. */
    static final class Told {
        private long lives;
        private long beats;
        private double budget;
        private Instant refilled = Instant.MIN;
        private long reminded;
        private Instant reminder = Instant.MIN;
        /** Processes to be told again with their seals. */
        private final Set<NodeId> again = new LinkedHashSet<>();
    }

    private final int bytesPerSecond;
    private final RandomGenerator random;
    private final Map<NodeId, Entry> entries = new HashMap<>();
    private final NavigableMap<Long, Entry> lives = new TreeMap<>();
    private final NavigableMap<Long, Entry> beats = new TreeMap<>();
    private long revision;

    /** @param bytesPerSecond of heartbeats on one link */
    Tidings(int bytesPerSecond, RandomGenerator random) {
        this.bytesPerSecond = bytesPerSecond;
        this.random = random;
    }

    /** What is held of a process is this now. */
    void now(Node node) {
        Entry entry = entries.get(node.id());
        if (entry == null) {
            entry = new Entry(node);
            entries.put(node.id(), entry);
            lived(entry);
        } else if (!node.sameLife(entry.node)) {
            lives.remove(entry.life);
            entry.node = node;
            lived(entry);
        } else if (node.beat() > entry.node.beat()) {
            entry.node = node;
            entry.beats++;
            beats.remove(entry.beat);
            entry.beat = ++revision;
            beats.put(entry.beat, entry);
            entry.heard.clear();
        }
    }

    private void lived(Entry entry) {
        entry.life = ++revision;
        entry.beats = 0;
        lives.put(entry.life, entry);
        entry.heard.clear();
    }

    /** A peer told this himself. */
    void heard(Node node, Link from) {
        Entry entry = entries.get(node.id());
        if (entry != null && !entry.node.supersedes(node)) {
            entry.heard.set(from.slot);
        }
    }

    /** A process was forgotten. */
    void gone(NodeId id) {
        Entry entry = entries.remove(id);
        if (entry != null) {
            lives.remove(entry.life);
            beats.remove(entry.beat);
        }
    }

    /** Nobody at the other end of this link has heard anything yet. */
    void begun(Link link) {
        entries.values().forEach(entry -> entry.heard.clear(link.slot));
    }

    /** A peer is told now that these clusters are members: what he heard of their processes before, he may not have believed. */
    void again(Link link, Set<String> clusters) {
        entries.keySet().stream()
                .filter(id -> clusters.contains(id.cluster()) && !id.equals(link.node))
                .sorted()
                .forEach(link.told.again::add);
    }

    /** What to tell a peer now; from then on it counts as told. */
    List<Node> due(Link link, Instant now) {
        List<Node> due = new ArrayList<>();
        Told told = link.told;
        for (Iterator<NodeId> again = told.again.iterator(); again.hasNext() && due.size() < NODES; ) {
            Entry entry = entries.get(again.next());
            again.remove();
            if (entry != null) {
                entry.heard.set(link.slot);
                due.add(entry.node);
            }
        }
        for (Map.Entry<Long, Entry> each : lives.tailMap(told.lives, false).entrySet()) {
            if (due.size() == NODES) {
                return due;
            }
            told.lives = each.getKey();
            Entry entry = each.getValue();
            if (!entry.heard.get(link.slot)) {
                entry.heard.set(link.slot);
                due.add(entry.node);
            }
        }
        refill(told, now);
        remind(link, due, now);
        NavigableMap<Long, Entry> untold = beats.tailMap(told.beats, false);
        if (!untold.isEmpty()) {
            tell(link, untold.descendingMap().values(), told.budget / 2, due);
            long from = told.beats + 1 + random.nextLong(revision - told.beats);
            tell(link, untold.tailMap(from, true).values(), 0, due);
            tell(link, untold.headMap(from, false).values(), 0, due);
        }
        told.beats = revision;
        return due;
    }

    /** Tells those who are alive, one after the other, as long as more than this is left of the budget. */
    private void tell(Link link, Collection<Entry> alive, double left, List<Node> due) {
        Told told = link.told;
        for (Entry entry : alive) {
            if (entry.heard.get(link.slot)) {
                continue;
            }
            boolean sealed = entry.beats <= SEALS_AT_FIRST;
            int bytes = bytes(entry.node.id()) + (sealed ? SEAL_BYTES : 0);
            if (told.budget - bytes < left || due.size() == NODES) {
                return;
            }
            told.budget -= bytes;
            entry.heard.set(link.slot);
            due.add(sealed ? entry.node : entry.node.sealed(ByteString.emptyByteString()));
        }
    }

    private void remind(Link link, List<Node> due, Instant now) {
        Told told = link.told;
        Map.Entry<Long, Entry> next = lives.higherEntry(told.reminded);
        if (next == null) {
            next = lives.firstEntry();
        }
        Duration pause = entries.size() <= FEW ? REMINDER_OF_FEW : REMINDER;
        if (next != null && !told.reminder.plus(pause).isAfter(now)) {
            told.reminder = now;
            told.reminded = next.getKey();
            Node node = next.getValue().node;
            int bytes = bytes(node.id()) + SEAL_BYTES;
            if (!node.id().equals(link.node) && bytes <= told.budget) {
                told.budget -= bytes;
                next.getValue().heard.set(link.slot);
                due.add(node);
            }
        }
    }

    /** A second's worth at most. */
    private void refill(Told told, Instant now) {
        double seconds = told.refilled.equals(Instant.MIN)
                ? 1
                : Math.max(0, Duration.between(told.refilled, now).toNanos() / NANOS);
        told.refilled = now;
        told.budget = Math.min(bytesPerSecond, told.budget + seconds * bytesPerSecond);
    }

    private static int bytes(NodeId id) {
        return ENTRY_BYTES + id.cluster().length() + id.address().host().length();
    }
}
