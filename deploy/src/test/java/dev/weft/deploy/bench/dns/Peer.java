package dev.weft.deploy.bench.dns;

import dev.weft.registry.testbed.FreePorts;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One server that serves the zone on a free port of loopback, as a process of its own. */
final class Peer implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int TICK_MILLIS = 10; // of the kernel's counters

    private final String name;
    private final int port;
    private final List<String> command;
    private final Path log;
    private @Nullable Process process;

    private Peer(String name, int port, List<String> command, Path log) {
        this.name = name;
        this.port = port;
        this.command = command;
        this.log = log;
    }

    static List<Peer> all(Path directory, Path zone, int services, int threads) throws IOException {
        List<String> weft = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path")));
        String options = System.getenv("WEFT_JAVA_OPTS");
        if (options != null && !options.isBlank()) {
            weft.addAll(List.of(options.trim().split(" +", -1)));
        }
        int own = FreePorts.at("127.0.0.1");
        weft.addAll(List.of(DnsBench.class.getName(), "serve", "" + own, "" + services));
        return List.of(
                new Peer("weft", own, weft, directory.resolve("weft.log")),
                named(directory, zone, threads),
                knotd(directory, zone, threads));
    }

    private static Peer named(Path directory, Path zone, int threads) throws IOException {
        int port = FreePorts.at("127.0.0.1");
        Path config = Files.writeString(
                directory.resolve("named.conf"),
                "options { directory \"" + directory + "\"; listen-on port " + port
                        + " { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; minimal-responses yes;"
                        + " pid-file none; session-keyfile none; dnssec-validation no; querylog no; };\n"
                        + "controls { };\n"
                        + "zone \"cluster.local\" { type master; file \"" + zone + "\"; check-names ignore; };\n");
        List<String> command = List.of("named", "-g", "-n", "" + threads, "-c", config.toString());
        return new Peer("bind", port, command, directory.resolve("named.log"));
    }

    private static Peer knotd(Path directory, Path zone, int threads) throws IOException {
        int port = FreePorts.at("127.0.0.1");
        Path storage = Files.createDirectories(directory.resolve("knot"));
        Path config = Files.writeString(
                directory.resolve("knot.conf"),
                "server:\n  rundir: " + storage + "\n  listen: 127.0.0.1@" + port + "\n  udp-workers: " + threads
                        + "\n  tcp-workers: 1\n  background-workers: 1\n"
                        + "database:\n  storage: " + storage + "\n"
                        + "template:\n  - id: default\n    zonefile-sync: -1\n    journal-content: none\n"
                        + "zone:\n  - domain: cluster.local\n    file: " + zone + "\n");
        return new Peer("knot", port, List.of("knotd", "-c", config.toString()), directory.resolve("knot.log"));
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    /** Whether its program is there; says so when not. */
    boolean usable() {
        boolean there = command.get(0).contains("/") || isInstalled(command.get(0));
        if (!there) {
            System.out.println("  " + command.get(0) + " is not installed (Debian: bind9, knot): left out");
        }
        return there;
    }

    static boolean isInstalled(String program) {
        for (String folder : (System.getenv("PATH") + ":/usr/sbin").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    void start() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().merge("PATH", "/usr/sbin", (path, more) -> path + ":" + more);
        Process started = builder.start();
        process = started;
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!answers()) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                close();
                throw new IllegalStateException(name + " does not answer; see " + log);
            }
        }
    }

    /** Processor time that it has taken so far. */
    long cpuMillis() throws IOException {
        Process running = process;
        if (running == null) {
            return 0;
        }
        String stat = Files.readString(Path.of("/proc", "" + running.pid(), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MILLIS;
    }

    private boolean answers() throws IOException {
        byte[] question = "\0\1\0\0\0\1\0\0\0\0\0\0\2s1\7default\3svc\7cluster\5local\0\0\1\0\1"
                .getBytes(StandardCharsets.ISO_8859_1);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(200);
            socket.send(new DatagramPacket(question, question.length, InetAddress.getLoopbackAddress(), port));
            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            socket.receive(answer);
            return answer.getData()[7] == 1;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() {
        Process running = process;
        if (running != null) {
            running.destroy();
            running.onExit().join();
        }
    }
}
