package dev.weft.deploy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command that runs a proxy-node can be told. */
final class ProxyOptions {
    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            defaultValue = "",
            description = "The zone that this node stands in.")
    private String zone = "";

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description =
                    "How services are served: auto (default: in the kernel by nftables where that can, by listeners"
                            + " otherwise), userspace, or nftables. Services on loopback addresses always have listeners.")
    private @Nullable String mode;

    @Mixin
    private DnsOptions dns = new DnsOptions();

    /** Empty if nobody said. */
    String zone() {
        return zone;
    }

    /** Empty for what is configured. */
    Optional<String> mode() {
        return Optional.ofNullable(mode);
    }

    DnsOptions dns() {
        return dns;
    }
}
