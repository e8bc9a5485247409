package dev.weft.deploy.testbed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One call of the {@code weft} command, from its start to its end, in a process of its own.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it said on the error stream
 */
public record Call(int code, String out, String err) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Calls the packed command; one that does not end within a minute fails the test. */
    public static Call weft(List<String> arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(TestBed.program().call(arguments));
        builder.environment().putAll(TestBed.program().environment());
        return of(builder);
    }

    /** Runs a process to its end. */
    public static Call of(ProcessBuilder builder) throws IOException, InterruptedException {
        Path out = Files.createTempFile("weft-call-", ".out");
        Path err = Files.createTempFile("weft-call-", ".err");
        try {
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(String.join(" ", builder.command()) + " did not end; it said:\n"
                        + Files.readString(err, StandardCharsets.UTF_8));
            }
            return new Call(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
