package dev.weft.registry.shard;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Does harm to a simulated cluster, one way after the other, as the seed says; each ends by itself and all run again. */
final class SimulatedHarm {
    private final SimulatedCluster cluster;
    private final VirtualTime time;
    private final Random random;
    private final StringBuilder told = new StringBuilder();
    private int underWay;

    SimulatedHarm(SimulatedCluster cluster, Random random) {
        this.cluster = cluster;
        this.time = cluster.time();
        this.random = random;
    }

    /** What was done, in order. */
    @Override
    public String toString() {
        return told.toString();
    }

    /** Whether all harm is done, and mended. */
    boolean isOver() {
        return underWay == 0;
    }

    private void in(long micros, Runnable action) {
        underWay++;
        time.in(micros, () -> {
            underWay--;
            action.run();
        });
    }

    /** Does so many things at some times within a while. */
    void strike(int times, long micros) {
        for (int i = 0; i < times; i++) {
            in((long) (random.nextDouble() * micros), this::strike);
        }
    }

    private void strike() {
        SimulatedHost host = cluster.hosts().get(random.nextInt(cluster.hosts().size()));
        SimulatedNode node = host.node();
        int kind = random.nextInt(23);
        if (kind >= 13) {
            cluster(kind, host);
        } else if (node == null || node.isPaused() || host.isCut()) {
            told(host.name() + " is left alone: it suffers already");
        } else {
            process(kind, host, node);
        }
    }

    private void process(int kind, SimulatedHost host, SimulatedNode node) {
        switch (kind) {
            case 0, 1 -> {
                told("kill -9 of " + node.name());
                kill(node);
                startLater(host, 3_000);
            }
            case 2 -> {
                told("kill -9 of " + node.name() + " while it stores something");
                Runnable kill = () -> {
                    if (!node.isDead()) {
                        kill(node);
                        startLater(host, 3_000);
                    }
                };
                cluster.store().onNextWrite(node, kill);
                in(2_000_000, kill);
            }
            case 3 -> pause(node, 50 + random.nextInt(2_000), false);
            case 5 -> pause(node, 3_000 + random.nextInt(9_000), true);
            case 4 -> {
                told("stop and start of " + node.name());
                stop(node, 1_000);
            }
            case 7 -> cut(host, node, 100 + random.nextInt(1_500), false);
            case 6, 8, 9 -> cut(host, node, 2_500 + random.nextInt(3_000), true);
            case 10 -> {
                told("kill -9 of all");
                running().forEach(each -> {
                    kill(each);
                    startLater(each.host(), 500);
                });
            }
            case 11 -> {
                told("stop and start of all");
                running().forEach(each -> stop(each, 500));
            }
            default -> {
                told("kill -9 of " + node.name() + " and at once a start");
                node.die();
                cluster.start(host);
            }
        }
    }

    private void cluster(int kind, SimulatedHost host) {
        long micros = 200_000L + random.nextInt(2_500_000);
        switch (kind) {
            case 13, 14 -> {
                Duration step = Duration.ofHours(random.nextBoolean() ? 1 : -1);
                told("clock of " + host.name() + " stepped by " + step);
                host.stepClock(step);
            }
            case 15 -> {
                told("messages lost for " + micros + " us");
                cluster.network().lose(micros);
            }
            case 16 -> {
                told("messages slow for " + micros + " us");
                cluster.network().slowDown(micros);
                cluster.suspect(host);
            }
            case 20, 21, 22 -> {
                List<SimulatedHost> others =
                        cluster.hosts().stream().filter(other -> other != host).toList();
                SimulatedHost from = others.get(random.nextInt(others.size()));
                told("messages from " + from.name() + " to " + host.name() + " slow for " + micros + " us");
                cluster.network().slowDown(from, host, micros);
                cluster.suspect(host);
            }
            case 17 -> {
                told("disk full for " + micros + " us");
                cluster.store().fill(micros);
            }
            case 18 -> {
                told("connections to the store break for " + micros + " us");
                cluster.store().breakConnections(micros);
            }
            default -> {
                told("shards are moved");
                for (int i = random.nextInt(3); i >= 0; i--) {
                    cluster.moveOne();
                }
            }
        }
    }

    private void stop(SimulatedNode node, int atMostMillis) {
        underWay++;
        cluster.stop(node, () -> {
            underWay--;
            startLater(node.host(), atMostMillis);
        });
    }

    private List<SimulatedNode> running() {
        return cluster.hosts().stream()
                .filter(host -> host.node() != null && !host.isCut())
                .map(SimulatedHost::node)
                .filter(node -> node != null && !node.isPaused())
                .toList();
    }

    private void kill(SimulatedNode node) {
        node.die();
        in(200_000L + random.nextInt(3_000_000), () -> cluster.giveUp(node));
    }

    private void startLater(SimulatedHost host, int atMostMillis) {
        in(100_000L + random.nextInt(atMostMillis) * 1_000L, () -> {
            if (host.node() == null) {
                cluster.start(host);
            }
        });
    }

    private void pause(SimulatedNode node, int millis, boolean givenUp) {
        boolean machine = random.nextBoolean();
        told((machine ? "machine of " : "SIGSTOP of ") + node.name() + " for " + millis + " ms"
                + (givenUp ? ", given up" : ""));
        node.pause();
        if (givenUp) {
            in(1_500_000L + random.nextInt(3_000_000), () -> cluster.giveUp(node));
        }
        in(millis * 1_000L, () -> {
            node.resume(machine ? millis * 1_000L : 0);
            cluster.suspect(node.host());
            if (givenUp) {
                endSoon(node, 3_000);
            }
        });
    }

    private void cut(SimulatedHost host, SimulatedNode node, int millis, boolean givenUp) {
        told(host.name() + " cut off for " + millis + " ms" + (givenUp ? ", given up" : ""));
        host.cut(true);
        if (!givenUp) {
            in(millis * 1_000L, () -> {
                host.cut(false);
                cluster.tellHomes(node);
            });
            return;
        }
        // Each side decides that the other is gone, at about the same time.
        long givingUp = 1_500_000L + random.nextInt(1_500_000);
        in(givingUp, () -> cluster.giveUp(node));
        if (random.nextInt(6) > 0) {
            // At about that time it is cut off from the store as well, and cannot learn what others store.
            in(givingUp - 100_000 + random.nextInt(150_000), () -> host.storeless(time.micros() + 2_000_000));
        }
        in(millis * 1_000L, () -> {
            node.die();
            cluster.giveUp(node);
            host.cut(false);
            startLater(host, 1_000);
        });
    }

    /** A process that learns that the others have given it up ends. */
    private void endSoon(SimulatedNode node, int atMostMillis) {
        in(random.nextInt(atMostMillis) * 1_000L, () -> {
            cluster.giveUp(node);
            node.die();
            startLater(node.host(), 2_000);
        });
    }

    private void told(String what) {
        told.append("\n  ").append(time.micros()).append(" us: ").append(what);
    }
}
