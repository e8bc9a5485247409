package dev.weft.proxy.nftables;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A {@link NodeProcess} on one of the hosts. */
final class TestNode implements AutoCloseable {
    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;
    private final List<String> said = new ArrayList<>();

    /** On the host in the middle. */
    TestNode(Hosts hosts, String mode) throws IOException {
        this(hosts, Hosts.NODE, onNode(mode));
    }

    /** Settings below {@code weft.proxy} for the host in the middle. */
    static String onNode(String mode) {
        return "mode=" + mode + ", node=node-1, nftables { pod-networks=[\"10.91.1.0/24\"] },"
                + " dataplane { node-addresses=[\"127.0.0.1\",\"10.91.0.1\"] }";
    }

    /** @param settings below {@code weft.proxy} */
    TestNode(Hosts hosts, String host, String settings) throws IOException {
        String config = "akka.loglevel=WARNING, weft.proxy { dns.listen=off, " + settings + " }";
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        process = hosts.launch(
                host,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                NodeProcess.class.getName(),
                config);
        in = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** This is what the API holds from now on. */
    void apply(List<JsonNode> services, List<JsonNode> slices) throws IOException {
        send("{\"services\":" + services + ",\"slices\":" + slices + "}");
    }

    String status() throws IOException {
        send("status");
        String line = out.readLine();
        while (line != null && !line.startsWith("programmed=")) {
            said.add(line);
            line = out.readLine();
        }
        return String.valueOf(line);
    }

    /** What it has logged before the last status. */
    List<String> said() {
        return List.copyOf(said);
    }

    /** What came of removing the table. */
    String cleanUp() throws IOException {
        send("cleanup");
        String line = out.readLine();
        while (line != null && !line.startsWith("Outcome")) {
            line = out.readLine();
        }
        return String.valueOf(line);
    }

    /** Ends in order; what is left of it is what it leaves on the host. */
    void stop() throws IOException {
        end("stop");
    }

    /** The same, when a successor has taken over. */
    void stopWhenRelieved() throws IOException {
        end("relieved");
    }

    private void end(String command) throws IOException {
        send(command);
        String line = out.readLine();
        while (line != null && !line.equals("stopped")) {
            line = out.readLine();
        }
    }

    /** Waits for a status. */
    String await(String what, Predicate<String> wanted) {
        String[] last = {""};
        dev.weft.proxy.Patience.await()
                .alias(what)
                .until(
                        () -> {
                            last[0] = status();
                            return last[0];
                        },
                        wanted);
        return last[0];
    }

    /** As by the kernel's out-of-memory killer. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private void send(String line) throws IOException {
        in.write(line);
        in.newLine();
        in.flush();
    }

    /** Ends it at once, and waits until it has: it would go on changing the host. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
