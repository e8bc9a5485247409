package dev.weft.proxy.dns;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which servers are asked for names outside of our zones. */
final class Upstreams {
    private static final Logger LOG = LoggerFactory.getLogger(Upstreams.class);
    private static final String RESOLV_CONF = "resolv.conf";
    private static final int DNS_PORT = 53;

    private Upstreams() {}

    /**
     * The configured servers, or those of the host's resolver configuration, which is read once.
     *
     * @param self what this server listens on: never asked, for it would ask itself for ever
     */
    static List<InetSocketAddress> of(DnsSettings.Forwarding settings, InetSocketAddress self) {
        List<String> texts = settings.upstreams();
        if (texts.equals(List.of(RESOLV_CONF))) {
            texts = read(Path.of(settings.resolvConf()));
        }
        List<InetSocketAddress> upstreams = new ArrayList<>();
        for (String text : texts) {
            InetSocketAddress address = parse("weft.proxy.dns.forward.upstreams", text, DNS_PORT);
            boolean sameHost = self.getAddress().isAnyLocalAddress()
                    ? address.getAddress().isLoopbackAddress()
                    : address.getAddress().equals(self.getAddress());
            boolean own = sameHost && address.getPort() == self.getPort();
            if (!own) {
                upstreams.add(address);
            }
        }
        return upstreams;
    }

    /** The name servers of a resolver configuration; none when there is no such file. */
    static List<String> nameservers(List<String> lines) {
        List<String> servers = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.trim().split("\\s+", -1);
            if (words.length > 1 && words[0].equals("nameserver")) {
                int scope = words[1].indexOf('%');
                servers.add(scope < 0 ? words[1] : words[1].substring(0, scope));
            }
        }
        return servers;
    }

    /**
     * An address without a look-up.
     *
     * @throws IllegalArgumentException when it is not {@code address[:port]}, IPv6 in brackets when a port follows
     */
    static InetSocketAddress parse(String key, String text, int defaultPort) {
        String host = text;
        int port = defaultPort;
        int colon = text.lastIndexOf(':');
        if (colon >= 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']')) {
            host = text.substring(0, colon);
            String number = text.substring(colon + 1);
            port = number.matches("[0-9]{1,5}") ? Integer.parseInt(number) : -1;
        }
        byte[] address = NetUtil.createByteArrayFromIpAddressString(
                host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
        InetAddress parsed = host.equals("localhost") ? InetAddress.getLoopbackAddress() : of(address);
        if (parsed == null || port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    key + ": " + text + " (expected: an address and a port, such as 127.0.0.1:1053)");
        }
        return new InetSocketAddress(parsed, port);
    }

    private static @Nullable InetAddress of(byte @Nullable [] address) {
        try {
            return address == null ? null : InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static List<String> read(Path file) {
        try {
            return nameservers(Files.readAllLines(file));
        } catch (IOException e) {
            LOG.warn("{} cannot be read: {}; names outside of the cluster are refused", file, e.toString());
            return List.of();
        }
    }
}
