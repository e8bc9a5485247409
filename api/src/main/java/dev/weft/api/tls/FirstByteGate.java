package dev.weft.api.tls;

import akka.stream.Attributes;
import akka.stream.BidiShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;

/**
 * Stands between a socket and TLS and looks at the first byte: who begins with anything else than a handshake has most likely
 * forgotten the {@code https}, and is told so in plain HTTP, in the words of Go's servers, instead of being hung up on.
 */
final class FirstByteGate extends GraphStage<BidiShape<ByteString, ByteString, ByteString, ByteString>> {
    /** A TLS record that holds a handshake message. */
    private static final byte HANDSHAKE = 22;

    private static final ByteString ANSWER = ByteString.fromString(String.join(
            "\r\n",
            "HTTP/1.0 400 Bad Request",
            "Connection: close",
            "",
            "Client sent an HTTP request to an HTTPS server.\n"));

    private final Inlet<ByteString> fromTls = Inlet.create("gate.fromTls");
    private final Outlet<ByteString> toSocket = Outlet.create("gate.toSocket");
    private final Inlet<ByteString> fromSocket = Inlet.create("gate.fromSocket");
    private final Outlet<ByteString> toTls = Outlet.create("gate.toTls");
    private final BidiShape<ByteString, ByteString, ByteString, ByteString> shape =
            BidiShape.of(fromTls, toSocket, fromSocket, toTls);

    @Override
    public BidiShape<ByteString, ByteString, ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private boolean begun;
        private boolean refused;

        private Logic() {
            super(shape);
            setHandler(fromSocket, new FromSocket());
            setHandler(toTls, new ToTls());
            setHandler(fromTls, new FromTls());
            setHandler(toSocket, new ToSocket());
        }

        private void refuse() {
            refused = true;
            complete(toTls);
            cancel(fromTls);
            emit(toSocket, ANSWER, () -> completeStage());
        }

        private final class FromSocket extends AbstractInHandler {
            @Override
            public void onPush() {
                ByteString bytes = grab(fromSocket);
                if (!begun && !bytes.isEmpty()) {
                    begun = true;
                    if (bytes.apply(0) != HANDSHAKE) {
                        refuse();
                        return;
                    }
                }
                push(toTls, bytes);
            }

            @Override
            public void onUpstreamFinish() {
                if (!refused) {
                    complete(toTls);
                }
            }
        }

        private final class ToTls extends AbstractOutHandler {
            @Override
            public void onPull() {
                if (!isClosed(fromSocket)) {
                    pull(fromSocket);
                }
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                if (!isClosed(fromSocket)) {
                    cancel(fromSocket, cause);
                }
            }
        }

        private final class FromTls extends AbstractInHandler {
            @Override
            public void onPush() {
                push(toSocket, grab(fromTls));
            }

            @Override
            public void onUpstreamFinish() {
                if (!refused) {
                    complete(toSocket);
                }
            }
        }

        private final class ToSocket extends AbstractOutHandler {
            @Override
            public void onPull() {
                if (!refused && !isClosed(fromTls) && !hasBeenPulled(fromTls)) {
                    pull(fromTls);
                }
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                cancelStage(cause);
            }
        }
    }
}
