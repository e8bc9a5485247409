package dev.weft.gossip.spread;

import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.trust.Roll;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one has to show who wants to take part, and what he is told where that is not enough. Pure. */
final class Credentials {
    private static final Set<String> LOOPBACK = Set.of("localhost", "::1", "0:0:0:0:0:0:0:1");

    private Credentials() {}

    /**
     * Why the link does not prove what its peer says of himself; null if it does.
     *
     * @param local whether the link is within one machine, so that nothing needs to be proven
     */
    static @Nullable String objection(Link link, MemberStatement member, boolean local) {
        PeerIdentity proven = link.proven;
        if (proven == null) {
            return local
                    ? null
                    : "plain text is for clusters on one machine (expected: TLS, or loopback addresses on both sides)";
        }
        return proven.cluster().equals(member.cluster()) && proven.key().equals(member.key())
                ? null
                : "the certificate is of " + proven.cluster() + " (" + proven.key() + "), the word of "
                        + member.cluster() + " (" + member.key() + ") (expected: the same)";
    }

    /** Why one of this standing may not take part, and what he can do. */
    static String refusal(Roll.Standing standing, MemberStatement member, Roll roll) {
        String who = "cluster " + member.cluster();
        if (standing == Roll.Standing.EXPELLED) {
            Expulsion expulsion = roll.expulsion(member.key());
            return who + " was expelled" + (expulsion == null ? "" : " by " + expulsion.by())
                    + " (expected: a new identity and a new token)";
        }
        if (standing == Roll.Standing.OTHER_KEY) {
            return who + " is here already with another identity " + roll.key(member.cluster()) + ", this one is "
                    + member.key() + " (expected: another name, or the data directory of " + member.cluster()
                    + ", or a new token once the other is unreachable or left)";
        }
        return who + " (" + member.key() + ") is no member of this federation (expected: `weft federate join` with a"
                + " token of a member)";
    }

    static boolean loopback(NodeAddress address) {
        String host = address.host();
        return LOOPBACK.contains(host) || host.matches("127(\\.\\d{1,3}){3}");
    }
}
