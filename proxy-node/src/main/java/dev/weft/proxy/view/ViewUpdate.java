package dev.weft.proxy.view;

import java.util.Set;

/**
 * A new picture and what is different in it.
 *
 * @param touched the services whose entry or slices differ from the picture before, or that are gone
 * @param complete whether this is the first picture of a run: whatever is not in it does not exist
 */
public record ViewUpdate(ServiceView view, Set<ServiceKey> touched, boolean complete) {
    public ViewUpdate {
        touched = Set.copyOf(touched);
    }
}
