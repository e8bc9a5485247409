package dev.weft.deploy.server;

import com.typesafe.config.Config;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.proxy.ProxySettings;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * How a proxy-node alone comes up: it may be there before its API server is, as on a host that has just been switched on, and
 * waits for it without an end; it serves once it has its first picture of the services.
 */
public final class ProxyStart {
    private static final int UNAUTHORIZED = 401;

    private final WeftProxy.Plan plan;
    private final Config config;
    private final Random random = new Random(new SecureRandom().nextLong());
    private final CountDownLatch stop = new CountDownLatch(1);
    private final FirstAnswer answer;
    private volatile @Nullable WeftProxy begun;

    /** @throws CommandFailed when the configuration makes no sense */
    public ProxyStart(WeftProxy.Plan plan) {
        this.plan = plan;
        this.config = ServerConfig.ofProxy(plan.config(), plan.dns(), plan.mode(), plan.handover());
        this.answer = new FirstAnswer(
                new ApiClient(plan.api()), ProxySettings.from(config).feed(), random, stop);
    }

    /**
     * Starts it and waits for its first picture of the services.
     *
     * @return empty when {@link #stop} came before
     * @throws CommandFailed with one sentence; then nothing is left running
     */
    public Optional<WeftProxy> run() {
        Optional<ApiClient.Reply> clusters = answer.to(ClusterName.CLUSTERS);
        if (clusters.isEmpty()) {
            return Optional.empty();
        }
        if (clusters.get().status() == UNAUTHORIZED) {
            throw CommandFailed.failed(plan.api().server() + " does not know who asks: "
                    + clusters.get().message() + " (expected: a token or certificate that it accepts)");
        }
        WeftProxy proxy = WeftProxy.begin(plan, config, clusters.get(), random);
        begun = proxy;
        awaitPicture(proxy);
        return stop.getCount() == 0 ? Optional.empty() : Optional.of(proxy);
    }

    /** Waits no longer; what has begun stops in order. For any thread. */
    public void stop() {
        stop.countDown();
        WeftProxy proxy = begun;
        if (proxy != null) {
            proxy.stop();
        }
    }

    /** A server that answers and has no services to tell of is the wrong one; one that is away may be the right one. */
    private void awaitPicture(WeftProxy proxy) {
        Duration patience = config.getDuration("weft.server.start-timeout");
        boolean answered = true;
        while (!proxy.awaitPicture(patience) && stop.getCount() > 0) {
            boolean answers = answer.isThere(ClusterName.CLUSTERS);
            if (answers && answered) {
                proxy.stop();
                throw CommandFailed.failed("learned nothing of the services from "
                        + plan.api().server() + " within " + patience.toSeconds()
                        + " s; is it a Kubernetes API server?");
            }
            answered = answers;
        }
    }
}
