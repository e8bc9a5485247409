package dev.weft.proxy.dataplane;

import dev.weft.proxy.view.Protocol;
import io.netty.channel.unix.Errors;
import io.netty.util.NetUtil;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** How a bind went and what to do about it; pure but for a look at the host's addresses. */
record BindOutcome(BindState state, String reason) {
    private static final int FIRST_FREE_PORT = 1024;
    // Linux error numbers; the native transport exists on Linux only.
    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;

    static BindOutcome of(ListenerKey key, Throwable failure) {
        BindState state = stateOf(key, failure);
        String authority = key.authority();
        return switch (state) {
            case ADDRESS_IN_USE ->
                new BindOutcome(
                        state,
                        authority + " is taken by another process or service (find it with: ss "
                                + (key.protocol() == Protocol.UDP ? "-lunp)" : "-ltnp)"));
            case PERMISSION_DENIED ->
                new BindOutcome(
                        state,
                        "port " + key.port()
                                + " needs a privilege: give the process CAP_NET_BIND_SERVICE, or lower the sysctl"
                                + " net.ipv4.ip_unprivileged_port_start");
            case ADDRESS_NOT_ON_HOST ->
                new BindOutcome(
                        state, key.address() + " is not an address of this host: " + remedy(key.address(), failure));
            default -> new BindOutcome(BindState.FAILED, authority + ": " + failure);
        };
    }

    /** Java's own sockets cannot bind an address of IPv6 that is routed to this host, but on no interface. */
    private static String remedy(String address, Throwable failure) {
        if (!NetUtil.isValidIpV6Address(address)) {
            return "route the virtual range to it (ip route add local <range> dev lo) or choose a range in 127.0.0.0/8";
        }
        return nativeFailure(failure) != null
                ? "route the virtual range to it (ip -6 route add local <range> dev lo)"
                : "put it there (ip -6 addr add " + address + "/128 dev lo), or, if it is routed here, allow that it is"
                        + " bound (sysctl -w net.ipv6.ip_nonlocal_bind=1)";
    }

    private static Errors.@Nullable NativeIoException nativeFailure(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Errors.NativeIoException nativeFailure) {
                return nativeFailure;
            }
        }
        return null;
    }

    /** Native sockets tell the error number; Java's own only the C library's text, in English unless a locale is set. */
    private static BindState stateOf(ListenerKey key, Throwable failure) {
        Errors.NativeIoException nativeFailure = nativeFailure(failure);
        if (nativeFailure != null) {
            return stateOf(-nativeFailure.expectedErr());
        }
        if (failure instanceof SocketException
                && String.valueOf(failure.getMessage()).contains("ermission denied")) {
            return BindState.PERMISSION_DENIED;
        }
        if (failure instanceof SocketException && !onHost(key.address())) {
            return BindState.ADDRESS_NOT_ON_HOST;
        }
        return failure instanceof BindException && (key.port() >= FIRST_FREE_PORT || inUse(failure))
                ? BindState.ADDRESS_IN_USE
                : BindState.FAILED;
    }

    private static boolean inUse(Throwable failure) {
        return String.valueOf(failure.getMessage()).contains("already in use");
    }

    private static BindState stateOf(int errorNumber) {
        return switch (errorNumber) {
            case EADDRINUSE -> BindState.ADDRESS_IN_USE;
            case EACCES, EPERM -> BindState.PERMISSION_DENIED;
            case EADDRNOTAVAIL -> BindState.ADDRESS_NOT_ON_HOST;
            default -> BindState.FAILED;
        };
    }

    private static boolean onHost(String address) {
        try {
            InetAddress parsed = InetAddress.getByName(address);
            return parsed.isLoopbackAddress() || NetworkInterface.getByInetAddress(parsed) != null;
        } catch (UnknownHostException | SocketException e) {
            return false;
        }
    }
}
