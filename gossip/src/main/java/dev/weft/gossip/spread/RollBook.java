package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.trust.RecordVerifier;
import dev.weft.gossip.trust.Roll;
import dev.weft.gossip.trust.SignatureCheck;
import dev.weft.gossip.trust.VerifyKey;
import dev.weft.gossip.wire.Frame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roll of members as this cluster keeps it: what is taken into it is stored, and noted until the others were told. Knows
 * as well whether this cluster itself was put out. Whose word is to be taken, {@link Admission} says. Belongs to one owner.
 */
final class RollBook {
    private static final Logger LOG = LoggerFactory.getLogger(RollBook.class);

    private final ClusterIdentity identity;
    private final StoreQueue store;
    private final Roll roll;
    private final RecordVerifier verifier;
    private final List<MemberStatement> freshMembers = new ArrayList<>();
    private final List<Expulsion> freshExpulsions = new ArrayList<>();
    private final List<String> ousted = new ArrayList<>();

    /** A member's word that this cluster is out; null as long as none is known. */
    private @Nullable Expulsion expelled;

    /** @param bound clusters, and expelled keys, that are kept */
    RollBook(
            ClusterIdentity identity,
            int bound,
            StoreQueue store,
            SignatureCheck signatures,
            StoredState stored,
            Instant now) {
        this.identity = identity;
        this.store = store;
        this.roll = new Roll(bound);
        this.verifier = new RecordVerifier(roll::key, signatures);
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

    /** Whether who is linked is a member still. */
    boolean welcome(Link link) {
        NodeId node = link.node;
        PeerIdentity proven = link.proven;
        if (proven != null) {
            return roll.standing(proven.cluster(), proven.key()) == Roll.Standing.MEMBER;
        }
        return node == null || member(node.cluster());
    }

    Roll.Standing standing(String cluster, VerifyKey key) {
        return roll.standing(cluster, key);
    }

    /** What is known of who is a member, and who is out. */
    Roll roll() {
        return roll;
    }

    /** What somebody said of the member of a name; null where there is none. */
    @Nullable
    MemberStatement statement(String cluster) {
        return roll.members().stream()
                .filter(known -> known.cluster().equals(cluster))
                .findFirst()
                .orElse(null);
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
        MemberStatement own = statement(identity.cluster());
        if (own == null) {
            throw new IllegalStateException(
                    "roll: without " + identity.cluster() + " (expected: this cluster is in it)");
        }
        return own;
    }

    /** This cluster's word on itself, for one who does not know it. */
    MemberStatement introduction(Instant now) {
        return MemberStatement.founding(identity, HybridTimestamp.of(now).packed());
    }

    /** 32 bytes, equal for equal rolls. */
    ByteString hash() {
        return roll.hash();
    }

    Frame.Roll complete() {
        return new Frame.Roll(roll.members(), roll.expulsions(), true);
    }

    /** What one who told all he knows does not know; null if nothing. */
    Frame.@Nullable Roll unknownTo(Frame.Roll theirs) {
        List<MemberStatement> members = roll.members().stream()
                .filter(member -> !theirs.members().contains(member))
                .toList();
        List<VerifyKey> out = theirs.expulsions().stream().map(Expulsion::key).toList();
        List<Expulsion> expulsions = roll.expulsions().stream()
                .filter(expulsion -> !out.contains(expulsion.key()))
                .toList();
        return members.isEmpty() && expulsions.isEmpty() ? null : new Frame.Roll(members, expulsions, false);
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

    /** Whether the others put this cluster out: whatever is still heard of them, none of them is reached any more. */
    boolean expelled() {
        return expelled != null;
    }

    /** What another process of this cluster may not know yet: that the others put it out; null where they did not. */
    Frame.@Nullable Roll verdict() {
        return expelled == null ? null : new Frame.Roll(List.of(), List.of(expelled), false);
    }

    /** Those whom this cluster is with from now on did not put it out. */
    void readmitted() {
        if (expelled != null) {
            store.noExpulsion(expelled);
            freshExpulsions.remove(expelled);
            expelled = null;
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
        take(Expulsion.of(cluster, key, identity, HybridTimestamp.of(now).packed()), true);
        return null;
    }

    /** Forgets all members: this cluster is on its own from now on. */
    void beginAnew(Instant now) {
        for (MemberStatement member : roll.members()) {
            roll.forget(member.cluster());
            store.delete(StoreQueue.MEMBER + member.cluster());
        }
        readmitted();
        found(now);
        freshMembers.clear();
    }

    private void found(Instant now) {
        take(introduction(now), true, false);
    }

    /**
     * Takes in a word on a member.
     *
     * @param anybody whether one who vouches only for himself is welcome too, and vouchers need not be known
     * @param alive whether the cluster of that name is alive, so that its name is not free for another key
     */
    Roll.Outcome take(MemberStatement member, boolean anybody, boolean alive) {
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

    /**
     * Takes in a word that a key is out.
     *
     * @param anybody whether the speaker need not be a member any more, e.g. when joining
     */
    Roll.Outcome take(Expulsion expulsion, boolean anybody) {
        if (expulsion.key().equals(identity.key())) {
            takeOwn(expulsion);
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

    /** That this cluster is out is not put on its own roll: what it says of itself still counts here; the others hang up. */
    private void takeOwn(Expulsion expulsion) {
        boolean member = roll.standing(expulsion.by(), expulsion.byKey()) == Roll.Standing.MEMBER;
        if (member && expulsion.signed() && expelled == null) {
            expelled = expulsion;
            store.expulsion(expulsion);
            freshExpulsions.add(expulsion);
            LOG.error("this cluster was expelled by {}: the others take nothing from it any more", expulsion.by());
        }
    }
}
