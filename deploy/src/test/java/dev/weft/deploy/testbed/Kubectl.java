package dev.weft.deploy.testbed;

import dev.weft.deploy.TestKubeconfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** The real kubectl, with a kubeconfig and a cache of its own; a context for each cluster. */
public final class Kubectl {
    private static final Pattern MINOR = Pattern.compile("\"minor\":\\s*\"([0-9]+)");
    /** The first release with {@code --subresource}. */
    private static final int FIRST_MINOR = 24;

    private final Path kubeconfig;
    private final Path home;

    /**
     * One with a kubeconfig of the test's own.
     *
     * @param home where it keeps its cache
     */
    public Kubectl(Path kubeconfig, Path home) {
        this.kubeconfig = kubeconfig;
        this.home = home;
    }

    /** What it knows of servers. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** One that knows these servers. */
    public static Kubectl of(TestBed bed, TestServer... servers) throws IOException {
        Path kubeconfig = Files.writeString(bed.directory().resolve("kubeconfig"), TestKubeconfig.of(List.of(servers)));
        return new Kubectl(kubeconfig, bed.directory());
    }

    /** Skips the test, saying why, where there is no kubectl or one that is too old for it. */
    public static void assumeUsable() throws IOException, InterruptedException {
        String reason = missing();
        if (!reason.isEmpty()) {
            System.err.println("skipped: " + reason);
        }
        Assumptions.assumeTrue(reason.isEmpty(), reason);
    }

    private static String missing() throws IOException, InterruptedException {
        if (!isInstalled()) {
            return "there is no kubectl on the PATH";
        }
        String said = Call.of(new ProcessBuilder("kubectl", "version", "--client", "-o", "json"))
                .out();
        Matcher minor = MINOR.matcher(said);
        if (!minor.find() || Integer.parseInt(minor.group(1)) < FIRST_MINOR) {
            return "this kubectl is older than 1." + FIRST_MINOR + " and lacks --subresource; it says: "
                    + said.replaceAll("\\s+", " ");
        }
        return "";
    }

    private static boolean isInstalled() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, "kubectl"))) {
                return true;
            }
        }
        return false;
    }

    /** Runs it and returns what it printed on either stream; anything but exit code 0 fails the test. */
    public String run(String context, String... arguments) throws IOException, InterruptedException {
        Call call = call(context, arguments);
        if (call.code() != 0) {
            throw new AssertionError(
                    String.join(" ", arguments) + " ended with " + call.code() + "; it printed:\n" + call.out());
        }
        return call.out();
    }

    /** Runs it and returns what it printed on either stream; exit code 0 fails the test. */
    public String fails(String context, String... arguments) throws IOException, InterruptedException {
        Call call = call(context, arguments);
        if (call.code() == 0) {
            throw new AssertionError(String.join(" ", arguments) + " succeeded; it printed:\n" + call.out());
        }
        return call.out();
    }

    private Call call(String context, String... arguments) throws IOException, InterruptedException {
        return Call.of(process(context, arguments).redirectErrorStream(true));
    }

    private ProcessBuilder process(String context, String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                "kubectl",
                "--kubeconfig",
                kubeconfig.toString(),
                "--cache-dir",
                home.resolve("cache").toString(),
                "--context",
                context));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().put("HOME", home.toString());
        return builder;
    }

    /** Starts one that goes on, such as {@code get -w}. */
    public Following follow(String context, String... arguments) throws IOException {
        Path heard = home.resolve("following.txt");
        return new Following(
                process(context, arguments)
                        .redirectErrorStream(true)
                        .redirectOutput(heard.toFile())
                        .start(),
                heard);
    }

    /** A kubectl that runs until it is closed, and what it has printed so far. */
    public record Following(Process process, Path heard) implements AutoCloseable {
        /** How many lines have this word. */
        public int count(String word) throws IOException {
            return (int) Files.readString(heard, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.contains(word))
                    .count();
        }

        /** Waits for the first line with this word. */
        public void await(String word, Duration atMost) {
            awaitMore(word, 0, atMost);
        }

        /** Waits until more than so many lines have this word. */
        public void awaitMore(String word, int than, Duration atMost) {
            Awaitility.await(String.join(" ", "kubectl prints", word))
                    .atMost(atMost)
                    .until(() -> count(word) > than);
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }
}
