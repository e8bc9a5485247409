package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Target;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What one connection has moved, for the access log. Confined to its event loop. */
final class Account {
    private final @Nullable SocketAddress client;
    private final long acceptedNanos;
    private long bytesTo;
    private long bytesFrom;
    private String end = "closed";

    Account(@Nullable SocketAddress client, long acceptedNanos) {
        this.client = client;
        this.acceptedNanos = acceptedNanos;
    }

    /** So many bytes came from the client. */
    void sent(int bytes) {
        bytesTo += bytes;
    }

    /** So many bytes came from the endpoint. */
    void received(int bytes) {
        bytesFrom += bytes;
    }

    /** It ends with a reset. */
    void cut() {
        end = "reset";
    }

    /** It ends because nothing has come for the idle timeout. */
    void idle() {
        end = "idle";
    }

    /** For the log: from whom, to what, how much, how long, and how it ended. */
    String text(@Nullable Target endpoint, long nowNanos) {
        return "client=" + plain(client) + " endpoint=" + (endpoint == null ? "none" : plain(endpoint.address()))
                + " identity=" + (endpoint == null ? "none" : endpoint.identity()) + " bytes-to=" + bytesTo
                + " bytes-from=" + bytesFrom + " ms="
                + TimeUnit.NANOSECONDS.toMillis(nowNanos - acceptedNanos) + " end=" + end;
    }

    /** Address and port as in a URL; {@code unknown} for a client that was gone before it could be asked. */
    private static String plain(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress known && known.getAddress() != null
                ? NetUtil.toSocketAddressString(known)
                : "unknown";
    }
}
