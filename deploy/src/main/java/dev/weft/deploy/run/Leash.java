package dev.weft.deploy.run;

import dev.weft.deploy.terminal.CommandFailed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Ends the command when this process is killed so hard that it cannot: a shell in a session of its own that waits for the
 * end of a pipe, which comes with our end, whatever that is.
 */
final class Leash implements AutoCloseable {
    private static final String SCRIPT =
            "family=; while read -r line; do family=$line; done; [ -n \"$family\" ] || exit 0;"
                    + " kill -s TERM -- \"$family\"; sleep \"$0\"; kill -s KILL -- \"$family\"";
    private static final String LAST_SECONDS = "2";

    private final Process shell;

    private Leash(Process shell) {
        this.shell = shell;
    }

    static Leash start() {
        try {
            // The same shell with and without setsid: what is missing then is only that a Ctrl-C ends it too.
            String line = "if command -v setsid >/dev/null; then exec setsid /bin/sh -c \"$0\" \"$1\";"
                    + " else exec /bin/sh -c \"$0\" \"$1\"; fi";
            Process shell = new ProcessBuilder(List.of("/bin/sh", "-c", line, SCRIPT, LAST_SECONDS))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Leash(shell);
        } catch (IOException e) {
            throw CommandFailed.failed("cannot start /bin/sh: " + e.getMessage(), e);
        }
    }

    /** From now on this command is ended with us. */
    void holds(CommandProcess command) {
        tell(command.family());
    }

    /** Nothing runs that would have to be ended. */
    void letsGo() {
        tell("");
    }

    private void tell(String family) {
        try {
            OutputStream pipe = shell.getOutputStream();
            pipe.write((family + "\n").getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
        } catch (IOException e) {
            // the shell is gone: then nothing but this process ends the command, which is what it does anyway
        }
    }

    @Override
    public void close() {
        letsGo();
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            // it has ended already
        }
    }
}
