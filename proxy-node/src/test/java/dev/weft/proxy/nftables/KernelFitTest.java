package dev.weft.proxy.nftables;

import static dev.weft.proxy.nftables.Pictures.web;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.dataplane.ListenerPlan;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServicePicture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the choice between kernel and listeners")
class KernelFitTest {
    private static final NodeIdentity NODE = new NodeIdentity("node-1", "", "");

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "10.96.0.1 | round-robin | 10.0.0.1 | null",
                "10.96.0.1 | weighted-round-robin | 10.0.0.1 | null",
                "10.96.0.1 | random | 10.0.0.1 | null",
                "10.96.0.1 | weighted-random | 10.0.0.1 | null",
                "10.96.0.1 | source-ip-hash | 10.0.0.1 | null",
                "10.96.0.1 | no-such-name | 10.0.0.1 | null",
                "fd00::1 | random | fd00::2 | null",
                "10.96.0.1 | least-connection | 10.0.0.1 | uses least-connection",
                "10.96.0.1 | least-response-time | 10.0.0.1 | uses least-response-time",
                "10.96.0.1 | consistent-hash | 10.0.0.1 | uses consistent-hash",
                "10.96.0.1 | ring-hash | 10.0.0.1 | uses ring-hash",
                "127.96.0.1 | random | 10.0.0.1 | has the address 127.96.0.1",
                "::1 | random | fd00::2 | has the address ::1",
                "web.example | random | 10.0.0.1 | characters for an address",
                "10.96.0.1 | random | 127.80.0.1 | has the endpoint 127.80.0.1"
            })
    @DisplayName("is by what the kernel can do")
    void fits(String vip, String algorithm, String endpoint, String reason) {
        ServicePicture picture = web("web", vip, "'mesh.weft.dev/algorithm':'" + algorithm + "'", "", endpoint);
        String obstacle = KernelFit.obstacle(picture, Algorithm.ROUND_ROBIN);
        if (reason == null) {
            assertThat(obstacle).isNull();
        } else {
            assertThat(obstacle).contains(reason);
        }
    }

    @Test
    @DisplayName("is the service's own where its annotation says so")
    void annotation() {
        assertThat(KernelFit.obstacle(
                        web("web", "10.96.0.1", "'mesh.weft.dev/mode':'userspace'", "", "10.0.0.1"), Algorithm.RANDOM))
                .contains("asks for userspace");
        assertThat(KernelFit.obstacle(
                        web("web", "10.96.0.1", "'mesh.weft.dev/mode':'nftables'", "", "10.0.0.1"), Algorithm.RANDOM))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'mesh.weft.dev/locality':'zone'",
                "'mesh.weft.dev/max-connections':'100'",
                "'mesh.weft.dev/idle-timeout':'5m'"
            })
    @DisplayName("is userspace for a service that asks for what only listeners do")
    void userspaceOnly(String annotation) {
        ServicePicture picture = web("web", "10.96.0.1", annotation, "", "10.0.0.1");
        assertThat(KernelFit.obstacle(picture, Algorithm.RANDOM)).contains("has no means for");
    }

    @Test
    @DisplayName("is the kernel's for a service whose clusters and zones have weights")
    void weights() {
        String annotations = "'mesh.weft.dev/cluster-weights':'west=0','mesh.weft.dev/zone-weights':'a=2'";
        assertThat(KernelFit.obstacle(web("web", "10.96.0.1", annotations, "", "10.0.0.1"), Algorithm.RANDOM))
                .isNull();
    }

    @Test
    @DisplayName("lets nothing into a script that is not a name or an address")
    void injection() {
        ServicePicture picture = Pictures.picture(Pictures.service(
                "web", "", "'clusterIPs':['10.96.0.1'],'ports':[{'name':'a; flush ruleset','port':80}]"));
        assertThat(KernelFit.obstacle(picture, Algorithm.RANDOM)).contains("unusual name");
    }

    @Test
    @DisplayName("leaves every listener to userspace in that mode, and where the process may not program the kernel")
    void unavailable() {
        ServicePicture picture = web("web", "10.96.0.1", "", "", "10.0.0.1");
        List<ListenerPlan> plans = ListenerPlan.of(picture, NODE, List.of());
        assertThat(plans).hasSize(1);
        NftablesSettings auto = RuleSetTest.settings(1);
        NftablesSettings userspace = new NftablesSettings(
                ProxyMode.USERSPACE,
                "weft",
                1,
                List.of(),
                auto.timeout(),
                auto.retryMin(),
                auto.retryMax(),
                auto.countInterval(),
                auto.countBytes(),
                auto.handBack(),
                auto.check(),
                auto.keepEmpty());
        for (NftablesSettings settings : List.of(userspace, auto)) {
            KernelPath path = new KernelPath(settings, NODE, List.of(), Algorithm.RANDOM, new NoCommands(), false);
            assertThat(path.left(picture, plans, false)).isEqualTo(plans);
            assertThat(path.status().unavailable()).isNotEmpty();
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"000001ffffffffff, true", "0000000000001000, true", "0000000000000000, false", "ffffffffffffefff, false"
    })
    @DisplayName("asks Linux for CAP_NET_ADMIN")
    void capability(String mask, boolean held) {
        assertThat(Capability.netAdmin("Name:\tjava\nCapInh:\tffffffffffffffff\nCapEff:\t" + mask + "\n"))
                .isEqualTo(held);
        assertThat(Capability.missing(Path.of("/no/such/file"), new NoCommands()))
                .contains("not Linux");
    }

    @Test
    @DisplayName("knows that it cannot look for rules that another has left where the right is missing, but not nft")
    void blind(@TempDir Path folder) throws IOException {
        Path without = Files.writeString(folder.resolve("without"), "CapEff:\t0000000000000000\n");
        Path with = Files.writeString(folder.resolve("with"), "CapEff:\t000001ffffffffff\n");
        assertThat(Capability.cannotLook(without, new FakeNft())).isTrue();
        assertThat(Capability.cannotLook(with, new FakeNft())).isFalse();
        assertThat(Capability.cannotLook(without, new NoCommands())).isFalse();
    }

    private static final class NoCommands implements Commands {
        @Override
        public CompletionStage<Output> run(List<String> command, String input) {
            return CompletableFuture.completedFuture(new Output(Output.NOT_RUN, "none"));
        }

        @Override
        public boolean has(String program) {
            return false;
        }

        @Override
        public void close() {}
    }
}
