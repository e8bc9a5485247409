package dev.weft.gossip.trust;

import akka.util.ByteString;
import dev.weft.gossip.origin.Sha256;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which name belongs to which key, and which keys are out. Belongs to one owner. */
public final class Roll {
    private static final Comparator<ByteString> BYTES =
            (one, other) -> java.util.Arrays.compareUnsigned(one.toArrayUnsafe(), other.toArrayUnsafe());
    /** Of two statements on the same name and key the same one wins everywhere. */
    private static final Comparator<MemberStatement> WEIGHT = Comparator.comparing(
                    (MemberStatement statement) -> !statement.founding())
            .thenComparing(MemberStatement::admitted)
            .thenComparing(MemberStatement::signature, BYTES);

    /** What a name and a key are to the federation. */
    public enum Standing {
        MEMBER,
        /** Nobody vouched for the name. */
        UNKNOWN,
        /** The name belongs to another key. */
        OTHER_KEY,
        /** The key was expelled. */
        EXPELLED
    }

    /** What became of a word on a member. */
    public enum Outcome {
        TAKEN,
        KNOWN,
        /** Not signed by a member, or of an expelled key. */
        INVALID,
        /** The name belongs to another, who is alive. */
        TWIN,
        /** There are too many already. */
        TOO_MANY
    }

    private final int bound;
    private final Map<String, MemberStatement> members = new TreeMap<>();
    private final Map<ByteString, Expulsion> expelled = new TreeMap<>(BYTES);
    private @Nullable ByteString hash;

    /**
     * @param bound members, and expelled keys, that are kept
     */
    public Roll(int bound) {
        this.bound = bound;
    }

    /** The key that owns a name; null if nobody does. */
    public @Nullable VerifyKey key(String cluster) {
        MemberStatement statement = members.get(cluster);
        return statement == null ? null : statement.key();
    }

    public Standing standing(String cluster, VerifyKey key) {
        if (expelled.containsKey(key.raw())) {
            return Standing.EXPELLED;
        }
        VerifyKey owner = key(cluster);
        if (owner == null) {
            return Standing.UNKNOWN;
        }
        return owner.equals(key) ? Standing.MEMBER : Standing.OTHER_KEY;
    }

    /** Who said that a key is out; null if nobody did. */
    public @Nullable Expulsion expulsion(VerifyKey key) {
        return expelled.get(key.raw());
    }

    public List<MemberStatement> members() {
        return List.copyOf(members.values());
    }

    public List<Expulsion> expulsions() {
        return List.copyOf(expelled.values());
    }

    /**
     * Takes in a word on a member.
     *
     * @param anybody whether one who vouches only for himself is welcome too, and vouchers need not be known
     * @param alive whether the cluster of a name is alive, so that its name is not free for another key
     */
    public Outcome add(MemberStatement statement, boolean anybody, Predicate<String> alive) {
        if (expelled.containsKey(statement.key().raw())) {
            return Outcome.INVALID;
        }
        MemberStatement present = members.get(statement.cluster());
        boolean same = present != null && present.key().equals(statement.key());
        if (same && WEIGHT.compare(statement, present) <= 0) {
            return Outcome.KNOWN;
        }
        if (!vouched(statement, same, anybody)) {
            return Outcome.INVALID;
        }
        if (present == null && members.size() >= bound) {
            return Outcome.TOO_MANY;
        }
        if (present != null && !same) {
            if (statement.admitted() <= present.admitted()) {
                return Outcome.KNOWN;
            }
            if (alive.test(statement.cluster())) {
                return Outcome.TWIN;
            }
        }
        members.put(statement.cluster(), statement);
        hash = null;
        return Outcome.TAKEN;
    }

    private boolean vouched(MemberStatement statement, boolean same, boolean anybody) {
        if (statement.founding()) {
            return (same || anybody) && statement.signedBy(statement.key());
        }
        VerifyKey voucher = key(statement.by());
        return anybody || (voucher != null && statement.signedBy(voucher));
    }

    /**
     * Takes in a word that a key is out.
     *
     * @param anybody whether the speaker need not be a member any more, e.g. when joining
     */
    public Outcome add(Expulsion expulsion, boolean anybody) {
        if (expelled.containsKey(expulsion.key().raw())) {
            return Outcome.KNOWN;
        }
        boolean member = standing(expulsion.by(), expulsion.byKey()) == Standing.MEMBER;
        if (!expulsion.signed() || !(member || anybody)) {
            return Outcome.INVALID;
        }
        if (expelled.size() >= bound) {
            return Outcome.TOO_MANY;
        }
        expelled.put(expulsion.key().raw(), expulsion);
        members.values().removeIf(statement -> statement.key().equals(expulsion.key()));
        hash = null;
        return Outcome.TAKEN;
    }

    /** Takes a name off, e.g. when this cluster leaves and forgets the others. */
    public void forget(String cluster) {
        members.remove(cluster);
        hash = null;
    }

    /** 32 bytes, equal for equal rolls. */
    public ByteString hash() {
        ByteString known = hash;
        if (known == null) {
            MessageDigest sha = Sha256.begin();
            for (ByteString signature : signatures()) {
                sha.update(signature.toArrayUnsafe());
            }
            known = ByteString.fromArrayUnsafe(sha.digest());
            hash = known;
        }
        return known;
    }

    private List<ByteString> signatures() {
        List<ByteString> signatures = new ArrayList<>();
        members.values().forEach(statement -> signatures.add(statement.signature()));
        // Only which keys are out counts, not who said it first.
        expelled.keySet().forEach(signatures::add);
        return signatures;
    }
}
