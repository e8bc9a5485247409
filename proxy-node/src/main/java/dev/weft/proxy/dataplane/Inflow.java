package dev.weft.proxy.dataplane;

import dev.weft.proxy.dataplane.HalfClose.End;
import java.io.IOException;

/**
 * What comes in on a socket and goes out on the other side's: it is read into the loop's one buffer and written to the other
 * at once, two calls of the kernel for a small message and no object made. What the other does not take is kept, and nothing
 * is read meanwhile. As long as much comes and the other takes all of it, much is read at once: each call wakes somebody,
 * which is dearer than the copying. Or, if so configured, what comes in bulk goes through a pipe, without being copied.
 *
 * <p>It is read until there is nothing left, or less came than was asked for: events are edge triggered. On one loop.
 */
final class Inflow {
    /** Reads in a row until others of the loop have their turn; one in bulk counts for some. */
    private static final int ROUNDS = 8;

    private static final int ROUNDS_OF_BULK = 4;

    /** When less than this comes through a pipe at once, it is no longer bulk (bytes). */
    private static final int LITTLE = 16 << 10;

    private final SocketSide side;
    private final NativeSocket socket;
    private final Relay relay;
    private final End end;
    private final RelayLoop at;
    private final DataPlaneSettings settings;
    /** What has been read and the other side has not taken. */
    private final Unsent unsent;

    private boolean inBulk;
    /** There may be something to read. */
    private boolean readable;
    /** Reading less than was asked for does not mean that there is no more. */
    private boolean toTheEnd;

    private boolean again;

    /** Into the relay, on that side of it. */
    Inflow(SocketSide side, NativeSocket socket, Relay relay, End end, RelayLoop at, DataPlaneSettings settings) {
        this.side = side;
        this.socket = socket;
        this.relay = relay;
        this.end = end;
        this.at = at;
        this.settings = settings;
        this.unsent = new Unsent(at);
    }

    /** There may be something to read; all there is, if so. */
    void came(boolean all) {
        readable = true;
        toTheEnd |= all;
    }

    boolean readable() {
        return readable;
    }

    /** Nothing of what was read goes anywhere any more. */
    void drop() {
        unsent.drop();
    }

    /** Reads and passes on, as long as there is something and the other takes it. */
    void take() {
        SocketSide to = side.peer();
        if (to == null) {
            return;
        }
        int round = 0;
        while (to.isOpen() && passOn(to) && takes(to) && round < ROUNDS) {
            round += inBulk ? ROUNDS_OF_BULK : 1;
            if (!inBulk || !settings.bulk().splice() || !fillPipe()) {
                read(to);
            }
        }
        if (to.closing() && unsent.isEmpty()) {
            to.finish();
        }
        if (side.closing()) {
            discard();
        } else if (round >= ROUNDS) {
            later();
        }
    }

    /** Passes on what has been read before and not been taken; tells whether nothing is left of that. */
    boolean passOn(SocketSide to) {
        if (unsent.isEmpty()) {
            return true;
        }
        try {
            if (unsent.drain(to.socket())) {
                return true;
            }
            to.awaitRoom();
        } catch (IOException e) {
            to.failed();
        }
        return false;
    }

    /** Reads what nobody wants any more, so that the end is seen. */
    void discard() {
        for (int round = 0; side.isOpen() && readable && round < ROUNDS; round++) {
            try {
                int came = socket.recvAddress(at.address(), 0, at.buffer().capacity());
                readable = came > 0;
                side.discarded(came < 0);
            } catch (IOException e) {
                side.closeNow();
            }
        }
        later();
    }

    /** Whether there is to be read. */
    private boolean takes(SocketSide to) {
        return readable && side.takesInput() && !to.closing() && !relay.ended();
    }

    /** @return false when nothing came this way; only reading tells why */
    private boolean fillPipe() {
        try {
            int came = unsent.fill(socket);
            if (came > 0) {
                relay.moved(end, came);
                inBulk = came >= LITTLE;
            }
            return came > 0;
        } catch (IOException e) {
            side.failed();
            return true;
        }
    }

    private void read(SocketSide to) {
        int ordinary = settings.highWaterMarkBytes();
        int most = inBulk && at.keptBytes() < settings.bulk().keptBytes()
                ? at.buffer().capacity()
                : Math.min(ordinary, at.buffer().capacity());
        int came;
        try {
            came = socket.recvAddress(at.address(), 0, most);
        } catch (IOException e) {
            readable = false;
            relay.wasReset(side);
            return;
        }
        if (came > 0) {
            readable = came == most || toTheEnd;
            inBulk = came >= ordinary || (inBulk && settings.bulk().splice() && came >= LITTLE);
            relay.moved(end, came);
            give(to, came);
            return;
        }
        readable = false;
        toTheEnd = false;
        if (came < 0) {
            side.inputEnded();
        }
    }

    /** Passes on what stands in the loop's buffer, and keeps what is not taken. */
    private void give(SocketSide to, int size) {
        int sent;
        try {
            sent = to.socket().sendAddress(at.address(), 0, size);
        } catch (IOException e) {
            to.failed();
            return;
        }
        if (sent < size) {
            unsent.keep(sent, size);
            inBulk &= settings.bulk().splice(); // who takes little at once shall not make much be kept
            to.awaitRoom();
        }
    }

    private void later() {
        if (side.isOpen() && readable && !again) {
            again = true;
            at.loop().execute(() -> {
                again = false;
                take();
            });
        }
    }
}
