package dev.weft.registry.resource.apply;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Who owns which fields of one object. Immutable; nobody is in it who owns nothing. */
public final class Ownership {
    /** Nobody owns anything, or nobody has asked yet. */
    public static final Ownership NONE = new Ownership(new TreeMap<>());

    /** Whoever updates under ever new names does not make the object grow for ever: Kubernetes' bound, and its name. */
    private static final int MOST_UPDATERS = 10;

    private static final String ANCIENT = "ancient-changes";

    private final SortedMap<Owner, Share> shares;

    Ownership(SortedMap<Owner, Share> shares) {
        this.shares = shares;
    }

    /**
     * What one owner has.
     *
     * @param apiVersion in which he last wrote
     * @param time when he last took a field, as RFC 3339 in whole seconds; empty if it is not known
     */
    public record Share(String apiVersion, String time, FieldSet fields) {}

    public boolean isEmpty() {
        return shares.isEmpty();
    }

    /** Every owner with his share, appliers first. */
    public Map<Owner, Share> shares() {
        return Collections.unmodifiableMap(shares);
    }

    /** The fields of an owner. */
    public FieldSet of(Owner owner) {
        Share share = shares.get(owner);
        return share == null ? FieldSet.EMPTY : share.fields();
    }

    /** The fields that anybody owns. */
    FieldSet all() {
        FieldSet all = FieldSet.EMPTY;
        for (Share share : shares.values()) {
            all = all.union(share.fields());
        }
        return all;
    }

    /** As {@link Owner}'s, without what nobody else may have of it any more. */
    Ownership without(FieldSet fields, @Nullable Owner except) {
        return changed((owner, share) ->
                owner.equals(except) ? share.fields() : share.fields().difference(fields));
    }

    /** Without fields that are never anybody's. */
    public Ownership stripped(FieldSet never) {
        return without(never, null);
    }

    /** With a new share in place of the owner's old one. */
    Ownership with(Owner owner, Share share) {
        SortedMap<Owner, Share> next = new TreeMap<>(shares);
        if (share.fields().isEmpty()) {
            next.remove(owner);
        } else {
            next.put(owner, share);
        }
        return new Ownership(next);
    }

    /** With the oldest updaters counted as one, where there are too many. */
    Ownership capped() {
        List<Map.Entry<Owner, Share>> updaters = new ArrayList<>(shares.entrySet());
        updaters.removeIf(entry -> entry.getKey().operation() == Owner.Operation.Apply);
        if (updaters.size() <= MOST_UPDATERS) {
            return this;
        }
        updaters.sort(Comparator.comparing(entry -> entry.getValue().time()));
        SortedMap<Owner, Share> next = new TreeMap<>(shares);
        for (Map.Entry<Owner, Share> oldest : updaters.subList(0, updaters.size() - MOST_UPDATERS + 1)) {
            Share share = oldest.getValue();
            next.remove(oldest.getKey());
            next.merge(
                    Owner.updater(ANCIENT, oldest.getKey().apiVersion(), ""),
                    share,
                    (older, newer) -> new Share(
                            newer.apiVersion(), newer.time(), older.fields().union(newer.fields())));
        }
        return new Ownership(next);
    }

    private Ownership changed(BiFunction<Owner, Share, FieldSet> fields) {
        SortedMap<Owner, Share> next = new TreeMap<>();
        shares.forEach((owner, share) -> {
            FieldSet kept = fields.apply(owner, share);
            if (!kept.isEmpty()) {
                next.put(owner, new Share(share.apiVersion(), share.time(), kept));
            }
        });
        return new Ownership(next);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ownership that && shares.equals(that.shares);
    }

    @Override
    public int hashCode() {
        return shares.hashCode();
    }

    @Override
    public String toString() {
        return shares.toString();
    }
}
