package dev.weft.deploy.client;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.URI;

/** Which address of this machine others reach it at. */
public final class OwnAddress {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int ANY_PORT = 9;

    private OwnAddress() {}

    /**
     * The address from which this machine speaks to a server, by its routes; nothing is sent. A server on loopback is spoken
     * to from loopback. Where there is no route it is loopback too.
     */
    @SuppressWarnings("AddressSelection") // any address of the server will do
    public static String towards(URI server) {
        try (DatagramSocket socket = new DatagramSocket()) {
            int port = server.getPort() > 0 ? server.getPort() : ANY_PORT;
            socket.connect(new InetSocketAddress(server.getHost(), port));
            String address = socket.getLocalAddress().getHostAddress();
            int scope = address.indexOf('%');
            return scope < 0 ? address : address.substring(0, scope);
        } catch (IOException e) {
            return LOOPBACK;
        }
    }
}
