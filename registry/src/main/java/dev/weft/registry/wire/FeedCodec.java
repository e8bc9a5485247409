package dev.weft.registry.wire;

import dev.weft.registry.shard.ShardFeed;
import dev.weft.registry.wire.proto.ClosedMessage;
import dev.weft.registry.wire.proto.CommittedMessage;
import dev.weft.registry.wire.proto.SnapshotMessage;

/** What a shard tells its followers, to Protobuf and back. */
final class FeedCodec {
    private FeedCodec() {}

    static SnapshotMessage snapshot(ShardFeed.Snapshot snapshot) {
        SnapshotMessage.Builder message = SnapshotMessage.newBuilder()
                .setShard(snapshot.shard())
                .setFirst(snapshot.first())
                .setLast(snapshot.last())
                .setVersion(snapshot.version());
        snapshot.part().forEach(object -> message.addPart(ObjectCodec.object(object)));
        return message.build();
    }

    static ShardFeed.Snapshot snapshot(SnapshotMessage message) {
        return new ShardFeed.Snapshot(
                message.getShard(),
                message.getPartList().stream().map(ObjectCodec::object).toList(),
                message.getFirst(),
                message.getLast(),
                message.getVersion());
    }

    static CommittedMessage committed(ShardFeed.Committed committed) {
        CommittedMessage.Builder message = CommittedMessage.newBuilder()
                .setShard(committed.shard())
                .setPrevious(committed.previous())
                .setVersion(committed.version());
        committed.changes().forEach(change -> message.addChanges(ObjectCodec.change(change)));
        return message.build();
    }

    static ShardFeed.Committed committed(CommittedMessage message) {
        return new ShardFeed.Committed(
                message.getShard(),
                message.getPrevious(),
                message.getChangesList().stream().map(ObjectCodec::change).toList(),
                message.getVersion());
    }

    static ClosedMessage closed(ShardFeed.Closed closed) {
        return ClosedMessage.newBuilder()
                .setShard(closed.shard())
                .setVersion(closed.version())
                .setLast(closed.last())
                .setFollowing(closed.following())
                .build();
    }

    static ShardFeed.Closed closed(ClosedMessage message) {
        return new ShardFeed.Closed(
                message.getShard(), message.getVersion(), message.getLast(), message.getFollowing());
    }
}
