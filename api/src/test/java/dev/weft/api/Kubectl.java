package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The real kubectl for one server, with a configuration and a cache of its own. */
final class Kubectl {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern AGE = Pattern.compile("(?<=[ \\n])\\d+(?:s|m\\d+s|m)(?=\\s|$)");

    private final Path home;

    Kubectl(Path home, String url) {
        this.home = home;
        try {
            Files.writeString(home.resolve("config"), """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: weft, cluster: {server: "%s"}}]
                    contexts: [{name: weft, context: {cluster: weft, user: me}}]
                    users: [{name: me, user: {}}]
                    current-context: weft
                    """.formatted(url));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a run came to. */
    record Run(int code, String out, String err) {
        /** The table that it printed, with blanks between columns made one and ages made {@code #}. */
        String table() {
            return AGE.matcher(out.replaceAll(" +", " ").replaceAll("(?m) $", ""))
                    .replaceAll("#");
        }
    }

    /** What it prints, where it must succeed; words are separated by blanks. */
    String run(String line) {
        return succeed("", List.of(line.split(" ", -1)), List.of()).out();
    }

    /** As {@link #run}, with further arguments that may have blanks in them. */
    String run(String line, String... further) {
        return succeed("", List.of(line.split(" ", -1)), List.of(further)).out();
    }

    /** As {@link #run}, as a table. */
    String table(String line) {
        return succeed("", List.of(line.split(" ", -1)), List.of()).table();
    }

    /** As {@link #run}, with something to read. */
    String pipe(String input, String line) {
        return succeed(input, List.of(line.split(" ", -1)), List.of()).out();
    }

    /** What it says on the error stream, where it must fail. */
    String fails(String line, String... further) {
        return failing("", line, further);
    }

    /** As {@link #fails}, with something to read. */
    String pipeFails(String input, String line) {
        return failing(input, line);
    }

    private String failing(String input, String line, String... further) {
        Run run = call(input, join(line, further), List.of());
        assertThat(run.code()).as("kubectl %s: %s", line, run).isNotZero();
        return run.err();
    }

    /** Any outcome. */
    Run call(String input, List<String> arguments, List<String> environment) {
        try {
            Process process = launch(arguments, environment);
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("kubectl " + arguments + " did not end");
            }
            return new Run(process.exitValue(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException("kubectl " + arguments, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Run succeed(String input, List<String> line, List<String> further) {
        List<String> arguments = new ArrayList<>(line);
        arguments.addAll(further);
        Run run = call(input, arguments, List.of());
        assertThat(run.code()).as("kubectl %s: %s", arguments, run).isZero();
        return run;
    }

    private static List<String> join(String line, String... further) {
        List<String> arguments = new ArrayList<>(Arrays.asList(line.split(" ", -1)));
        arguments.addAll(List.of(further));
        return arguments;
    }

    private Process launch(List<String> arguments, List<String> environment) throws IOException {
        return builder(arguments, environment).start();
    }

    private ProcessBuilder builder(List<String> arguments, List<String> environment) {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("KUBECONFIG", home.resolve("config").toString());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("TZ", "UTC");
        for (String entry : environment) {
            int equals = entry.indexOf('=');
            builder.environment().put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        return builder;
    }

    /** Starts one that goes on, such as {@code get -w}. */
    Following follow(String line) {
        try {
            Path heard = Files.createTempFile(home, "heard", ".txt");
            Process process = builder(List.of(line.split(" ", -1)), List.of())
                    .redirectErrorStream(true)
                    .redirectOutput(heard.toFile())
                    .start();
            return new Following(process, heard);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A kubectl that runs until it is closed, and what it has printed so far. */
    record Following(Process process, Path heard) implements AutoCloseable {
        String text() {
            try {
                return Files.readString(heard);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Waits until it has printed this. */
        Following hears(String word) {
            Awaitility.await(word).atMost(PATIENCE).until(() -> text().contains(word));
            return this;
        }

        /** Waits until it ends by itself; returns its exit code. */
        int ends() {
            Awaitility.await("the end of kubectl").atMost(PATIENCE).until(() -> !process.isAlive());
            return process.exitValue();
        }

        @Override
        public void close() {
            // Where kubectl stands behind a dispatcher, the one that watches is its child.
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }
}
