package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All origins that are known, at most one incarnation of each cluster. Belongs to one owner. */
public final class Replica {
    private final NavigableMap<OriginId, OriginState> origins = new TreeMap<>();
    private final Map<String, Long> incarnations = new HashMap<>();
    private final Outline outline = new Outline();
    private final Map<String, ByteString> digests = new HashMap<>();
    private @Nullable ByteString root;

    /** The incarnation of a cluster that counts; -1 if the cluster is unknown. */
    public long incarnation(String cluster) {
        return incarnations.getOrDefault(cluster, -1L);
    }

    /**
     * From now on a cluster lives in this incarnation; earlier ones are gone.
     *
     * @return the origins that went, or nothing where a later incarnation is known already
     */
    public List<OriginState> adopt(String cluster, long incarnation) {
        if (incarnation <= incarnation(cluster)) {
            return List.of();
        }
        incarnations.put(cluster, incarnation);
        return drop(cluster);
    }

    /** Forgets a cluster that left; its incarnation stays known, so that its old records do not come back. */
    public List<OriginState> drop(String cluster) {
        List<OriginState> gone = origins.values().stream()
                .filter(state -> state.id().cluster().equals(cluster))
                .toList();
        for (OriginState state : gone) {
            origins.remove(state.id());
            state.watched(() -> {});
            moved(state.id());
        }
        return gone;
    }

    /** Forgets a cluster whose name has another key, or none: nothing that the old one signed is taken any more anyway. */
    public List<OriginState> forget(String cluster) {
        incarnations.remove(cluster);
        return drop(cluster);
    }

    /** Takes in what was stored; of several incarnations of a cluster the latest. */
    public void restore(OriginState state) {
        adopt(state.id().cluster(), state.id().incarnation());
        if (state.id().incarnation() == incarnation(state.id().cluster())) {
            origins.put(state.id(), watched(state));
        }
    }

    /** What is known of an origin; null if nothing. */
    public @Nullable OriginState get(OriginId id) {
        return origins.get(id);
    }

    /** An origin of an adopted incarnation, made where it is new. */
    public OriginState getOrCreate(OriginId id) {
        if (id.incarnation() != incarnation(id.cluster())) {
            throw new IllegalArgumentException(
                    "origin: " + id + " (expected: incarnation " + incarnation(id.cluster()) + ")");
        }
        return origins.computeIfAbsent(id, made -> watched(new OriginState(made)));
    }

    private OriginState watched(OriginState state) {
        state.watched(() -> moved(state.id()));
        moved(state.id());
        return state;
    }

    private void moved(OriginId id) {
        root = null;
        digests.remove(id.cluster());
        outline.moved(id);
    }

    /** How far this is with an origin; 0 if nothing is known. */
    public long highest(OriginId id) {
        OriginState state = origins.get(id);
        return state == null ? 0 : state.highest();
    }

    /** All origins, sorted; a view. */
    public Collection<OriginState> states() {
        return Collections.unmodifiableCollection(origins.values());
    }

    /** How far this is with every origin, sorted. */
    public List<OriginDigest> digests() {
        List<OriginDigest> digests = new ArrayList<>(origins.size());
        for (OriginState state : origins.values()) {
            OriginDigest digest = state.digest();
            if (digest != null) {
                digests.add(digest);
            }
        }
        return digests;
    }

    /**
     * The same for a peer of a cluster: with proofs of that cluster's own origins, so that he believes them.
     *
     * @param parts of the {@link Outline} that it is about, a bit each; all bits: everything
     */
    public List<OriginDigest> digests(String peer, long parts) {
        return digests().stream()
                .filter(digest -> Outline.in(digest.origin(), parts))
                .map(digest -> digest.origin().cluster().equals(peer) ? proven(digest) : digest)
                .toList();
    }

    private OriginDigest proven(OriginDigest digest) {
        OriginState state = origins.get(digest.origin());
        return state == null
                ? digest
                : new OriginDigest(
                        digest.origin(),
                        digest.highest(),
                        digest.horizon(),
                        new OriginDigest.Proof(state.root(), state.seal()));
    }

    /** Bytes of records that wait for the rest of what was asked for. */
    public long stagedBytes() {
        return origins.values().stream().mapToLong(OriginState::stagedBytes).sum();
    }

    /** See {@link StateHash#root}. */
    public ByteString root() {
        ByteString known = root;
        if (known == null) {
            known = StateHash.root(digests());
            root = known;
        }
        return known;
    }

    /** 32 bytes that stand for all that is held of a cluster: equal for two who hold the same records of it, as it sealed them. */
    public ByteString digest(String cluster) {
        return digests.computeIfAbsent(cluster, this::digestOf);
    }

    private ByteString digestOf(String cluster) {
        OriginId first = new OriginId(cluster, 0, Math.max(0, incarnation(cluster)));
        List<OriginState> held = new ArrayList<>();
        for (OriginState state : origins.tailMap(first, true).values()) {
            if (!state.id().cluster().equals(cluster)) {
                break;
            }
            if (state.highest() > 0) {
                held.add(state);
            }
        }
        return StateHash.sealed(held);
    }

    /** How far this is with each part of all origins, in few bytes; see {@link Outline}. */
    public ByteString outline(long salt) {
        return outline.bytes(outline.stale() ? digests() : List.of(), salt);
    }

    /** In which parts somebody differs, a bit each, by his outline with the same salt. */
    public long differing(ByteString theirs, long salt) {
        return Outline.differing(outline(salt), theirs);
    }

    /** See {@link StateHash#content}; origins without live records count as well. */
    public ByteString contentHash() {
        return StateHash.content(
                origins.values().stream().filter(state -> state.highest() > 0).toList());
    }
}
