package dev.weft.deploy;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Where the process begins: runs one {@code weft} command and ends with its exit code. */
public final class Main {
    private Main() {}

    /** Runs the command that the arguments name. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = WeftCommand.run(out, err, args);
        out.flush();
        err.flush();
        System.exit(code);
    }
}
