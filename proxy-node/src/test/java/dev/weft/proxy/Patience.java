package dev.weft.proxy;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** How long tests wait for what must come: long enough for a machine that is busy with other things. */
public final class Patience {
    /** Bound on one wait; a test that passes never waits so long. */
    public static final Duration LONG = Duration.ofSeconds(60);

    private Patience() {}

    /** Waits for a condition; how fast it came true says nothing here. */
    public static ConditionFactory await() {
        return Awaitility.await().atMost(LONG);
    }
}
