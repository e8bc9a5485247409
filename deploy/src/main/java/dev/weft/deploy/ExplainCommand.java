package dev.weft.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.OwnAddress;
import dev.weft.deploy.client.ServiceName;
import dev.weft.deploy.run.NodeChoice;
import dev.weft.deploy.server.HostExplainer;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.deploy.terminal.Expected;
import dev.weft.proxy.explanation.Explanation;
import dev.weft.proxy.explanation.ServiceExplanation;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft explain}: where connections to a service go, and why. */
@Command(
        name = "explain",
        description = "Tell for a service the DNS answers, the virtual IPs, the algorithm, and every endpoint of every"
                + " cluster: whether it is in choice, why, and its share.",
        sortOptions = false,
        footer = {
            "",
            "It reads objects over the API and judges them by the rules of a proxy-node; it asks no proxy-node.",
            "Exits with 0 if there is such a service, with 1 if not.",
            "Examples: weft explain web",
            "          weft explain shop/web:http --from host-1",
            "          weft explain web.shop.svc.clusterset.local -o json"
        })
final class ExplainCommand implements Callable<Integer> {
    /** What to print. */
    enum Output {
        text,
        json,
        yaml
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "SERVICE",
            description = "NAME, NAMESPACE/NAME, or a name of DNS such as web.shop.svc.cluster.local,"
                    + " web.shop.svc.clusterset.local or web.shop.svc.west.clusters.local; :PORT behind it (a name or a"
                    + " number) tells of one port only.")
    private String service = "";

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NS",
            defaultValue = "default",
            description = "Where a bare NAME is looked for (default: ${DEFAULT-VALUE}).")
    private String namespace = "default";

    @Option(
            names = "--from",
            paramLabel = "NODE",
            description =
                    "The Node from which it is seen (default: the Node of this machine; where there is none, it is"
                            + " seen from nowhere, with no node and no zone).")
    private @Nullable String from;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "What the proxy-node there is configured with, where not by the defaults.")
    private @Nullable Path config;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "text",
            description = "What to print: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Output output = Output.text;

    @Override
    public Integer call() {
        Expected.label("--namespace", namespace);
        String node = from;
        if (node != null) {
            Expected.name("--from", node);
        }
        HostExplainer host = HostExplainer.of(Optional.ofNullable(config));
        ServiceName name = ServiceName.parse(service, namespace, host.zones());
        ApiClient client = api.client();
        Optional<String> seenFrom = node != null
                ? Optional.of(node)
                : NodeChoice.here(client, OwnAddress.towards(client.server()), "--from");
        ServiceObservation observed = ServiceObservation.of(client, name, seenFrom);
        Explanation explanation =
                host.explainer().explain(observed.objects(), name.dnsName().orElse(null));
        print(name.port().map(port -> onlyPort(explanation, name, port)).orElse(explanation), observed.unread());
        return 0;
    }

    /** Without what is said of other ports. */
    private static Explanation onlyPort(Explanation all, ServiceName name, String port) {
        TreeSet<String> known = new TreeSet<>();
        boolean[] found = new boolean[1];
        List<ServiceExplanation> services = all.services().stream()
                .map(service -> {
                    service.ports().forEach(each -> known.add(each.text()));
                    ServiceExplanation narrowed = service.onlyPort(port);
                    found[0] |= !narrowed.ports().isEmpty();
                    return narrowed;
                })
                .toList();
        if (!found[0]) {
            throw CommandFailed.failed("service " + name + " has no port " + port
                    + (known.isEmpty() ? "; it has none at all" : "; it has: " + String.join(", ", known)));
        }
        return new Explanation(all.seenFrom(), all.asked(), services, all.notSeen());
    }

    private void print(Explanation explanation, List<String> unread) {
        PrintWriter out = spec.commandLine().getOut();
        if (output == Output.text) {
            ExplanationText.of(explanation, unread).forEach(out::println);
        } else {
            ObjectMapper mapper = output == Output.yaml
                    ? new YAMLMapper().disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    : new ObjectMapper();
            ObjectNode tree = mapper.valueToTree(explanation);
            unread.forEach(tree.withArray("notSeen")::add);
            try {
                out.println(mapper.writerWithDefaultPrettyPrinter()
                        .writeValueAsString(tree)
                        .stripTrailing());
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a tree that cannot be written", e);
            }
        }
        out.flush();
    }
}
