package dev.weft.proxy.nftables;

import static dev.weft.proxy.Patience.await;
import static dev.weft.proxy.nftables.Pictures.service;
import static dev.weft.proxy.nftables.Pictures.slice;
import static dev.weft.proxy.nftables.Pictures.slicePort;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewUpdate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the keeper of the kernel's table")
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class NftablesActorTest {
    private static final ServiceKey WEB = ServiceKey.service("default", "web");
    private static final NodeIdentity NODE = new NodeIdentity("node-1", "", "");
    private static final NftablesSettings SETTINGS = new NftablesSettings(
            ProxyMode.AUTO,
            "weft",
            4,
            List.of(),
            Duration.ofSeconds(30),
            Duration.ofMillis(1),
            Duration.ofMillis(10),
            Duration.ofMillis(1),
            false,
            Duration.ofMillis(200),
            Duration.ofMillis(10),
            Duration.ofMillis(50));

    private final FakeNft nft = new FakeNft();
    private final Set<ServiceKey> listening = ConcurrentHashMap.newKeySet();
    private final List<Set<ServiceKey>> changed = new CopyOnWriteArrayList<>();
    private ActorSystem<Void> system;
    private Path status;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        system = ActorSystem.create(
                Behaviors.empty(),
                "nft",
                ConfigFactory.parseString("akka.loglevel=OFF").withFallback(ConfigFactory.load()));
        status = Files.writeString(folder.resolve("status"), "CapEff:\t000001ffffffffff\n");
    }

    @AfterEach
    void close() {
        system.terminate();
        assertThat(nft.scripts())
                .allSatisfy(script -> assertThat(script.lines())
                        .as("nothing but its own table")
                        .allMatch(line -> line.isBlank() || line.contains(" inet weft")));
    }

    private KernelPath start() {
        return start(SETTINGS);
    }

    private KernelPath start(NftablesSettings settings) {
        return start(settings, false);
    }

    private KernelPath start(NftablesSettings settings, boolean successor) {
        KernelPath path = new KernelPath(settings, NODE, List.of(), Algorithm.ROUND_ROBIN, nft, successor, status);
        path.start(system, changed::add, listening::contains, InstantSource.system(), new SplittableRandom(1));
        return path;
    }

    private static ViewUpdate update(boolean complete, String... endpoints) {
        JsonNode web =
                service("web", RuleSetTest.RANDOM, "'clusterIPs':['" + RuleSetTest.VIP + "'],'ports':[{'port':80}]");
        ServiceView view = Pictures.view(List.of(web), List.of(slice("web", slicePort("", "TCP", 8080), endpoints)));
        return new ViewUpdate(view, Set.of(WEB), complete);
    }

    private static ViewUpdate inUserspace() {
        JsonNode web = service(
                "web",
                "'mesh.weft.dev/mode':'userspace'",
                "'clusterIPs':['" + RuleSetTest.VIP + "'],'ports':[{'port':80}]");
        ServiceView view = Pictures.view(List.of(web), List.of(slice("web", slicePort("", "TCP", 8080), "10.0.0.1")));
        return new ViewUpdate(view, Set.of(WEB), false);
    }

    private Map<String, Integer> places() {
        return nft.kernel().places(RuleSetTest.AT_80);
    }

    @Test
    @DisplayName("puts services into the kernel, and then has their listeners looked at again")
    void programs() {
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        await().until(() -> changed.equals(List.of(Set.of(WEB))));
        assertThat(places()).isEqualTo(Map.of("10.0.0.1:8080", 1));
        path.apply(update(false, "10.0.0.2"));
        await().until(() -> places().equals(Map.of("10.0.0.2:8080", 1)));
        assertThat(nft.scripts().get(1)).doesNotContain("table inet weft");
        assertThat(path.failures()).isZero();
    }

    @Test
    @DisplayName("leaves the rules of a service that goes back to listeners until those listen")
    void handsBack() {
        KernelPath path = start(patient(Duration.ofMinutes(5)));
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        path.apply(inUserspace());
        await().pollDelay(Duration.ofMillis(100)).until(() -> path.isProgrammed(WEB));
        assertThat(nft.scripts()).hasSize(1);
        listening.add(WEB);
        await().until(() -> !path.isProgrammed(WEB));
        assertThat(places()).isEqualTo(Map.of("nowhere", 1));
        await().alias("the empty table to go").until(() -> !nft.made());
        assertThat(last(nft.scripts())).contains("delete table inet weft").doesNotContain("10.0.0.1");
    }

    @Test
    @DisplayName("does not wait for ever for listeners to which a service goes back")
    void handsBackInVain() {
        KernelPath path = start(patient(Duration.ofMillis(50)));
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        path.apply(inUserspace());
        await().until(() -> !path.isProgrammed(WEB));
        assertThat(places()).isEqualTo(Map.of("nowhere", 1));
        await().alias("the empty table to go").until(() -> !nft.made());
        assertThat(last(nft.scripts())).contains("delete table inet weft").doesNotContain("10.0.0.1");
    }

    @Test
    @DisplayName("keeps a service that comes back before its listeners listen, with the endpoints of today")
    void staysAfterAll() {
        KernelPath path = start(patient(Duration.ofMinutes(5)));
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        path.apply(inUserspace());
        path.apply(update(false, "10.0.0.2"));
        await().until(() -> places().equals(Map.of("10.0.0.2:8080", 1)));
        assertThat(path.isProgrammed(WEB)).isTrue();
    }

    private static String last(List<String> scripts) {
        return scripts.get(scripts.size() - 1);
    }

    private static NftablesSettings patient(Duration handBack) {
        return new NftablesSettings(
                SETTINGS.mode(),
                SETTINGS.table(),
                SETTINGS.ownTurns(),
                SETTINGS.podNetworks(),
                SETTINGS.timeout(),
                SETTINGS.retryMin(),
                SETTINGS.retryMax(),
                SETTINGS.countInterval(),
                SETTINGS.countBytes(),
                handBack,
                SETTINGS.check(),
                SETTINGS.keepEmpty());
    }

    @Test
    @DisplayName("serves by listeners while nft fails from the beginning, and tries again by itself")
    void failsAtFirst() {
        nft.refuse(3);
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        assertThat(path.failures()).isEqualTo(3);
        assertThat(path.unavailable()).isNull();
        await().alias("to listeners at each failure, and to the kernel at last").until(() -> changed.size() == 4);
        assertThat(nft.scripts()).allSatisfy(script -> assertThat(script).startsWith("add table inet weft\ndelete"));
        assertThat(places()).isEqualTo(Map.of("10.0.0.1:8080", 1));
    }

    @Test
    @DisplayName(
            "makes the table anew after a refused change, with what has come meanwhile, and leaves services where they are")
    void failsLater() {
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        nft.refuse(1);
        path.apply(update(false, "10.0.0.2"));
        await().until(() -> path.failures() == 1 && path.transactions() == 2);
        assertThat(places()).isEqualTo(Map.of("10.0.0.2:8080", 1));
        assertThat(nft.scripts()).hasSize(3);
        assertThat(nft.scripts().get(2)).startsWith("add table inet weft\ndelete");
        assertThat(path.isProgrammed(WEB)).isTrue();
        assertThat(path.unavailable()).isNull();
    }

    @Test
    @DisplayName(
            "takes its table away when it starts again for userspace: it would lead connections past the listeners")
    void userspaceAgain() {
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        path.stop();
        assertThat(nft.made()).isTrue();
        KernelPath again = start(userspace());
        assertThat(nft.made()).as("until listeners are bound").isTrue();
        again.apply(update(true, "10.0.0.1"));
        await().until(() -> !nft.made());
    }

    private static NftablesSettings userspace() {
        return userspace(SETTINGS.handBack());
    }

    private static NftablesSettings userspace(Duration handBack) {
        return new NftablesSettings(
                ProxyMode.USERSPACE,
                "weft",
                4,
                List.of(),
                SETTINGS.timeout(),
                SETTINGS.retryMin(),
                SETTINGS.retryMax(),
                SETTINGS.countInterval(),
                SETTINGS.countBytes(),
                handBack,
                SETTINGS.check(),
                SETTINGS.keepEmpty());
    }

    @Test
    @DisplayName("keeps a table without services, with its nat chains, while a connection that it has led is open")
    void keepsEmpty() {
        nft.track("tcp 6 99 ESTABLISHED src=10.0.9.9 dst=" + RuleSetTest.VIP
                + " sport=1 dport=80 src=10.0.0.1 dst=10.0.9.9 sport=8080 dport=1 [ASSURED] mark=0 use=1");
        listening.add(WEB);
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        path.apply(inUserspace());
        await().until(() -> !path.isProgrammed(WEB));
        await().during(Duration.ofMillis(300)).until(nft::made);
        assertThat(places()).isEqualTo(Map.of("nowhere", 1));
        assertThat(nft.kernel().chains()).containsKeys("prerouting", "output", "postrouting");
        nft.track("tcp 6 99 ESTABLISHED src=10.0.9.9 dst=10.0.9.8"
                + " sport=1 dport=80 src=10.0.0.1 dst=10.0.9.9 sport=8080 dport=1 [ASSURED] mark=0 use=1");
        await().alias("another table's connection keeps nothing").until(() -> !nft.made());
    }

    @Test
    @DisplayName(
            "keeps the table that it has left, empty, when it starts again for userspace while its connections are open")
    void keepsLeftovers() {
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        path.stop();
        nft.track("tcp 6 99 ESTABLISHED src=10.0.9.9 dst=" + RuleSetTest.VIP
                + " sport=1 dport=80 src=10.0.0.1 dst=10.0.9.9 sport=8080 dport=1 [ASSURED] mark=0 use=1");
        start(userspace()).apply(update(true, "10.0.0.1"));
        await().until(() -> places().equals(Map.of("nowhere", 1)));
        await().during(Duration.ofMillis(300)).until(nft::made);
        nft.track("");
        await().until(() -> !nft.made());
    }

    @Test
    @DisplayName("leaves the rules that it finds, when it starts for userspace, until listeners listen")
    void leftoversServe() {
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        path.stop();
        start(userspace(Duration.ofMinutes(5))).apply(update(true, "10.0.0.1"));
        await().during(Duration.ofMillis(150)).until(() -> nft.scripts().size() == 1);
        assertThat(places()).isEqualTo(Map.of("10.0.0.1:8080", 1));
        listening.add(WEB);
        await().until(() -> !nft.made());
    }

    @Test
    @DisplayName(
            "leaves the rules that it finds to another process that has taken them over while listeners were opened")
    void leftoversOfARival() throws Exception {
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        path.stop();
        KernelPath late = start(userspace(Duration.ofMinutes(5)));
        late.apply(update(true, "10.0.0.1"));
        await().during(Duration.ofMillis(150)).until(() -> nft.scripts().size() == 1);
        Process other = new ProcessBuilder("sleep", "600").start();
        try {
            nft.takenBy(ProcessMark.of(other.toHandle()));
            listening.add(WEB);
            await().during(Duration.ofMillis(300)).until(() -> nft.scripts().size() == 1);
            assertThat(places()).isEqualTo(Map.of("10.0.0.1:8080", 1));
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    @DisplayName(
            "keeps the empty table while the kernel has given another port to a connection beside those that it has led")
    void keepsForMoved() {
        nft.track("tcp 6 99 ESTABLISHED src=10.0.9.9 dst=10.0.0.1"
                + " sport=1 dport=8080 src=10.0.0.1 dst=10.0.9.9 sport=8080 dport=7 [ASSURED] mark=0 use=1");
        listening.add(WEB);
        NftablesSettings patient = patient(Duration.ofMinutes(5));
        KernelPath path = start(new NftablesSettings(
                patient.mode(),
                patient.table(),
                patient.ownTurns(),
                patient.podNetworks(),
                patient.timeout(),
                patient.retryMin(),
                patient.retryMax(),
                patient.countInterval(),
                patient.countBytes(),
                patient.handBack(),
                patient.check(),
                Duration.ofMinutes(5)));
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        path.apply(inUserspace());
        await().until(() -> !path.isProgrammed(WEB));
        await().during(Duration.ofMillis(300)).until(nft::made);
        nft.track("");
        await().until(() -> !nft.made());
    }

    @Test
    @DisplayName("is settled when the kernel has what it is to serve, not before")
    void settlesInKernel() {
        CompletableFuture<Commands.Output> first = nft.hold();
        KernelPath path = start();
        CompletableFuture<Void> settled = path.settled().toCompletableFuture();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> nft.scripts().size() == 1);
        await().during(Duration.ofMillis(100)).until(() -> !settled.isDone());
        first.complete(new Commands.Output(0, ""));
        await().until(settled::isDone);
        assertThat(path.isProgrammed(WEB)).isTrue();
        assertThat(changed).as("told whose listeners may go").contains(Set.of(WEB));
    }

    @Test
    @DisplayName("is settled when the kernel serves nothing, after it has been told whose listeners are needed")
    void settlesOutside() {
        CompletableFuture<Commands.Output> first = nft.hold();
        KernelPath path = start();
        CompletableFuture<Set<Set<ServiceKey>>> told =
                path.settled().thenApply(now -> Set.copyOf(changed)).toCompletableFuture();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> nft.scripts().size() == 1);
        first.complete(new Commands.Output(1, "Error: Operation not supported"));
        assertThat(told.join()).containsExactly(Set.of(WEB));
        KernelPath never = start(userspace());
        assertThat(never.settled().toCompletableFuture()).isDone();
    }

    @Test
    @DisplayName("makes the table anew when somebody has removed it, though nothing changes")
    void removed() {
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        nft.flush();
        await().until(() -> path.transactions() == 2);
        assertThat(places()).isEqualTo(Map.of("10.0.0.1:8080", 1));
        assertThat(path.failures()).isZero();
    }

    @Test
    @DisplayName("makes the table anew when somebody has emptied it, once, and not while it has its rules")
    void emptied() {
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        await().during(Duration.ofMillis(200)).until(() -> path.transactions() == 1);
        nft.flushTable();
        await().until(() -> path.transactions() == 2);
        assertThat(nft.scripts().get(1)).startsWith("add table inet weft\ndelete");
        await().during(Duration.ofMillis(200)).until(() -> path.transactions() == 2);
    }

    @Test
    @DisplayName("leaves its table to another process that has taken it over, and has it back when that has ended")
    void takenOver() throws Exception {
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.isProgrammed(WEB));
        Process other = new ProcessBuilder("sleep", "600").start();
        try {
            nft.takenBy(ProcessMark.of(other.toHandle()));
            await().pollDelay(Duration.ofMillis(300)).until(() -> nft.scripts().size() == 1);
            path.apply(update(false, "10.0.0.2"));
            await().during(Duration.ofMillis(300)).until(() -> nft.scripts().size() == 1);
        } finally {
            other.destroyForcibly().waitFor();
        }
        await().until(() -> places().equals(Map.of("10.0.0.2:8080", 1)));
        assertThat(path.isProgrammed(WEB)).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("uses no table that another living process programs, until that ends, unless it is its successor")
    void secondProcess(boolean successor) throws Exception {
        KernelPath first = start();
        first.apply(update(true, "10.0.0.1"));
        await().until(() -> first.isProgrammed(WEB));
        first.stop();
        system.terminate();
        await().until(() -> system.whenTerminated().isCompleted());
        system = ActorSystem.create(Behaviors.empty(), "second");
        Process other = new ProcessBuilder("sleep", "600").start();
        try {
            nft.takenBy(ProcessMark.of(other.toHandle()));
            KernelPath second = start(SETTINGS, successor);
            second.apply(update(true, "10.0.0.2"));
            if (!successor) {
                await().until(() -> String.valueOf(second.unavailable()).contains("process " + other.pid()));
                await().during(Duration.ofMillis(300)).until(() -> nft.scripts().size() == 1);
                other.destroyForcibly().waitFor();
            }
            await().until(() -> places().equals(Map.of("10.0.0.2:8080", 1)));
            await().until(() -> second.isProgrammed(WEB) && second.unavailable() == null);
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    @DisplayName("folds what comes while a transaction is under way into the next (KP-11)")
    void folds() {
        KernelPath path = start();
        CompletableFuture<Commands.Output> first = nft.hold();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> nft.scripts().size() == 1);
        for (int number = 2; number <= 60; number++) {
            path.apply(update(false, "10.0.0." + number));
        }
        first.complete(new Commands.Output(0, ""));
        await().until(() -> places().equals(Map.of("10.0.0.60:8080", 1)));
        assertThat(nft.scripts()).hasSize(2);
    }

    @Test
    @DisplayName("changes after a restart only what is different in the table that it finds")
    void restart() {
        KernelPath before = start();
        before.apply(update(true, "10.0.0.1", "10.0.0.2"));
        await().until(() -> before.isProgrammed(WEB));
        before.stop();
        system.terminate();
        await().until(() -> system.whenTerminated().isCompleted());
        system = ActorSystem.create(Behaviors.empty(), "again");
        KernelPath after = start();
        after.apply(update(true, "10.0.0.1", "10.0.0.3"));
        await().until(() -> after.isProgrammed(WEB));
        assertThat(places()).isEqualTo(Map.of("10.0.0.1:8080", 1, "10.0.0.3:8080", 1));
        assertThat(nft.scripts()).hasSize(2);
        assertThat(nft.scripts().get(1).lines())
                .as("the one place that changed")
                .hasSize(2)
                .allMatch(line -> line.contains("element inet weft endpoints/4/tcp"));
    }

    @Test
    @DisplayName("touches nothing when the table is another node's, and leaves all to listeners")
    void othersTable() {
        nft.ownedBy("node-9");
        KernelPath path = start();
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> path.unavailable() != null);
        assertThat(path.unavailable()).contains("node-9");
        assertThat(nft.scripts()).isEmpty();
        assertThat(path.isProgrammed(WEB)).isFalse();
    }

    @Test
    @DisplayName(
            "has listeners asked about services again that came when it had turned out already that they are theirs")
    void othersTableFirst() {
        nft.ownedBy("node-9");
        KernelPath path = start();
        await().until(() -> path.unavailable() != null);
        path.apply(update(true, "10.0.0.1"));
        await().until(() -> changed.stream().anyMatch(services -> services.contains(WEB)));
    }
}
