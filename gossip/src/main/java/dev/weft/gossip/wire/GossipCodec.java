package dev.weft.gossip.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.gossip.origin.Delta;
import dev.weft.gossip.origin.Outline;
import dev.weft.gossip.trust.JoinToken;
import dev.weft.gossip.wire.proto.Deltas;
import dev.weft.gossip.wire.proto.Digests;
import dev.weft.gossip.wire.proto.Hello;
import dev.weft.gossip.wire.proto.InSync;
import dev.weft.gossip.wire.proto.Join;
import dev.weft.gossip.wire.proto.Nodes;
import dev.weft.gossip.wire.proto.Opening;
import dev.weft.gossip.wire.proto.OriginRecords;
import dev.weft.gossip.wire.proto.Push;
import dev.weft.gossip.wire.proto.Refusal;
import dev.weft.gossip.wire.proto.Roll;
import dev.weft.gossip.wire.proto.Wants;
import java.util.List;

/** Frames to bytes and back. Safe for use by several threads. */
public final class GossipCodec {
    private static final int ROOT_BYTES = 32;
    private static final int REASON_LENGTH = 500;

    private final WireBounds bounds;
    private final DomainParts parts;
    private final Deflation deflation;

    public GossipCodec(WireBounds bounds) {
        this.bounds = bounds;
        this.parts = new DomainParts(bounds);
        this.deflation = new Deflation(bounds);
    }

    /** The frame as bytes; a frame that stays within the budgets of this module stays within the bounds as well. */
    public byte[] encode(Frame frame) {
        dev.weft.gossip.wire.proto.Frame.Builder out = dev.weft.gossip.wire.proto.Frame.newBuilder();
        if (frame instanceof Frame.Push push) {
            out.setPush(push(push));
        } else if (frame instanceof Frame.Opening opening) {
            out.setOpening(Opening.newBuilder()
                    .setRound(opening.round())
                    .setRoot(ByteString.copyFrom(opening.root().toArrayUnsafe()))
                    .addAllNodes(parts.nodesOut(opening.nodes())));
        } else if (frame instanceof Frame.InSync inSync) {
            out.setInSync(InSync.newBuilder().setRound(inSync.round()).addAllNodes(parts.nodesOut(inSync.nodes())));
        } else if (frame instanceof Frame.Digests digests) {
            out.setDigests(digests(digests));
        } else if (frame instanceof Frame.Outline outline) {
            out.setOutline(dev.weft.gossip.wire.proto.Outline.newBuilder()
                    .setRound(outline.round())
                    .setParts(DomainParts.bytes(outline.outline()))
                    .addAllNodes(parts.nodesOut(outline.nodes()))
                    .setRoll(DomainParts.bytes(outline.roll())));
        } else if (frame instanceof Frame.Wants wants) {
            out.setWants(Wants.newBuilder()
                    .addAllWants(wants.wants().stream().map(parts::out).toList())
                    .setRequest(wants.request())
                    .setFrames(wants.request() == 0 ? 0 : wants.frames()));
        } else if (frame instanceof Frame.Deltas deltas) {
            out.setDeltas(Deltas.newBuilder()
                    .addAllDeltas(deltas.deltas().stream().map(parts::out).toList())
                    .setRequest(deltas.request())
                    .setMore(deltas.more()));
        } else if (frame instanceof Frame.Nodes nodes) {
            out.setNodes(Nodes.newBuilder().addAllNodes(parts.nodesOut(nodes.nodes())));
        } else if (frame instanceof Frame.Hello hello) {
            out.setHello(Hello.newBuilder()
                    .setVersion(hello.version())
                    .setOldest(hello.oldest())
                    .setNode(parts.out(hello.node()))
                    .setMember(parts.out(hello.member())));
        } else if (frame instanceof Frame.Join join) {
            out.setJoin(Join.newBuilder()
                    .setSecret(DomainParts.bytes(join.secret()))
                    .setMember(parts.out(join.member())));
        } else if (frame instanceof Frame.Roll roll) {
            out.setRoll(roll(roll));
        } else if (frame instanceof Frame.Refusal refusal) {
            out.setRefusal(Refusal.newBuilder().setReason(cut(refusal.reason())));
        }
        return deflation.compress(out.build().toByteArray());
    }

    /** What the bytes are. Never throws. */
    public Decoded decode(byte[] bytes) {
        if (bytes.length > bounds.frameBytes()) {
            return new Decoded.Malformed(
                    "frame: " + bytes.length + " bytes (expected: at most " + bounds.frameBytes() + ")");
        }
        try {
            dev.weft.gossip.wire.proto.Frame frame = dev.weft.gossip.wire.proto.Frame.parseFrom(bytes);
            return new Decoded.Understood(read(frame.hasDeflated() ? deflation.inflate(frame.getDeflated()) : frame));
        } catch (InvalidProtocolBufferException e) {
            return new Decoded.Malformed(
                    "frame: not Protobuf of version " + Frame.VERSION + " (" + e.getMessage() + ")");
        } catch (IllegalArgumentException e) {
            // The domain's own constructors refuse what makes no sense.
            return new Decoded.Malformed(String.valueOf(e.getMessage()));
        }
    }

    private Frame read(dev.weft.gossip.wire.proto.Frame frame) {
        return switch (frame.getBodyCase()) {
            case PUSH -> read(frame.getPush());
            case OPENING -> read(frame.getOpening());
            case IN_SYNC ->
                new Frame.InSync(
                        frame.getInSync().getRound(),
                        parts.nodes(frame.getInSync().getNodesList()));
            case DIGESTS -> read(frame.getDigests());
            case OUTLINE ->
                new Frame.Outline(
                        frame.getOutline().getRound(),
                        parts.fixed("outline", frame.getOutline().getParts(), Outline.BYTES),
                        parts.nodes(frame.getOutline().getNodesList()),
                        parts.fixed("roll", frame.getOutline().getRoll(), ROOT_BYTES));
            case WANTS -> read(frame.getWants());
            case DELTAS -> read(frame.getDeltas());
            case NODES -> new Frame.Nodes(parts.nodes(frame.getNodes().getNodesList()));
            case HELLO ->
                new Frame.Hello(
                        frame.getHello().getVersion(),
                        frame.getHello().getOldest(),
                        parts.node(frame.getHello().getNode()),
                        parts.member(frame.getHello().getMember()));
            case JOIN ->
                new Frame.Join(
                        parts.fixed("secret", frame.getJoin().getSecret(), JoinToken.SECRET_BYTES),
                        parts.member(frame.getJoin().getMember()));
            case ROLL -> read(frame.getRoll());
            case DEFLATED -> throw new IllegalArgumentException("frame: compressed twice (expected: once)");
            case REFUSAL -> new Frame.Refusal(cut(frame.getRefusal().getReason()));
            case BODY_NOT_SET -> throw new IllegalArgumentException("frame: no body known to version " + Frame.VERSION);
        };
    }

    private Frame.Push read(Push push) {
        int records = 0;
        for (OriginRecords origin : push.getOriginsList()) {
            records += 1 + origin.getRecordsCount();
        }
        parts.bounded("records", records);
        return new Frame.Push(push.getOriginsList().stream().map(parts::batch).toList());
    }

    private Frame.Roll read(Roll roll) {
        parts.bounded("members", roll.getMembersCount());
        parts.bounded("expulsions", roll.getExpulsionsCount());
        return new Frame.Roll(
                roll.getMembersList().stream().map(parts::member).toList(),
                roll.getExpulsionsList().stream().map(parts::expulsion).toList(),
                roll.getComplete());
    }

    private Roll roll(Frame.Roll roll) {
        return Roll.newBuilder()
                .addAllMembers(roll.members().stream().map(parts::out).toList())
                .addAllExpulsions(roll.expulsions().stream().map(parts::out).toList())
                .setComplete(roll.complete())
                .build();
    }

    private Frame.Opening read(Opening opening) {
        if (opening.getRoot().size() != ROOT_BYTES) {
            throw new IllegalArgumentException(
                    "root: " + opening.getRoot().size() + " bytes (expected: " + ROOT_BYTES + ")");
        }
        return new Frame.Opening(
                opening.getRound(),
                akka.util.ByteString.fromArrayUnsafe(opening.getRoot().toByteArray()),
                parts.nodes(opening.getNodesList()));
    }

    private Frame.Digests read(Digests digests) {
        return new Frame.Digests(
                digests.getRound(),
                parts.bounded("digests", digests.getDigestsList()).stream()
                        .map(parts::digest)
                        .toList(),
                parts.nodes(digests.getNodesList()),
                digests.getRoll().isEmpty()
                        ? akka.util.ByteString.emptyByteString()
                        : parts.fixed("roll", digests.getRoll(), ROOT_BYTES),
                digests.getParts());
    }

    private Frame.Wants read(Wants wants) {
        return new Frame.Wants(
                parts.bounded("wants", wants.getWantsList()).stream()
                        .map(parts::want)
                        .toList(),
                wants.getRequest(),
                wants.getRequest() == 0 ? 1 : Math.max(0, wants.getFrames()));
    }

    private Frame.Deltas read(Deltas deltas) {
        int records = 0;
        for (dev.weft.gossip.wire.proto.Delta delta : deltas.getDeltasList()) {
            records += 1 + delta.getRecordsCount();
        }
        parts.bounded("records", records);
        List<Delta> read = deltas.getDeltasList().stream().map(parts::delta).toList();
        return new Frame.Deltas(read, deltas.getRequest(), deltas.getMore());
    }

    private Push push(Frame.Push push) {
        return Push.newBuilder()
                .addAllOrigins(push.origins().stream().map(parts::out).toList())
                .build();
    }

    private Digests digests(Frame.Digests digests) {
        return Digests.newBuilder()
                .setRound(digests.round())
                .addAllDigests(digests.digests().stream().map(parts::out).toList())
                .addAllNodes(parts.nodesOut(digests.nodes()))
                .setRoll(DomainParts.bytes(digests.roll()))
                .setParts(digests.parts())
                .build();
    }

    private static String cut(String text) {
        return text.length() <= REASON_LENGTH ? text : text.substring(0, REASON_LENGTH);
    }
}
