package dev.weft.gossip.wire;

import com.google.protobuf.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.Batch;
import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.OriginDigest;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.Want;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.trust.VerifyKey;
import dev.weft.gossip.wire.proto.Address;
import dev.weft.gossip.wire.proto.Digest;
import dev.weft.gossip.wire.proto.Member;
import dev.weft.gossip.wire.proto.Origin;
import dev.weft.gossip.wire.proto.OriginRecords;
import dev.weft.gossip.wire.proto.Presence;
import dev.weft.gossip.wire.proto.Record;
import java.util.List;

/** The parts of frames, both ways. What is read and makes no sense is an {@link IllegalArgumentException}. */
final class DomainParts {
    private static final int ROOT_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;

    private final WireBounds bounds;
    private final RepeatedTexts keys = new RepeatedTexts();

    DomainParts(WireBounds bounds) {
        this.bounds = bounds;
    }

    Origin out(OriginId origin) {
        return Origin.newBuilder()
                .setCluster(origin.cluster())
                .setShard(origin.shard())
                .setIncarnation(origin.incarnation())
                .build();
    }

    OriginId origin(Origin origin) {
        if (origin.getShard() < 0 || origin.getShard() >= bounds.shards()) {
            throw new IllegalArgumentException("shard: " + Integer.toUnsignedString(origin.getShard())
                    + " (expected: less than " + bounds.shards() + ")");
        }
        return new OriginId(name(origin.getCluster()), origin.getShard(), origin.getIncarnation());
    }

    Record out(OriginRecord record) {
        Record.Builder out = Record.newBuilder()
                .setKey(record.key())
                .setNumber(record.number())
                .setPrevious(record.previous());
        akka.util.ByteString payload = record.payload();
        if (payload != null) {
            out.setPayload(ByteString.copyFrom(payload.toArrayUnsafe()));
        }
        return out.build();
    }

    OriginRecord record(Record record) {
        if (record.getKey().length() > bounds.keyLength()) {
            throw new IllegalArgumentException(
                    "key: " + record.getKey().length() + " characters (expected: at most " + bounds.keyLength() + ")");
        }
        if (record.getPayload().size() > bounds.payloadBytes()) {
            throw new IllegalArgumentException("payload of " + record.getKey() + ": "
                    + record.getPayload().size() + " bytes (expected: at most " + bounds.payloadBytes() + ")");
        }
        return new OriginRecord(
                keys.one(record.getKey()),
                record.getNumber(),
                record.getPrevious(),
                record.hasPayload()
                        ? akka.util.ByteString.fromArrayUnsafe(
                                record.getPayload().toByteArray())
                        : null);
    }

    Digest out(OriginDigest digest) {
        Digest.Builder out = Digest.newBuilder()
                .setOrigin(out(digest.origin()))
                .setHighest(digest.highest())
                .setHorizon(digest.horizon());
        OriginDigest.Proof proof = digest.proof();
        if (proof != null) {
            out.setRoot(bytes(proof.root())).setSeal(bytes(proof.seal()));
        }
        return out.build();
    }

    OriginDigest digest(Digest digest) {
        OriginDigest.Proof proof = digest.getSeal().isEmpty()
                ? null
                : new OriginDigest.Proof(fixed("root", digest.getRoot(), ROOT_BYTES), seal(digest.getSeal()));
        return new OriginDigest(origin(digest.getOrigin()), digest.getHighest(), digest.getHorizon(), proof);
    }

    OriginRecords out(Batch batch) {
        return OriginRecords.newBuilder()
                .setOrigin(out(batch.origin()))
                .addAllRecords(batch.records().stream().map(this::out).toList())
                .setSeal(bytes(batch.seal()))
                .build();
    }

    Batch batch(OriginRecords batch) {
        return new Batch(
                origin(batch.getOrigin()),
                batch.getRecordsList().stream().map(this::record).toList(),
                seal(batch.getSeal()));
    }

    Member out(MemberStatement member) {
        Member.Builder out = Member.newBuilder()
                .setCluster(member.cluster())
                .setKey(bytes(member.key().raw()))
                .setAdmitted(member.admitted())
                .setSignature(bytes(member.signature()));
        if (!member.founding()) {
            out.setBy(member.by());
        }
        return out.build();
    }

    MemberStatement member(Member member) {
        String cluster = name(member.getCluster());
        return new MemberStatement(
                cluster,
                key(member.getKey()),
                positive(member.getAdmitted()),
                member.getBy().isEmpty() ? cluster : name(member.getBy()),
                seal(member.getSignature()));
    }

    dev.weft.gossip.wire.proto.Expulsion out(Expulsion expulsion) {
        return dev.weft.gossip.wire.proto.Expulsion.newBuilder()
                .setCluster(expulsion.cluster())
                .setKey(bytes(expulsion.key().raw()))
                .setAt(expulsion.at())
                .setBy(expulsion.by())
                .setByKey(bytes(expulsion.byKey().raw()))
                .setSignature(bytes(expulsion.signature()))
                .build();
    }

    Expulsion expulsion(dev.weft.gossip.wire.proto.Expulsion expulsion) {
        return new Expulsion(
                name(expulsion.getCluster()),
                key(expulsion.getKey()),
                positive(expulsion.getAt()),
                name(expulsion.getBy()),
                key(expulsion.getByKey()),
                seal(expulsion.getSignature()));
    }

    VerifyKey key(ByteString raw) {
        return new VerifyKey(fixed("key", raw, VerifyKey.BYTES));
    }

    /** Absent or a signature. */
    akka.util.ByteString seal(ByteString seal) {
        return seal.isEmpty() ? akka.util.ByteString.emptyByteString() : fixed("signature", seal, SIGNATURE_BYTES);
    }

    akka.util.ByteString fixed(String what, ByteString bytes, int length) {
        if (bytes.size() != length) {
            throw new IllegalArgumentException(what + ": " + bytes.size() + " bytes (expected: " + length + ")");
        }
        return akka.util.ByteString.fromArrayUnsafe(bytes.toByteArray());
    }

    static ByteString bytes(akka.util.ByteString bytes) {
        return ByteString.copyFrom(bytes.toArrayUnsafe());
    }

    private static long positive(long number) {
        if (number < 0) {
            throw new IllegalArgumentException("time: " + number + " (expected: not negative)");
        }
        return number;
    }

    dev.weft.gossip.wire.proto.Want out(Want want) {
        return dev.weft.gossip.wire.proto.Want.newBuilder()
                .setOrigin(out(want.origin()))
                .setAfter(want.after())
                .setFull(want.full())
                .build();
    }

    Want want(dev.weft.gossip.wire.proto.Want want) {
        return new Want(origin(want.getOrigin()), want.getAfter(), want.getFull());
    }

    dev.weft.gossip.wire.proto.Delta out(Delta delta) {
        return dev.weft.gossip.wire.proto.Delta.newBuilder()
                .setOrigin(out(delta.origin()))
                .setAfter(delta.after())
                .setUpTo(delta.upTo())
                .setHorizon(delta.horizon())
                .setFull(delta.full())
                .setRemaining(delta.remaining())
                .addAllRecords(delta.records().stream().map(this::out).toList())
                .setSeal(bytes(delta.seal()))
                .build();
    }

    Delta delta(dev.weft.gossip.wire.proto.Delta delta) {
        return new Delta(
                origin(delta.getOrigin()),
                delta.getAfter(),
                delta.getUpTo(),
                delta.getHorizon(),
                delta.getFull(),
                delta.getRemaining(),
                delta.getRecordsList().stream().map(this::record).toList(),
                seal(delta.getSeal()));
    }

    List<dev.weft.gossip.wire.proto.Node> nodesOut(List<Node> nodes) {
        return nodes.stream().map(this::out).toList();
    }

    dev.weft.gossip.wire.proto.Node out(Node node) {
        return dev.weft.gossip.wire.proto.Node.newBuilder()
                .setCluster(node.id().cluster())
                .setAddress(Address.newBuilder()
                        .setHost(node.id().address().host())
                        .setPort(node.id().address().port()))
                .setIncarnation(node.incarnation())
                .setStarted(node.started())
                .setBeat(node.beat())
                .setPresence(
                        switch (node.presence()) {
                            case HERE -> Presence.PRESENCE_HERE;
                            case STOPPED -> Presence.PRESENCE_STOPPED;
                            case LEFT -> Presence.PRESENCE_LEFT;
                        })
                .setSeal(bytes(node.seal()))
                .build();
    }

    List<Node> nodes(List<dev.weft.gossip.wire.proto.Node> nodes) {
        return bounded("nodes", nodes).stream().map(this::node).toList();
    }

    Node node(dev.weft.gossip.wire.proto.Node node) {
        NodeAddress address = new NodeAddress(
                name(node.getAddress().getHost()), node.getAddress().getPort());
        return new Node(
                new NodeId(name(node.getCluster()), address),
                node.getIncarnation(),
                node.getStarted(),
                node.getBeat(),
                switch (node.getPresence()) {
                    case PRESENCE_HERE -> Node.Presence.HERE;
                    case PRESENCE_STOPPED -> Node.Presence.STOPPED;
                    case PRESENCE_LEFT -> Node.Presence.LEFT;
                    case UNRECOGNIZED ->
                        throw new IllegalArgumentException(
                                "presence: " + node.getPresenceValue() + " (expected: 0 to 2)");
                },
                seal(node.getSeal()));
    }

    <T> List<T> bounded(String what, List<T> entries) {
        bounded(what, entries.size());
        return entries;
    }

    void bounded(String what, int count) {
        if (count > bounds.entries()) {
            throw new IllegalArgumentException(what + ": " + count + " (expected: at most " + bounds.entries() + ")");
        }
    }

    private String name(String name) {
        if (name.isEmpty() || name.length() > bounds.nameLength()) {
            throw new IllegalArgumentException(
                    "name: " + name.length() + " characters (expected: 1 to " + bounds.nameLength() + ")");
        }
        return name;
    }
}
