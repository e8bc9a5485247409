package dev.weft.registry.watch;

import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    /**
     * One page of a picture.
     *
     * @param after where the page before ended; empty for the first one
     */
    public static Listing page(WindowView view, ListRequest request, Optional<PageToken> after) {
        Collection collection = request.collection();
        ResourceKey from = after.map(token -> token.start(collection)).orElseGet(() -> ResourceTree.first(collection));
        ResourceKey end = ResourceTree.end(collection);
        List<Resource> items = new ArrayList<>();
        for (Resource object : view.objects().range(from, end)) {
            if (!request.filter().matches(object)) {
                continue;
            }
            if (request.limit() > 0 && items.size() == request.limit()) {
                ResourceKey last = items.get(items.size() - 1).key();
                PageToken next = new PageToken(view.version(), last.namespace(), last.name());
                long remaining = request.filter() == ResourceFilter.ALL
                        ? view.objects().rank(end) - view.objects().rank(object.key())
                        : -1;
                return new Listing(items, view.version(), next.text(), remaining);
            }
            items.add(object);
        }
        return new Listing(items, view.version(), "", 0);
    }
}
