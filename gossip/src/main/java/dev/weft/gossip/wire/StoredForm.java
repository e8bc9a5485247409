package dev.weft.gossip.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.trust.VerifyKey;
import dev.weft.gossip.wire.proto.Member;
import dev.weft.gossip.wire.proto.Record;
import dev.weft.gossip.wire.proto.StoredInvitation;
import dev.weft.gossip.wire.proto.StoredInvitations;
import dev.weft.gossip.wire.proto.StoredOrigin;
import java.time.Instant;
import java.util.List;
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

    /** How far an origin's records reach, and its word on them. */
    public record OriginMark(OriginId origin, long highest, long horizon, akka.util.ByteString seal) {}

    public byte[] origin(OriginId origin, long highest, long horizon, akka.util.ByteString seal) {
        return StoredOrigin.newBuilder()
                .setOrigin(parts.out(origin))
                .setHighest(highest)
                .setHorizon(horizon)
                .setSeal(DomainParts.bytes(seal))
                .build()
                .toByteArray();
    }

    public Optional<OriginMark> origin(byte[] bytes) {
        try {
            StoredOrigin stored = StoredOrigin.parseFrom(bytes);
            return Optional.of(new OriginMark(
                    parts.origin(stored.getOrigin()),
                    stored.getHighest(),
                    stored.getHorizon(),
                    parts.seal(stored.getSeal())));
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

    public byte[] member(MemberStatement member) {
        return parts.out(member).toByteArray();
    }

    public Optional<MemberStatement> member(byte[] bytes) {
        try {
            return Optional.of(parts.member(Member.parseFrom(bytes)));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public byte[] expulsion(Expulsion expulsion) {
        return parts.out(expulsion).toByteArray();
    }

    public Optional<Expulsion> expulsion(byte[] bytes) {
        try {
            return Optional.of(parts.expulsion(dev.weft.gossip.wire.proto.Expulsion.parseFrom(bytes)));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public byte[] invitations(List<Invitations.Invitation> invitations) {
        StoredInvitations.Builder out = StoredInvitations.newBuilder();
        for (Invitations.Invitation invitation : invitations) {
            StoredInvitation.Builder one = StoredInvitation.newBuilder()
                    .setHash(DomainParts.bytes(invitation.hash()))
                    .setExpiresMillis(invitation.expires().toEpochMilli());
            VerifyKey usedBy = invitation.usedBy();
            if (usedBy != null) {
                one.setUsedBy(DomainParts.bytes(usedBy.raw()));
            }
            out.addInvitations(one);
        }
        return out.build().toByteArray();
    }

    public List<Invitations.Invitation> invitations(byte[] bytes) {
        try {
            return StoredInvitations.parseFrom(bytes).getInvitationsList().stream()
                    .map(stored -> new Invitations.Invitation(
                            akka.util.ByteString.fromArrayUnsafe(
                                    stored.getHash().toByteArray()),
                            Instant.ofEpochMilli(stored.getExpiresMillis()),
                            stored.getUsedBy().isEmpty() ? null : parts.key(stored.getUsedBy())))
                    .toList();
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return List.of();
        }
    }
}
