package dev.weft.proxy.nftables;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Commands as child processes, from one thread of its own that may wait for them. */
public final class ChildCommands implements Commands {
    /** Bound on what is kept of a command's output (bytes): a table of some 200,000 endpoints. */
    private static final int MAX_OUTPUT = 64 << 20;
    /** Where administrators' programs are, though not always on a service's path. */
    private static final List<String> FURTHER = List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

    private final Duration timeout;
    private final List<Path> folders;
    private final ExecutorService thread;
    /** Begun on the thread. */
    private volatile @Nullable StandingNft standing;

    /**
     * Takes the search path from an environment.
     *
     * @param timeout after which a command that has not ended is killed
     */
    public ChildCommands(Duration timeout, Map<String, String> environment) {
        this.timeout = timeout;
        List<Path> found = new ArrayList<>();
        for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
            if (!folder.isEmpty()) {
                found.add(Path.of(folder));
            }
        }
        FURTHER.forEach(folder -> found.add(Path.of(folder)));
        this.folders = List.copyOf(found);
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "weft-nftables");
            created.setDaemon(true);
            return created;
        });
    }

    @Override
    public boolean has(String program) {
        return find(program) != null;
    }

    @Override
    public CompletionStage<Output> run(List<String> command, String input) {
        try {
            return CompletableFuture.supplyAsync(() -> runNow(command, input), thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(new Output(Output.NOT_RUN, "stopped"));
        }
    }

    /** A short script goes to a child that stays. */
    @Override
    public CompletionStage<Output> transaction(String script) {
        try {
            return CompletableFuture.supplyAsync(() -> transactNow(script), thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(new Output(Output.NOT_RUN, "stopped"));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        StandingNft child = standing;
        if (child != null) {
            child.close();
        }
    }

    private Output transactNow(String script) {
        Path program = find("nft");
        if (program != null) {
            StandingNft child = standing;
            if (child == null) {
                child = new StandingNft(program, timeout);
                standing = child;
            }
            try {
                Output output = child.takes(script) ? child.run(script) : null;
                if (output != null) {
                    return output;
                }
            } catch (IOException e) {
                return new Output(Output.NOT_RUN, String.valueOf(e.getMessage()));
            }
        }
        return runNow(List.of("nft", "-f", "-"), script);
    }

    private @Nullable Path find(String program) {
        return folders.stream()
                .map(folder -> folder.resolve(program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private Output runNow(List<String> command, String input) {
        Path program = find(command.get(0));
        if (program == null) {
            return new Output(Output.NOT_RUN, command.get(0) + ": not found on this host");
        }
        List<String> line = new ArrayList<>(command);
        line.set(0, program.toString());
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            CompletionStage<Process> end = process.onExit().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
            end.whenComplete((ended, late) -> {
                if (late != null) {
                    process.destroyForcibly();
                }
            });
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended without reading all; its status and output say why.
            }
            byte[] output = process.getInputStream().readNBytes(MAX_OUTPUT);
            process.getInputStream().close();
            return new Output(process.waitFor(), new String(output, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return new Output(Output.NOT_RUN, command.get(0) + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Output(Output.NOT_RUN, "stopped");
        }
    }
}
