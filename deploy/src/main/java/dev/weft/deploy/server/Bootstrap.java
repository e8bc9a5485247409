package dev.weft.deploy.server;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.deploy.terminal.CommandFailed;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where a process looks for the others of its cluster, to join them. It never begins a cluster: that is for the process that
 * keeps the data, or for the list in the store that several share.
 */
public sealed interface Bootstrap {
    Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?");

    /** @param name a DNS name whose addresses are those of the processes; all of them manage on the same port */
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
    }

    String DISCOVERY = "akka.management.cluster.bootstrap.contact-point-discovery.";
    String METHOD = DISCOVERY + "discovery-method";

    /** What Akka Management is told. */
    Config config();

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
            return new Kubernetes(text.substring("kubernetes:".length()));
        }
        throw CommandFailed.usage("--bootstrap " + text
                + ": expected dns:NAME, kubernetes, or kubernetes:SELECTOR such as kubernetes:app=weft");
    }
}
