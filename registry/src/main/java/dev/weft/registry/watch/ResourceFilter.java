package dev.weft.registry.watch;

import dev.weft.registry.resource.Resource;

/** Which objects of a collection are wanted: label and field selectors, already parsed. Pure and safe for many threads. */
@FunctionalInterface
public interface ResourceFilter {
    ResourceFilter ALL = object -> true;

    boolean matches(Resource object);
}
