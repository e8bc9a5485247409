package dev.weft.gossip.transport;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One stream, dialled or accepted. Guards the calls of gRPC, which are not for several threads, by its own lock. */
final class GrpcLink {
    /** What dialled and accepted streams have in common. */
    interface Stream {
        boolean ready();

        void send(byte[] frame);

        void request(int frames);

        void end(String reason);
    }

    private final long id;
    private final int queueBytes;
    private final Queue<byte[]> queue = new ArrayDeque<>();
    private @Nullable Stream stream;
    private int waitingBytes;
    private boolean connected;
    private boolean ended;

    GrpcLink(long id, int queueBytes) {
        this.id = id;
        this.queueBytes = queueBytes;
    }

    long id() {
        return id;
    }

    synchronized void attach(Stream attached, int window) {
        stream = attached;
        attached.request(window);
    }

    /** True the first time. */
    synchronized boolean connect() {
        boolean first = !connected && !ended;
        connected = true;
        return first;
    }

    synchronized boolean send(byte[] frame) {
        if (stream == null || ended || waitingBytes + frame.length > queueBytes) {
            return false;
        }
        if (queue.isEmpty() && stream.ready()) {
            stream.send(frame);
        } else {
            queue.add(frame);
            waitingBytes += frame.length;
        }
        return true;
    }

    synchronized void drain() {
        while (stream != null && !ended && !queue.isEmpty() && stream.ready()) {
            byte[] frame = queue.remove();
            waitingBytes -= frame.length;
            stream.send(frame);
        }
    }

    synchronized void processed() {
        if (stream != null && !ended) {
            stream.request(1);
        }
    }

    /** True the first time. */
    synchronized boolean end(String reason) {
        if (ended) {
            return false;
        }
        ended = true;
        // What still waits is lost; the next repair round tells it again.
        queue.clear();
        if (stream != null) {
            stream.end(reason);
        }
        return true;
    }
}
