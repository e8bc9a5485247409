package dev.weft.registry.wire;

import dev.weft.registry.resource.Resource;
import dev.weft.registry.shard.ShardEvent;
import dev.weft.registry.shard.ShardState;
import dev.weft.registry.watch.ResourceTree;
import java.util.ArrayList;
import java.util.List;

/** What is stored: steps and whole shards. Old forms are read for ever. */
final class StoredCodec {
    private StoredCodec() {}

    static dev.weft.registry.wire.proto.ShardEvent event(ShardEvent event) {
        var built = dev.weft.registry.wire.proto.ShardEvent.newBuilder().setClockFloor(event.clockFloor());
        for (ShardEvent.Entry entry : event.entries()) {
            var item = built.addEntriesBuilder().setVersion(entry.version());
            Resource after = entry.after();
            if (after == null) {
                item.setRemoved(ResourceCodec.key(entry.key()));
            } else {
                item.setPut(ResourceCodec.object(after));
            }
        }
        return built.build();
    }

    static ShardEvent event(dev.weft.registry.wire.proto.ShardEvent event) {
        List<ShardEvent.Entry> entries = new ArrayList<>();
        for (var entry : event.getEntriesList()) {
            if (entry.hasPut()) {
                Resource object = ResourceCodec.object(entry.getPut());
                entries.add(new ShardEvent.Entry(object.key(), object, entry.getVersion()));
            } else {
                entries.add(new ShardEvent.Entry(ResourceCodec.key(entry.getRemoved()), null, entry.getVersion()));
            }
        }
        return new ShardEvent(entries, event.getClockFloor());
    }

    static dev.weft.registry.wire.proto.ShardState state(ShardState state) {
        var built = dev.weft.registry.wire.proto.ShardState.newBuilder()
                .setVersion(state.version())
                .setClockFloor(state.clockFloor());
        state.objects().all().forEach(object -> built.addObjects(ResourceCodec.object(object)));
        return built.build();
    }

    static ShardState state(dev.weft.registry.wire.proto.ShardState state) {
        ResourceTree objects = ResourceTree.EMPTY;
        for (var object : state.getObjectsList()) {
            objects = objects.with(ResourceCodec.object(object));
        }
        return new ShardState(objects, state.getVersion(), state.getClockFloor());
    }
}
