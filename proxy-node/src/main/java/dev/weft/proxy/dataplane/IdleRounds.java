package dev.weft.proxy.dataplane;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has a listener look at what it has open, so often that what is quiet for the idle timeout is found at most a quarter of that
 * late. Goes on after the listener is closed, as long as it has anything open. On one loop, but for {@link #after}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // timers need no looking after
final class IdleRounds {
    /** Rounds in an idle timeout. */
    static final int ROUNDS = 4;

    private final EventLoopGroup loop;
    private final Consumer<Duration> look;
    private final BooleanSupplier over;
    private Duration asked = Duration.ZERO;
    private Duration timeout = Duration.ZERO;
    private @Nullable Future<?> next;

    /**
     * @param loop of one thread
     * @param look at each round, with the timeout
     * @param over whether nothing is open and nothing will be
     */
    IdleRounds(EventLoopGroup loop, Consumer<Duration> look, BooleanSupplier over) {
        this.loop = loop;
        this.look = look;
        this.over = over;
    }

    /** From now on with this timeout; zero for no rounds. By whoever updates the listener. */
    void after(Duration idle) {
        if (!idle.equals(asked)) {
            asked = idle;
            loop.execute(() -> begin(idle));
        }
    }

    private void begin(Duration idle) {
        if (idle.equals(timeout)) {
            return;
        }
        timeout = idle;
        Future<?> waiting = next;
        if (waiting != null) {
            waiting.cancel(false);
        }
        next = null;
        schedule();
    }

    private void schedule() {
        if (!timeout.isZero()) {
            next = loop.schedule(this::round, Math.max(1, timeout.toMillis() / ROUNDS), TimeUnit.MILLISECONDS);
        }
    }

    private void round() {
        look.accept(timeout);
        if (!over.getAsBoolean()) {
            schedule();
        }
    }
}
