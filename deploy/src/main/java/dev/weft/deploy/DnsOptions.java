package dev.weft.deploy;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What decides where a proxy-node answers DNS: said to it when it starts, and to what tells programs of it. */
final class DnsOptions {
    @Option(
            names = "--dns",
            paramLabel = "HOST:PORT",
            description = "Where the proxy-node answers DNS (UDP and TCP), or off (default: 127.0.0.1:1053).")
    private @Nullable String listen;

    @Option(names = "--config", paramLabel = "FILE", description = "A configuration file that overrides the defaults.")
    private @Nullable Path config;

    /** Empty for what is configured. */
    Optional<String> listen() {
        return Optional.ofNullable(listen);
    }

    Optional<Path> config() {
        return Optional.ofNullable(config);
    }
}
