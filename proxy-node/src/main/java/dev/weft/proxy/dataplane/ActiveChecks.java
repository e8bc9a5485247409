package dev.weft.proxy.dataplane;

import dev.weft.proxy.health.CheckSchedule;
import dev.weft.proxy.health.HealthCheck;
import dev.weft.proxy.health.ProbeResult;
import dev.weft.proxy.health.ProbeTarget;
import dev.weft.proxy.health.Prober;
import dev.weft.proxy.health.Verdict;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks endpoints in use from here, where services ask for it, and tells their listeners at once what is found. Endpoints
 * of several listeners that are checked alike are checked once. All state is touched on one loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // timers need no looking after
final class ActiveChecks {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveChecks.class);

    private final @Nullable CheckMeans means;
    private final EventLoopGroup loop;
    private final LongSupplier nanos;
    private final CheckSchedule schedule;
    private final Map<Listener, Set<ProbeTarget>> asked = new HashMap<>();
    private @Nullable Prober prober;
    private @Nullable Future<?> tick;
    private boolean changed;
    private boolean closed;
    private int inFlight;

    /** @param means null to check nothing */
    ActiveChecks(@Nullable CheckMeans means, EventLoopGroup loop, LongSupplier nanos, RandomGenerator random) {
        this.means = means;
        this.loop = loop;
        this.nanos = nanos;
        this.schedule = new CheckSchedule(random);
    }

    /** What a service asks for; null for nothing, or for what cannot be read. */
    @Nullable
    EndpointCheck wanted(ListenerPlan plan) {
        Map<String, String> annotations = plan.policy().checks();
        HealthCheck check =
                means == null || annotations.isEmpty() ? null : HealthCheck.ofDataPath(annotations, means.defaults());
        return check == null ? null : new EndpointCheck(check, plan.key().protocol());
    }

    /** The listener leads to these from now on. From any thread. */
    void follow(Listener listener, Set<ProbeTarget> targets) {
        if (means != null) {
            Set<ProbeTarget> wanted = Set.copyOf(targets);
            loop.execute(() -> {
                Set<ProbeTarget> before = wanted.isEmpty() ? asked.remove(listener) : asked.put(listener, wanted);
                if (!wanted.isEmpty() || before != null) {
                    listener.judge(schedule::verdict);
                    changed |= !wanted.equals(before);
                    wake(0);
                }
            });
        }
    }

    /** Checks nothing more. From any thread. */
    void close() {
        loop.execute(() -> {
            closed = true;
            if (prober != null) {
                prober.close();
            }
        });
    }

    private void wake(long inNanos) {
        Future<?> waiting = tick;
        if (waiting != null) {
            waiting.cancel(false);
        }
        tick = loop.schedule(this::step, inNanos, TimeUnit.NANOSECONDS);
    }

    private void step() {
        CheckMeans with = means;
        if (closed || with == null) {
            return;
        }
        long now = nanos.getAsLong();
        if (changed) {
            changed = false;
            Set<ProbeTarget> all = new HashSet<>();
            asked.values().forEach(all::addAll);
            schedule.keep(all, now);
        }
        if (prober == null && !asked.isEmpty()) {
            prober = with.prober().get();
        }
        schedule.due(now, with.maxInFlight() - inFlight).forEach(this::probe);
        if (inFlight < with.maxInFlight() && schedule.nextNanos() != CheckSchedule.NEVER) {
            wake(Math.max(0, schedule.nextNanos() - now));
        }
    }

    private void probe(ProbeTarget target) {
        Prober asking = prober;
        if (asking != null) {
            inFlight++;
            asking.probe(target).whenComplete((result, failure) -> loop.execute(() -> probed(target, result)));
        }
    }

    private void probed(ProbeTarget target, @Nullable ProbeResult result) {
        inFlight--;
        Verdict before = schedule.verdict(target);
        if (schedule.result(target, result != null && result.passed())) {
            Verdict now = schedule.verdict(target);
            LOG.info("endpoint {} was {}, is {}{}", target, before, now, result == null ? "" : " " + result.reason());
            List.copyOf(asked.entrySet()).stream()
                    .filter(each -> each.getValue().contains(target))
                    .forEach(each -> each.getKey().judge(schedule::verdict));
        }
        wake(0);
    }
}
