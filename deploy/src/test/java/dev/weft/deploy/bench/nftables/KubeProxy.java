package dev.weft.deploy.bench.nftables;

import dev.weft.deploy.bench.nftables.KubeRules.KubeService;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The peer: {@link KubeRules} in the kernel of {@link Lab.Host#KUBE}, by {@code iptables-restore}. */
final class KubeProxy implements AutoCloseable {
    private final Lab lab;
    private final String command;
    private final Stock stock;
    private final KubeRules rules;
    private final double seconds;
    private final Map<Integer, KubeService> changed = new TreeMap<>();

    /** Programs all of them from nothing. */
    KubeProxy(Lab lab, String command, Stock stock) throws IOException, InterruptedException {
        this.lab = lab;
        this.command = command;
        this.stock = stock;
        rules = stock.kubeRules();
        restore(KubeRules.hooks());
        seconds = restore(rules.all());
    }

    /**
     * The faster of the two that Debian's package has: that for the kernel's older tables. Restoring ten thousand Services by the
     * other takes many minutes.
     *
     * @return null where neither works
     */
    static @Nullable String command(Lab lab) throws InterruptedException {
        for (String command : List.of("iptables-legacy-restore", "iptables-restore")) {
            try {
                lab.feed(Lab.Host.KUBE, "*nat\nCOMMIT\n", List.of(command, "--noflush"));
                return command;
            } catch (IOException e) {
                // Not installed, or not for this kernel: on to the next.
            }
        }
        return null;
    }

    double seconds() {
        return seconds;
    }

    /** Changes one endpoint of one Service; gives the milliseconds that it took. */
    double change(int change) throws IOException, InterruptedException {
        int number = stock.changed(change);
        KubeService before = changed.getOrDefault(number, stock.kubeService(number, 0));
        KubeService now = stock.kubeService(number, change + 1);
        changed.put(number, now);
        return restore(rules.change(before, now)) * 1e3;
    }

    private double restore(String text) throws IOException, InterruptedException {
        long began = System.nanoTime();
        lab.feed(Lab.Host.KUBE, text, List.of(command, "--noflush"));
        return (System.nanoTime() - began) / 1e9;
    }

    @Override
    public void close() throws IOException {
        try {
            lab.feed(Lab.Host.KUBE, "*nat\nCOMMIT\n", List.of(command)); // without --noflush: all else goes
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
