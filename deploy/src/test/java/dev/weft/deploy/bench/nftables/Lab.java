package dev.weft.deploy.bench.nftables;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A client and a backend in network namespaces of their own, and between them, as ways from one to the other, hosts that pass on
 * their packets. The host {@link Host#WEFT} is where this process runs.
 */
final class Lab implements AutoCloseable {
    static final int PORT = 8080;
    /** How many addresses of the backend are a Service's endpoints; one more is for going there directly. */
    static final int ENDPOINTS = 10;

    private static final int ENDPOINT_BASE = 2;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Who stands between client and backend, with the networks {@code 10.N.0.0/24} and {@code 10.N.1.0/24}. */
    enum Host {
        /** Nothing but routes. */
        BARE(91),
        /** Our table. */
        WEFT(92),
        /** The rules of kube-proxy's iptables mode. */
        KUBE(93);

        final int network;

        Host(int network) {
            this.network = network;
        }

        String clients() {
            return "10." + network + ".0.0/24";
        }

        /** The address of the backend that no Service has. */
        String direct() {
            return backend(ENDPOINTS) + ":" + PORT;
        }

        /** One of the backend's addresses, from 0. */
        String backend(int number) {
            return "10." + network + ".1." + (ENDPOINT_BASE + number);
        }
    }

    private final Map<Host, Long> hosts = new EnumMap<>(Host.class);
    private final Map<String, Long> ends = new LinkedHashMap<>();
    private final List<Process> children = new ArrayList<>();

    /** What it starts ends with this process at the latest. */
    Lab() throws IOException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        try {
            ends.put("client", hold());
            ends.put("backend", hold());
            for (Host host : Host.values()) {
                hosts.put(host, host == Host.WEFT ? ProcessHandle.current().pid() : hold());
                connect(host);
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void connect(Host host) throws IOException, InterruptedException {
        run(host, "sysctl", "-q", "net.ipv4.ip_forward=1");
        for (String end : List.of("client", "backend")) {
            String network = "10." + host.network + (end.equals("client") ? ".0." : ".1.");
            String other = "10." + host.network + (end.equals("client") ? ".1.0/24" : ".0.0/24");
            String link = "eth" + host.network;
            String pid = "" + ends.get(end);
            run(host, "ip", "link", "add", "to-" + end, "type", "veth", "peer", "name", link, "netns", pid);
            run(host, "ip", "address", "add", network + "1/24", "dev", "to-" + end);
            run(host, "ip", "link", "set", "to-" + end, "up");
            for (int number = 0; number <= (end.equals("client") ? 0 : ENDPOINTS); number++) {
                at(end, "ip", "address", "add", network + (ENDPOINT_BASE + number) + "/24", "dev", link);
            }
            at(end, "ip", "link", "set", link, "up");
            at(end, "ip", "route", "add", other, "via", network + "1");
        }
    }

    /** Leads a network of virtual addresses to a host. */
    void route(String network, Host host) throws IOException, InterruptedException {
        at("client", "ip", "route", "replace", network, "via", "10." + host.network + ".0.1");
        run(host, "ip", "route", "replace", network, "via", host.backend(0)); // for a host without a way asks no table
    }

    /** What runs a command as the client. */
    List<String> client() {
        return inside(ends.getOrDefault("client", 0L));
    }

    /** Starts a server on the backend, and waits until it accepts. */
    void serve(List<String> command) throws IOException {
        List<String> line = new ArrayList<>(inside(ends.getOrDefault("backend", 0L)));
        line.addAll(command);
        children.add(new ProcessBuilder(line).inheritIO().start());
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try (java.net.Socket socket = new java.net.Socket()) {
                socket.connect(new InetSocketAddress(Host.WEFT.backend(ENDPOINTS), PORT), 1_000);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    /** Runs a command on a host; it must end well. */
    String run(Host host, String... command) throws IOException, InterruptedException {
        return feed(host, "", List.of(command));
    }

    private void at(String end, String... command) throws IOException, InterruptedException {
        feed(ends.getOrDefault(end, 0L), "", List.of(command));
    }

    /** Runs a command on a host with that as its input; it must end well. */
    String feed(Host host, String input, List<String> command) throws IOException, InterruptedException {
        return feed(hosts.getOrDefault(host, 0L), input, command);
    }

    private static String feed(long pid, String input, List<String> command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(inside(pid));
        line.addAll(command);
        Path output = Files.createTempFile("weft-bench", ".out");
        try {
            Process process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try (OutputStream out = process.getOutputStream()) {
                out.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It has ended without reading all: its exit code says why.
            }
            int code = process.waitFor();
            String text = Files.readString(output);
            if (code != 0) {
                throw new IOException(command + " ended with " + code + ": " + text.strip());
            }
            return text;
        } finally {
            Files.delete(output);
        }
    }

    private static List<String> inside(long pid) {
        return List.of("nsenter", "-t", Long.toString(pid), "-n");
    }

    private long hold() throws IOException {
        Process holder = new ProcessBuilder("unshare", "-n", "sleep", "86400").start();
        children.add(holder);
        Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
        Path theirs = Path.of("/proc/" + holder.pid() + "/ns/net");
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (own.equals(Files.readSymbolicLink(theirs))) {
            if (!holder.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("cannot make a network namespace; are we root?");
            }
            Thread.onSpinWait();
        }
        try {
            feed(holder.pid(), "", List.of("ip", "link", "set", "lo", "up"));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return holder.pid();
    }

    @Override
    public void close() {
        children.forEach(Process::destroyForcibly);
    }
}
