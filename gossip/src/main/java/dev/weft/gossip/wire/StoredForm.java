package dev.weft.gossip.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.origin.OriginDigest;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.wire.proto.Record;
import dev.weft.gossip.wire.proto.StoredOrigin;
import java.util.Optional;

/** What is stored, as bytes and back. What cannot be read is absent: it is learned again from the others. */
public final class StoredForm {
    private final DomainParts parts;

    public StoredForm(WireBounds bounds) {
        this.parts = new DomainParts(bounds);
    }

    public byte[] record(OriginRecord record) {
        return parts.out(record).toByteArray();
    }

    public Optional<OriginRecord> record(byte[] bytes) {
        try {
            return Optional.of(parts.record(Record.parseFrom(bytes)));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public byte[] origin(OriginId origin, long highest, long horizon) {
        return StoredOrigin.newBuilder()
                .setOrigin(parts.out(origin))
                .setHighest(highest)
                .setHorizon(horizon)
                .build()
                .toByteArray();
    }

    public Optional<OriginDigest> origin(byte[] bytes) {
        try {
            StoredOrigin stored = StoredOrigin.parseFrom(bytes);
            return Optional.of(
                    new OriginDigest(parts.origin(stored.getOrigin()), stored.getHighest(), stored.getHorizon()));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public byte[] node(Node node) {
        return parts.out(node).toByteArray();
    }

    public Optional<Node> node(byte[] bytes) {
        try {
            return Optional.of(parts.node(dev.weft.gossip.wire.proto.Node.parseFrom(bytes)));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
