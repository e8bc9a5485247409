package dev.weft.registry.wire;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.shard.ShardCommand.Allocated;
import dev.weft.registry.shard.ShardCommand.Submitted;
import dev.weft.registry.shard.ShardFeed;
import dev.weft.registry.wire.proto.Allocate;
import dev.weft.registry.wire.proto.Close;
import dev.weft.registry.wire.proto.Derive;
import dev.weft.registry.wire.proto.FeedClosed;
import dev.weft.registry.wire.proto.FeedCommitted;
import dev.weft.registry.wire.proto.FeedSnapshot;
import dev.weft.registry.wire.proto.Follow;
import dev.weft.registry.wire.proto.Release;
import dev.weft.registry.wire.proto.Submit;

/** What processes say to shards and hear from them. */
final class MessageCodec {
    private final ActorRefResolver refs;

    MessageCodec(ActorRefResolver refs) {
        this.refs = refs;
    }

    Submit submit(ShardCommand.Submit submit) {
        Submit.Builder built = Submit.newBuilder()
                .setWrite(WriteForm.write(submit.write()))
                .setReplyTo(refs.toSerializationFormat(submit.replyTo()));
        submit.grants().forEach(grant -> built.addGrants(WriteForm.grant(grant)));
        return built.build();
    }

    ShardCommand submit(Submit submit) {
        return new ShardCommand.Submit(
                WriteForm.write(submit.getWrite()),
                submit.getGrantsList().stream().map(WriteForm::grant).toList(),
                ref(submit.getReplyTo()));
    }

    Derive derive(ShardCommand.Derive derive) {
        Derive.Builder built = Derive.newBuilder().setReplyTo(refs.toSerializationFormat(derive.replyTo()));
        for (DerivedWrite write : derive.writes()) {
            var item = built.addWritesBuilder().setKey(ResourceCodec.key(write.key()));
            if (write instanceof DerivedWrite.Put put) {
                item.setPut(WriteForm.tree(put.object()));
            }
        }
        return built.build();
    }

    ShardCommand derive(Derive derive) {
        return new ShardCommand.Derive(
                derive.getWritesList().stream().map(MessageCodec::derived).toList(), ref(derive.getReplyTo()));
    }

    private static DerivedWrite derived(Derive.DerivedWrite write) {
        ResourceKey key = ResourceCodec.key(write.getKey());
        return write.hasPut()
                ? new DerivedWrite.Put(key, (ObjectNode) WriteForm.tree(write.getPut()))
                : new DerivedWrite.Remove(key);
    }

    Allocate allocate(ShardCommand.Allocate allocate) {
        Allocate.Builder built = Allocate.newBuilder()
                .setAfter(allocate.after())
                .setDryRun(allocate.dryRun())
                .setReplyTo(refs.toSerializationFormat(allocate.replyTo()));
        allocate.claims().forEach(claim -> built.addClaims(WriteForm.claim(claim)));
        return built.build();
    }

    ShardCommand allocate(Allocate allocate) {
        return new ShardCommand.Allocate(
                allocate.getClaimsList().stream().map(WriteForm::claim).toList(),
                allocate.getAfter(),
                allocate.getDryRun(),
                ref(allocate.getReplyTo()));
    }

    static Release release(ShardCommand.Release release) {
        Release.Builder built = Release.newBuilder().setBefore(release.before());
        release.grants().forEach(grant -> built.addGrants(WriteForm.grant(grant)));
        return built.build();
    }

    static ShardCommand release(Release release) {
        return new ShardCommand.Release(
                release.getGrantsList().stream().map(WriteForm::grant).toList(), release.getBefore());
    }

    Follow follow(ShardCommand.Follow follow) {
        return Follow.newBuilder()
                .setSince(follow.since())
                .setFollower(refs.toSerializationFormat(follow.follower()))
                .build();
    }

    ShardCommand follow(Follow follow) {
        return new ShardCommand.Follow(follow.getSince(), ref(follow.getFollower()));
    }

    Close close(ShardCommand.Close close) {
        return Close.newBuilder()
                .setQuestion(close.question())
                .setVersion(close.version())
                .setFollower(refs.toSerializationFormat(close.follower()))
                .build();
    }

    ShardCommand close(Close close) {
        return new ShardCommand.Close(close.getQuestion(), close.getVersion(), ref(close.getFollower()));
    }

    private <T> ActorRef<T> ref(String text) {
        return refs.resolveActorRef(text);
    }

    static dev.weft.registry.wire.proto.Submitted submitted(Submitted submitted) {
        var built = dev.weft.registry.wire.proto.Submitted.newBuilder();
        if (submitted instanceof Submitted.Unallocated unallocated) {
            var claims = built.getUnallocatedBuilder().setVersion(unallocated.version());
            unallocated.wanted().forEach(claim -> claims.addWanted(WriteForm.claim(claim)));
        } else if (((Submitted.Decided) submitted).outcome() instanceof Write.Outcome.Done done) {
            var item = built.getDoneBuilder()
                    .setObject(ResourceCodec.object(done.object()))
                    .setEffect(done.effect().name());
            String warning = done.warning();
            if (warning != null) {
                item.setWarning(warning);
            }
        } else if (((Submitted.Decided) submitted).outcome() instanceof Write.Outcome.Refused no) {
            built.setRefused(ResourceCodec.refusal(no.refusal()));
        }
        return built.build();
    }

    static Submitted submitted(dev.weft.registry.wire.proto.Submitted submitted) {
        return switch (submitted.getWhatCase()) {
            case DONE ->
                new Submitted.Decided(new Write.Outcome.Done(
                        ResourceCodec.object(submitted.getDone().getObject()),
                        Write.Effect.valueOf(submitted.getDone().getEffect()),
                        submitted.getDone().hasWarning() ? submitted.getDone().getWarning() : null));
            case REFUSED ->
                new Submitted.Decided(new Write.Outcome.Refused(ResourceCodec.refusal(submitted.getRefused())));
            case UNALLOCATED ->
                new Submitted.Unallocated(
                        submitted.getUnallocated().getWantedList().stream()
                                .map(WriteForm::claim)
                                .toList(),
                        submitted.getUnallocated().getVersion());
            case WHAT_NOT_SET -> throw new IllegalArgumentException("an answer of an unknown kind");
        };
    }

    static dev.weft.registry.wire.proto.Allocated allocated(Allocated allocated) {
        var built = dev.weft.registry.wire.proto.Allocated.newBuilder();
        if (allocated instanceof Allocated.Granted granted) {
            var grants = built.getGrantedBuilder();
            granted.grants().forEach(grant -> grants.addGrants(WriteForm.grant(grant)));
        } else if (allocated instanceof Allocated.Denied denied) {
            built.setDenied(ResourceCodec.refusal(denied.refusal()));
        }
        return built.build();
    }

    static Allocated allocated(dev.weft.registry.wire.proto.Allocated allocated) {
        return allocated.hasDenied()
                ? new Allocated.Denied(ResourceCodec.refusal(allocated.getDenied()))
                : new Allocated.Granted(allocated.getGranted().getGrantsList().stream()
                        .map(WriteForm::grant)
                        .toList());
    }

    static FeedSnapshot snapshot(ShardFeed.Snapshot snapshot) {
        FeedSnapshot.Builder built = FeedSnapshot.newBuilder()
                .setShard(snapshot.shard())
                .setFirst(snapshot.first())
                .setLast(snapshot.last())
                .setVersion(snapshot.version());
        snapshot.part().forEach(object -> built.addPart(ResourceCodec.object(object)));
        return built.build();
    }

    static ShardFeed snapshot(FeedSnapshot snapshot) {
        return new ShardFeed.Snapshot(
                snapshot.getShard(),
                snapshot.getPartList().stream().map(ResourceCodec::object).toList(),
                snapshot.getFirst(),
                snapshot.getLast(),
                snapshot.getVersion());
    }

    static FeedCommitted committed(ShardFeed.Committed committed) {
        FeedCommitted.Builder built = FeedCommitted.newBuilder()
                .setShard(committed.shard())
                .setPrevious(committed.previous())
                .setVersion(committed.version());
        committed.changes().forEach(change -> built.addChanges(ResourceCodec.change(change)));
        return built.build();
    }

    static ShardFeed committed(FeedCommitted committed) {
        return new ShardFeed.Committed(
                committed.getShard(),
                committed.getPrevious(),
                committed.getChangesList().stream().map(ResourceCodec::change).toList(),
                committed.getVersion());
    }

    static FeedClosed closed(ShardFeed.Closed closed) {
        return FeedClosed.newBuilder()
                .setShard(closed.shard())
                .setQuestion(closed.question())
                .setVersion(closed.version())
                .setLast(closed.last())
                .setFollowing(closed.following())
                .build();
    }

    static ShardFeed closed(FeedClosed closed) {
        return new ShardFeed.Closed(
                closed.getShard(), closed.getQuestion(), closed.getVersion(), closed.getLast(), closed.getFollowing());
    }
}
