package dev.weft.registry.wire;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.shard.ShardFeed;
import dev.weft.registry.wire.proto.AllocateMessage;
import dev.weft.registry.wire.proto.AllocatedMessage;
import dev.weft.registry.wire.proto.CloseMessage;
import dev.weft.registry.wire.proto.ClosedMessage;
import dev.weft.registry.wire.proto.CommittedMessage;
import dev.weft.registry.wire.proto.DeriveMessage;
import dev.weft.registry.wire.proto.DerivedMessage;
import dev.weft.registry.wire.proto.FollowMessage;
import dev.weft.registry.wire.proto.SnapshotMessage;
import dev.weft.registry.wire.proto.SubmitMessage;
import dev.weft.registry.wire.proto.SubmittedMessage;
import java.io.NotSerializableException;

/**
 * Akka serializer of all that one process of a cluster says to another: shard commands, their answers, shard feeds.
 *
 * <p>The manifests are the wire contract and never change their meaning.
 */
public final class MessageSerializer extends SerializerWithStringManifest {
    private static final int IDENTIFIER = 57_001;

    private static final String SUBMIT = "submit";
    private static final String SUBMITTED = "submitted";
    private static final String DERIVE = "derive";
    private static final String DERIVED = "derived";
    private static final String FOLLOW = "follow";
    private static final String CLOSE = "close";
    private static final String ALLOCATE = "allocate";
    private static final String ALLOCATED = "allocated";
    private static final String HAND_OVER = "hand-over";
    private static final String SNAPSHOT = "snapshot";
    private static final String COMMITTED = "committed";
    private static final String CLOSED = "closed";

    private final CommandCodec commands;

    /** Called by Akka. */
    public MessageSerializer(ExtendedActorSystem system) {
        this.commands = new CommandCodec(ActorRefResolver.get(Adapter.toTyped(system)));
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        if (message instanceof ShardCommand command) {
            return commandManifest(command);
        }
        if (message instanceof ShardFeed feed) {
            return feed instanceof ShardFeed.Committed
                    ? COMMITTED
                    : feed instanceof ShardFeed.Closed ? CLOSED : SNAPSHOT;
        }
        if (message instanceof ShardCommand.Submitted) {
            return SUBMITTED;
        }
        if (message instanceof ShardCommand.Derived) {
            return DERIVED;
        }
        if (message instanceof ShardCommand.Allocated) {
            return ALLOCATED;
        }
        throw unknown(message);
    }

    private static String commandManifest(ShardCommand command) {
        if (command instanceof ShardCommand.Submit) {
            return SUBMIT;
        }
        if (command instanceof ShardCommand.Derive) {
            return DERIVE;
        }
        if (command instanceof ShardCommand.Follow) {
            return FOLLOW;
        }
        if (command instanceof ShardCommand.Close) {
            return CLOSE;
        }
        if (command instanceof ShardCommand.Allocate) {
            return ALLOCATE;
        }
        return HAND_OVER;
    }

    @Override
    public byte[] toBinary(Object message) {
        return toMessage(message).toByteArray();
    }

    private MessageLite toMessage(Object message) {
        if (message instanceof ShardCommand command) {
            return toMessage(command);
        }
        if (message instanceof ShardFeed.Committed committed) {
            return FeedCodec.committed(committed);
        }
        if (message instanceof ShardFeed.Closed closed) {
            return FeedCodec.closed(closed);
        }
        if (message instanceof ShardFeed.Snapshot snapshot) {
            return FeedCodec.snapshot(snapshot);
        }
        if (message instanceof ShardCommand.Submitted submitted) {
            return CommandCodec.submitted(submitted);
        }
        if (message instanceof ShardCommand.Derived derived) {
            return DerivedMessage.newBuilder().setVersion(derived.version()).build();
        }
        if (message instanceof ShardCommand.Allocated allocated) {
            return CommandCodec.allocated(allocated);
        }
        throw unknown(message);
    }

    private MessageLite toMessage(ShardCommand command) {
        if (command instanceof ShardCommand.Submit submit) {
            return commands.submit(submit);
        }
        if (command instanceof ShardCommand.Derive derive) {
            return commands.derive(derive);
        }
        if (command instanceof ShardCommand.Follow follow) {
            return commands.follow(follow);
        }
        if (command instanceof ShardCommand.Close close) {
            return commands.close(close);
        }
        if (command instanceof ShardCommand.Allocate allocate) {
            return commands.allocate(allocate);
        }
        return DerivedMessage.getDefaultInstance(); // HandOver has no content
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        try {
            return switch (manifest) {
                case SUBMIT -> commands.submit(SubmitMessage.parseFrom(bytes));
                case SUBMITTED -> CommandCodec.submitted(SubmittedMessage.parseFrom(bytes));
                case DERIVE -> commands.derive(DeriveMessage.parseFrom(bytes));
                case DERIVED ->
                    new ShardCommand.Derived(DerivedMessage.parseFrom(bytes).getVersion());
                case FOLLOW -> commands.follow(FollowMessage.parseFrom(bytes));
                case CLOSE -> commands.close(CloseMessage.parseFrom(bytes));
                case ALLOCATE -> commands.allocate(AllocateMessage.parseFrom(bytes));
                case ALLOCATED -> CommandCodec.allocated(AllocatedMessage.parseFrom(bytes));
                case HAND_OVER -> new ShardCommand.HandOver();
                case SNAPSHOT -> FeedCodec.snapshot(SnapshotMessage.parseFrom(bytes));
                case COMMITTED -> FeedCodec.committed(CommittedMessage.parseFrom(bytes));
                case CLOSED -> FeedCodec.closed(ClosedMessage.parseFrom(bytes));
                default ->
                    throw new NotSerializableException("registry message \"" + manifest
                            + "\" (expected: one that this release knows; is another node newer?)");
            };
        } catch (InvalidProtocolBufferException e) {
            throw new NotSerializableException("registry message \"" + manifest + "\": " + e.getMessage());
        }
    }

    private static IllegalArgumentException unknown(Object message) {
        return new IllegalArgumentException("not a registry message: " + message.getClass());
    }
}
