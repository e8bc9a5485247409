package dev.weft.proxy.hostaddress;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.proxy.nftables.Commands;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewBatch;
import dev.weft.proxy.view.ViewUpdate;
import dev.weft.proxy.view.WatchedKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@DisplayName("the addresses on a host")
class HostAddressesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HostAddressSettings SETTINGS = new HostAddressSettings(
            true, 119, Duration.ofSeconds(1), Duration.ofMillis(20), Duration.ofSeconds(5), Duration.ofMillis(20));

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(HostAddresses.class);

    private final FakeIp ip = new FakeIp();
    private final Set<String> inUse = ConcurrentHashMap.newKeySet();
    private final AtomicInteger looks = new AtomicInteger();
    private volatile boolean listening = true;
    private final List<String> present = new CopyOnWriteArrayList<>(List.of("192.0.2.5", "2001:db8::5"));
    private final HostAddresses addresses = create(Duration.ZERO);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private ServiceView view = ServiceView.empty("n");

    private HostAddresses create(Duration predecessors) {
        return new HostAddresses(
                SETTINGS,
                picture -> listening,
                this::look,
                new OwnAddresses(List.of("127.0.0.1", "192.0.2.9"), () -> present),
                predecessors,
                true,
                ip);
    }

    @BeforeEach
    void listen() {
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        LOGGER.addAppender(log);
    }

    @AfterEach
    void stop() {
        LOGGER.detachAppender(log);
        addresses.leave();
    }

    private Set<String> look() {
        looks.incrementAndGet();
        return Set.copyOf(inUse);
    }

    private void apply(JsonNode... services) {
        ViewUpdate update = view.apply(List.of(new ViewBatch(WatchedKind.SERVICES, List.of(services), Map.of())));
        view = update.view();
        addresses.apply(update);
    }

    private static JsonNode web() throws JsonProcessingException {
        return JSON.readTree("{'metadata':{'namespace':'default','name':'web'},'spec':{'clusterIPs':"
                .concat("['10.96.0.2','FD00:0::2'],'ports':[{'port':80}]}}")
                .replace('\'', '"'));
    }

    @Test
    @DisplayName("go when the kernel has taken over from listeners and nothing else ever changes")
    void takenOver() throws Exception {
        apply(web());
        await().until(() -> ip.routes().equals(Set.of("10.96.0.2", "fd00::2")));

        listening = false;
        addresses.again(Set.of(ServiceKey.service("default", "web")));
        await().until(() -> ip.routes().isEmpty());
    }

    @Test
    @DisplayName("stay while connections of former listeners are open there, and go with the last of them")
    void inUse() throws Exception {
        apply(web());
        inUse.add("FD00:0::2");
        listening = false;
        addresses.again(Set.of(ServiceKey.service("default", "web")));
        await().until(() -> ip.routes().equals(Set.of("fd00::2")));
        int before = looks.get();
        await().until(() -> looks.get() > before + 2);
        assertThat(ip.routes()).containsExactly("fd00::2");

        inUse.clear();
        await().until(() -> ip.routes().isEmpty());
    }

    @Test
    @DisplayName(
            "that nobody wants go at once where nobody is relieved, and else when a predecessor's connections had their time")
    void predecessors() throws Exception {
        ip.put("10.96.0.9", "192.0.2.5");
        apply(web());
        await().until(() -> ip.routes().equals(Set.of("10.96.0.2", "fd00::2")));

        ip.put("10.96.0.9", "192.0.2.5");
        Duration time = Duration.ofSeconds(2);
        HostAddresses successor = create(time);
        long began = System.nanoTime();
        successor.apply(new ViewUpdate(view, view.keys(), true));
        await().until(() -> !ip.routes().contains("10.96.0.9"));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(time);
        assertThat(ip.routes()).containsExactlyInAnyOrder("10.96.0.2", "fd00::2");
        successor.leave();
    }

    @Test
    @DisplayName("stay when listeners serve again before they would have gone")
    void back() throws Exception {
        apply(web());
        listening = false;
        addresses.again(Set.of(ServiceKey.service("default", "web")));
        listening = true;
        addresses.again(Set.of(ServiceKey.service("default", "web")));
        await().until(() -> looks.get() > 0);
        await().during(SETTINGS.linger().multipliedBy(5))
                .until(() -> ip.routes().equals(Set.of("10.96.0.2", "fd00::2")));
    }

    @Test
    @DisplayName("are come to from an address of the host's own, the configured one when it is there, also from now on")
    void sources() throws Exception {
        ip.put("10.96.0.2", "");
        apply(web());
        await().until(() -> ip.sources().equals(Map.of("10.96.0.2", "192.0.2.5", "fd00::2", "2001:db8::5")));

        present.add("192.0.2.9");
        await().until(() -> ip.sources().equals(Map.of("10.96.0.2", "192.0.2.9", "fd00::2", "2001:db8::5")));
        present.clear();
        present.add("10.96.0.2"); // a service's own is as good as none
        await().until(() -> ip.sources().equals(Map.of("10.96.0.2", "", "fd00::2", "")));
    }

    @Test
    @DisplayName("are put without a source that the kernel refuses, and those that are there stay")
    void refusedSource() throws Exception {
        ip.refused.addAll(present);
        ip.put("10.96.0.2", "");
        apply(web());
        await().until(() -> ip.sources().equals(Map.of("10.96.0.2", "", "fd00::2", "")));
        await().until(addresses::isSettled);
        assertThat(addresses.problem()).isEmpty();
    }

    @Test
    @DisplayName("are put back when somebody has removed them, told once a loss with their number")
    void lost() throws Exception {
        apply(web());
        await().until(() -> ip.sources().equals(Map.of("10.96.0.2", "192.0.2.5", "fd00::2", "2001:db8::5")));
        await().during(SETTINGS.check().multipliedBy(5)).until(() -> told().isEmpty());

        ip.take("10.96.0.2");
        await().until(() -> ip.routes().equals(Set.of("10.96.0.2", "fd00::2")));
        await().until(() -> told().size() == 1);
        assertThat(told().get(0)).contains("removed 1 of the services' 2 addresses", "protocol 119");

        ip.take("10.96.0.2", "fd00::2");
        await().until(() -> ip.routes().equals(Set.of("10.96.0.2", "fd00::2")));
        await().until(() -> told().size() == 2 && addresses.isSettled());
        await().during(SETTINGS.check().multipliedBy(5)).until(() -> told().size() == 2);
    }

    @Test
    @DisplayName("are looked for once a look for each family that is put, and not while none is put")
    void looksCost() throws Exception {
        apply();
        await().until(addresses::isSettled);
        int none = ip.lists.get();
        await().during(SETTINGS.check().multipliedBy(10)).until(() -> ip.lists.get() == none);

        apply(JSON.readTree(web().toString().replace("\"FD00:0::2\"", "\"10.96.0.3\"")));
        await().until(() -> ip.routes().equals(Set.of("10.96.0.2", "10.96.0.3")));
        await().until(addresses::isSettled);
        int changes = ip.changes.get();
        int six = ip.sixes.get();
        int all = ip.lists.get();
        await().until(() -> ip.lists.get() > all + 3);
        assertThat(ip.sixes).hasValue(six);
        assertThat(ip.changes).as("nothing is amiss").hasValue(changes);
    }

    @Test
    @DisplayName("that the host has by other means are put when it has them no more, and nobody is told of a loss")
    void byOtherMeans() throws Exception {
        ip.others.add("10.96.0.2");
        apply(web());
        await().until(() -> ip.routes().equals(Set.of("fd00::2")));
        int before = ip.changes.get();
        await().until(() -> ip.changes.get() > before + 2);
        ip.others.clear();
        await().until(() -> ip.routes().equals(Set.of("10.96.0.2", "fd00::2")));
        assertThat(told()).isEmpty();
        assertThat(addresses.problem()).isEmpty();
    }

    private List<String> told() {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    @DisplayName("go at the end, but for those of services that the kernel goes on serving")
    void takenOff() throws Exception {
        JsonNode balanced =
                JSON.readTree("{\"metadata\":{\"namespace\":\"default\",\"name\":\"led\"},\"spec\":{\"ports\":"
                        + "[{\"port\":80}]},\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.77\"}]}}}");
        apply(web(), balanced);
        await().until(() -> ip.routes().equals(Set.of("10.96.0.2", "192.0.2.77", "fd00::2")));
        addresses.stop();
        assertThat(ip.routes()).as("while connections run out").hasSize(3);
        addresses
                .takeOff(Set.of(ServiceKey.service("default", "led")))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertThat(ip.routes()).containsExactly("192.0.2.77");
    }

    @Test
    @DisplayName("are not put any more by a change under way when they are taken off")
    void takenOffMeanwhile() throws Exception {
        ip.slow = new CompletableFuture<>();
        apply(web());
        CompletionStage<Void> end = addresses.takeOff(Set.of());
        ip.slow.complete(null);
        end.toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertThat(ip.routes()).isEmpty();
        assertThat(ip.changes).hasValue(2);
    }

    @Test
    @DisplayName("stay at the end when another process goes on serving at them")
    void left() throws Exception {
        apply(web());
        await().until(() -> ip.routes().size() == 2);
        addresses.leave();
        addresses.again(Set.of(ServiceKey.service("default", "web")));
        assertThat(ip.routes()).containsExactly("10.96.0.2", "fd00::2");
    }

    /** A host whose local routes are a map from addresses to where they are come to from. */
    private static final class FakeIp implements Commands {
        private final Map<String, String> routes = new TreeMap<>();
        private final AtomicInteger changes = new AtomicInteger();
        /** Listing takes until then. */
        private volatile CompletableFuture<Void> slow = CompletableFuture.completedFuture(null);

        private final Set<String> refused = ConcurrentHashMap.newKeySet();
        /** Addresses that the host has, but not by a route of ours. */
        private final Set<String> others = ConcurrentHashMap.newKeySet();

        private final AtomicInteger lists = new AtomicInteger();
        private final AtomicInteger sixes = new AtomicInteger();

        synchronized Set<String> routes() {
            return new TreeSet<>(routes.keySet());
        }

        synchronized Map<String, String> sources() {
            return new TreeMap<>(routes);
        }

        synchronized void put(String address, String source) {
            routes.put(address, source);
        }

        /** Somebody removes routes, all at once. */
        synchronized void take(String... addresses) {
            routes.keySet().removeAll(Set.of(addresses));
        }

        @Override
        public synchronized CompletionStage<Output> run(List<String> command, String input) {
            if (command.contains("show")) {
                boolean six = command.contains("-6");
                lists.incrementAndGet();
                sixes.addAndGet(six ? 1 : 0);
                List<String> listed = new ArrayList<>();
                routes.forEach((address, source) -> {
                    if (address.contains(":") == six) {
                        String preferred = source.isEmpty() ? "" : ",\"prefsrc\":\"" + source + "\"";
                        listed.add("{\"dst\":\"" + address + "\"" + preferred + "}");
                    }
                });
                return slow.thenApply(asked -> new Output(0, listed.toString()));
            }
            changes.incrementAndGet();
            StringBuilder errors = new StringBuilder();
            input.lines().forEach(line -> errors.append(change(line.split(" ", -1))));
            return CompletableFuture.completedFuture(new Output(errors.isEmpty() ? 0 : 1, errors.toString()));
        }

        private String change(String[] words) {
            String address = words[3].substring(0, words[3].indexOf('/'));
            String source = words.length > 9 ? words[9] : "";
            if (refused.contains(source)) {
                return "Error: Invalid prefsrc address.\nCommand failed -:1\n";
            }
            if (words[1].equals("del")) {
                routes.remove(address);
            } else if (words[1].equals("add") && (routes.containsKey(address) || others.contains(address))) {
                return "RTNETLINK answers: File exists\nCommand failed -:1\n";
            } else {
                routes.put(address, source);
            }
            return "";
        }

        @Override
        public boolean has(String program) {
            return true;
        }

        @Override
        public void close() {
            // nothing is under way
        }
    }
}
