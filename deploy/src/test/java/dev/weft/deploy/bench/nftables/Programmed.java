package dev.weft.deploy.bench.nftables;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.nftables.ChildCommands;
import dev.weft.proxy.nftables.KernelPath;
import dev.weft.proxy.nftables.NftablesSettings;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewBatch;
import dev.weft.proxy.view.ViewUpdate;
import dev.weft.proxy.view.WatchedKind;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** The kernel mode of a node with a stock of Services; the table goes when it is closed. */
final class Programmed implements AutoCloseable {
    private final Stock stock;
    private final NftablesSettings settings;
    private final ActorSystem<Void> system;
    private final KernelPath path;
    private final double seconds;
    private ServiceView view;

    /** Programs all of them from nothing. */
    Programmed(Stock stock) {
        this.stock = stock;
        Config config = ConfigFactory.parseString("weft.proxy { mode = nftables, nftables.pod-networks = [\""
                        + Lab.Host.WEFT.clients() + "\"] }, akka.loglevel = WARNING")
                .withFallback(ConfigFactory.load());
        settings = NftablesSettings.from(config.getConfig("weft.proxy"));
        system = ActorSystem.create(Behaviors.empty(), "bench", config);
        path = new KernelPath(
                settings,
                new NodeIdentity("bench", "", ""),
                List.of(),
                Algorithm.ROUND_ROBIN,
                new ChildCommands(settings.timeout(), System.getenv()),
                false);
        path.start(system, services -> {}, service -> true, InstantSource.system(), new SplittableRandom(1));
        List<ViewBatch> all = List.of(
                new ViewBatch(WatchedKind.SERVICES, stock.services(), Map.of()),
                new ViewBatch(WatchedKind.SLICES, stock.slices(), Map.of()));
        long start = System.nanoTime();
        ViewUpdate first = ServiceView.empty("bench").apply(all);
        path.apply(new ViewUpdate(first.view(), first.view().keys(), true));
        await(1);
        seconds = (System.nanoTime() - start) / 1e9;
        view = first.view();
    }

    /** How long that took. */
    double seconds() {
        return seconds;
    }

    /** Changes one endpoint of one Service; gives the milliseconds until the kernel had it. */
    double change(int change) {
        int number = stock.changed(change);
        ViewBatch.Change changed = new ViewBatch.Change(stock.slice(number, change + 1), false);
        long before = path.transactions();
        long began = System.nanoTime();
        ViewUpdate update =
                view.apply(List.of(new ViewBatch(WatchedKind.SLICES, null, Map.of("default/svc-" + number, changed))));
        path.apply(update);
        await(before + 1);
        view = update.view();
        return (System.nanoTime() - began) / 1e6;
    }

    private void await(long transactions) {
        while (path.transactions() < transactions) {
            LockSupport.parkNanos(50_000);
            if (path.failures() > 0) {
                throw new IllegalStateException(
                        "the kernel refused: " + path.status().unavailable());
            }
        }
    }

    @Override
    public void close() {
        path.stop();
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
        try {
            new ProcessBuilder("nft", "delete", "table", "inet", settings.table())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("cannot remove the table " + settings.table(), e);
        }
    }
}
