package dev.weft.proxy.nftables;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** An address family, in the words of nft. */
enum Family {
    IPV4("4", "ip", "ipv4"),
    IPV6("6", "ip6", "ipv6");

    private final String digit;
    private final String keyword;
    private final String protocol;

    Family(String digit, String keyword, String protocol) {
        this.digit = digit;
        this.keyword = keyword;
        this.protocol = protocol;
    }

    /** As it stands in names of sets and chains. */
    String digit() {
        return digit;
    }

    /** As in {@code ip saddr}. */
    String keyword() {
        return keyword;
    }

    /** As in {@code meta nfproto ipv4}. */
    String protocol() {
        return protocol;
    }

    /** The type of an address in a set. */
    String addressType() {
        return protocol + "_addr";
    }

    static Family of(String address) {
        return address.indexOf(':') >= 0 ? IPV6 : IPV4;
    }

    /**
     * An address as the kernel's tools print it, so that what is read back compares equal. No name is ever looked up.
     *
     * @return null for what is no address
     */
    static @Nullable InetAddress parse(String address) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null || address.indexOf('%') >= 0) {
            return null;
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** The same text for the same address, however it was written; the text itself where it is no address. */
    static String canonical(String address) {
        InetAddress parsed = parse(address);
        return parsed == null ? address : NetUtil.toAddressString(parsed);
    }

    /** Whether only the host itself could ever reach it. */
    static boolean loopback(String address) {
        InetAddress parsed = parse(address);
        return parsed != null && parsed.isLoopbackAddress();
    }

    /** Whether it stands for every address. */
    static boolean wildcard(String address) {
        InetAddress parsed = parse(address);
        return parsed != null && parsed.isAnyLocalAddress();
    }
}
