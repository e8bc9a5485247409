package dev.weft.deploy.run;

import java.io.File;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Asks one run of the command again and again whether it is ready, on a thread of its own, until it is closed. */
final class Prober implements AutoCloseable {
    private final Probe probe;
    private final RunPlan plan;
    private final Map<String, String> environment;
    private final Consumer<Boolean> answered;
    private final CountDownLatch closed = new CountDownLatch(1);

    private Prober(Probe probe, RunPlan plan, Map<String, String> environment, Consumer<Boolean> answered) {
        this.probe = probe;
        this.plan = plan;
        this.environment = environment;
        this.answered = answered;
    }

    /** Begins after the plan's delay. */
    static Prober start(Probe probe, RunPlan plan, Map<String, String> environment, Consumer<Boolean> answered) {
        Prober prober = new Prober(probe, plan, environment, answered);
        Thread thread = new Thread(prober::run, "weft-run-probe");
        thread.setDaemon(true);
        thread.start();
        return prober;
    }

    private void run() {
        try {
            int wait = plan.timing().delay();
            while (!closed.await(wait, TimeUnit.SECONDS)) {
                boolean success = ask();
                if (closed.getCount() > 0) {
                    answered.accept(success);
                }
                wait = plan.timing().period();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean ask() throws InterruptedException {
        Duration timeout = Duration.ofSeconds(plan.timing().timeout());
        try {
            if (probe instanceof Probe.Http get) {
                return get(get, timeout);
            }
            return probe instanceof Probe.Exec exec ? exec(exec, timeout) : connect(timeout);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean get(Probe.Http get, Duration timeout) throws IOException {
        String address = plan.where().address();
        String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
        URI uri = URI.create("http://" + host + ":" + plan.probePort() + get.path());
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout((int) timeout.toMillis());
        connection.setReadTimeout((int) timeout.toMillis());
        connection.setRequestProperty("User-Agent", "weft-probe/1");
        // A server with one thread would go on waiting for the next probe and serve nobody else.
        connection.setRequestProperty("Connection", "close");
        CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .execute(connection::disconnect);
        try {
            int status = connection.getResponseCode();
            return status >= 200 && status < 400;
        } finally {
            connection.disconnect();
        }
    }

    @SuppressWarnings("AddressSelection") // the Pod has one address
    private boolean connect(Duration timeout) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(plan.where().address(), plan.probePort()), (int) timeout.toMillis());
            return true;
        }
    }

    private boolean exec(Probe.Exec exec, Duration timeout) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", exec.command())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            return false;
        }
        return process.exitValue() == 0;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
