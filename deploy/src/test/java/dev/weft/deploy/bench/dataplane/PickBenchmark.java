package dev.weft.deploy.bench.dataplane;

import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.ProxySettings;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.Balancer;
import dev.weft.proxy.balance.ClientKey;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.balance.TargetPool;
import dev.weft.proxy.balance.TargetSet;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What JMH measures for {@link Picks}: a pick alone, and one whose connection is opened and another closed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx512m", "-XX:+UseSerialGC"})
public class PickBenchmark {
    private static final int OPEN = 512;
    private static final int CLIENTS = 4_096;

    @Param
    public Algorithm algorithm = Algorithm.ROUND_ROBIN;

    private Balancer balancer = Algorithm.ROUND_ROBIN.balancer(settings(), 1);
    private final Target[] open = new Target[OPEN];
    private final ClientKey[] clients = new ClientKey[CLIENTS];
    private int number;

    static BalanceSettings settings() {
        return ProxySettings.from(ConfigFactory.load()).balance();
    }

    /** All endpoints have answered, each about as fast as another, and some connections are open. */
    @Setup
    public void begin() {
        for (int index = 0; index < CLIENTS; index++) {
            clients[index] = Picks.client(index);
        }
        BalanceSettings settings = settings();
        TargetSet targets = new TargetPool(settings).update(Picks.candidates(Picks.ENDPOINTS));
        for (int index = 0; index < targets.size(); index++) {
            targets.get(index).latency(1_000_000L + index, 0);
        }
        balancer = algorithm.balancer(settings, 1).over(targets);
        for (int index = 0; index < OPEN; index++) {
            open[index] = pick();
            open[index].opened();
        }
    }

    /** A pick alone. */
    @Benchmark
    public Target pick() {
        number++;
        return Objects.requireNonNull(balancer.pick(clients[number & (CLIENTS - 1)], number));
    }

    /** As a proxy does it: what is picked is opened, and closed when 512 others have been. */
    @Benchmark
    public Target pickOpenAndClose() {
        Target picked = pick();
        int slot = number & (OPEN - 1);
        open[slot].closed();
        open[slot] = picked;
        picked.opened();
        return picked;
    }
}
