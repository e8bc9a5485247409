package dev.weft.proxy.view;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@DisplayName("The weights of Pods")
class PodWeightsTest {
    private final AtomicInteger woken = new AtomicInteger();
    private final PodWeights weights = new PodWeights(woken::incrementAndGet);

    private static JsonNode pod(String name, String annotations) throws JsonProcessingException {
        return new ObjectMapper()
                .readTree(("{'metadata':{'namespace':'default','name':'" + name + "','uid':'uid-" + name
                                + "','annotations':{" + annotations + "}}}")
                        .replace('\'', '"'));
    }

    private static JsonNode weighed(String name, String weight) throws JsonProcessingException {
        return pod(name, "'mesh.weft.dev/weight':'" + weight + "'");
    }

    @Test
    @DisplayName("are those of the Pods that are annotated with one that can be read; of others nothing is wanted")
    void read() throws Exception {
        assertThat(weights.wants(weighed("a", "3"))).isTrue();
        assertThat(weights.wants(weighed("a", "many"))).isFalse();
        assertThat(weights.wants(pod("a", "'other':'3'"))).isFalse();
        assertThat(weights.metadataOnly()).isTrue();
        weights.replaced(List.of(weighed("a", "3"), weighed("b", "0"), weighed("c", "70000"), pod("d", "")));
        assertThat(weights.byUid()).isEqualTo(Map.of("uid-a", 3, "uid-b", 0, "uid-c", 65_535));
    }

    @Test
    @DisplayName("follow the Pods, and wake for nothing but another weight")
    void follow() throws Exception {
        weights.replaced(List.of(weighed("a", "3")));
        weights.changed(weighed("a", "3"));
        weights.changed(pod("b", ""));
        weights.deleted(pod("b", ""));
        assertThat(woken).hasValue(1);
        weights.changed(weighed("a", "4"));
        weights.changed(weighed("b", "2"));
        assertThat(weights.byUid()).isEqualTo(Map.of("uid-a", 4, "uid-b", 2));
        weights.changed(pod("a", ""));
        weights.deleted(weighed("b", "2"));
        assertThat(weights.byUid()).isEmpty();
        assertThat(woken).hasValue(5);
    }

    @Test
    @DisplayName("stay as they were while the API is away or forbids them")
    void away() throws Exception {
        weights.replaced(List.of(weighed("a", "3")));
        weights.unavailable("away");
        weights.absent("forbidden");
        assertThat(weights.byUid()).isEqualTo(Map.of("uid-a", 3));
    }

    @Test
    @DisplayName("that cannot be read are told once for each Pod and value")
    void unreadable() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(PodWeights.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        logger.addAppender(said);
        logger.setAdditive(false);
        try {
            for (String weight : List.of("many", "many", "-1", "-1", "3")) {
                weights.wants(weighed("a", weight));
            }
        } finally {
            logger.detachAppender(said);
            logger.setAdditive(true);
        }
        assertThat(said.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("the weight \"many\" of Pod default/a counts as 1"),
                        second -> assertThat(second).startsWith("the weight \"-1\" of Pod default/a counts as 1"));
    }
}
