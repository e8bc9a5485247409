package dev.weft.deploy.conformance;

import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The public conformance suite of the Multi-Cluster Services API (kubernetes-sigs/mcs-api, folder {@code conformance}) on
 * two real clusters, through their REST APIs, DNS and virtual IPs: its cases by their names, each with its label, the
 * section of KEP-1645 that it refers to, and the project's rule. Each has a namespace of its own, as there.
 */
@DisplayName("The conformance suite of multi-cluster services:")
class McsConformanceIT {
    @RegisterExtension
    final TestBed bed = new TestBed();

    @TestFactory
    Stream<DynamicTest> suite() {
        HostPort[] dns = {bed.free(), bed.free()};
        TestServer east = bed.server("east", "--dns", dns[0].toString());
        TestServer west = bed.server(
                "west", "--dns", dns[1].toString(), "--join", east.gossip().toString());
        List.of(east, west).forEach(TestServer::begin);
        List.of(east, west).forEach(TestServer::awaitReady);
        SuiteCluster first = new SuiteCluster(east, dns[0]);
        SuiteCluster second = new SuiteCluster(west, dns[1]);
        return Stream.of(new ConnectionCases(bed, first, second), new ImportCases(bed, first, second))
                .flatMap(cases -> cases.all().stream());
    }
}
