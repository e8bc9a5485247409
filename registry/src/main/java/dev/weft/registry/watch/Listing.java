package dev.weft.registry.watch;

import dev.weft.registry.resource.Resource;
import java.util.List;

/**
 * The objects of a collection at one version, ordered by namespace and name.
 *
 * @param version every change of the collection up to here is in it, and none after
 * @param continuation opaque; empty on the last page
 * @param remaining how many objects follow the page; -1 if not known (a filter is in use)
 */
public record Listing(List<Resource> items, long version, String continuation, long remaining) {
    public Listing {
        items = List.copyOf(items);
    }
}
