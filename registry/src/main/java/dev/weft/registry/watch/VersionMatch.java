package dev.weft.registry.watch;

/** How fresh a read must be (rule API-2). Versions are hybrid timestamps. */
public sealed interface VersionMatch {
    /** Holds every write that was acknowledged before the request. */
    record MostRecent() implements VersionMatch {}

    /** Whatever is at hand. */
    record Any() implements VersionMatch {}

    /** At least this version; waits a little for it, then times out. */
    record NotOlderThan(long version) implements VersionMatch {}

    /** Exactly this version, or expired. */
    record Exact(long version) implements VersionMatch {}
}
