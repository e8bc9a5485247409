package dev.weft.registry.resource;

import java.util.List;

/**
 * A reconciler that runs inside a shard's step: what it derives is persisted in the same batch as what it derives from.
 * It may keep indexes of its own, since it is told of every change, after a restart too (as additions of all objects).
 * Level-triggered: what it derives depends on the state, not on the path that led there.
 */
public interface Derivation {
    /**
     * Says what should follow from changes.
     *
     * @param state with the changes already in it
     * @param changes of this step, in order, including those that derivations caused
     */
    List<DerivedWrite> derive(StateView state, List<Change> changes);

    /** Fills the indexes from scratch, before the first {@link #derive}, and says what is out of date. */
    List<DerivedWrite> start(StateView state, List<Resource> everything);

    /**
     * Says what is due for another reason than a change of this shard. Asked once a batch, also of one without commands, so
     * it must cost next to nothing where nothing is.
     */
    default List<DerivedWrite> due(StateView state) {
        return List.of();
    }
}
