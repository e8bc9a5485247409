package dev.weft.deploy.run;

import dev.weft.deploy.terminal.CommandFailed;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The command, running: with what this process says and hears, but a session and a process group of its own, so that a
 * Ctrl-C reaches us and not it, and so that all that it started can be ended with it. Its standard input is empty.
 */
final class CommandProcess {
    private static final String SETSID = "setsid";

    private final Process process;
    private final boolean group;

    private CommandProcess(Process process, boolean group) {
        this.process = process;
        this.group = group;
    }

    /**
     * Starts it.
     *
     * @param ended told the exit code (128 + the signal's number where one ended it), from a thread of its own
     */
    static CommandProcess start(List<String> command, Map<String, String> environment, Consumer<Integer> ended) {
        boolean group = isOnPath(SETSID);
        List<String> line = new ArrayList<>(group ? List.of(SETSID) : List.of());
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            Thread waiter = new Thread(() -> await(process, ended), "weft-run-wait");
            waiter.setDaemon(true);
            waiter.start();
            return new CommandProcess(process, group);
        } catch (IOException e) {
            throw CommandFailed.failed("cannot start " + command.get(0) + ": " + e.getMessage(), e);
        }
    }

    private static void await(Process process, Consumer<Integer> ended) {
        try {
            ended.accept(process.waitFor());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @throws CommandFailed if there is no such program, before anything is registered */
    static void requireProgram(String program) {
        boolean there = program.indexOf('/') < 0 ? isOnPath(program) : Files.isExecutable(Path.of(program));
        if (!there) {
            throw CommandFailed.failed(program + ": there is no such command"
                    + (program.indexOf('/') < 0 ? " on the PATH" : "") + ", or it may not be run");
        }
    }

    private static boolean isOnPath(String program) {
        for (String folder :
                System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":", -1)) {
            Path file = Path.of(folder.isEmpty() ? "." : folder, program);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return true;
            }
        }
        return false;
    }

    long pid() {
        return process.pid();
    }

    /** What {@code kill} is to be given to reach all that it started. */
    String family() {
        return (group ? "-" : "") + process.pid();
    }

    /** Sends a signal to the command itself, by its name without {@code SIG}. */
    void signal(String name) {
        kill(name, String.valueOf(process.pid()));
    }

    /** Ends it and all that it started, without asking. */
    void kill() {
        kill("KILL", family());
    }

    /** The shell's own {@code kill}: the program of that name is not everywhere. */
    private static void kill(String signal, String target) {
        try {
            new ProcessBuilder("/bin/sh", "-c", "kill -s \"$0\" -- \"$1\"", signal, target)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw CommandFailed.failed("cannot send SIG" + signal + " to " + target + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
