package dev.weft.registry.resource;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * Faults as they are found, of which the first {@value #MOST} are kept and the rest only counted: an object of a hundred
 * thousand faults must not make an answer of a hundred thousand sentences. Not safe for many threads.
 */
final class FieldErrors extends AbstractList<FieldError> {
    /** Nobody reads more. */
    static final int MOST = 100;

    private final List<FieldError> kept = new ArrayList<>();
    private int left;

    @Override
    public boolean add(FieldError fault) {
        if (kept.size() < MOST) {
            return kept.add(fault);
        }
        left++;
        return true;
    }

    /** Adds to faults that may be these; one that will not be kept is not even put into words. */
    static void add(List<FieldError> faults, Supplier<FieldError> fault) {
        if (faults instanceof FieldErrors these && these.kept.size() >= MOST) {
            these.left++;
        } else {
            faults.add(fault.get());
        }
    }

    @Override
    public boolean addAll(Collection<? extends FieldError> faults) {
        boolean changed = super.addAll(faults);
        left += faults instanceof FieldErrors more ? more.left : 0;
        return changed;
    }

    @Override
    public FieldError get(int index) {
        return kept.get(index);
    }

    @Override
    public int size() {
        return kept.size();
    }

    /** Those that were kept, and one more that says how many were not. */
    List<FieldError> told() {
        if (left == 0) {
            return List.copyOf(kept);
        }
        List<FieldError> told = new ArrayList<>(kept);
        told.add(new FieldError("...", FieldError.Reason.FieldValueTooMany, "and " + left + " more"));
        return told;
    }
}
