package dev.weft.proxy.dns;

import static dev.weft.proxy.Patience.LONG;
import static dev.weft.proxy.Patience.await;

import dev.weft.proxy.view.ViewUpdate;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.SimpleResolver;

/** A DNS server on a free port of loopback, over {@link DnsFixture}, that ends with each test. */
abstract class DnsServerBed {

    final DnsFixture fixture = new DnsFixture().withEverything();
    /** The server's clock in nanoseconds; stands still unless a test moves it. */
    final AtomicLong clock = new AtomicLong(System.nanoTime());

    /** The server that is stopped after the test. */
    @Nullable
    DnsServer server;

    DnsServer start(String... overrides) {
        List<String> all =
                new ArrayList<>(List.of("listen = \"127.0.0.1:0\"", "forward.upstreams = []", "forward.timeout = 30s"));
        all.addAll(List.of(overrides));
        DnsServer started = new DnsServer(
                DnsFixture.settings(all.toArray(String[]::new)),
                DnsFixture.NODE,
                InstantSource.system(),
                clock::get,
                new SplittableRandom(7));
        server = started;
        started.apply(new ViewUpdate(fixture.view, fixture.view.keys(), true));
        started.start();
        await().until(() -> started.status().state() == DnsStatus.State.BOUND);
        return started;
    }

    @AfterEach
    void stop() throws Exception {
        DnsServer running = server;
        if (running != null) {
            running.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    static int portOf(DnsServer server) {
        String address = server.status().address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    static SimpleResolver resolver(DnsServer server, boolean tcp) throws IOException {
        SimpleResolver resolver = new SimpleResolver("127.0.0.1");
        resolver.setPort(portOf(server));
        resolver.setTCP(tcp);
        resolver.setIgnoreTruncation(true);
        resolver.setTimeout(LONG);
        return resolver;
    }

    static Message recursive(String name, int type) {
        Message query = DnsFixture.query(name, type, DClass.IN);
        query.getHeader().setFlag(Flags.RD);
        return query;
    }
}
