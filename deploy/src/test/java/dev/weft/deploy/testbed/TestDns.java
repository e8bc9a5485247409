package dev.weft.deploy.testbed;

import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Address;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A DNS server that answers every question for IPv4 addresses with the same ones, which may change. */
public final class TestDns implements AutoCloseable {
    private static final int LARGEST = 4096;

    private final DatagramSocket socket;
    private volatile List<String> addresses = List.of();

    public TestDns() {
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread serving = new Thread(this::serve, "test-dns");
        serving.setDaemon(true);
        serving.start();
    }

    /** Where it listens. */
    public HostPort address() {
        return new HostPort("127.0.0.1", socket.getLocalPort());
    }

    /** What it answers from now on. */
    public void answer(List<String> hosts) {
        addresses = List.copyOf(hosts);
    }

    private void serve() {
        byte[] bytes = new byte[LARGEST];
        while (!socket.isClosed()) {
            DatagramPacket question = new DatagramPacket(bytes, bytes.length);
            try {
                socket.receive(question);
                byte[] answer = answer(new Message(Arrays.copyOf(bytes, question.getLength())))
                        .toWire();
                socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            } catch (IOException e) {
                // The next question, or the end.
            }
        }
    }

    private Message answer(Message question) throws IOException {
        Message answer = new Message(question.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.AA);
        Record asked = question.getQuestion();
        answer.addRecord(asked, Section.QUESTION);
        if (asked.getType() == Type.A) {
            for (String host : addresses) {
                answer.addRecord(
                        new ARecord(asked.getName(), DClass.IN, 1, Address.getByAddress(host)), Section.ANSWER);
            }
        }
        return answer;
    }

    @Override
    public void close() {
        socket.close();
    }
}
