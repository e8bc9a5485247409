package dev.weft.deploy.run;

import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.deploy.terminal.Expected;
import dev.weft.registry.resource.IpAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What {@code weft run} is asked to do.
 *
 * @param where which Pod it becomes
 * @param ports where the command listens; may be empty
 * @param probe empty if it is ready as soon as it runs
 * @param environment variables on top of the inherited ones and those of Services
 * @param links whether the Services of the namespace become variables
 * @param stop how it ends
 * @param restart when it is started again
 */
public record RunPlan(
        URI api,
        Place where,
        Map<String, String> labels,
        List<Port> ports,
        Optional<Probe> probe,
        Probe.Timing timing,
        Map<String, String> environment,
        boolean links,
        Restart restart,
        Stop stop,
        List<String> command) {

    /** Which Pod. */
    public record Place(String namespace, String name, String node, String address) {
        /** @throws CommandFailed as wrong usage */
        public Place {
            Expected.label("--namespace", namespace);
            Expected.name("--name", name);
            if (!node.isEmpty()) {
                Expected.name("--node", node);
            }
            if (IpAddress.parse(address).isEmpty()) {
                throw CommandFailed.usage("--address " + address + ": expected an IP address, e.g. 127.0.0.1");
            }
        }
    }

    /**
     * A port of the Pod.
     *
     * @param name empty if it has none
     */
    public record Port(String name, int number) {
        /**
         * Reads {@code [NAME=]PORT}.
         *
         * @throws CommandFailed as wrong usage
         */
        public static Port parse(String text) {
            int equals = text.indexOf('=');
            try {
                int number = Integer.parseInt(text.substring(equals + 1));
                if (number >= 1 && number <= 65535 && equals < 0) {
                    return new Port("", number);
                }
                if (number >= 1 && number <= 65535) {
                    Expected.portName("--port", text.substring(0, equals));
                    return new Port(text.substring(0, equals), number);
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw CommandFailed.usage("--port " + text + ": expected [NAME=]PORT with a port from 1 to 65535");
        }
    }

    /**
     * When it is started again.
     *
     * @param first before the second restart
     * @param most at most
     */
    public record Restart(RestartPolicy policy, Duration first, Duration most) {
        /** @throws CommandFailed as wrong usage */
        public Restart {
            if (first.isNegative()) {
                throw CommandFailed.usage("--restart-delay must be 0 or more");
            }
        }
    }

    /**
     * How it ends.
     *
     * @param drain how long the command goes on after its Pod is no longer ready
     * @param grace how long it may take to end after SIGTERM
     */
    public record Stop(Duration drain, Duration grace) {
        /** @throws CommandFailed as wrong usage */
        public Stop {
            if (drain.isNegative() || grace.isNegative()) {
                throw CommandFailed.usage("--drain and --grace must be 0 or more");
            }
        }

        int seconds() {
            return (int) Math.max(1, drain.plus(grace).plusMillis(999).toSeconds());
        }
    }

    /** @throws CommandFailed as wrong usage, with the first thing that makes no sense */
    public RunPlan {
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
        environment = Map.copyOf(environment);
        command = List.copyOf(command);
        if (probe.isPresent() && probe.get().needsPort() && ports.isEmpty()) {
            throw CommandFailed.usage("--ready http: and --ready tcp need a --port to ask");
        }
        labels.forEach((key, value) -> {
            Expected.labelKey("--label", key);
            Expected.labelValue("--label", value);
        });
        environment.keySet().forEach(variable -> Expected.variable("--env", variable));
        Set<String> names = ports.stream().map(Port::name).collect(Collectors.toSet());
        if (names.size() < ports.size() || (ports.size() > 1 && names.contains(""))) {
            throw CommandFailed.usage("--port: of several ports each needs a name of its own, e.g. --port http=8080");
        }
    }

    /** The same on a node. */
    public RunPlan on(String node) {
        return new RunPlan(
                api,
                new Place(where.namespace(), where.name(), node, where.address()),
                labels,
                ports,
                probe,
                timing,
                environment,
                links,
                restart,
                stop,
                command);
    }

    /** Where probes go: the first port; 0 if there is none. */
    int probePort() {
        return ports.isEmpty() ? 0 : ports.get(0).number();
    }

    /** What the command is called, fit for the name of a container or a Pod. */
    public static String shortName(List<String> command) {
        String program = command.get(0);
        String name = program.substring(program.lastIndexOf('/') + 1)
                .toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9-]", "-")
                .replaceAll("^-+|-+$", "");
        return name.isEmpty()
                ? "command"
                : name.substring(0, Math.min(40, name.length())).replaceAll("-+$", "");
    }
}
