package dev.weft.registry.resource.apply;

import java.util.Comparator;

/**
 * Who writes, and how: two requests of one owner add to the same entry of {@code metadata.managedFields}.
 *
 * @param manager the name that the writer gives himself
 * @param operation whether he applies configurations or writes in any other way
 * @param apiVersion in which he writes; an applier is the same whatever the version, so that it is empty for him
 * @param subresource through which he writes; empty for the object itself
 */
public record Owner(String manager, Operation operation, String apiVersion, String subresource)
        implements Comparable<Owner> {
    private static final Comparator<Owner> ORDER = Comparator.comparing(Owner::operation)
            .thenComparing(Owner::manager)
            .thenComparing(Owner::apiVersion)
            .thenComparing(Owner::subresource);

    /** The ways to write; the names are the wire form. */
    public enum Operation {
        Apply,
        Update
    }

    public static Owner applier(String manager, String subresource) {
        return new Owner(manager, Operation.Apply, "", subresource);
    }

    public static Owner updater(String manager, String apiVersion, String subresource) {
        return new Owner(manager, Operation.Update, apiVersion, subresource);
    }

    /** As conflicts name it: {@code "kubectl"}, {@code "kubectl-edit" using v1}. */
    @Override
    public String toString() {
        String shown = '"' + manager + '"';
        if (!subresource.isEmpty()) {
            shown += " with subresource \"" + subresource + '"';
        }
        return operation == Operation.Update ? shown + " using " + apiVersion : shown;
    }

    @Override
    public int compareTo(Owner other) {
        return ORDER.compare(this, other);
    }
}
