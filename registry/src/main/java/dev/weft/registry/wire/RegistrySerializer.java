package dev.weft.registry.wire;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;
import com.google.protobuf.MessageLite;
import dev.weft.registry.journal.StreamedForm;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.shard.ShardEvent;
import dev.weft.registry.shard.ShardFeed;
import dev.weft.registry.shard.ShardState;
import dev.weft.registry.wire.proto.Allocate;
import dev.weft.registry.wire.proto.Allocated;
import dev.weft.registry.wire.proto.Close;
import dev.weft.registry.wire.proto.Derive;
import dev.weft.registry.wire.proto.Derived;
import dev.weft.registry.wire.proto.FeedClosed;
import dev.weft.registry.wire.proto.FeedCommitted;
import dev.weft.registry.wire.proto.FeedSnapshot;
import dev.weft.registry.wire.proto.Follow;
import dev.weft.registry.wire.proto.HandOver;
import dev.weft.registry.wire.proto.Release;
import dev.weft.registry.wire.proto.Submit;
import dev.weft.registry.wire.proto.Submitted;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Turns all that is stored or leaves the process into Protobuf and back. The manifest names the form and its version. */
public final class RegistrySerializer extends SerializerWithStringManifest implements StreamedForm {
    private static final int IDENTIFIER = 7_301_001;
    private static final String STATE = "state/1";

    private final List<Form<?>> forms;
    private final Map<String, Form<?>> byManifest;

    public RegistrySerializer(ExtendedActorSystem system) {
        MessageCodec messages = new MessageCodec(ActorRefResolver.get(Adapter.toTyped(system)));
        forms = List.of(
                Form.of(
                        ShardEvent.class,
                        "event/1",
                        StoredCodec::event,
                        bytes -> StoredCodec.event(dev.weft.registry.wire.proto.ShardEvent.parseFrom(bytes))),
                new Form<>(
                        ShardState.class,
                        STATE,
                        StoredCodec::bytes,
                        bytes -> StoredCodec.state(new ByteArrayInputStream(bytes))),
                Form.of(
                        ShardCommand.Submit.class,
                        "submit/1",
                        messages::submit,
                        bytes -> messages.submit(Submit.parseFrom(bytes))),
                Form.of(
                        ShardCommand.Derive.class,
                        "derive/1",
                        messages::derive,
                        bytes -> messages.derive(Derive.parseFrom(bytes))),
                Form.of(
                        ShardCommand.Allocate.class,
                        "allocate/1",
                        messages::allocate,
                        bytes -> messages.allocate(Allocate.parseFrom(bytes))),
                Form.of(
                        ShardCommand.Release.class,
                        "release/1",
                        MessageCodec::release,
                        bytes -> MessageCodec.release(Release.parseFrom(bytes))),
                Form.of(
                        ShardCommand.Follow.class,
                        "follow/1",
                        messages::follow,
                        bytes -> messages.follow(Follow.parseFrom(bytes))),
                Form.of(
                        ShardCommand.Close.class,
                        "close/1",
                        messages::close,
                        bytes -> messages.close(Close.parseFrom(bytes))),
                Form.of(
                        ShardCommand.HandOver.class,
                        "hand-over/1",
                        handOver -> HandOver.getDefaultInstance(),
                        bytes -> new ShardCommand.HandOver()),
                Form.of(
                        ShardCommand.Submitted.class,
                        "submitted/1",
                        MessageCodec::submitted,
                        bytes -> MessageCodec.submitted(Submitted.parseFrom(bytes))),
                Form.of(
                        ShardCommand.Derived.class,
                        "derived/1",
                        derived -> Derived.newBuilder()
                                .setVersion(derived.version())
                                .build(),
                        bytes -> new ShardCommand.Derived(
                                Derived.parseFrom(bytes).getVersion())),
                Form.of(
                        ShardCommand.Allocated.class,
                        "allocated/1",
                        MessageCodec::allocated,
                        bytes -> MessageCodec.allocated(Allocated.parseFrom(bytes))),
                Form.of(
                        ShardFeed.Snapshot.class,
                        "snapshot/1",
                        MessageCodec::snapshot,
                        bytes -> MessageCodec.snapshot(FeedSnapshot.parseFrom(bytes))),
                Form.of(
                        ShardFeed.Committed.class,
                        "committed/1",
                        MessageCodec::committed,
                        bytes -> MessageCodec.committed(FeedCommitted.parseFrom(bytes))),
                Form.of(
                        ShardFeed.Closed.class,
                        "closed/1",
                        MessageCodec::closed,
                        bytes -> MessageCodec.closed(FeedClosed.parseFrom(bytes))));
        byManifest = forms.stream().collect(Collectors.toMap(Form::manifest, form -> form));
    }

    /** One kind of message. */
    private record Form<T>(Class<T> type, String manifest, Function<T, byte[]> write, Reader read) {
        static <T> Form<T> of(Class<T> type, String manifest, Function<T, MessageLite> write, Reader read) {
            return new Form<>(type, manifest, value -> write.apply(value).toByteArray(), read);
        }

        byte[] toBinary(Object value) {
            return write.apply(type.cast(value));
        }
    }

    private interface Reader {
        Object read(byte[] bytes) throws IOException;
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object value) {
        return form(value).manifest();
    }

    @Override
    public byte[] toBinary(Object value) {
        return form(value).toBinary(value);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        Form<?> form = byManifest.get(manifest);
        if (form == null) {
            throw new NotSerializableException(
                    "manifest: " + manifest + " (expected: one of " + byManifest.keySet() + ")");
        }
        try {
            return form.read().read(bytes);
        } catch (IOException e) {
            NotSerializableException wrong = new NotSerializableException(manifest + ": not in its form");
            wrong.initCause(e);
            throw wrong;
        }
    }

    @Override
    public boolean isStreamed(Object value) {
        return value instanceof ShardState;
    }

    @Override
    public Iterator<byte[]> parts(Object value, int bytes) {
        return StoredCodec.parts((ShardState) value, bytes);
    }

    @Override
    public Object read(String manifest, InputStream from) throws IOException {
        return manifest.equals(STATE) ? StoredCodec.state(from) : fromBinary(from.readAllBytes(), manifest);
    }

    private Form<?> form(Object value) {
        return forms.stream()
                .filter(form -> form.type().isInstance(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no wire form: " + value.getClass()));
    }
}
