package dev.weft.deploy.run;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.terminal.CommandFailed;

/** How to find out whether a command is ready, as users write it. */
public sealed interface Probe {
    /** A GET that is answered with a status from 200 to 399. */
    record Http(String path) implements Probe {}

    /** A connection that is accepted. */
    record Tcp() implements Probe {}

    /** A shell command that ends with 0. */
    record Exec(String command) implements Probe {}

    /**
     * When to probe, and what it takes; seconds and numbers as in a Pod's {@code readinessProbe}.
     *
     * @param delay before the first one
     * @param timeout for one
     */
    record Timing(int delay, int period, int timeout, int successes, int failures) {
        /** @throws CommandFailed as wrong usage */
        public Timing {
            if (delay < 0 || period < 1 || timeout < 1 || successes < 1 || failures < 1) {
                throw CommandFailed.usage("--ready-delay must be 0 or more, the other --ready-… options 1 or more");
            }
        }
    }

    /**
     * Reads {@code http:/path}, {@code tcp} or {@code exec:cmd}.
     *
     * @throws CommandFailed as wrong usage
     */
    static Probe parse(String text) {
        if (text.startsWith("http:/")) {
            return new Http(text.substring("http:".length()));
        }
        if (text.startsWith("exec:") && text.length() > "exec:".length()) {
            return new Exec(text.substring("exec:".length()));
        }
        if (text.equals("tcp")) {
            return new Tcp();
        }
        throw CommandFailed.usage("--ready " + text + ": expected http:/path, tcp or exec:command");
    }

    /** Whether it needs a port to talk to. */
    default boolean needsPort() {
        return !(this instanceof Exec);
    }

    /** The same as a Pod's {@code readinessProbe}. */
    default ObjectNode json(Timing timing, int port) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        if (this instanceof Http http) {
            json.putObject("httpGet").put("path", http.path()).put("port", port);
        } else if (this instanceof Exec exec) {
            json.putObject("exec").putArray("command").add("/bin/sh").add("-c").add(exec.command());
        } else {
            json.putObject("tcpSocket").put("port", port);
        }
        return json.put("initialDelaySeconds", timing.delay())
                .put("periodSeconds", timing.period())
                .put("timeoutSeconds", timing.timeout())
                .put("successThreshold", timing.successes())
                .put("failureThreshold", timing.failures());
    }
}
