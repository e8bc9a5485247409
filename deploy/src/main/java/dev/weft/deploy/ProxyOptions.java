package dev.weft.deploy;

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

    @Mixin
    private DnsOptions dns = new DnsOptions();

    /** Empty if nobody said. */
    String zone() {
        return zone;
    }

    DnsOptions dns() {
        return dns;
    }
}
