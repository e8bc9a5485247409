package dev.weft.deploy.child;

import dev.weft.deploy.terminal.CommandFailed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One process of ours: what it said, whether it is ready, and all the ways to end it. */
public final class Child {
    private static final int TAIL_LINES = 30;

    private final String name;
    private final Process process;
    private final Path log;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Starts a call of the command; what it says goes to the end of the log file. */
    static Child start(String name, WeftProgram program, List<String> arguments, Path log) {
        ProcessBuilder builder = new ProcessBuilder(program.call(arguments))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(program.environment());
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            Child child = new Child(name, builder.start(), log);
            Thread reader = new Thread(child::readOutput, "output of " + name);
            reader.setDaemon(true);
            reader.start();
            return child;
        } catch (IOException e) {
            throw CommandFailed.failed("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    private void readOutput() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                if (line.startsWith("ready")) {
                    ready.complete(line);
                }
            }
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
        ready.completeExceptionally(new IllegalStateException(name + " ended before it was ready"));
    }

    /**
     * Waits for the line that begins with {@code ready} and returns it.
     *
     * @throws CommandFailed with the end of the log if it does not come
     */
    public String awaitReady(Duration atMost) {
        try {
            return ready.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.failed("interrupted while waiting for " + name, e);
        } catch (ExecutionException | TimeoutException e) {
            throw CommandFailed.failed(
                    name + " was not ready within " + atMost.toSeconds() + " s; its log " + log + " ends:\n" + tail(),
                    e);
        }
    }

    /** What it was called at its start. */
    public String name() {
        return name;
    }

    /** The process number. */
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Where everything it said stands. */
    public Path log() {
        return log;
    }

    /** The last lines that it said. */
    public String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /** Kills it as a power cut would (SIGKILL) and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
    }

    /**
     * Asks it to stop (SIGTERM); kills it if it does not.
     *
     * @return its exit code; 137 if it had to be killed
     */
    public int stop(Duration patience) {
        process.destroy();
        if (!awaitEnd(patience)) {
            kill();
        }
        return process.exitValue();
    }

    /** Freezes it (SIGSTOP): it keeps its sockets and answers nothing. */
    public void pause() {
        signal("STOP");
    }

    /** Lets it go on (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    /** Waits for its end. */
    public boolean awaitEnd(Duration atMost) {
        try {
            return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void signal(String which) {
        try {
            new ProcessBuilder("kill", "-" + which, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send SIG" + which + " to " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
