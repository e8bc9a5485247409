package dev.weft.deploy;

import dev.weft.api.authentication.User;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import dev.weft.deploy.server.ApiKeys;
import dev.weft.deploy.server.Kubeconfig;
import dev.weft.deploy.terminal.CommandFailed;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft kubeconfig}: what kubectl needs to know to talk to servers, and as whom. */
@Command(
        name = "kubeconfig",
        description =
                "Print a kubeconfig for kubectl; each context is named after the cluster that answers, or USER@CLUSTER"
                        + " where a user is asked for.",
        sortOptions = false,
        footer = {
            "",
            "Use it:    weft kubeconfig > weft.kubeconfig; kubectl --kubeconfig weft.kubeconfig get services",
            "Several:   weft kubeconfig --api http://127.0.0.1:8001 --api http://127.0.0.1:8002",
            "With TLS:  weft kubeconfig --api https://127.0.0.1:8001 --data /tmp/east --user admin",
            "Node:      weft kubeconfig --api https://127.0.0.1:8001 --data /tmp/east --proxy-node host-1",
            "",
            "Who may read the data directory can be anyone. What is printed is a secret where it holds a user."
        })
final class KubeconfigCommand implements Runnable {
    private static final Duration ERRAND = Duration.ofMinutes(10);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--api",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8001",
            converter = ApiUrlConverter.class,
            description =
                    "The API server (default: ${DEFAULT-VALUE}); may be repeated, the first is the current context.")
    private List<URI> api = new ArrayList<>();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The data directory of the cluster's first server: its authority is trusted, and signs users.")
    private @Nullable Path data;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "Whom to trust, in PEM, where the server's certificate is not of the cluster's own authority.")
    private @Nullable Path ca;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description = "A user with a client certificate, signed with --data; admin without --group is in"
                    + " system:masters and may do everything.")
    private @Nullable String user;

    @Option(names = "--group", paramLabel = "NAME", description = "A group of --user; may be repeated.")
    private List<String> groups = new ArrayList<>();

    @Option(
            names = "--proxy-node",
            paramLabel = "NODE",
            description =
                    "The identity of a proxy-node, for weft proxy --kubeconfig: it may see where services are, and"
                            + " nothing else.")
    private @Nullable String proxyNode;

    @Option(
            names = "--service-account",
            paramLabel = "NS/NAME",
            description = "A service account with a token, asked for from the running server with --data.")
    private @Nullable String serviceAccount;

    @Option(names = "--token", paramLabel = "TOKEN", description = "A user with this bearer token.")
    private @Nullable String token;

    @Option(
            names = "--valid",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long the credentials are good, e.g. 8h or 90d (default: 365d; of a token 1h, at least 10m).")
    private @Nullable Duration valid;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(render(identities() == 0 && data == null && ca == null ? openContexts() : List.of(ofOne())));
        out.flush();
    }

    private int identities() {
        int given = 0;
        for (Object each : new @Nullable Object[] {user, proxyNode, serviceAccount, token}) {
            given += each == null ? 0 : 1;
        }
        return given;
    }

    private List<Context> openContexts() {
        List<Context> contexts = new ArrayList<>();
        for (URI server : api) {
            if (server.getScheme().equals("https")) {
                throw CommandFailed.usage("--api " + server
                        + ": whom to trust there? give --data DIR, the data directory of the cluster's first server, or"
                        + " --ca FILE");
            }
            contexts.add(new Context(ClusterName.of(new ApiClient(server)), server));
        }
        return contexts;
    }

    private Context ofOne() {
        if (api.size() != 1 || identities() > 1) {
            throw CommandFailed.usage(
                    "credentials are of one cluster and of one user: give one --api, and one of --user, --proxy-node,"
                            + " --service-account and --token");
        }
        if (!groups.isEmpty() && user == null) {
            throw CommandFailed.usage("--group " + groups.get(0) + ": of whom? give --user NAME");
        }
        URI server = api.get(0);
        Path directory = data;
        ApiKeys keys = directory == null ? null : ApiKeys.in(directory, Instant.now());
        String authority = authority(keys);
        String bearer = token;
        if (bearer != null) {
            String cluster = keys == null
                    ? ClusterName.of(new ApiClient(Kubeconfig.access(server, authority, null, bearer)))
                    : keys.cluster();
            return new Context(cluster, server, authority, new Identity("token", null, bearer));
        }
        if (keys == null) {
            if (identities() == 0) {
                return new Context("weft", server, authority, Identity.NOBODY);
            }
            throw CommandFailed.usage("who signs the credentials? give --data DIR, the data directory of the cluster's"
                    + " first server");
        }
        return new Context(keys.cluster(), server, authority, identity(server, keys));
    }

    private @Nullable String authority(@Nullable ApiKeys keys) {
        Path file = ca;
        if (file == null) {
            return keys == null ? null : keys.authorityPem();
        }
        try {
            return Files.readString(file, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw CommandFailed.usage("--ca " + file + ": there is no such file, or it cannot be read");
        }
    }

    private Identity identity(URI server, ApiKeys keys) {
        String account = serviceAccount;
        if (account != null) {
            return new Identity(account.replace('/', ':'), null, accountToken(server, keys, account));
        }
        String node = proxyNode;
        String name = node == null ? user : User.PROXY_NODE_PREFIX + node;
        if (name == null) {
            return Identity.NOBODY;
        }
        List<String> member = node != null
                ? List.of(User.PROXY_NODES)
                : name.equals("admin") && groups.isEmpty() ? List.of("system:masters") : groups;
        Duration validity = valid == null ? Duration.ofDays(365) : valid;
        return new Identity(name, keys.issue(name, member, validity), "");
    }

    private String accountToken(URI server, ApiKeys keys, String account) {
        String[] parts = account.split("/", -1);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw CommandFailed.usage("--service-account " + account + ": expected NAMESPACE/NAME");
        }
        ApiKeys.ClientPem errand = keys.issue("weft:kubeconfig", List.of("system:masters"), ERRAND);
        ApiClient client = new ApiClient(Kubeconfig.access(server, authority(keys), errand, ""));
        return client.token(parts[0], parts[1], valid == null ? Duration.ofHours(1) : valid);
    }

    /**
     * As whom.
     *
     * @param client null for no certificate
     * @param token empty for none
     */
    record Identity(String name, ApiKeys.@Nullable ClientPem client, String token) {
        static final Identity NOBODY = new Identity("weft", null, "");
    }

    /**
     * One entry.
     *
     * @param cluster of which it is named
     * @param authority whom to trust, in PEM; null for nobody in particular
     */
    record Context(String cluster, URI server, @Nullable String authority, Identity user) {
        /** To a server that asks nobody. */
        Context(String cluster, URI server) {
            this(cluster, server, null, Identity.NOBODY);
        }

        String name() {
            return user.equals(Identity.NOBODY) ? cluster : user.name() + "@" + cluster;
        }

        String userName() {
            return user.equals(Identity.NOBODY) ? user.name() : name();
        }
    }

    /** The file's text. */
    static String render(List<Context> contexts) {
        return new KubeconfigText(contexts).toString();
    }
}
