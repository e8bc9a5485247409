package dev.weft.deploy;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft status}: how a running cluster is. */
@Command(
        name = "status",
        description = "Show how a running cluster is: readiness, nodes, members of the federation with their round trip"
                + " and how far behind they are, objects, virtual IPs.",
        footer = {"", "Exits with 1 if the server cannot be reached or is not ready."})
final class StatusCommand implements Callable<Integer> {
    private static final int MOST_ADDRESSES = 20;

    /** What to print. */
    enum Output {
        text,
        json
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "text",
            description = "What to print: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Output output = Output.text;

    @Override
    public Integer call() {
        ClusterStatus status = ClusterStatus.of(api.client());
        PrintWriter out = spec.commandLine().getOut();
        if (output == Output.json) {
            out.println(status.json().toPrettyString());
        } else {
            status.lines(MOST_ADDRESSES).forEach(out::println);
        }
        out.flush();
        return status.ready() ? 0 : 1;
    }
}
