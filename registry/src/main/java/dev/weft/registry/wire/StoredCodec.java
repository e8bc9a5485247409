package dev.weft.registry.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.WireFormat;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.shard.ShardEvent;
import dev.weft.registry.shard.ShardState;
import dev.weft.registry.watch.ResourceTree;
import dev.weft.registry.wire.proto.StoredObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** What is stored: steps and whole shards. Old forms are read for ever. */
final class StoredCodec {
    private static final int PART_BYTES = 1 << 18;

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

    /** A shard in parts of about so many bytes: together one message, as it is stored. */
    static Iterator<byte[]> parts(ShardState state, int bytes) {
        Iterator<Resource> objects = state.objects().all().iterator();
        return new Iterator<>() {
            private boolean ended;

            @Override
            public boolean hasNext() {
                return !ended;
            }

            @Override
            public byte[] next() {
                if (ended) {
                    throw new NoSuchElementException();
                }
                try {
                    return part();
                } catch (IOException e) {
                    throw new UncheckedIOException("memory is not written to", e);
                }
            }

            private byte[] part() throws IOException {
                ByteArrayOutputStream part = new ByteArrayOutputStream(bytes + bytes / 8);
                CodedOutputStream out = CodedOutputStream.newInstance(part);
                while (objects.hasNext() && part.size() < bytes) {
                    out.writeMessage(
                            dev.weft.registry.wire.proto.ShardState.OBJECTS_FIELD_NUMBER,
                            ResourceCodec.object(objects.next()));
                }
                if (!objects.hasNext()) {
                    ended = true;
                    out.writeUInt64(dev.weft.registry.wire.proto.ShardState.VERSION_FIELD_NUMBER, state.version());
                    out.writeUInt64(
                            dev.weft.registry.wire.proto.ShardState.CLOCK_FLOOR_FIELD_NUMBER, state.clockFloor());
                }
                out.flush();
                return part.toByteArray();
            }
        };
    }

    /** A shard as one piece, for stores that take no other. */
    static byte[] bytes(ShardState state) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts(state, PART_BYTES).forEachRemaining(all::writeBytes);
        return all.toByteArray();
    }

    /** Reads {@link #parts}, object by object. */
    static ShardState state(InputStream from) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(from);
        ExtensionRegistryLite none = ExtensionRegistryLite.getEmptyRegistry();
        List<Resource> objects = new ArrayList<>();
        long version = 0;
        long clockFloor = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case dev.weft.registry.wire.proto.ShardState.OBJECTS_FIELD_NUMBER ->
                    objects.add(ResourceCodec.object(in.readMessage(StoredObject.parser(), none)));
                case dev.weft.registry.wire.proto.ShardState.VERSION_FIELD_NUMBER -> version = in.readUInt64();
                case dev.weft.registry.wire.proto.ShardState.CLOCK_FLOOR_FIELD_NUMBER -> clockFloor = in.readUInt64();
                default -> in.skipField(tag);
            }
        }
        return new ShardState(ResourceTree.of(objects), version, clockFloor);
    }
}
