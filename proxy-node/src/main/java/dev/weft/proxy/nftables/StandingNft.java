package dev.weft.proxy.nftables;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A child {@code nft -i} that stays and takes one transaction a line, so that a small one does not pay for the start of a
 * process, which takes longer than the rest of it. Where one has ended is seen by a question after it that the child
 * answers without the kernel; it prints nothing for a transaction that succeeds. For one thread at a time, but {@link #close}.
 *
 * <p>The child ends with this process, since its input does.
 */
final class StandingNft {
    private static final String QUESTION = "describe tcp_flag\n";
    private static final String ANSWER_BEGINS = "datatype tcp_flag";
    private static final String ANSWER_ENDS = "0x80\n";
    /** It remembers its lines: after so many another takes over, which bounds what they take. */
    private static final int MOST_LINES = 1_000;
    /** It reads byte by byte: a longer script is quicker by a file. */
    private static final int MOST_CHARACTERS = 8_192;

    private static final int MOST_OUTPUT = 1 << 20;

    private final Path program;
    private final Duration timeout;
    private volatile @Nullable Process child;
    private volatile boolean closed;
    private int lines;
    private boolean useless;

    /** @param timeout after which it is killed in the middle of a transaction */
    StandingNft(Path program, Duration timeout) {
        this.program = program;
        this.timeout = timeout;
    }

    /** Whether it takes such a script at all. */
    boolean takes(String script) {
        return !useless && script.length() <= MOST_CHARACTERS;
    }

    /**
     * Does a transaction.
     *
     * @return null when the child does not talk as expected, before anything has been asked of it: do it another way
     * @throws IOException when it has ended amid the transaction, which may have been done or not
     */
    Commands.@Nullable Output run(String script) throws IOException {
        Process running = child;
        if (running == null || !running.isAlive() || lines >= MOST_LINES) {
            end();
            running = start();
            if (running == null) {
                return null;
            }
        }
        lines++;
        try {
            String printed = ask(running, String.join("; ", script.strip().split("\n")) + "\n");
            boolean failed = printed.toLowerCase(Locale.ROOT).contains("error"); // it may warn of what it has done
            return new Commands.Output(failed ? 1 : 0, printed);
        } catch (IOException e) {
            end();
            throw e;
        }
    }

    /** Ends the child, in the middle of a transaction too, for good. From any thread. */
    void close() {
        closed = true;
        end();
    }

    private void end() {
        Process running = child;
        child = null;
        lines = 0;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    private @Nullable Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "-i").redirectErrorStream(true);
        builder.environment().put("HOME", "/nonexistent"); // where it would keep a file of its lines
        Process started = builder.start();
        child = started;
        if (closed) {
            end();
        }
        try {
            if (ask(started, "").isEmpty()) {
                return started;
            }
        } catch (IOException e) {
            // It is not made for this; its like is not asked again.
        }
        useless = true;
        end();
        return null;
    }

    /** What it prints to a line. */
    private String ask(Process running, String line) throws IOException {
        CompletableFuture<String> answer = new CompletableFuture<>();
        answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> {
            running.destroyForcibly(); // which ends the reading below
            return "";
        });
        try {
            OutputStream in = running.getOutputStream();
            in.write((line + QUESTION).getBytes(StandardCharsets.UTF_8));
            in.flush();
            String printed = read(running.getInputStream());
            answer.complete(printed);
            return printed;
        } catch (IOException e) {
            answer.completeExceptionally(e);
            throw e;
        }
    }

    private static String read(InputStream out) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[4_096];
        while (text.length() < MOST_OUTPUT) {
            int count = out.read(buffer);
            if (count < 0) {
                throw new IOException("nft -i has ended: " + text);
            }
            text.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
            int answer = text.lastIndexOf(ANSWER_BEGINS);
            if (answer >= 0 && text.indexOf(ANSWER_ENDS, answer) >= 0) {
                return text.substring(0, answer);
            }
        }
        throw new IOException("nft -i prints too much");
    }
}
