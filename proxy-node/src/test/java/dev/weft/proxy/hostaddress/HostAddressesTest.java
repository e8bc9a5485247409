package dev.weft.proxy.hostaddress;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the addresses on a host")
class HostAddressesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HostAddressSettings SETTINGS =
            new HostAddressSettings(true, 119, Duration.ofSeconds(1), Duration.ofMillis(20));

    private final FakeIp ip = new FakeIp();
    private final Set<String> inUse = ConcurrentHashMap.newKeySet();
    private final AtomicInteger looks = new AtomicInteger();
    private volatile boolean listening = true;
    private final HostAddresses addresses = new HostAddresses(SETTINGS, picture -> listening, this::look, true, ip);
    private ServiceView view = ServiceView.empty("n");

    @AfterEach
    void stop() {
        addresses.stop();
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

    /** A host whose local routes are a set. */
    private static final class FakeIp implements Commands {
        private final Set<String> routes = new TreeSet<>();

        synchronized Set<String> routes() {
            return new TreeSet<>(routes);
        }

        @Override
        public synchronized CompletionStage<Output> run(List<String> command, String input) {
            if (command.contains("show")) {
                boolean six = command.contains("-6");
                List<String> listed = routes.stream()
                        .filter(address -> address.contains(":") == six)
                        .map(address -> "{\"dst\":\"" + address + "\"}")
                        .toList();
                return CompletableFuture.completedFuture(new Output(0, listed.toString()));
            }
            input.lines().map(line -> line.split(" ", -1)).forEach(words -> {
                String address = words[3].substring(0, words[3].indexOf('/'));
                if (words[1].equals("add")) {
                    routes.add(address);
                } else {
                    routes.remove(address);
                }
            });
            return CompletableFuture.completedFuture(new Output(0, ""));
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
