package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.Membership;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.JoinToken;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.trust.RecordVerifier;
import dev.weft.gossip.trust.Roll;
import dev.weft.gossip.trust.SignatureCheck;
import dev.weft.gossip.trust.VerifyKey;
import dev.weft.gossip.wire.Frame;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is a member: the roll with its rules of whom to believe, and the tokens that were given out. */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private final ClusterIdentity identity;
    private final boolean open;
    private final Membership membership;
    private final TrustSettings settings;
    private final StoreQueue store;
    private final Refusals refusals;
    private final FutureBound future;
    private final Roll roll;
    private final Invitations invitations;
    private final RecordVerifier verifier;
    private final List<MemberStatement> freshMembers = new ArrayList<>();
    private final List<Expulsion> freshExpulsions = new ArrayList<>();
    private final List<String> ousted = new ArrayList<>();
    /** What this process said when its cluster left the federation; null while it is in one, or looks for one. */
    private @Nullable Node departed;

    /** A member's word that this cluster is out; null as long as none is known. */
    private @Nullable Expulsion expelled;

    Admission(
            Identity self,
            Membership membership,
            TrustSettings settings,
            StoreQueue store,
            Refusals refusals,
            SignatureCheck signatures,
            FutureBound future,
            StoredState stored,
            Instant now) {
        this.identity = self.key();
        this.open = self.open();
        this.membership = membership;
        this.settings = settings;
        this.store = store;
        this.refusals = refusals;
        this.future = future;
        this.roll = new Roll(settings.members());
        this.invitations = new Invitations(settings.invitations(), stored.invitations());
        this.verifier = new RecordVerifier(roll::key, signatures);
        this.departed = stored.departed().orElse(null);
        for (Expulsion expulsion : stored.expulsions()) {
            if (expulsion.key().equals(identity.key())) {
                expelled = expulsion;
            } else {
                roll.add(expulsion, true);
            }
        }
        stored.members().stream()
                .filter(member -> !member.cluster().equals(identity.cluster())
                        || member.key().equals(identity.key()))
                .forEach(member -> roll.add(member, true, cluster -> false));
        if (roll.key(identity.cluster()) == null) {
            found(now);
        }
    }

    RecordVerifier verifier() {
        return verifier;
    }

    /** Whether a name belongs to a member. */
    boolean member(String cluster) {
        return roll.key(cluster) != null;
    }

    /** Whether the others put this cluster out: whatever is still heard of them, none of them is reached any more. */
    boolean expelled() {
        return expelled != null;
    }

    /** What another process of this cluster may not know yet: that the others put it out; null where they did not. */
    Frame.@Nullable Roll verdict(Link link) {
        return expelled != null && ours(link) ? new Frame.Roll(List.of(), List.of(expelled), false) : null;
    }

    /** The names of the other members. */
    List<String> others() {
        return roll.members().stream()
                .map(MemberStatement::cluster)
                .filter(cluster -> !cluster.equals(identity.cluster()))
                .toList();
    }

    /** This cluster's own membership. */
    MemberStatement self() {
        return roll.members().stream()
                .filter(member -> member.cluster().equals(identity.cluster()))
                .findFirst()
                .orElseThrow();
    }

    /** This cluster's word on itself, for one who does not know it. */
    MemberStatement introduction(Instant now) {
        return MemberStatement.founding(identity, stamp(now));
    }

    ByteString hash() {
        return roll.hash();
    }

    Frame.Roll complete() {
        return new Frame.Roll(roll.members(), roll.expulsions(), true);
    }

    /** Whether who is linked is a member still. */
    boolean welcome(Link link) {
        NodeId node = link.node;
        PeerIdentity proven = link.proven;
        if (proven != null) {
            return roll.standing(proven.cluster(), proven.key()) == Roll.Standing.MEMBER;
        }
        return node == null || member(node.cluster());
    }

    /** Why one who introduced himself may not take part; null if he may. */
    @Nullable
    String objection(Link link, Frame.Hello hello, Instant now) {
        MemberStatement member = hello.member();
        Node node = hello.node();
        String objection = Credentials.objection(link, member, local(link));
        if (objection != null) {
            return objection;
        }
        if (!member.cluster().equals(node.id().cluster())) {
            return node.id() + " introduced itself as " + member.cluster() + " (expected: the same name)";
        }
        Roll.Standing standing = roll.standing(member.cluster(), member.key());
        if (standing == Roll.Standing.MEMBER) {
            return null;
        }
        if (standing != Roll.Standing.EXPELLED && local(link)) {
            String ahead = future.objection(node, now);
            if (ahead != null) {
                return ahead;
            }
            boolean twin = membership.present(member.cluster(), node.id(), now);
            Roll.Outcome outcome = take(admitted(member), true, twin);
            return outcome == Roll.Outcome.TAKEN ? null : Credentials.refusal(Roll.Standing.OTHER_KEY, member, roll);
        }
        return Credentials.refusal(standing, member, roll);
    }

    /**
     * The word that lets in one who comes without a token: his own, unless his clock was behind when he made it; then this
     * cluster's, so that he is not taken for older than whoever had his name before.
     */
    private MemberStatement admitted(MemberStatement newcomer) {
        MemberStatement present = present(newcomer.cluster());
        if (present == null
                || present.key().equals(newcomer.key())
                || newcomer.admitted() > present.admitted()
                || !newcomer.signedBy(newcomer.key())) {
            return newcomer;
        }
        return MemberStatement.vouching(identity, newcomer.cluster(), newcomer.key(), present.admitted() + 1);
    }

    private @Nullable MemberStatement present(String cluster) {
        return roll.members().stream()
                .filter(known -> known.cluster().equals(cluster))
                .findFirst()
                .orElse(null);
    }

    /** Whether one who is at the other end of a link may come without a token. */
    private boolean local(Link link) {
        return open && departed == null && (link.dialed == null || Credentials.loopback(link.dialed));
    }

    /** Remembers a token. False where too many are open. */
    boolean invite(ByteString secret, Duration validity, Instant now) {
        boolean added = invitations.add(secret, now.plus(validity), now);
        if (added) {
            LOG.info("token {} was given out, valid for {}", Invitations.id(secret), validity);
        }
        store.invitations(invitations.all());
        return added;
    }

    /** The tokens that somebody could use. */
    List<Invitations.Invitation> tokens(Instant now) {
        return invitations.open(now);
    }

    /** Takes a token back. Answers why that cannot be; null if nobody can use it any more. */
    @Nullable
    String revoke(String id, Instant now) {
        if (!invitations.revoke(id, now)) {
            List<String> open =
                    tokens(now).stream().map(Invitations.Invitation::id).toList();
            return "token " + id + " is none that can be used at "
                    + membership.self().id() + " (expected: one of " + open + ", at the process that gave it out)";
        }
        store.invitations(invitations.all());
        LOG.info("token {} was revoked", id);
        return null;
    }

    JoinToken token(ByteString secret, Duration validity, Instant now) {
        return new JoinToken(
                identity.cluster(),
                identity.key().fingerprint(),
                now.plus(validity),
                secret,
                List.of(membership.self().id().address()));
    }

    /** Why a token is none to join with, as far as is known here; null if nothing is. */
    @Nullable
    String objection(JoinToken token, Instant now) {
        if (token.fingerprint().equals(identity.key().fingerprint())) {
            return "this is a token of cluster " + identity.cluster()
                    + " itself (expected: one that a member of another" + " federation gave out)";
        }
        for (Expulsion expulsion : roll.expulsions()) {
            if (expulsion.key().fingerprint().equals(token.fingerprint())) {
                return "cluster " + expulsion.cluster() + ", which gave out the token, was expelled by "
                        + expulsion.by() + " (expected: a token of a member)";
            }
        }
        List<String> present = others().stream()
                .filter(cluster -> membership.present(cluster, null, now))
                .toList();
        boolean stranger = roll.members().stream()
                .noneMatch(member -> member.key().fingerprint().equals(token.fingerprint()));
        // Its members would have to believe those of the other, of whom nobody vouched for any to any.
        return stranger && expelled == null && !present.isEmpty()
                ? "cluster " + identity.cluster() + " is in a federation with " + present + " already, and "
                        + token.cluster() + ", which gave out the token, is not in it (expected: " + token.cluster()
                        + " to join with a token of this federation, or `weft federate leave` here first)"
                : null;
    }

    /** Lets in one who was invited. Answers why not; null if he is in. */
    @Nullable
    String join(Link link, Frame.Join join, Instant now) {
        MemberStatement member = join.member();
        String objection = Credentials.objection(link, member, local(link));
        if (objection != null) {
            return objection;
        }
        if (!member.founding() || !member.signedBy(member.key())) {
            return "the word of " + member.cluster() + " is not signed by itself (expected: its own signature)";
        }
        Roll.Standing standing = roll.standing(member.cluster(), member.key());
        boolean taken = standing == Roll.Standing.OTHER_KEY && membership.present(member.cluster(), null, now);
        if (standing == Roll.Standing.EXPELLED || taken) {
            return Credentials.refusal(standing, member, roll);
        }
        String refused = switch (invitations.redeem(join.secret(), member.key(), now)) {
            case UNKNOWN ->
                "the token is not known at " + membership.self().id()
                        + " (expected: one that this process gave out and did not" + " revoke)";
            case EXPIRED -> "the token expired (expected: a new one, by `weft federate invite`)";
            case USED ->
                "the token was used already by another cluster" + " (expected: a new one, by `weft federate invite`)";
            case ACCEPTED -> null;
        };
        if (refused != null) {
            return refused;
        }
        store.invitations(invitations.all());
        // Who left and takes somebody in is no longer alone.
        stay();
        MemberStatement present = present(member.cluster());
        long admitted = Math.max(stamp(now), present == null ? 0 : present.admitted() + 1);
        take(MemberStatement.vouching(identity, member.cluster(), member.key(), admitted), true, false);
        LOG.info(
                "cluster {} ({}) joined with token {} of this cluster",
                member.cluster(),
                member.key(),
                Invitations.id(join.secret()));
        return null;
    }

    /** Takes over the roll of one who let us in. Answers why that is no good; null if we are members now. */
    @Nullable
    String joined(Link link, Frame.Roll theirs) {
        theirs.expulsions().forEach(expulsion -> take(expulsion, true));
        for (MemberStatement member : theirs.members()) {
            boolean ours = member.cluster().equals(identity.cluster());
            if (!ours || member.key().equals(identity.key())) {
                take(member, true, false);
            }
        }
        stay();
        PeerIdentity sender = link.proven;
        if (sender != null && roll.standing(sender.cluster(), sender.key()) == Roll.Standing.EXPELLED) {
            return "cluster " + sender.cluster() + ", which gave out the token, was expelled from the federation"
                    + " (expected: a token of a member)";
        }
        if (self().founding() || !welcome(link)) {
            return "the answer to the token does not name this cluster and its sender (expected: both are members)";
        }
        readmitted();
        return null;
    }

    /** Takes in what a member says of members. Answers what he does not know, if he told all. */
    Frame.@Nullable Roll hear(Link link, Frame.Roll theirs, Instant now) {
        boolean ours = ours(link);
        if (ours && departed != null && !rejoined(theirs, departed)) {
            return null;
        }
        if (ours && departed != null) {
            stay();
        }
        boolean anybody = ours || local(link);
        theirs.expulsions().forEach(expulsion -> report(link, take(expulsion, false), expulsion.cluster()));
        for (MemberStatement member : theirs.members()) {
            if (future.exceeded(member.admitted(), now)) {
                // Taken, it would keep out what this cluster says of itself when its clock is right.
                String word = "the word of " + member.cluster();
                refusals.refuse(Refusals.Reason.FUTURE, link.name(), future.describe(word, member.admitted()));
                continue;
            }
            boolean alive =
                    member.cluster().equals(identity.cluster()) || membership.present(member.cluster(), null, now);
            report(link, take(member, anybody, alive), member.cluster());
        }
        if (!theirs.complete()) {
            return null;
        }
        List<MemberStatement> members = roll.members().stream()
                .filter(member -> !theirs.members().contains(member))
                .toList();
        List<VerifyKey> out = theirs.expulsions().stream().map(Expulsion::key).toList();
        List<Expulsion> expulsions = roll.expulsions().stream()
                .filter(expulsion -> !out.contains(expulsion.key()))
                .toList();
        return members.isEmpty() && expulsions.isEmpty() ? null : new Frame.Roll(members, expulsions, false);
    }

    /** Whether another process of this cluster is at the other end: whoever has its key decides for it as this one does. */
    boolean ours(Link link) {
        PeerIdentity proven = link.proven;
        NodeId node = link.node;
        return proven != null
                ? proven.key().equals(identity.key())
                : open && node != null && node.cluster().equals(identity.cluster());
    }

    /** Whether another process of this cluster tells of members who came after this one left, not of those it left. */
    private boolean rejoined(Frame.Roll theirs, Node left) {
        return theirs.members().stream()
                .filter(member -> !member.cluster().equals(identity.cluster()) || !member.founding())
                .anyMatch(member -> member.admitted() > left.beat());
    }

    /** Whether another process of this cluster says that it leaves, or left while this one was down, so that all do. */
    boolean left(Link link, NodeId from, List<Node> told) {
        return ours(link)
                && !others().isEmpty()
                && told.stream()
                        .anyMatch(node -> node.id().equals(from)
                                && node.presence() == Node.Presence.LEFT
                                && verifier.holds(node)
                                && (current(node) || !rejoined(complete(), node)));
    }

    /** Whether it is a word of the life that a process is in, and not of one that ended. */
    private boolean current(Node node) {
        Node present = membership.node(node.id());
        return present == null || present.sameLife(node);
    }

    private void report(Link link, Roll.Outcome outcome, String cluster) {
        if (outcome == Roll.Outcome.INVALID) {
            refusals.refuse(
                    Refusals.Reason.STRANGER, link.name(), "a word on " + cluster + " that no member stands for");
        } else if (outcome == Roll.Outcome.TOO_MANY) {
            refusals.refuse(
                    Refusals.Reason.TOO_MANY,
                    link.name(),
                    "cluster " + cluster + " beyond the bound of " + settings.members());
        }
    }

    /** Puts a member out. Answers why that cannot be; null if he is out. */
    @Nullable
    String expel(String cluster, Instant now) {
        VerifyKey key = roll.key(cluster);
        if (key == null) {
            return "cluster " + cluster + " is no member (expected: one of " + others() + ")";
        }
        if (cluster.equals(identity.cluster())) {
            return "cluster " + cluster + " is this one (expected: `weft federate leave`)";
        }
        take(Expulsion.of(cluster, key, identity, stamp(now)), true);
        return null;
    }

    /**
     * This cluster is on its own again, and nobody comes in without a token until it joins somebody.
     *
     * @param last what it said to the others, for those who did not hear it
     */
    void leave(Node last, Instant now) {
        for (MemberStatement member : roll.members()) {
            roll.forget(member.cluster());
            store.delete(StoreQueue.MEMBER + member.cluster());
        }
        departed = last;
        readmitted();
        store.departed(last);
        found(now);
        freshMembers.clear();
    }

    /** This cluster looks for others, so that those on this machine may come in. */
    void seeking() {
        stay();
    }

    /** What this process said when its cluster left; null where it did not. */
    @Nullable
    Node departed() {
        return departed;
    }

    private void stay() {
        departed = null;
        store.delete(StoreQueue.DEPARTED);
    }

    /** Those whom this cluster is with from now on did not put it out. */
    private void readmitted() {
        if (expelled != null) {
            store.noExpulsion(expelled);
            freshExpulsions.remove(expelled);
            expelled = null;
        }
    }

    private void found(Instant now) {
        take(MemberStatement.founding(identity, stamp(now)), true, false);
    }

    private Roll.Outcome take(MemberStatement member, boolean anybody, boolean alive) {
        VerifyKey before = roll.key(member.cluster());
        Roll.Outcome outcome = roll.add(member, anybody, cluster -> alive);
        if (outcome == Roll.Outcome.TAKEN) {
            store.member(member);
            freshMembers.add(member);
            if (before != null && !before.equals(member.key())) {
                LOG.info("cluster {} has a new identity {}, before it had {}", member.cluster(), member.key(), before);
                ousted.add(member.cluster());
            }
        }
        return outcome;
    }

    private Roll.Outcome take(Expulsion expulsion, boolean anybody) {
        if (expulsion.key().equals(identity.key())) {
            // What it says of itself still counts here; the others hang up.
            boolean member = roll.standing(expulsion.by(), expulsion.byKey()) == Roll.Standing.MEMBER;
            if (member && expulsion.signed() && expelled == null) {
                expelled = expulsion;
                store.expulsion(expulsion);
                freshExpulsions.add(expulsion);
                LOG.error("this cluster was expelled by {}: the others take nothing from it any more", expulsion.by());
            }
            return Roll.Outcome.KNOWN;
        }
        Roll.Outcome outcome = roll.add(expulsion, anybody);
        if (outcome == Roll.Outcome.TAKEN) {
            store.expulsion(expulsion);
            freshExpulsions.add(expulsion);
            if (roll.key(expulsion.cluster()) == null) {
                LOG.info("cluster {} ({}) was expelled by {}", expulsion.cluster(), expulsion.key(), expulsion.by());
                store.delete(StoreQueue.MEMBER + expulsion.cluster());
                ousted.add(expulsion.cluster());
            }
        }
        return outcome;
    }

    /** What is new since the last call, to be told to the others; null if nothing. */
    Frame.@Nullable Roll fresh() {
        if (freshMembers.isEmpty() && freshExpulsions.isEmpty()) {
            return null;
        }
        Frame.Roll fresh = new Frame.Roll(freshMembers, freshExpulsions, false);
        freshMembers.clear();
        freshExpulsions.clear();
        return fresh;
    }

    /** Names that lost their key since the last call. */
    List<String> ousted() {
        List<String> names = List.copyOf(ousted);
        ousted.clear();
        return names;
    }

    private static long stamp(Instant now) {
        return HybridTimestamp.ofMillis(now.toEpochMilli()).packed();
    }
}
