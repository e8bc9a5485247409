package dev.weft.deploy.demo;

import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.client.CallLoop;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.HostPort;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The steps, in order; each throws {@link CommandFailed} if what it tells does not hold. */
final class DemoStory {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration OUT_OF_ROTATION = Duration.ofMillis(250);

    private final DemoCluster east;
    private final DemoCluster west;
    private final Narrator narrator;
    private final Caller caller;
    private final Eventually eventually;
    private final InstantSource clock;

    DemoStory(DemoCluster east, DemoCluster west, Narrator narrator, InstantSource clock) {
        this.east = east;
        this.west = west;
        this.narrator = narrator;
        this.caller = new Caller(clock);
        this.eventually = new Eventually(clock);
        this.clock = clock;
    }

    /** Tells the whole story. */
    void tell() {
        startServers();
        applyManifests();
        exportFromEast();
        exportFromWest();
        turnUnready();
        Backend changed = killEast();
        restartEast(changed);
    }

    private void startServers() {
        east.begin();
        west.begin();
        for (DemoCluster cluster : List.of(east, west)) {
            cluster.awaitReady();
            narrator.done(cluster.name() + " is ready: API " + cluster.api().server() + ", gossip "
                    + cluster.plan().gossip());
        }
        eventually.holds(
                PATIENCE,
                "the clusters find each other",
                () -> east.missingMember("west").or(() -> west.missingMember("east")));
        narrator.done("east and west are members of one federation");
    }

    private void applyManifests() {
        for (DemoCluster cluster : List.of(east, west)) {
            cluster.applyManifests();
            HostPort address = cluster.clusterIp();
            caller.awaitBackends(address, cluster.backends());
            narrator.done(cluster.name() + " balances " + DemoCluster.SERVICE + " at its ClusterIP " + address + ": "
                    + caller.evenly(address, cluster.backends()));
        }
    }

    private void exportFromEast() {
        Instant begun = clock.instant();
        east.export();
        HostPort address = importedIn(west);
        caller.awaitBackends(address, east.backends());
        narrator.done("east exports it; " + Narrator.show(since(begun)) + " later west reaches it at the clusterset IP "
                + address + ": " + caller.evenly(address, east.backends()));
    }

    private void exportFromWest() {
        west.export();
        for (DemoCluster cluster : List.of(east, west)) {
            caller.awaitBackends(importedIn(cluster), all());
        }
        narrator.done(
                "west exports it too; the same address now means all six: " + caller.evenly(importedIn(west), all()));
    }

    private void turnUnready() {
        Backend leaver = east.backends().get(0);
        try (CallLoop inEast = caller.loop(importedIn(east));
                CallLoop inWest = caller.loop(importedIn(west))) {
            pause(Duration.ofMillis(300));
            Instant asked = clock.instant();
            east.setReady(leaver, false);
            Duration acknowledged = since(asked);
            pause(Duration.ofSeconds(1));
            Duration inEastAfter = Caller.lastCallAfter(asked, inEast, leaver);
            Duration inWestAfter = Caller.lastCallAfter(asked, inWest, leaver);
            Caller.requireNoFailure(inEast, "east");
            Caller.requireNoFailure(inWest, "west");
            narrator.done("Pod " + leaver.name() + " turned unready (acknowledged after " + Narrator.show(acknowledged)
                    + "): out of rotation in east after " + Narrator.show(inEastAfter) + ", in west after "
                    + Narrator.show(inWestAfter));
            narrator.detail((inEast.total() + inWest.total()) + " calls meanwhile, none failed");
            requireQuick(leaver, inEastAfter);
            requireQuick(leaver, inWestAfter);
        }
        east.setReady(leaver, true);
        caller.awaitBackends(importedIn(west), all());
    }

    private static void requireQuick(Backend leaver, Duration after) {
        if (after.compareTo(OUT_OF_ROTATION) > 0) {
            throw CommandFailed.failed("the unready Pod " + leaver.name() + " was still called after "
                    + Narrator.show(after) + " (allowed: " + Narrator.show(OUT_OF_ROTATION) + ")");
        }
    }

    /** Kills east, restarts nothing, and returns the backend that west took out of rotation meanwhile. */
    private Backend killEast() {
        try (CallLoop inWest = caller.loop(importedIn(west))) {
            pause(Duration.ofMillis(200));
            Map<String, String> before = east.identities();
            east.kill();
            pause(Duration.ofMillis(1500));
            Caller.requireNoFailure(inWest, "west");
            narrator.done("east's server was killed (SIGKILL); west still reaches all six: "
                    + Evenness.show(inWest.answers()));
            narrator.detail(inWest.total() + " calls meanwhile, none failed");
            Backend changed = west.backends().get(2);
            west.setReady(changed, false);
            Instant begun = clock.instant();
            east.begin();
            east.awaitReady();
            narrator.done("east was restarted and is ready again after " + Narrator.show(since(begun)));
            requireSame(before, east.identities());
            narrator.detail(before.size() + " objects, each with the UID and the IP that it had");
            Caller.requireNoFailure(inWest, "west");
            return changed;
        }
    }

    private void restartEast(Backend changedInWest) {
        caller.awaitBackends(importedIn(east), without(changedInWest));
        narrator.done("what changed in west meanwhile has reached east: " + changedInWest.name()
                + " is out of rotation there");
        Backend changedInEast = east.backends().get(1);
        east.setReady(changedInEast, false);
        caller.awaitBackends(importedIn(west), without(changedInWest, changedInEast));
        west.setReady(changedInWest, true);
        east.setReady(changedInEast, true);
        caller.awaitBackends(importedIn(east), all());
        caller.awaitBackends(importedIn(west), all());
        narrator.done("and the other way round; all six are back in both: " + caller.evenly(importedIn(west), all()));
    }

    private List<Backend> all() {
        List<Backend> all = new ArrayList<>(east.backends());
        all.addAll(west.backends());
        return all;
    }

    private List<Backend> without(Backend... gone) {
        List<Backend> rest = all();
        rest.removeAll(List.of(gone));
        return rest;
    }

    /** The clusterset IP in a cluster, once it is there. */
    HostPort importedIn(DemoCluster cluster) {
        eventually.holds(
                PATIENCE,
                cluster.name() + " imports " + DemoCluster.SERVICE,
                () -> cluster.clusterSetIp().isPresent()
                        ? Optional.empty()
                        : Optional.of("its ServiceImport has no address yet"));
        return cluster.clusterSetIp()
                .orElseThrow(() -> CommandFailed.failed(cluster.name() + " lost its ServiceImport again"));
    }

    private static void requireSame(Map<String, String> before, Map<String, String> after) {
        before.forEach((path, identity) -> {
            if (!identity.equals(after.get(path))) {
                throw CommandFailed.failed(
                        "after the restart " + path + " is " + after.get(path) + ", but it was " + identity);
            }
        });
    }

    private Duration since(Instant begun) {
        return Duration.between(begun, clock.instant());
    }

    private static void pause(Duration length) {
        LockSupport.parkNanos(length.toNanos());
    }
}
