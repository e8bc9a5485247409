package dev.weft.api.guard;

import akka.stream.Attributes;
import akka.stream.BidiShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import akka.util.ByteString;
import dev.weft.api.guard.RequestHead.Refused;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a connection and the HTTP layer: lets whole heads through, and bodies as they come, in bounded size and
 * time. What it refuses it answers itself, after the answers under way, and then closes.
 *
 * <p>It goes on reading while an answer is under way, so that the end of a connection is noticed; what a client sends in
 * the meantime is bounded as a head is. Requests are handed on one by one: Akka HTTP's parser goes one call deeper for each
 * further request of one piece, and a few hundred exhaust the stack, which ends the process.
 */
public final class ConnectionGuard extends GraphStage<BidiShape<ByteString, ByteString, ByteString, ByteString>> {
    private static final ByteString STATUS_LINE = ByteString.fromString("HTTP/1.1 ");
    private static final ByteString SWITCHING = ByteString.fromString("HTTP/1.1 101 ");

    private final GuardSettings settings;
    private final Runnable ended;
    private final Inlet<ByteString> fromHttp = Inlet.create("guard.fromHttp");
    private final Outlet<ByteString> toSocket = Outlet.create("guard.toSocket");
    private final Inlet<ByteString> fromSocket = Inlet.create("guard.fromSocket");
    private final Outlet<ByteString> toHttp = Outlet.create("guard.toHttp");
    private final BidiShape<ByteString, ByteString, ByteString, ByteString> shape =
            BidiShape.of(fromHttp, toSocket, fromSocket, toHttp);

    /**
     * One stage for one connection.
     *
     * @param ended told when the connection is not read any further, so that endless answers end
     */
    public ConnectionGuard(GuardSettings settings, Runnable ended) {
        this.settings = settings;
        this.ended = ended;
    }

    /** All that is said on a connection for which there is no place. */
    public static ByteString tooManyConnections() {
        return Violation.TOO_MANY.answer();
    }

    @Override
    public BidiShape<ByteString, ByteString, ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    /** The client does not read what it has asked for. */
    private static final class NotRead extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotRead() {
            super("the client does not read its answer", null, false, false);
        }
    }

    /** The name of the timer that watches whether answers are read. */
    private static final String READER = "reader";

    /** So much of one piece is to be read within one deadline. */
    private static final int BYTES_IN_TIME = 1024 * 1024;

    /** What is being waited for; the name of its timer. */
    private enum Awaited {
        HEAD,
        BODY,
        /** That the client closes as well, so that it gets to read the last answer. */
        CLOSE,
        NOTHING
    }

    private final class Logic extends TimerGraphStageLogic {
        private final RequestFraming framing = new RequestFraming(settings);
        private final Deque<ByteString> ready = new ArrayDeque<>();
        /** How many of those, from the front, are of a body that is read at its reader's pace. */
        private int ofBody;

        /** Pieces that were handed to the socket, and whether the last of them has been taken. */
        private long pieces;

        private boolean unread;
        private int unreadBytes;
        private long piecesBefore;
        private int deadlinesPassed;

        private Awaited awaited = Awaited.NOTHING;
        private boolean discarding;
        private @Nullable Violation violation;

        private Logic() {
            super(shape);
            setHandler(fromSocket, new FromSocket());
            setHandler(toHttp, new ToHttp());
            setHandler(fromHttp, new FromHttp());
            setHandler(toSocket, new ToSocket());
        }

        @Override
        public void preStart() {
            pull(fromSocket);
            await(Awaited.HEAD);
        }

        @Override
        public void onTimer(Object key) {
            if (key == READER) {
                look();
            } else if (key == Awaited.CLOSE) {
                completeStage();
            } else {
                refuse(Violation.TIMEOUT);
            }
        }

        /** One timer for many pieces: it begins with the first and goes on as long as something is unread when it is due. */
        private void handed(ByteString piece) {
            pieces++;
            unread = true;
            unreadBytes = piece.size();
            if (!isTimerActive(READER)) {
                watchReader();
            }
        }

        private void watchReader() {
            deadlinesPassed = piecesBefore == pieces ? deadlinesPassed : 0;
            piecesBefore = pieces;
            scheduleOnce(READER, settings.readDeadline());
        }

        private void look() {
            if (unread && piecesBefore == pieces && ++deadlinesPassed > unreadBytes / BYTES_IN_TIME) {
                ended.run();
                failStage(new NotRead());
            } else if (unread) {
                watchReader();
            }
        }

        private void await(Awaited what) {
            if (awaited == what) {
                return;
            }
            cancelTimer(awaited);
            awaited = what;
            if (what != Awaited.NOTHING) {
                scheduleOnce(what, deadline(what));
            }
        }

        private Duration deadline(Awaited what) {
            return switch (what) {
                case HEAD -> settings.headDeadline();
                case BODY -> settings.bodyDeadline();
                case CLOSE, NOTHING -> settings.linger();
            };
        }

        private void arrived(ByteString bytes) {
            long heads = framing.heads();
            boolean continues = framing.inBody();
            try {
                ready.addAll(framing.take(bytes));
                ofBody = continues && ofBody == 0 ? Math.min(1, ready.size()) : ofBody;
            } catch (Refused refused) {
                refuse(refused.violation());
                return;
            }
            if (framing.heads() > heads) {
                await(Awaited.NOTHING);
            }
            if (framing.inBody()) {
                await(Awaited.BODY);
            } else if (framing.inHead() && framing.holds()) {
                await(Awaited.HEAD);
            } else if (framing.heads() > 0) {
                await(Awaited.NOTHING);
            }
            forward();
            readOn();
        }

        private void forward() {
            if (!ready.isEmpty() && isAvailable(toHttp)) {
                push(toHttp, ready.remove());
                ofBody = Math.max(0, ofBody - 1);
            }
            if (ready.isEmpty() && isClosed(fromSocket) && !isClosed(toHttp)) {
                complete(toHttp);
            }
        }

        /** A body, or another protocol, is read at the reader's pace; in between, as much as a head. */
        private void readOn() {
            boolean between = !framing.inBody() && !framing.switched() && ofBody == 0;
            if (between && waiting() > settings.headBytes()) {
                refuse(Violation.HEAD_TOO_LARGE);
            } else if (discarding || (between ? !framing.upgrading() : ready.isEmpty())) {
                if (!isClosed(fromSocket) && !hasBeenPulled(fromSocket)) {
                    pull(fromSocket);
                }
            }
        }

        private int waiting() {
            return ready.stream().mapToInt(ByteString::size).sum();
        }

        private void refuse(Violation why) {
            if (violation != null || discarding) {
                return;
            }
            violation = why;
            ended.run();
            discard();
            if (!isClosed(toHttp)) {
                complete(toHttp);
            }
            // Whoever breaks the rules gets no more than this to read the answers under way.
            await(Awaited.CLOSE);
            if (isClosed(fromHttp)) {
                lastWord();
            }
        }

        /** Nothing that comes now is wanted, but its end is. */
        private void discard() {
            discarding = true;
            await(Awaited.NOTHING);
            ready.clear();
            readOn();
        }

        private void lastWord() {
            if (violation == null) {
                close();
            } else {
                emit(toSocket, violation.answer(), this::close);
            }
        }

        private void close() {
            if (isClosed(fromSocket)) {
                completeStage();
                return;
            }
            complete(toSocket);
            discard();
            await(Awaited.CLOSE);
        }

        private final class FromSocket extends AbstractInHandler {
            @Override
            public void onPush() {
                ByteString bytes = grab(fromSocket);
                if (discarding) {
                    pull(fromSocket);
                } else {
                    arrived(bytes);
                }
            }

            @Override
            public void onUpstreamFinish() {
                if (isClosed(toSocket)) {
                    completeStage();
                } else {
                    await(Awaited.NOTHING);
                    forward();
                }
            }
        }

        private final class ToHttp extends AbstractOutHandler {
            @Override
            public void onPull() {
                forward();
                readOn();
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                discard();
            }
        }

        private final class FromHttp extends AbstractInHandler {
            @Override
            public void onPush() {
                ByteString bytes = grab(fromHttp);
                push(toSocket, bytes);
                handed(bytes);
                if (framing.upgrading() && bytes.startsWith(STATUS_LINE, 0)) {
                    framing.answered(bytes.startsWith(SWITCHING, 0));
                    arrived(ByteString.emptyByteString());
                }
            }

            @Override
            public void onUpstreamFinish() {
                lastWord();
            }
        }

        private final class ToSocket extends AbstractOutHandler {
            @Override
            public void onPull() {
                unread = false;
                if (!isClosed(fromHttp) && !hasBeenPulled(fromHttp)) {
                    pull(fromHttp);
                }
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                cancelStage(cause);
            }
        }
    }
}
