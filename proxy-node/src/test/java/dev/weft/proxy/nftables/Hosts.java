package dev.weft.proxy.nftables;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hosts made of network namespaces, in one of two shapes. {@link #Hosts}: {@code node} in the middle, others with one link to it
 * each, by which all their packets go. The n-th other is 10.91.n.2 and fd91:n::2, its side of the node ends in 1. {@link
 * #sideBySide}: equals on one bridge. A namespace ends with the process that holds it.
 */
final class Hosts implements AutoCloseable {
    static final String NODE = "node";

    private final Map<String, Process> holders = new LinkedHashMap<>();
    private final List<Process> children = new ArrayList<>();
    private final Path script;

    private Hosts(Path folder) throws IOException {
        script = folder.resolve("netns.py");
        try (InputStream in = Hosts.class.getResourceAsStream("/netns.py")) {
            assertThat(in).isNotNull();
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    Hosts(Path folder, String... others) throws IOException {
        this(folder);
        hold(NODE);
        run(
                NODE,
                "sh",
                "-c",
                "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
        for (int number = 0; number < others.length; number++) {
            String other = others[number];
            hold(other);
            String link = "to-" + other;
            run(NODE, "ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", pid(other));
            address(NODE, link, number, 1);
            address(other, "eth0", number, 2);
            run(other, "ip", "route", "add", "default", "via", "10.91." + number + ".1");
            run(other, "ip", "-6", "route", "add", "default", "via", "fd91:" + number + "::1");
        }
        // A host that knows no way to an address does not even ask the kernel's table for it.
        run(NODE, "ip", "route", "add", "local", "10.96.0.0/16", "dev", "lo");
        run(NODE, "ip", "-6", "route", "add", "local", "fd96::/64", "dev", "lo");
    }

    /** The n-th of them, from 1, is 10.92.0.n. All that they know no way to is sought on the bridge. */
    static Hosts sideBySide(Path folder, String... names) throws IOException {
        Hosts hosts = new Hosts(folder);
        hosts.hold(NODE);
        hosts.run(NODE, "ip", "link", "add", "bridge0", "type", "bridge");
        hosts.run(NODE, "ip", "link", "set", "bridge0", "up");
        for (int number = 1; number <= names.length; number++) {
            String name = names[number - 1];
            String link = "to-" + name;
            hosts.hold(name);
            hosts.run(
                    NODE, "ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", hosts.pid(name));
            hosts.run(NODE, "ip", "link", "set", link, "master", "bridge0", "up");
            hosts.run(name, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
            hosts.run(name, "ip", "address", "add", "10.92.0." + number + "/24", "dev", "eth0");
            hosts.run(name, "ip", "link", "set", "eth0", "up");
            hosts.run(name, "ip", "route", "add", "default", "dev", "eth0");
        }
        return hosts;
    }

    /** Why there can be no such hosts here; null when there can. */
    static @Nullable String missing() {
        for (String tool : List.of("ip", "nft", "unshare", "nsenter", "python3")) {
            if (!new ChildCommands(java.time.Duration.ofSeconds(60), System.getenv()).has(tool)) {
                return "no command " + tool;
            }
        }
        try {
            Process trial = new ProcessBuilder(
                            "unshare",
                            "-n",
                            "sh",
                            "-c",
                            "ip link add weft0 type veth peer name weft1 && nft add table inet weft"
                                    + " && echo 1 > /proc/sys/net/ipv4/ip_forward")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return trial.waitFor() == 0 ? null : output.strip();
        } catch (IOException | InterruptedException e) {
            return e.toString();
        }
    }

    /** Runs a command on a host and gives what it printed; it must end well. */
    String run(String host, String... command) {
        List<String> line = inside(host, command);
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(line + ": " + output).isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Addresses that a proxy-node has put on a host. */
    List<String> put(String host) {
        return Stream.of("-4", "-6")
                .flatMap(family -> run(host, "ip", family, "route", "show", "table", "local", "proto", "119")
                        .lines())
                .map(line -> line.split(" ", -1)[1])
                .sorted()
                .toList();
    }

    /** Answers {@code NAME PEER} on these ports. */
    void serve(String host, String name, int... ports) throws IOException {
        List<String> command = new ArrayList<>(List.of("python3", script.toString(), "serve", name));
        Arrays.stream(ports).forEach(port -> command.add(Integer.toString(port)));
        BufferedReader output = start(host, command.toArray(String[]::new));
        assertThat(output.readLine()).isEqualTo("serving");
    }

    /** Answers {@code NAME N} to the n-th line of a connection. */
    void echo(String host, String name, int port) throws IOException {
        BufferedReader output = start(host, "python3", script.toString(), "echo", name, Integer.toString(port));
        assertThat(output.readLine()).isEqualTo("serving");
    }

    /** One connection: for each line written one goes out, and the answer is printed. */
    Talk hold(String host, String address, int port) throws IOException {
        return talk(host, "hold", address, Integer.toString(port));
    }

    /** What so many calls got. */
    List<String> call(String host, String protocol, String address, int port, int count) {
        return run(host, "python3", script.toString(), "call", protocol, address, Integer.toString(port), "" + count)
                .lines()
                .toList();
    }

    /** What a TCP call from each of these addresses of a host got; {@code address@port} for a certain port. */
    List<String> callFrom(String host, List<String> sources, String address, int port) {
        List<String> command = new ArrayList<>(List.of("python3", script.toString(), "from", address, "" + port));
        command.addAll(sources);
        return run(host, command.toArray(String[]::new)).lines().toList();
    }

    /** What one call got that nobody is expected to answer. */
    String callInVain(String host, String address, int port) {
        return run(host, "python3", script.toString(), "call", "tcp", address, "" + port, "1", "silence")
                .strip();
    }

    /** What so many TCP calls got, of which some may be answered by nobody: {@code silent}. */
    List<String> callSome(String host, String address, int port, int count) {
        return run(host, "python3", script.toString(), "call", "tcp", address, "" + port, "" + count, "silence")
                .lines()
                .toList();
    }

    /** Datagrams from one port: one goes out for each line written. */
    Talk flow(String host, String address, int port) throws IOException {
        return talk(host, "flow", address, Integer.toString(port));
    }

    /** Clients that go on sending datagrams; for each line tells how many were sent, how many answered, and clients without any. */
    Talk storm(String host, String address, int port, int clients) throws IOException {
        return talk(host, "storm", address, Integer.toString(port), Integer.toString(clients));
    }

    /** A client that calls on and on, from ports that it has used before; for each line tells how many calls, and what failed. */
    Talk rush(String host, String address, int port) throws IOException {
        run(
                host,
                "sh",
                "-c",
                "echo 1 > /proc/sys/net/ipv4/tcp_tw_reuse; echo 20000 20999 > /proc/sys/net/ipv4/ip_local_port_range");
        return talk(host, "rush", address, Integer.toString(port));
    }

    private Talk talk(String host, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("python3", script.toString()));
        command.addAll(List.of(arguments));
        return new Talk(launch(host, command.toArray(String[]::new)));
    }

    /** Leaves nothing on the host in the middle of what a proxy-node puts there, nor what its kernel remembers of clients. */
    void clear() {
        run(
                NODE,
                "sh",
                "-c",
                "nft delete table inet weft 2>/dev/null; conntrack -F 2>/dev/null; for family in -4 -6; do"
                        + " ip $family route flush table local proto 119; done; true");
    }

    /** Starts what runs until the end; gives what it prints. */
    BufferedReader start(String host, String... command) throws IOException {
        return new BufferedReader(
                new InputStreamReader(launch(host, command).getInputStream(), StandardCharsets.UTF_8));
    }

    Process launch(String host, String... command) throws IOException {
        Process process = new ProcessBuilder(inside(host, command))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        children.add(process);
        return process;
    }

    private List<String> inside(String host, String... command) {
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", pid(host), "-n"));
        line.addAll(List.of(command));
        return line;
    }

    private String pid(String host) {
        Process holder = holders.get(host);
        assertThat(holder).as(host).isNotNull();
        return Long.toString(holder.pid());
    }

    private void hold(String host) throws IOException {
        Process holder = new ProcessBuilder("unshare", "-n", "sleep", "3600").start();
        holders.put(host, holder);
        Path own = Path.of("/proc/self/ns/net");
        Path theirs = Path.of("/proc/" + holder.pid() + "/ns/net");
        await().until(() -> !Files.readSymbolicLink(own).equals(Files.readSymbolicLink(theirs)));
        run(host, "ip", "link", "set", "lo", "up");
    }

    private void address(String host, String link, int network, int last) {
        run(host, "ip", "address", "add", "10.91." + network + "." + last + "/24", "dev", link);
        run(host, "ip", "-6", "address", "add", "fd91:" + network + "::" + last + "/64", "dev", link, "nodad");
        run(host, "ip", "link", "set", link, "up");
    }

    @Override
    public void close() {
        children.forEach(Process::destroyForcibly);
        holders.values().forEach(Process::destroyForcibly);
    }
}
