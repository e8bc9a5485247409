package dev.weft.registry.wire;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import com.google.protobuf.ByteString;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.wire.proto.AllocateMessage;
import dev.weft.registry.wire.proto.AllocatedMessage;
import dev.weft.registry.wire.proto.CloseMessage;
import dev.weft.registry.wire.proto.DeriveMessage;
import dev.weft.registry.wire.proto.DerivedWriteMessage;
import dev.weft.registry.wire.proto.FollowMessage;
import dev.weft.registry.wire.proto.SubmitMessage;
import dev.weft.registry.wire.proto.SubmittedMessage;
import java.io.NotSerializableException;

/** What is asked of a shard, and its answers, to Protobuf and back. */
final class CommandCodec {
    private final ActorRefResolver refs;

    CommandCodec(ActorRefResolver refs) {
        this.refs = refs;
    }

    SubmitMessage submit(ShardCommand.Submit submit) {
        SubmitMessage.Builder message = SubmitMessage.newBuilder()
                .setWrite(WriteCodec.write(submit.write()))
                .setReplyTo(refs.toSerializationFormat(submit.replyTo()));
        submit.grants().forEach(grant -> message.addGrants(RefusalCodec.grant(grant)));
        return message.build();
    }

    ShardCommand.Submit submit(SubmitMessage message) throws NotSerializableException {
        return new ShardCommand.Submit(
                WriteCodec.write(message.getWrite()),
                message.getGrantsList().stream().map(RefusalCodec::grant).toList(),
                ref(message.getReplyTo()));
    }

    static SubmittedMessage submitted(ShardCommand.Submitted submitted) {
        SubmittedMessage.Builder message = SubmittedMessage.newBuilder();
        if (submitted instanceof ShardCommand.Submitted.Decided decided) {
            message.setOutcome(WriteCodec.outcome(decided.outcome()));
        } else if (submitted instanceof ShardCommand.Submitted.Unallocated unallocated) {
            unallocated.wanted().forEach(claim -> message.addWanted(RefusalCodec.claim(claim)));
        }
        return message.build();
    }

    static ShardCommand.Submitted submitted(SubmittedMessage message) {
        return message.hasOutcome()
                ? new ShardCommand.Submitted.Decided(WriteCodec.outcome(message.getOutcome()))
                : new ShardCommand.Submitted.Unallocated(message.getWantedList().stream()
                        .map(RefusalCodec::claim)
                        .toList());
    }

    DeriveMessage derive(ShardCommand.Derive derive) {
        DeriveMessage.Builder message =
                DeriveMessage.newBuilder().setReplyTo(refs.toSerializationFormat(derive.replyTo()));
        for (DerivedWrite write : derive.writes()) {
            DerivedWriteMessage.Builder part = DerivedWriteMessage.newBuilder().setKey(ObjectCodec.key(write.key()));
            if (write instanceof DerivedWrite.Put put) {
                part.setObject(ObjectCodec.json(JsonBytes.of(put.object())));
            }
            message.addWrites(part);
        }
        return message.build();
    }

    ShardCommand.Derive derive(DeriveMessage message) {
        return new ShardCommand.Derive(
                message.getWritesList().stream().map(CommandCodec::derivedWrite).toList(), ref(message.getReplyTo()));
    }

    private static DerivedWrite derivedWrite(DerivedWriteMessage message) {
        ResourceKey key = ObjectCodec.key(message.getKey());
        ByteString object = message.getObject();
        return message.hasObject()
                ? new DerivedWrite.Put(key, ObjectCodec.json(object).toTree())
                : new DerivedWrite.Remove(key);
    }

    FollowMessage follow(ShardCommand.Follow follow) {
        return FollowMessage.newBuilder()
                .setSince(follow.since())
                .setFollower(refs.toSerializationFormat(follow.follower()))
                .build();
    }

    ShardCommand.Follow follow(FollowMessage message) {
        return new ShardCommand.Follow(message.getSince(), ref(message.getFollower()));
    }

    CloseMessage close(ShardCommand.Close close) {
        return CloseMessage.newBuilder()
                .setVersion(close.version())
                .setFollower(refs.toSerializationFormat(close.follower()))
                .build();
    }

    ShardCommand.Close close(CloseMessage message) {
        return new ShardCommand.Close(message.getVersion(), ref(message.getFollower()));
    }

    AllocateMessage allocate(ShardCommand.Allocate allocate) {
        AllocateMessage.Builder message =
                AllocateMessage.newBuilder().setReplyTo(refs.toSerializationFormat(allocate.replyTo()));
        allocate.claims().forEach(claim -> message.addClaims(RefusalCodec.claim(claim)));
        return message.build();
    }

    ShardCommand.Allocate allocate(AllocateMessage message) {
        return new ShardCommand.Allocate(
                message.getClaimsList().stream().map(RefusalCodec::claim).toList(), ref(message.getReplyTo()));
    }

    static AllocatedMessage allocated(ShardCommand.Allocated allocated) {
        AllocatedMessage.Builder message = AllocatedMessage.newBuilder();
        if (allocated instanceof ShardCommand.Allocated.Granted granted) {
            granted.grants().forEach(grant -> message.addGrants(RefusalCodec.grant(grant)));
        } else if (allocated instanceof ShardCommand.Allocated.Denied denied) {
            message.setRefusal(RefusalCodec.refusal(denied.refusal()));
        }
        return message.build();
    }

    static ShardCommand.Allocated allocated(AllocatedMessage message) {
        return message.hasRefusal()
                ? new ShardCommand.Allocated.Denied(RefusalCodec.refusal(message.getRefusal()))
                : new ShardCommand.Allocated.Granted(message.getGrantsList().stream()
                        .map(RefusalCodec::grant)
                        .toList());
    }

    private <T> ActorRef<T> ref(String text) {
        return refs.resolveActorRef(text);
    }
}
