package dev.weft.deploy.server;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.registry.resource.LabelSelector;
import dev.weft.registry.resource.Parsed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where a process looks for the others of its cluster, to join them. It never begins a cluster: that is for the process that
 * keeps the data, or for the list in the store that several share.
 */
public sealed interface Bootstrap {
    Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?");

    /**
     * By DNS.
     *
     * @param name one whose addresses are those of the processes, which all manage on the same port
     */
    record Dns(String name) implements Bootstrap {
        @Override
        public Config config() {
            return ConfigFactory.parseMap(Map.of(DISCOVERY + "service-name", name, METHOD, "akka-dns"));
        }
    }

    /**
     * The Pods of this one's namespace, by the Kubernetes API and the service account that is mounted in every Pod.
     *
     * @param selector which Pods; their port for this is called {@code management}
     */
    record Kubernetes(String selector) implements Bootstrap {
        @Override
        public Config config() {
            return ConfigFactory.parseMap(Map.of(
                    METHOD,
                    "kubernetes-api",
                    DISCOVERY + "port-name",
                    "management",
                    // A percent sign would stand for a name that is not used here.
                    "akka.discovery.kubernetes-api.pod-label-selector",
                    selector.replace("%", "%%")));
        }

        @Override
        public void check(Config config) {
            for (String key : List.of("api-ca-path", "api-token-path")) {
                Path file = Path.of(config.getString("akka.discovery.kubernetes-api." + key));
                if (!Files.isReadable(file)) {
                    throw CommandFailed.usage("--bootstrap kubernetes: there is no readable " + file
                            + ", which Kubernetes mounts into a Pod that has a service account; outside of a Pod use"
                            + " --bootstrap dns:NAME or --seed HOST:PORT");
                }
            }
        }
    }

    String DISCOVERY = "akka.management.cluster.bootstrap.contact-point-discovery.";
    String METHOD = DISCOVERY + "discovery-method";

    /** What Akka Management is told. */
    Config config();

    /**
     * Makes sure that what it needs of the place where the process runs is there.
     *
     * @param config all that the process is configured with
     * @throws CommandFailed as wrong usage, with what is missing
     */
    default void check(Config config) {}

    /**
     * Reads {@code dns:NAME}, {@code kubernetes} or {@code kubernetes:SELECTOR}.
     *
     * @throws CommandFailed as wrong usage
     */
    static Bootstrap parse(String text) {
        if (text.startsWith("dns:") && NAME.matcher(text.substring(4)).matches()) {
            return new Dns(text.substring(4));
        }
        if (text.equals("kubernetes")) {
            return new Kubernetes("app=weft");
        }
        if (text.startsWith("kubernetes:") && text.length() > "kubernetes:".length()) {
            String selector = text.substring("kubernetes:".length());
            if (LabelSelector.parse(selector) instanceof Parsed.Invalid<LabelSelector> invalid) {
                throw CommandFailed.usage(
                        "--bootstrap " + text + ": " + invalid.refusal().message());
            }
            return new Kubernetes(selector);
        }
        throw CommandFailed.usage("--bootstrap " + text
                + ": expected dns:NAME, kubernetes, or kubernetes:SELECTOR such as kubernetes:app=weft");
    }
}
