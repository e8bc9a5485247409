package dev.weft.proxy.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/** A small name server of the outside world: {@code big.} only fits TCP, {@code none.} does not exist. */
final class TestUpstream implements AutoCloseable {
    final AtomicInteger asked = new AtomicInteger();
    volatile boolean silent;
    /** Answers SERVFAIL to all. */
    volatile boolean failing;

    private final List<DatagramPacket> held = new ArrayList<>();
    private boolean holding;
    private final ServerSocket tcp;
    private final DatagramSocket udp;

    TestUpstream() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        tcp = new ServerSocket(0, 10, loopback);
        udp = new DatagramSocket(tcp.getLocalPort(), loopback);
        start(this::serveUdp);
        start(this::serveTcp);
    }

    String address() {
        return "127.0.0.1:" + tcp.getLocalPort();
    }

    /** Keeps questions over UDP unanswered from now on. */
    synchronized void hold() {
        holding = true;
    }

    /** Answers what was kept, and everything from now on. */
    synchronized void release() throws IOException {
        holding = false;
        for (DatagramPacket packet : held) {
            reply(packet);
        }
        held.clear();
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }

    private void serveUdp() throws IOException {
        while (!udp.isClosed()) {
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            udp.receive(packet);
            received(packet);
        }
    }

    private synchronized void received(DatagramPacket packet) throws IOException {
        asked.incrementAndGet();
        if (holding) {
            held.add(packet);
        } else if (!silent) {
            reply(packet);
        }
    }

    private void reply(DatagramPacket packet) throws IOException {
        byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()), false);
        udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
    }

    private void serveTcp() throws IOException {
        while (!tcp.isClosed()) {
            try (Socket client = tcp.accept()) {
                DataInputStream in = new DataInputStream(client.getInputStream());
                byte[] query = new byte[in.readUnsignedShort()];
                in.readFully(query);
                byte[] answer = answer(query, true);
                DataOutputStream out = new DataOutputStream(client.getOutputStream());
                out.writeShort(answer.length);
                out.write(answer);
            }
        }
    }

    private byte[] answer(byte[] bytes, boolean overTcp) throws IOException {
        Message query = new Message(bytes);
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        Record question = query.getQuestion();
        answer.addRecord(question, Section.QUESTION);
        Name name = question.getName();
        String text = name.toString().toLowerCase(Locale.ROOT);
        if (failing) {
            answer.getHeader().setRcode(Rcode.SERVFAIL);
        } else if (text.startsWith("none.")) {
            answer.getHeader().setRcode(Rcode.NXDOMAIN);
            Name zone = Name.fromString("test.");
            answer.addRecord(new SOARecord(zone, DClass.IN, 900, zone, zone, 1, 2, 3, 4, 20), Section.AUTHORITY);
        } else if (text.startsWith("big.") && !overTcp) {
            answer.getHeader().setFlag(Flags.TC);
        } else {
            int count = text.startsWith("big.") ? 100 : 1;
            Name owner = name;
            if (text.equals("example.org.")) {
                owner = Name.fromString("www.example.org.");
                answer.addRecord(new CNAMERecord(name, DClass.IN, 60, owner), Section.ANSWER);
            }
            for (int i = 1; i <= count; i++) {
                byte[] address = {(byte) 198, 51, 100, (byte) i};
                answer.addRecord(new ARecord(owner, DClass.IN, 60, InetAddress.getByAddress(address)), Section.ANSWER);
            }
        }
        answer.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        return answer.toWire();
    }

    private interface Serving {
        void run() throws IOException;
    }

    private static void start(Serving serving) {
        Thread thread = new Thread(
                () -> {
                    try {
                        serving.run();
                    } catch (IOException e) {
                        // closed: the test is over
                    }
                },
                "test-upstream");
        thread.setDaemon(true);
        thread.start();
    }
}
