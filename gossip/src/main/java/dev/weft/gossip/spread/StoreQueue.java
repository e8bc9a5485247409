package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.wire.StoredForm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what changed, one write at a time; what changes meanwhile is gathered, the latest of each key, so that what waits
 * is never more than the state itself. Belongs to one owner.
 */
public final class StoreQueue {
    static final String INCARNATION = "incarnation";
    static final String CLEAN = "clean";
    static final String ORIGIN = "o/";
    static final String RECORD = "r/";
    static final String NODE = "n/";
    static final String MARK = "p/";
    static final String MEMBER = "m/";
    static final String EXPULSION = "x/";
    static final String INVITATIONS = "invitations";
    static final String KEY = "key";
    static final String DEPARTED = "departed";

    private static final Logger LOG = LoggerFactory.getLogger(StoreQueue.class);

    private final Storage storage;
    private final StoredForm form;
    private final Consumer<Optional<Throwable>> written;
    private Map<String, Optional<byte[]>> waiting = new LinkedHashMap<>();
    private Map<String, Optional<byte[]>> writing = Map.of();
    private boolean failing;
    private @Nullable CompletableFuture<Void> drained;

    /** Each write ends with a call of {@code written}, from any thread; hand it to {@link #finished} on the owner's. */
    public StoreQueue(Storage storage, StoredForm form, Consumer<Optional<Throwable>> written) {
        this.storage = storage;
        this.form = form;
        this.written = written;
    }

    void put(String key, byte[] value) {
        waiting.put(key, Optional.of(value));
    }

    void delete(String key) {
        waiting.put(key, Optional.empty());
    }

    void changed(OriginState state, List<OriginRecord> stored, List<String> dropped) {
        String prefix = path(state.id());
        for (String key : dropped) {
            delete(RECORD + prefix + "/" + key);
        }
        for (OriginRecord record : stored) {
            put(RECORD + prefix + "/" + record.key(), form.record(record));
        }
        if (state.highest() > 0) {
            put(ORIGIN + prefix, form.origin(state.id(), state.highest(), state.horizon(), state.seal()));
        }
    }

    void gone(OriginState state) {
        String prefix = path(state.id());
        delete(ORIGIN + prefix);
        for (OriginRecord record : state.records()) {
            delete(RECORD + prefix + "/" + record.key());
        }
    }

    void node(Node node) {
        put(NODE + node.id(), form.node(node));
    }

    void gone(NodeId node) {
        delete(NODE + node);
    }

    void mark(StoredState.Mark mark) {
        put(MARK + mark.progress().cluster(), mark.bytes());
    }

    void noMark(String cluster) {
        delete(MARK + cluster);
    }

    void member(MemberStatement member) {
        put(MEMBER + member.cluster(), form.member(member));
    }

    /** This process's last word before it left. */
    void departed(Node last) {
        put(DEPARTED, form.node(last));
    }

    void expulsion(Expulsion expulsion) {
        put(path(expulsion), form.expulsion(expulsion));
    }

    void noExpulsion(Expulsion expulsion) {
        delete(path(expulsion));
    }

    private static String path(Expulsion expulsion) {
        return EXPULSION + HexFormat.of().formatHex(expulsion.key().raw().toArrayUnsafe());
    }

    void invitations(List<Invitations.Invitation> invitations) {
        put(INVITATIONS, form.invitations(invitations));
    }

    /** Begins to write what waits, unless a write is on its way. */
    void flush() {
        if (!writing.isEmpty() || waiting.isEmpty()) {
            return;
        }
        writing = waiting;
        waiting = new LinkedHashMap<>();
        Map<String, byte[]> puts = new LinkedHashMap<>();
        List<String> deletes = new ArrayList<>();
        writing.forEach((key, value) -> value.ifPresentOrElse(bytes -> puts.put(key, bytes), () -> deletes.add(key)));
        storage.write(puts, deletes).whenComplete((done, failure) -> written.accept(Optional.ofNullable(failure)));
    }

    /** A write ended; on failure it is tried again with the next flush. */
    public void finished(Optional<Throwable> failure) {
        Map<String, Optional<byte[]>> tried = writing;
        writing = Map.of();
        if (failure.isPresent()) {
            if (!failing) {
                LOG.warn("storing gossip records failed, trying again until it works", failure.get());
            }
            Map<String, Optional<byte[]>> again = new LinkedHashMap<>(tried);
            again.putAll(waiting);
            waiting = again;
        } else if (failing) {
            LOG.info("storing gossip records works again");
        }
        failing = failure.isPresent();
        if (!failing) {
            flush();
        }
        if (drained != null && (failing || writing.isEmpty())) {
            drained.complete(null);
        }
    }

    /** Completes when all that waits is written, or writing fails. */
    CompletionStage<Void> drain() {
        flush();
        CompletableFuture<Void> done = new CompletableFuture<>();
        drained = done;
        if (writing.isEmpty()) {
            done.complete(null);
        }
        return done;
    }

    static String path(OriginId origin) {
        return origin.cluster() + "/" + Long.toHexString(origin.incarnation()) + "/" + origin.shard();
    }

    /** Reads what was stored, and takes the records out of it; what cannot be read is left out. */
    static StoredState read(Map<String, byte[]> stored, StoredForm form) {
        Map<String, List<OriginRecord>> records = new HashMap<>();
        List<Node> nodes = new ArrayList<>();
        List<StoredState.Mark> marks = new ArrayList<>();
        List<MemberStatement> members = new ArrayList<>();
        List<Expulsion> expulsions = new ArrayList<>();
        for (Iterator<Map.Entry<String, byte[]>> all = stored.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, byte[]> entry = all.next();
            String key = entry.getKey();
            byte[] value = entry.getValue();
            if (key.startsWith(MEMBER)) {
                form.member(value).ifPresent(members::add);
            } else if (key.startsWith(EXPULSION)) {
                form.expulsion(value).ifPresent(expulsions::add);
            } else if (key.startsWith(RECORD)) {
                form.record(value)
                        .ifPresent(record -> records.computeIfAbsent(
                                        key.substring(
                                                RECORD.length(),
                                                key.length() - record.key().length() - 1),
                                        path -> new ArrayList<>())
                                .add(record));
                all.remove();
            } else if (key.startsWith(NODE)) {
                form.node(value).ifPresent(nodes::add);
            } else if (key.startsWith(MARK)) {
                StoredState.Mark.of(key.substring(MARK.length()), value).ifPresent(marks::add);
            }
        }
        List<OriginState> origins = new ArrayList<>();
        stored.forEach((key, value) -> {
            if (key.startsWith(ORIGIN)) {
                form.origin(value)
                        .ifPresent(meta -> origins.add(OriginState.restore(
                                meta.origin(),
                                meta.highest(),
                                meta.horizon(),
                                meta.seal(),
                                records.getOrDefault(path(meta.origin()), List.of()))));
            }
        });
        byte[] invitations = stored.get(INVITATIONS);
        return new StoredState(
                StoredState.incarnation(stored.get(INCARNATION)),
                stored.containsKey(CLEAN),
                Optional.ofNullable(stored.get(KEY)).map(ByteString::fromArray),
                origins,
                nodes,
                members,
                expulsions,
                invitations == null ? List.of() : form.invitations(invitations),
                marks,
                Optional.ofNullable(stored.get(DEPARTED)).flatMap(form::node));
    }
}
