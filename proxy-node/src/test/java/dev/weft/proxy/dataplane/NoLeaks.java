package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Follows every buffer, and fails the test class when one was not released. */
final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
    private static final int ROUNDS = 5;

    private final ListAppender<ILoggingEvent> reports = new ListAppender<>();

    private static Logger detector() {
        return (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        start();
    }

    void start() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        detector().setLevel(Level.ERROR);
        reports.start();
        detector().addAppender(reports);
        detector().setAdditive(false); // the assertion tells it
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertThat(stop()).as("buffers that were not released").isEmpty();
    }

    List<String> stop() {
        List<String> leaks = reported();
        detector().detachAppender(reports);
        detector().setAdditive(true);
        return leaks;
    }

    /** A leak is reported when the lost buffer has been collected and another one is allocated. */
    private List<String> reported() {
        for (int round = 0; round < ROUNDS; round++) {
            System.gc();
            for (int buffer = 0; buffer < 64; buffer++) {
                ByteBufAllocator.DEFAULT.directBuffer(16).release();
            }
        }
        return reports.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
