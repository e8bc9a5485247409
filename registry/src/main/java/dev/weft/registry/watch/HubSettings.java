package dev.weft.registry.watch;

import java.time.Duration;

/**
 * Bounds and rhythms of a hub.
 *
 * @param shards how many shards there are to follow
 * @param shardHistory how much past is kept of each shard
 * @param mergedHistory how much past is kept of all shards together
 * @param round how often every shard is asked whether it still sends
 * @param bookmarks how often watchers who want bookmarks get one
 * @param patience after how long an unanswered question to a shard is asked again
 */
public record HubSettings(
        int shards,
        WatchWindow.Limits shardHistory,
        WatchWindow.Limits mergedHistory,
        Duration round,
        Duration bookmarks,
        Duration patience) {}
