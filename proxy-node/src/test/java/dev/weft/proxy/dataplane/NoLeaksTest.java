package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the watch for leaks")
class NoLeaksTest {

    private static WeakReference<Object> lose() {
        return new WeakReference<>(ByteBufAllocator.DEFAULT.directBuffer(32).writeLong(1));
    }

    @Test
    @DisplayName("sees a buffer that was not released")
    void sees() {
        NoLeaks watch = new NoLeaks();
        watch.start();

        WeakReference<Object> lost = lose();
        await().until(() -> {
            System.gc();
            return lost.get() == null;
        });

        assertThat(watch.stop()).anySatisfy(report -> assertThat(report).contains("LEAK"));
    }
}
