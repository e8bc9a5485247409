package dev.weft.registry.watch;

/** How a hub talks to the shards; what they say comes back as {@link HubCommand}s. Does not block. */
public interface ShardLink {
    /** Wish to hear every change of a shard after a version; 0 to begin with everything. */
    void follow(int shard, long since);

    /**
     * Wish to hear that nothing up to a version is still to come from a shard; 0 just to hear from it.
     *
     * @param question a number that the answer names
     */
    void close(int shard, long question, long version);
}
