package dev.weft.deploy.bench.dataplane;

import dev.weft.registry.testbed.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One way to the backend: none between, or a proxy as a process of its own. */
final class Proxy implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int TICK_MILLIS = 10; // of the kernel's counters
    private static final int THREADS = 2;

    private final String name;
    private final int port;
    private final Process process;

    private Proxy(String name, int port, Process process) {
        this.name = name;
        this.port = port;
        this.process = process;
    }

    /** The backend itself. */
    static Proxy direct(Path directory) throws IOException {
        int port = FreePorts.at("127.0.0.1");
        return started("direct", port, java("backend", "" + port, "" + THREADS), directory);
    }

    static Proxy weft(Path directory, int backend) throws IOException {
        int port = FreePorts.at("127.0.0.1");
        return started("weft", port, java("weft", "" + port, "" + backend, "" + THREADS), directory);
    }

    /** A whole proxy-node, with {@link Churn}. */
    static Proxy churn(Path directory, int backend) throws IOException {
        int port = FreePorts.at("127.0.0.1");
        return started("churn", port, java("churn", "" + port, "" + backend, "" + THREADS), directory);
    }

    static Proxy haproxy(Path directory, int backend) throws IOException {
        int port = FreePorts.at("127.0.0.1");
        Path config = Files.writeString(
                directory.resolve("haproxy.cfg"),
                "global\n  nbthread " + THREADS + "\n  maxpipes 64\n  maxconn " + mostConnections() + "\n"
                        + "defaults\n  mode tcp\n  option splice-auto\n  timeout connect 3s\n  timeout client 1h\n"
                        + "  timeout server 1h\n"
                        + "listen bench\n  bind 127.0.0.1:" + port + " backlog 4096\n  server one 127.0.0.1:" + backend
                        + "\n");
        return started("haproxy", port, List.of("haproxy", "-db", "-f", config.toString()), directory);
    }

    static Proxy nginx(Path directory, int backend) throws IOException {
        int port = FreePorts.at("127.0.0.1");
        Path config = Files.writeString(
                directory.resolve("nginx.conf"),
                "include /etc/nginx/modules-enabled/*.conf;\ndaemon off;\npid " + directory.resolve("nginx.pid")
                        + ";\nerror_log stderr;\nworker_processes " + THREADS
                        + ";\nevents { worker_connections " + 2 * mostConnections() + "; multi_accept on; }\n"
                        + "stream { server { listen 127.0.0.1:" + port
                        + " backlog=4096 reuseport; proxy_pass 127.0.0.1:"
                        + backend + "; proxy_timeout 1h; } }\n");
        return started("nginx", port, List.of("nginx", "-c", config.toString()), directory);
    }

    /** How many connections one process may pass on, by its open files: two sockets each, and some to spare. */
    static int mostConnections() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.trim().split(" +", -1)[3])
                .mapToInt(limit -> limit.matches("[0-9]{1,6}") ? (Integer.parseInt(limit) - 1_000) / 2 : 50_000)
                .findAny()
                .orElse(10_000);
    }

    /** With its module for TCP, which is a package of its own. */
    static boolean hasNginx() {
        return isInstalled("nginx") && Files.exists(Path.of("/usr/lib/nginx/modules/ngx_stream_module.so"));
    }

    static boolean isInstalled(String program) {
        for (String folder : (System.getenv("PATH") + ":/usr/sbin").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    String name() {
        return name;
    }

    /** Says so much on its standard input. */
    void tell(char word) throws IOException {
        process.getOutputStream().write(word);
        process.getOutputStream().flush();
    }

    int port() {
        return port;
    }

    /** Processor time that it has taken so far. */
    long cpuMillis() throws IOException {
        String stat = Files.readString(Path.of("/proc", "" + process.pid(), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MILLIS;
    }

    /** Memory that it holds now, in KiB. */
    long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc", "" + process.pid(), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path")));
        String options = System.getenv("WEFT_JAVA_OPTS");
        if (options != null && !options.isBlank()) {
            command.addAll(1, List.of(options.trim().split(" +", -1)));
        }
        command.add(DataPlaneBench.class.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    private static Proxy started(String name, int port, List<String> command, Path directory) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile());
        builder.environment().merge("PATH", "/usr/sbin", (path, more) -> path + ":" + more);
        Proxy proxy = new Proxy(name, port, builder.start());
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!proxy.accepts()) {
            if (!proxy.process.isAlive() || System.nanoTime() > deadline) {
                proxy.close();
                throw new IllegalStateException(name + " does not accept; see " + directory.resolve(name + ".log"));
            }
        }
        return proxy;
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.onExit().join();
    }
}
