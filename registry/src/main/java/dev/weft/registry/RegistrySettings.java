package dev.weft.registry;

import com.typesafe.config.Config;
import dev.weft.registry.controller.GarbageSettings;
import dev.weft.registry.controller.LifecycleSettings;
import dev.weft.registry.controller.LoadBalancerSettings;
import dev.weft.registry.journal.JournalSettings;
import dev.weft.registry.shard.ShardSettings;
import dev.weft.registry.watch.HubSettings;
import dev.weft.registry.watch.WatchWindow;
import java.time.Duration;

/**
 * The registry's configuration, {@code weft.registry}; what each key means stands in {@code reference.conf}.
 *
 * @param silence after how long without an answer from any shard a process is not ready
 * @param watcherQueue how many events may wait for one watcher
 */
public record RegistrySettings(
        int shards,
        Duration writeTimeout,
        Duration readTimeout,
        Duration versionTimeout,
        Duration silence,
        Duration clockTolerance,
        int claimRounds,
        ClaimRepairActor.Pace claimRepair,
        int watcherQueue,
        ShardSettings shard,
        ArrivalSettings arrival,
        HubSettings hub,
        GarbageSettings garbage,
        LoadBalancerSettings loadBalancer,
        LifecycleSettings lifecycle,
        GatheringSettings gathering,
        JournalSettings journal) {

    /** Reads {@code weft.registry} of a whole configuration. */
    public static RegistrySettings of(Config config) {
        Config registry = config.getConfig("weft.registry");
        int shards = registry.getInt("shards");
        return new RegistrySettings(
                shards,
                registry.getDuration("write-timeout"),
                registry.getDuration("read-timeout"),
                registry.getDuration("version-timeout"),
                registry.getDuration("silence"),
                registry.getDuration("clock-tolerance"),
                registry.getInt("claim-rounds"),
                new ClaimRepairActor.Pace(registry.getDuration("claim-repair"), registry.getInt("claim-repair-rest")),
                registry.getInt("watch.queue"),
                shard(registry.getConfig("shard")),
                ArrivalSettings.of(registry.getConfig("arrival")),
                hub(registry.getConfig("watch"), shards),
                new GarbageSettings(registry.getDuration("garbage.grace"), registry.getInt("garbage.parallel")),
                LoadBalancerSettings.of(registry.getConfig("load-balancer")),
                lifecycle(registry.getConfig("lifecycle")),
                GatheringSettings.of(registry.getConfig("gathering")),
                JournalSettings.of(registry.getConfig("journal")));
    }

    private static ShardSettings shard(Config shard) {
        return new ShardSettings(
                shard.getInt("queue"),
                shard.getInt("batch"),
                shard.getInt("recent-changes"),
                shard.getBytes("recent-bytes"),
                shard.getInt("snapshot-every"),
                shard.getBytes("snapshot-bytes"),
                shard.getInt("snapshot-times"),
                Math.toIntExact(shard.getBytes("object")),
                shard.getDuration("clock-reserve"),
                shard.getInt("namespace-step"),
                shard.getDuration("restart-after"),
                shard.getDuration("restart-at-most"),
                shard.getBoolean("take-over"),
                shard.getDuration("read-lease"));
    }

    private static LifecycleSettings lifecycle(Config lifecycle) {
        return new LifecycleSettings(
                lifecycle.getDuration("tick"),
                lifecycle.getDuration("start-grace"),
                lifecycle.getDuration("node-grace"),
                lifecycle.getDuration("pod-removal"),
                lifecycle.getDuration("agent-removal"),
                lifecycle.getDuration("sweep"),
                lifecycle.getInt("parallel"));
    }

    private static HubSettings hub(Config watch, int shards) {
        return new HubSettings(
                shards,
                history(watch, "shard-history"),
                history(watch, "merged-history"),
                watch.getDuration("round"),
                watch.getDuration("bookmarks"),
                watch.getDuration("patience"));
    }

    private static WatchWindow.Limits history(Config watch, String of) {
        return new WatchWindow.Limits(watch.getInt(of), watch.getBytes(of + "-bytes"), watch.getDuration(of + "-age"));
    }
}
