package dev.weft.proxy.nftables;

import static dev.weft.proxy.nftables.Pictures.service;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.ServiceKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@DisplayName("what is said of a service that asks for the kernel and cannot be served by it")
class KernelShareTest {
    private static final ServiceKey WEB = ServiceKey.service("default", "web");
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

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final KernelShare share = new KernelShare(
            new KernelPath(
                    SETTINGS,
                    new NodeIdentity("node-1", "", ""),
                    List.of(),
                    Algorithm.ROUND_ROBIN,
                    new FakeNft(),
                    false,
                    Path.of("/proc/self/status")),
            ProxyMode.AUTO);

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(KernelShare.class);
    }

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
        logger().setAdditive(false); // what is expected is no news
    }

    @AfterEach
    void stop() {
        logger().detachAppender(log);
        logger().setAdditive(true);
    }

    private void change(String algorithm) {
        String annotations = "'mesh.weft.dev/mode':'nftables','mesh.weft.dev/algorithm':'" + algorithm + "'";
        String spec = "'clusterIPs':['" + RuleSetTest.VIP + "'],'ports':[{'port':80}]";
        share.of(
                Pictures.view(List.of(service("web", annotations, spec)), List.of())
                        .get(WEB),
                WEB);
    }

    private List<String> warnings() {
        return log.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    @DisplayName("is said once, however often the service changes, and again for another reason or another time")
    void once() {
        change("ring-hash");
        change("ring-hash");
        change("ring-hash");
        assertThat(warnings())
                .singleElement()
                .asString()
                .contains("default/web", "though it asks for nftables", "ring-hash");
        change("consistent-hash");
        change("random");
        change("consistent-hash");
        assertThat(warnings()).hasSize(3);
    }
}
