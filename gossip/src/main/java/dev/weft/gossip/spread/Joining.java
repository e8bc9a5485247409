package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.trust.JoinToken;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one attempt to join with a token that may be on its way. Belongs to one owner. */
final class Joining {
    private record Attempt(JoinToken token, Instant deadline, Consumer<Optional<String>> reply) {}

    private final LinkTable links;
    private @Nullable Attempt attempt;
    private @Nullable String lastFailure;

    Joining(LinkTable links) {
        this.links = links;
    }

    /**
     * Begins to dial.
     *
     * @param reply hears why it failed, or nothing if this cluster is a member now
     */
    void begin(JoinToken token, Instant deadline, Consumer<Optional<String>> reply) {
        if (attempt != null) {
            reply.accept(Optional.of("another join is on its way (expected: one at a time)"));
            return;
        }
        attempt = new Attempt(token, deadline, reply);
        lastFailure = null;
        token.addresses().forEach(links::seed);
    }

    /** What to say first on a link; null where it is none that a token is for. */
    Frame.@Nullable Join opening(Link link, Admission admission, Instant now) {
        Attempt present = attempt;
        NodeAddress dialed = link.dialed;
        if (present == null || dialed == null || !present.token().addresses().contains(dialed)) {
            return null;
        }
        PeerIdentity proven = link.proven;
        if (proven != null && !proven.key().fingerprint().equals(present.token().fingerprint())) {
            lastFailure = dialed + " is " + proven.cluster() + " (" + proven.key() + "), not who gave out the token"
                    + " (expected: the certificate authority that the token names)";
            return null;
        }
        link.joining = true;
        return new Frame.Join(present.token().secret(), admission.introduction(now));
    }

    /** Whether a link is to be closed, since who answers there is not who gave out the token. */
    boolean impostor(Link link) {
        Attempt present = attempt;
        NodeAddress dialed = link.dialed;
        return present != null
                && dialed != null
                && !link.joining
                && present.token().addresses().contains(dialed);
    }

    /** It worked, or the peer or this cluster says why not. */
    void ended(Optional<String> failure) {
        Attempt ended = attempt;
        attempt = null;
        if (ended != null) {
            failure.ifPresent(why -> ended.token().addresses().forEach(links::unseed));
            ended.reply().accept(failure);
        }
    }

    /** Gives up after the deadline. */
    void expire(Instant now) {
        Attempt present = attempt;
        if (present != null && now.isAfter(present.deadline())) {
            ended(Optional.of(
                    lastFailure != null
                            ? lastFailure
                            : "nobody answered at " + present.token().addresses()
                                    + " (expected: the process that gave out the token)"));
        }
    }
}
