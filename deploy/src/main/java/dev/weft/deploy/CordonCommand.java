package dev.weft.deploy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.deploy.terminal.Expected;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft cordon}: keeps new connections of one cluster's proxy-nodes away from other clusters. */
@Command(
        name = "cordon",
        description =
                "Keep new connections away from a cluster's endpoints, where there are any others; connections that are"
                        + " open may run on for the drain deadline. Holds for the proxy-nodes of the cluster that is asked.",
        footer = {
            "",
            "Without CLUSTER it prints the cordoned ones. They stand in the annotation mesh.weft.dev/cordoned-clusters of"
                    + " the Service kube-system/weft-traffic."
        })
final class CordonCommand implements Runnable {
    private static final String ANNOTATION = "mesh.weft.dev/cordoned-clusters";
    private static final String SERVICES = "/api/v1/namespaces/kube-system/services";
    private static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
    private static final String SOURCE_CLUSTER = "multicluster.kubernetes.io/source-cluster";
    private static final String NAME = "weft-traffic";

    /** Where it stands what is cordoned. */
    static final String RULES = SERVICES + "/" + NAME;

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Parameters(arity = "0..*", paramLabel = "CLUSTER", description = "Clusters, by their names in the federation.")
    private List<String> clusters = List.of();

    @Option(names = "--undo", description = "Let connections go there again.")
    private boolean undo;

    @Option(
            names = "--ahead",
            description =
                    "Take names that the mesh does not know, too: of clusters that are to join without getting any"
                            + " connections.")
    private boolean ahead;

    @Override
    public void run() {
        clusters.forEach(cluster -> Expected.label("CLUSTER", cluster));
        if (undo && clusters.isEmpty()) {
            throw CommandFailed.usage("which cluster is to be used again? weft cordon --undo CLUSTER");
        }
        if (undo && ahead) {
            throw CommandFailed.usage("--ahead is for cordoning; --undo takes any name that is cordoned");
        }
        ApiClient client = api.client();
        if (!ahead) {
            refuseStrangers(client);
        }
        Set<String> cordoned = clusters.isEmpty() ? read(client) : change(client);
        spec.commandLine()
                .getOut()
                .println(cordoned.isEmpty() ? "no cluster is cordoned" : "cordoned: " + String.join(", ", cordoned));
    }

    /** A name that nobody has is a slip of the pen, and the cluster that was meant goes on getting connections. */
    private void refuseStrangers(ApiClient client) {
        Set<String> strangers = new TreeSet<>(clusters);
        if (strangers.isEmpty()) {
            return;
        }
        ApiClient.Reply members = client.get(ClusterName.CLUSTERS);
        if (!members.ok()) { // who may write the rules need not be allowed to read the members
            return;
        }
        Set<String> known = new TreeSet<>();
        members.json()
                .path("items")
                .forEach(member -> known.add(member.at("/metadata/name").asText()));
        strangers.removeAll(known);
        strangers.removeIf(cluster -> hasEndpoints(client, cluster));
        if (undo && !strangers.isEmpty()) {
            strangers.removeAll(read(client));
        }
        if (!strangers.isEmpty()) {
            throw CommandFailed.failed(
                    "the mesh knows no cluster " + String.join(", ", strangers) + "; nothing was changed."
                            + " It knows " + String.join(", ", known)
                            + (undo ? "" : "; one that has yet to join is cordoned with --ahead"));
        }
    }

    /** Another controller than Weft's may bring endpoints of a cluster here, which is no member then. */
    private static boolean hasEndpoints(ApiClient client, String cluster) {
        ApiClient.Reply slices = client.get(SLICES + "?limit=1&labelSelector=" + SOURCE_CLUSTER + "%3D" + cluster);
        return slices.ok() && !slices.json().path("items").isEmpty();
    }

    /** Reads, changes and writes, again when somebody else wrote in between. */
    private Set<String> change(ApiClient client) {
        for (int attempt = 0; attempt < 10; attempt++) {
            ApiClient.Reply present = client.get(RULES);
            Set<String> wanted = cordoned(present);
            if (undo) {
                wanted.removeAll(clusters);
            } else {
                wanted.addAll(clusters);
            }
            ApiClient.Reply written = present.status() == NOT_FOUND
                    ? client.create(SERVICES, service(wanted))
                    : client.mergePatch(RULES, patch(present, wanted));
            if (written.ok()) {
                return wanted;
            }
            if (written.status() != CONFLICT) {
                throw CommandFailed.failed("the cordon was not written: " + written.message());
            }
        }
        throw CommandFailed.failed("the cordon was not written: others write Service " + NAME + " all the time");
    }

    private static Set<String> read(ApiClient client) {
        return cordoned(client.get(RULES));
    }

    private static Set<String> cordoned(ApiClient.Reply present) {
        Set<String> names = new TreeSet<>();
        if (present.status() == NOT_FOUND) {
            return names;
        }
        if (!present.ok()) {
            throw CommandFailed.failed("the cordon cannot be read: " + present.message());
        }
        String text = present.json()
                .path("metadata")
                .path("annotations")
                .path(ANNOTATION)
                .asText("");
        Stream.of(text.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .forEach(names::add);
        return names;
    }

    private static ObjectNode service(Set<String> cordoned) {
        ObjectNode service = JsonNodeFactory.instance.objectNode();
        service.put("apiVersion", "v1").put("kind", "Service");
        ObjectNode metadata = service.putObject("metadata").put("name", NAME);
        metadata.putObject("annotations").put(ANNOTATION, String.join(",", cordoned));
        service.putObject("spec").put("clusterIP", "None");
        return service;
    }

    private static ObjectNode patch(ApiClient.Reply present, Set<String> cordoned) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        ObjectNode metadata = patch.putObject("metadata");
        metadata.set("resourceVersion", present.json().path("metadata").path("resourceVersion"));
        metadata.putObject("annotations").put(ANNOTATION, String.join(",", cordoned));
        return patch;
    }
}
