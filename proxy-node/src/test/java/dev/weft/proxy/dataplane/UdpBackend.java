package dev.weft.proxy.dataplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** A real UDP server on a loopback address of its own, that sends back whatever comes. */
final class UdpBackend implements AutoCloseable {
    private final DatagramSocket socket;
    private final AtomicInteger heard = new AtomicInteger();

    UdpBackend(String address) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(address, 0));
        Thread thread = new Thread(this::echo, "udp backend " + address);
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    String address() {
        return socket.getLocalAddress().getHostAddress();
    }

    /** Datagrams that came. */
    int heard() {
        return heard.get();
    }

    private void echo() {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        while (!socket.isClosed()) {
            try {
                packet.setLength(65_535);
                socket.receive(packet);
                heard.incrementAndGet();
                socket.send(packet);
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
