package dev.weft.deploy.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ObjectClient;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.deploy.terminal.Expected;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which node a command runs on: the one that was named; else the only Node at an address of this machine, of those that are
 * ready if any is; where there is none, what this machine calls itself. A cordoned node takes no new command, which is what a scheduler would see to elsewhere.
 */
public final class NodeChoice {
    private static final String NODES = "/api/v1/nodes";
    private static final int NOT_FOUND = 404;

    private NodeChoice() {}

    /**
     * Chooses.
     *
     * @param named by the user, if he did
     * @param address of the Pod
     * @throws CommandFailed if the node is cordoned or unknown, several could be meant, or the server refuses to tell
     */
    public static String choose(ObjectClient api, @Nullable String named, String address) {
        if (named != null) {
            Expected.name("--node", named);
        }
        String node = named == null ? unnamed(api, address) : named;
        ApiClient.Reply reply = api.get(NODES + "/" + node);
        if (named != null && reply.status() == NOT_FOUND) {
            throw CommandFailed.failed("there is no Node " + node + "; kubectl get nodes shows those that there are");
        }
        if (!reply.ok() && reply.status() != NOT_FOUND) {
            throw CommandFailed.failed("the node " + node + ": " + reply.status() + " " + reply.message());
        }
        if (reply.json().path("spec").path("unschedulable").asBoolean()) {
            throw CommandFailed.failed("the node " + node + " is cordoned and takes nothing new; kubectl uncordon "
                    + node + " lets it, or choose another with --node");
        }
        return node;
    }

    /**
     * The Node of this machine; empty where there is none, or the server does not tell.
     *
     * @param flag by which the user says which of several is meant
     * @throws CommandFailed as wrong usage, if several could be meant
     */
    public static Optional<String> here(ObjectClient api, String address, String flag) {
        List<String> here = at(api, address);
        if (here.size() > 1) {
            throw CommandFailed.usage("several Nodes are at the addresses of this machine: " + String.join(", ", here)
                    + "; say with " + flag + " which one is meant");
        }
        return here.stream().findFirst();
    }

    private static String unnamed(ObjectClient api, String address) {
        return here(api, address, "--node").orElseGet(NodeChoice::hostName);
    }

    private static List<String> at(ObjectClient api, String address) {
        JsonNode nodes = api.get(NODES).json().path("items");
        List<String> here = at(nodes, address, true);
        if (here.isEmpty()) {
            // Their agents may only be late; and whoever cordoned one of them meant this machine.
            here = at(nodes, address, false);
        }
        return here;
    }

    /**
     * The Nodes at an address; those on any loopback address are on one machine.
     *
     * @param ready only those that give signs of life
     */
    static List<String> at(JsonNode nodes, String address, boolean ready) {
        List<String> all = new ArrayList<>();
        for (JsonNode node : nodes) {
            if (ready && !isReady(node)) {
                continue;
            }
            for (JsonNode each : node.path("status").path("addresses")) {
                String theirs = each.path("address").asText();
                boolean same = theirs.equals(address) || (isLoopback(theirs) && isLoopback(address));
                if (each.path("type").asText().equals("InternalIP") && same) {
                    all.add(node.path("metadata").path("name").asText());
                }
            }
        }
        return all;
    }

    private static boolean isReady(JsonNode node) {
        for (JsonNode condition : node.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private static boolean isLoopback(String address) {
        return address.startsWith("127.") || address.equals("::1");
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
