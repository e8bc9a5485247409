package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.apply.Ownership.Share;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rules of ownership: what a configuration, or any other write, makes of an object and of whose its fields are. */
public final class ServerSideApply {
    private final FieldType type;

    /** For objects of one type. */
    public ServerSideApply(FieldType type) {
        this.type = type;
    }

    /** What came of applying. */
    public sealed interface Result {
        /**
         * It fits.
         *
         * @param object a new tree: the present object with the configuration laid over it, without the fields that the
         *     applier had and no longer mentions, unless somebody else has them too
         */
        record Merged(ObjectNode object, Ownership ownership) implements Result {}

        /**
         * Others own what it would change.
         *
         * @param disputed by owner, the fields
         */
        record Conflicting(Map<Owner, FieldSet> disputed) implements Result {
            /** What is left of it when some fields may change hands. */
            public Conflicting except(FieldSet allowed) {
                Map<Owner, FieldSet> rest = new TreeMap<>();
                disputed.forEach((owner, fields) -> rest.put(owner, fields.difference(allowed)));
                rest.values().removeIf(FieldSet::isEmpty);
                return new Conflicting(rest);
            }

            /** One for each field of each owner. */
            public List<Conflict> conflicts() {
                return disputed.entrySet().stream()
                        .flatMap(entry -> entry.getValue().paths().stream()
                                .map(path -> new Conflict(entry.getKey().toString(), path)))
                        .toList();
            }
        }
    }

    /**
     * Who applies.
     *
     * @param apiVersion in which
     * @param time now, as RFC 3339 in whole seconds
     */
    public record Applier(String manager, String subresource, String apiVersion, String time) {
        Owner owner() {
            return Owner.applier(manager, subresource);
        }
    }

    /**
     * Applies a configuration.
     *
     * @param live the present object
     * @param configuration with parts of lists that can be told apart, see {@link #faults}
     * @param never fields that are nobody's
     * @param force take over what others own
     */
    public Result apply(
            ObjectNode live,
            ObjectNode configuration,
            Ownership ownership,
            Applier applier,
            FieldSet never,
            boolean force) {
        Owner self = applier.owner();
        FieldSet last = ownership.of(self);
        FieldSet wanted = OwnedFields.of(type, configuration).difference(never);
        Ownership claimed = ownership.with(self, new Share(applier.apiVersion(), applier.time(), wanted));
        ObjectNode merged = (ObjectNode) Merging.merge(type, live, configuration);
        ObjectNode next = last.isEmpty() ? merged : pruned(merged, claimed, last);
        Comparison changes = Comparison.of(type, live, next);
        Map<Owner, FieldSet> disputed = disputed(claimed, self, changes.written());
        if (!force && !disputed.isEmpty()) {
            return new Result.Conflicting(disputed);
        }
        boolean unchanged = changes.written().isEmpty() && changes.removed().isEmpty();
        Ownership settled = claimed.without(changes.written().union(changes.removed()), self);
        Share before = ownership.shares().get(self);
        if (unchanged && before != null && before.fields().equals(wanted)) {
            settled = settled.with(self, before);
        }
        return new Result.Merged(next, settled);
    }

    private static Map<Owner, FieldSet> disputed(Ownership ownership, Owner self, FieldSet written) {
        Map<Owner, FieldSet> disputed = new TreeMap<>();
        ownership.shares().forEach((owner, share) -> {
            FieldSet common = share.fields().intersection(written);
            if (!owner.equals(self) && !common.isEmpty()) {
                disputed.put(owner, common);
            }
        });
        return disputed;
    }

    /**
     * Takes out what the applier had before and does not mention any more. First it goes with everything beneath it; then
     * what somebody owns comes back; then what was beneath it and never was the applier's.
     */
    private ObjectNode pruned(ObjectNode merged, Ownership ownership, FieldSet last) {
        FieldSet had = last.withStructures(type);
        FieldSet there = OwnedFields.of(type, merged).withStructures(type);
        ObjectNode bare = Removal.remove(type, merged, had);
        FieldSet owned = ownership.all().withStructures(type);
        FieldSet left = OwnedFields.of(type, bare).withStructures(type);
        ObjectNode withOwned = Removal.remove(type, merged, there.difference(left.union(owned)));
        FieldSet kept = OwnedFields.of(type, withOwned).withStructures(type);
        return Removal.remove(type, merged, there.difference(kept).intersection(had));
    }

    /**
     * Follows a write that is no apply: what it changed is the writer's from now on, and nobody else's.
     *
     * @param never fields that are nobody's
     * @param time now, as RFC 3339 in whole seconds
     */
    public Ownership update(
            JsonNode before, JsonNode after, Ownership ownership, Owner writer, FieldSet never, String time) {
        Comparison changes = Comparison.of(type, before, after);
        FieldSet written = changes.written().difference(never);
        Ownership rest = ownership.without(changes.written().union(changes.removed()), null);
        FieldSet his = rest.of(writer).union(written);
        if (!written.isEmpty()) {
            rest = rest.with(writer, new Share(writer.apiVersion(), time, his));
        }
        return rest.capped();
    }

    /** The fields that a state of an object has in common with the present one, with the same values. */
    public FieldSet sameIn(ObjectNode state, ObjectNode present) {
        Comparison differences = Comparison.of(type, state, present);
        return OwnedFields.of(type, state)
                .difference(differences.modified())
                .difference(differences.added())
                .difference(differences.removed());
    }

    /** Why the parts of a configuration cannot be told apart; empty if they can. */
    public List<String> faults(ObjectNode configuration) {
        return new ListFaults().of(type, configuration);
    }
}
