package dev.weft.deploy.bench.dataplane;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs wrk, and reads what it prints. */
public final class Wrk {
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern BYTES = Pattern.compile("Transfer/sec:\\s+([0-9.]+)([KMG]?)B");
    private static final Pattern ERRORS = Pattern.compile("Socket errors: .*|Non-2xx.*");

    private Wrk() {}

    /** What one run came to: answers, and bytes of them. */
    public record Result(double perSecond, double bytesPerSecond) {}

    /** @param once whether each connection is used for one request only */
    static Result run(int port, int connections, int seconds, String path, boolean once)
            throws IOException, InterruptedException {
        return run(List.of(), "127.0.0.1:" + port, connections, seconds, path, once);
    }

    /**
     * Loads one server.
     *
     * @param before what is to run wrk, such as {@code nsenter} with its arguments
     * @param server its address and port
     * @param once whether each connection is used for one request only
     */
    public static Result run(
            List<String> before, String server, int connections, int seconds, String path, boolean once)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of("wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "http://" + server + path));
        if (once) {
            command.addAll(List.of("-H", "Connection: close"));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Matcher rate = RATE.matcher(text);
        Matcher bytes = BYTES.matcher(text);
        if (!rate.find() || !bytes.find()) {
            throw new IOException("wrk said: " + text);
        }
        Matcher errors = ERRORS.matcher(text);
        if (errors.find() && !once) {
            System.out.printf(Locale.ROOT, "  %s: %s%n", server, errors.group().strip());
        }
        double unit = switch (bytes.group(2)) {
            case "K" -> 1 << 10;
            case "M" -> 1 << 20;
            case "G" -> 1 << 30;
            default -> 1;
        };
        return new Result(Double.parseDouble(rate.group(1)), Double.parseDouble(bytes.group(1)) * unit);
    }
}
