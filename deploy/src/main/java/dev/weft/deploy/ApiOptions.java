package dev.weft.deploy;

import dev.weft.deploy.client.ApiAccess;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.server.Kubeconfig;
import dev.weft.deploy.terminal.CommandFailed;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** How commands are told which API server they talk to, and as whom. */
final class ApiOptions {
    private static final URI DEFAULT = URI.create("http://127.0.0.1:8001");

    @Option(
            names = "--api",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            converter = ApiUrlConverter.class,
            description = "The API server (default: http://127.0.0.1:8001).")
    private @Nullable URI api;

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Reach the server of this file's current context, as its user, instead of --api.")
    private @Nullable Path kubeconfig;

    /** @throws CommandFailed as wrong usage, where the options contradict each other or the file is of no use */
    ApiAccess access() {
        Path file = kubeconfig;
        if (file == null) {
            return ApiAccess.open(api == null ? DEFAULT : api);
        }
        if (api != null) {
            throw CommandFailed.usage("--kubeconfig names the server already; leave out --api");
        }
        return Kubeconfig.read(file);
    }

    /** @throws CommandFailed as {@link #access()} */
    ApiClient client() {
        return new ApiClient(access());
    }
}
