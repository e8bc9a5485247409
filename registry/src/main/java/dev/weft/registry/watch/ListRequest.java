package dev.weft.registry.watch;

/**
 * One read of a collection.
 *
 * @param limit at most so many objects; 0 for all
 * @param continuation where a page ended, from {@link Listing#continuation()}; empty for the first page
 */
public record ListRequest(
        Collection collection, ResourceFilter filter, VersionMatch version, int limit, String continuation) {}
