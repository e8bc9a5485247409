package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.unix.FileDescriptor;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@DisplayName("the log of a socket that cannot be bound")
class BindingTest {
    /** Pauses of 1, 2, 4, 8, 16, 32 and 64 ms come before the longest. */
    private static final int BEFORE_LONGEST = 7;

    private static final DataPlaneSettings SETTINGS = new DataPlaneSettings(
            List.of("127.0.0.1"),
            1,
            false,
            16,
            new ConnectionLimits(16, 16, 16, 16),
            new ConnectSettings(Duration.ofSeconds(1), 3, 1, 100),
            new KeepAlive(Duration.ofSeconds(60), Duration.ofSeconds(15), 4),
            Duration.ZERO,
            32 << 10,
            64 << 10,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofMillis(1),
            Duration.ofMillis(100));

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final AtomicInteger attempts = new AtomicInteger();

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Binding.class);
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
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /**
     * All until so many attempts have been made.
     *
     * @param failures how many of them fail
     */
    private List<String> warnings(String address, int failures, int until) {
        ListenerKey key = new ListenerKey(address, 8_080, Protocol.TCP);
        Binding binding =
                new Binding(ServiceKey.service("default", "web"), key, SETTINGS, new SplittableRandom(1), loop, at -> {
                    boolean fails = attempts.incrementAndGet() <= failures;
                    return fails
                            ? CompletableFuture.failedFuture(new BindException("Address already in use"))
                            : CompletableFuture.completedFuture(new NoDoor());
                });
        binding.open();
        await().until(() -> attempts.get() >= until);
        loop.submit(binding::close).syncUninterruptibly();
        return log.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    @DisplayName("has nothing of an address that comes to the host before the longest pause between attempts")
    void coming() {
        assertThat(warnings("192.0.2.1", BEFORE_LONGEST, BEFORE_LONGEST + 1)).isEmpty();
    }

    @Test
    @DisplayName("has an address that does not come, once")
    void notComing() {
        assertThat(warnings("192.0.2.1", Integer.MAX_VALUE, BEFORE_LONGEST + 4))
                .singleElement()
                .asString()
                .contains("192.0.2.1 is not an address of this host");
    }

    @Test
    @DisplayName("has a port that is taken well before the longest pause, once")
    void taken() {
        assertThat(warnings("127.0.0.1", BEFORE_LONGEST, BEFORE_LONGEST + 1))
                .singleElement()
                .asString()
                .contains("is taken by another process or service");
    }

    private static final class NoDoor implements Door {
        @Override
        public void close() {
            // nothing was opened
        }

        @Override
        public @Nullable FileDescriptor descriptor() {
            return null;
        }
    }
}
