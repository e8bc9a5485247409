package dev.weft.deploy;

import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.OwnAddress;
import dev.weft.deploy.run.NodeChoice;
import dev.weft.deploy.run.Probe;
import dev.weft.deploy.run.RestartPolicy;
import dev.weft.deploy.run.RunPlan;
import dev.weft.deploy.run.Supervisor;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft run}: a process of this machine as a Pod. */
@Command(
        name = "run",
        description =
                "Run a command as a Pod of this node: registered with its address and ports, found through Services,"
                        + " ready by its probe, started again when it ends, drained when it stops.",
        sortOptions = false,
        footer = {
            "",
            "SIGTERM and Ctrl-C drain and stop it, a second one at once; SIGHUP, SIGUSR1, SIGUSR2 and SIGWINCH go to the"
                    + " command. So does kubectl delete pod: drain and stop. Exits with the command's exit code.",
            "Example: weft run --label app=web --port 8080 --ready http:/healthz -- python3 -m http.server 8080"
        })
final class RunCommand implements Callable<Integer> {
    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NS",
            defaultValue = "default",
            description = "The Pod's namespace (default: ${DEFAULT-VALUE}).")
    private String namespace = "";

    @Option(names = "--name", paramLabel = "NAME", description = "The Pod's name (default: after the command).")
    private @Nullable String name;

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "A label of the Pod; may be repeated.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--port",
            paramLabel = "[NAME=]PORT",
            description = "A port on which the command listens; may be repeated.")
    private List<String> ports = new ArrayList<>();

    @Option(
            names = "--address",
            paramLabel = "IP",
            description = "Where the command listens (default: the address from which this machine speaks to the API).")
    private @Nullable String address;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            description =
                    "The Node it runs on (default: the only one at an address of this machine; where there is none, the"
                            + " machine's host name).")
    private @Nullable String node;

    @Option(
            names = "--ready",
            paramLabel = "PROBE",
            description =
                    "When it is ready: http:/path or tcp (on the first port), or exec:command (default: when it runs).")
    private @Nullable String ready;

    @Option(
            names = "--ready-delay",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Before the first probe.")
    private int delay;

    @Option(
            names = "--ready-period",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Between probes (default: ${DEFAULT-VALUE}).")
    private int period;

    @Option(
            names = "--ready-timeout",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "For one probe (default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Option(
            names = "--ready-successes",
            paramLabel = "N",
            defaultValue = "1",
            description = "In a row until it is ready (default: ${DEFAULT-VALUE}).")
    private int successes;

    @Option(
            names = "--ready-failures",
            paramLabel = "N",
            defaultValue = "3",
            description = "In a row until it is not (default: ${DEFAULT-VALUE}).")
    private int failures;

    @Option(
            names = "--restart",
            paramLabel = "POLICY",
            defaultValue = "Always",
            description = "When it is started again: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private RestartPolicy restart = RestartPolicy.Always;

    @Option(
            names = "--restart-delay",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description =
                    "Before the second restart in a row, doubled each time up to 5 minutes; the first one comes at"
                            + " once (default: ${DEFAULT-VALUE}).")
    private int restartDelay;

    @Option(names = "--env", paramLabel = "NAME=VALUE", description = "A variable for the command; may be repeated.")
    private Map<String, String> environment = new LinkedHashMap<>();

    @Option(names = "--no-service-links", description = "No variables for the Services of the namespace.")
    private boolean noServiceLinks;

    @Option(
            names = "--drain",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "How long it goes on after it is no longer ready, when it stops (default: ${DEFAULT-VALUE}).")
    private int drain;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long after SIGTERM it may take to end before it is killed (default: ${DEFAULT-VALUE}).")
    private int grace;

    @Option(names = "--exit-with-parent", hidden = true, description = "Stop when the standard input ends.")
    private boolean exitWithParent;

    @Parameters(paramLabel = "COMMAND", arity = "1..*", description = "The command and its arguments, after --.")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() {
        ApiClient client = api.client();
        PrintWriter err = spec.commandLine().getErr();
        Supervisor supervisor = new Supervisor(plan(client), client, steady(), message -> {
            err.println("weft: " + message);
            err.flush();
        });
        boolean watched = Boolean.getBoolean("weft.terminal");
        Signals.on(List.of("TERM", "INT"), signal -> supervisor.stop("SIG" + signal));
        // When its terminal closes nobody is there any more; without one it commonly means: read the configuration
        // again.
        Signals.on(List.of("HUP"), watched ? signal -> supervisor.stop("SIGHUP") : supervisor::forward);
        Signals.on(List.of("USR1", "USR2", "WINCH"), supervisor::forward);
        if (exitWithParent) {
            Thread watch = new Thread(() -> stopWhenInputEnds(supervisor), "weft-parent-watch");
            watch.setDaemon(true);
            watch.start();
        }
        return supervisor.run();
    }

    private RunPlan plan(ApiClient client) {
        String at = address == null ? OwnAddress.towards(client.server()) : address;
        Probe.Timing timing = new Probe.Timing(delay, period, timeout, successes, failures);
        Optional<Probe> probe = Optional.ofNullable(ready).map(Probe::parse);
        List<RunPlan.Port> listening = ports.stream().map(RunPlan.Port::parse).toList();
        String called = name == null ? RunPlan.shortName(command) + "-" + suffix(new SecureRandom()) : name;
        RunPlan.Place anywhere = new RunPlan.Place(namespace, called, "", at);
        RunPlan asked = new RunPlan(
                client.server(),
                anywhere,
                labels,
                listening,
                probe,
                timing,
                environment,
                !noServiceLinks,
                new RunPlan.Restart(restart, Duration.ofSeconds(restartDelay), Duration.ofMinutes(5)),
                new RunPlan.Stop(Duration.ofSeconds(drain), Duration.ofSeconds(grace)),
                command);
        return asked.on(NodeChoice.choose(client, node, at));
    }

    /** As Kubernetes ends generated names: letters that form no words. */
    private static String suffix(RandomGenerator random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }

    /** Wall time as it was at the start, going on without steps. */
    private static InstantSource steady() {
        Instant begun = Instant.now();
        long since = System.nanoTime();
        return () -> begun.plusNanos(System.nanoTime() - since);
    }

    private static void stopWhenInputEnds(Supervisor supervisor) {
        try {
            while (System.in.read() >= 0) {
                // what the parent says does not matter, only that it is there
            }
        } catch (IOException e) {
            // a broken pipe is an end too
        }
        supervisor.stop("the end of the standard input");
    }
}
