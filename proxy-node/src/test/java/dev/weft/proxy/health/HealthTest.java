package dev.weft.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("the health of endpoints")
class HealthTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HealthCheck DEFAULTS = HealthSettings.from(
                    ConfigFactory.defaultReference().getConfig("weft.proxy.health"))
            .defaults();
    private static final long SECOND = 1_000_000_000L;
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

    private static JsonNode json(String text) throws Exception {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private static JsonNode service(String annotations) throws Exception {
        return json("{'metadata':{'namespace':'d','name':'s','annotations':{" + annotations + "}},'spec':{}}");
    }

    @ParameterizedTest
    @CsvSource({
        // checks (+ passed, - failed), verdicts after each (U unknown, H healthy, S sick), thresholds 2 and 3
        "++++, UHHH",
        "----, UUSS",
        "+-+-+-, UUUUUU",
        "++--+---+-++, UHHHHHHSSSSH",
        "---+++, UUSSHH"
    })
    @DisplayName("changes its verdict only after so many checks in a row")
    void thresholds(String checks, String verdicts) {
        HealthState state = HealthState.UNKNOWN;
        StringBuilder seen = new StringBuilder();
        for (int i = 0; i < checks.length(); i++) {
            state = state.after(checks.charAt(i) == '+', 2, 3);
            seen.append(
                    switch (state.verdict()) {
                        case UNKNOWN -> 'U';
                        case HEALTHY -> 'H';
                        case UNHEALTHY -> 'S';
                    });
        }
        assertThat(seen).hasToString(verdicts);
    }

    @Test
    @DisplayName("is checked as the annotations of the Service say")
    void annotations() throws Exception {
        assertThat(HealthCheck.wanted(service(""))).isFalse();
        assertThat(HealthCheck.of(service("'mesh.weft.dev/health-check':'tcp'"), DEFAULTS))
                .isEqualTo(DEFAULTS);
        assertThat(HealthCheck.of(
                        service(
                                "'mesh.weft.dev/health-check':'http:/healthz?a=b','mesh.weft.dev/health-check-port':'admin',"
                                        + "'mesh.weft.dev/health-check-status':'204','mesh.weft.dev/health-check-interval':'500ms',"
                                        + "'mesh.weft.dev/health-check-timeout':'1m','mesh.weft.dev/health-check-healthy-threshold':'1',"
                                        + "'mesh.weft.dev/health-check-unhealthy-threshold':'5'"),
                        DEFAULTS))
                .isEqualTo(new HealthCheck(
                        "/healthz?a=b", "admin", 204, 204, Duration.ofMillis(500), Duration.ofMillis(500), 1, 5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'mesh.weft.dev/health-check':'ping' | health-check: ping (expected: tcp, or http:/path)",
                "'mesh.weft.dev/health-check':'http:/a b' | without blanks",
                "'mesh.weft.dev/health-check':'tcp','mesh.weft.dev/health-check-status':'2xx' | expected: a status such as 200",
                "'mesh.weft.dev/health-check':'tcp','mesh.weft.dev/health-check-interval':'1ms' | at least 100ms",
                "'mesh.weft.dev/health-check':'tcp','mesh.weft.dev/health-check-healthy-threshold':'0' | from 1 to 100",
            },
            quoteCharacter = '~')
    @DisplayName("says which annotation makes no sense")
    void wrongAnnotations(String annotations, String message) throws Exception {
        JsonNode service = service(annotations);
        assertThatThrownBy(() -> HealthCheck.of(service, DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    @DisplayName("is asked for once in each interval, never twice at once, and no longer when the target has gone")
    void schedule() {
        CheckSchedule schedule = new CheckSchedule(new SplittableRandom(11));
        Set<ProbeTarget> targets = new HashSet<>();
        for (int i = 1; i <= 50; i++) {
            targets.add(new ProbeTarget("10.0.0." + i, 80, DEFAULTS));
        }
        schedule.keep(targets, 0);
        Map<ProbeTarget, List<Long>> checked = new HashMap<>();
        ProbeTarget slow = new ProbeTarget("10.0.0.7", 80, DEFAULTS);
        long now = 0;
        while (now < 100 * SECOND) {
            now = schedule.nextNanos();
            for (ProbeTarget target : schedule.due(now, 1000)) {
                checked.computeIfAbsent(target, first -> new ArrayList<>()).add(now);
                if (!target.equals(slow)) {
                    schedule.result(target, true);
                }
            }
        }
        assertThat(checked).hasSize(50);
        assertThat(checked.remove(slow)).as("no answer yet, no other check").hasSize(1);
        checked.forEach((target, times) -> {
            assertThat(times.get(0)).isBetween(0L, SECOND);
            for (int i = 1; i < times.size(); i++) {
                assertThat(times.get(i) - times.get(i - 1)).isBetween(4_500_000_000L, 5_500_000_000L);
            }
        });
        assertThat(schedule.verdict(slow)).isEqualTo(Verdict.UNKNOWN);
        schedule.keep(Set.of(slow), now);
        assertThat(schedule.nextNanos()).isEqualTo(CheckSchedule.NEVER);
        assertThat(schedule.result(new ProbeTarget("10.0.0.8", 80, DEFAULTS), false))
                .as("gone")
                .isFalse();
    }

    @Test
    @DisplayName("keeps to the bound on checks under way")
    void bound() {
        CheckSchedule schedule = new CheckSchedule(new SplittableRandom(11));
        Set<ProbeTarget> targets = new HashSet<>();
        for (int i = 1; i <= 20; i++) {
            targets.add(new ProbeTarget("10.0.0." + i, 80, DEFAULTS));
        }
        schedule.keep(targets, 0);
        assertThat(schedule.due(SECOND, 8)).hasSize(8);
        assertThat(schedule.due(SECOND, 0)).isEmpty();
        assertThat(schedule.due(SECOND, 100)).hasSize(12);
    }

    @Test
    @DisplayName("is written into conditions only, for one version only, and not where nothing is known")
    void patch() throws Exception {
        JsonNode slice = json("{'metadata':{'namespace':'d','name':'s-1','resourceVersion':'77'},'addressType':'IPv4',"
                + "'ports':[{'name':'metrics','port':9,'protocol':'UDP'},{'name':'http','port':8080}],'endpoints':["
                + "{'addresses':['10.0.0.1'],'conditions':{'ready':true,'serving':true}},{'addresses':['10.0.0.2']},"
                + "{'addresses':['10.0.0.3'],'conditions':{'ready':false}},{'addresses':['10.0.0.4']},"
                + "{'addresses':['10.0.0.5'],'conditions':{'serving':true}}]}");
        CheckedSlice checked = CheckedSlice.of(slice, DEFAULTS);
        assertThat(checked.path()).isEqualTo("/apis/discovery.k8s.io/v1/namespaces/d/endpointslices/s-1");
        Map<String, Verdict> known = Map.of(
                "10.0.0.1", Verdict.UNHEALTHY,
                "10.0.0.2", Verdict.UNHEALTHY,
                "10.0.0.3", Verdict.HEALTHY,
                "10.0.0.5", Verdict.HEALTHY);
        assertThat(checked.targets())
                .allSatisfy(target -> assertThat(target.port()).isEqualTo(8080));
        assertThat(checked.patch(target -> known.getOrDefault(target.address(), Verdict.UNKNOWN)))
                .isEqualTo(json("[{'op':'test','path':'/metadata/resourceVersion','value':'77'},"
                        + "{'op':'add','path':'/endpoints/0/conditions/ready','value':false},"
                        + "{'op':'add','path':'/endpoints/1/conditions','value':{'ready':false}},"
                        + "{'op':'add','path':'/endpoints/2/conditions/ready','value':true}]"));
        assertThat(checked.patch(target -> Verdict.UNKNOWN)).isNull();
        assertThat(CheckedSlice.handWritten(slice)).isTrue();
        assertThat(CheckedSlice.handWritten(json("{'metadata':{'labels':{'endpointslice.kubernetes.io/managed-by':"
                        + "'endpointslice-controller.k8s.io'}}}")))
                .isFalse();
    }

    @Test
    @DisplayName("is watched over by one holder of the lease at a time, and by another after its silence")
    void election() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        Duration duration = Duration.ofSeconds(9);
        List<LeaseElection> nodes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            nodes.add(new LeaseElection("node-" + i, "kube-system", "checks", duration));
        }
        ObjectNode lease = null;
        long version = 0;
        int[] silentUntil = new int[4];
        Set<Integer> holders = new HashSet<>();
        int held = 0;
        for (int tick = 0; tick < 20_000; tick++) { // of 100 ms
            long now = tick * SECOND / 10;
            int holding = 0;
            for (int i = 0; i < 4; i++) {
                if (nodes.get(i).holds(now)) {
                    holding++;
                    holders.add(i);
                }
            }
            assertThat(holding).as("holders at tick %d", tick).isLessThan(2);
            held += holding;
            int one = random.nextInt(4);
            if (random.nextInt(200) == 0) {
                silentUntil[one] = tick + random.nextInt(300);
            }
            if (tick < silentUntil[one] || random.nextInt(5) > 0) {
                continue;
            }
            ObjectNode wanted = nodes.get(one).seen(lease, now, NOW);
            if (wanted == null) {
                continue;
            }
            String from = wanted.path("metadata").path("resourceVersion").asText("");
            boolean stored = from.equals(version == 0 ? "" : "" + version) && random.nextInt(10) > 0;
            if (stored) {
                version++;
                ((ObjectNode) wanted.get("metadata")).put("resourceVersion", "" + version);
                lease = wanted;
            }
            nodes.get(one).wrote(stored && random.nextInt(10) > 0, now); // an answer may get lost too
        }
        assertThat(holders).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(held).as("ticks with a holder, of 20,000").isGreaterThan(10_000);
    }

    @Test
    @DisplayName("passes to the next at once when the lease is given back")
    void release() {
        LeaseElection one = new LeaseElection("one", "kube-system", "checks", Duration.ofSeconds(9));
        LeaseElection two = new LeaseElection("two", "kube-system", "checks", Duration.ofSeconds(9));
        ObjectNode lease = one.seen(null, 0, NOW);
        assertThat(lease).isNotNull();
        one.wrote(true, 0);
        ((ObjectNode) lease.get("metadata")).put("resourceVersion", "1");
        assertThat(two.seen(lease, SECOND, NOW)).isNull();
        assertThat(two.released(lease, NOW)).as("not its own").isNull();
        ObjectNode free = one.released(lease, NOW);
        assertThat(free).isNotNull();
        assertThat(one.holds(SECOND)).isFalse();
        ((ObjectNode) free.get("metadata")).put("resourceVersion", "2");
        assertThat(two.seen(free, SECOND, NOW)).isNotNull();
    }
}
