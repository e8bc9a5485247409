package dev.weft.gossip.spread;

import akka.actor.typed.ActorRef;
import dev.weft.gossip.transport.PeerListener;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.wire.Frame;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What links say, as messages: links say it on threads of their own, and {@link SpreadActor} hears it one at a time. */
sealed interface LinkWord extends SpreadCommand {
    record Connected(long link, boolean dialed, Optional<PeerIdentity> proven) implements LinkWord {}

    record Received(long link, Frame frame, int bytes) implements LinkWord {}

    record Malformed(long link, String reason) implements LinkWord {}

    record Disconnected(long link, String reason) implements LinkWord {}

    /** Hands what links say to an actor. */
    static PeerListener toldTo(ActorRef<SpreadCommand> actor) {
        return new Forwarding(actor);
    }

    /** See {@link #toldTo}. */
    record Forwarding(ActorRef<SpreadCommand> actor) implements PeerListener {
        @Override
        public void connected(long link, boolean dialed, @Nullable PeerIdentity proven) {
            actor.tell(new Connected(link, dialed, Optional.ofNullable(proven)));
        }

        @Override
        public void received(long link, Frame frame, int bytes) {
            actor.tell(new Received(link, frame, bytes));
        }

        @Override
        public void malformed(long link, String reason) {
            actor.tell(new Malformed(link, reason));
        }

        @Override
        public void disconnected(long link, String reason) {
            actor.tell(new Disconnected(link, reason));
        }
    }
}
