package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.actor.typed.ActorRef;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.journal.StorageException;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.shard.ShardCommand.Submitted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A shard whose store others can write to")
class RegistryShardTest implements RegistryShard.Surroundings {
    private static final ResourceKey KEY = new ResourceKey(new ResourceType("", "configmaps"), "default", "c");
    private static final Submitted REFUSAL = new Submitted.Decided(new Write.Outcome.Refused(Refusal.notFound(KEY)));

    private Instant now = Instant.EPOCH;
    private final DecidedShard decided = new DecidedShard(1);
    private final List<List<ShardCommand>> batches = new ArrayList<>();
    private final List<ReadLease.Moment> questions = new ArrayList<>();
    private final List<ShardCommand.Release> released = new ArrayList<>();
    private final TestInbox<Submitted> inbox = TestInbox.create();
    private final TestInbox<ShardFeed> follower = TestInbox.create();
    private final RegistryShard shard = new RegistryShard(
            0,
            decided.settings(),
            Optional.of(new ReadLease.Terms(new NoStore(), () -> now, () -> now, Duration.ofMillis(500), () -> true)),
            this);

    @BeforeEach
    void load() {
        shard.loading();
        shard.recovered(new ShardLogActor.Recovered(ShardState.EMPTY, new RecentCommits(0, 10, 1_000), 0));
        shard.persisted(persisted(List.of(), true, 1));
        shard.hear(new ShardCommand.Submit(
                new Write.Delete(KEY, Write.Deletion.DEFAULT, Write.Options.DEFAULT), List.of(), inbox.getRef()));
        assertThat(batches).hasSize(2);
    }

    @Test
    @DisplayName("refuses a write at once while the store's word counts")
    void atOnce() {
        shard.persisted(refused());
        assertThat(inbox.getAllReceived()).containsExactly(REFUSAL);
    }

    @Test
    @DisplayName(
            "asks the store before it refuses once its word is old: the process may have stood still while another went on")
    void asksFirst() {
        now = now.plusSeconds(10);
        shard.persisted(refused());
        assertThat(inbox.hasMessages()).isFalse();
        assertThat(questions).hasSize(1);

        assertThat(shard.heardLast(questions.get(0), 1)).isFalse();
        assertThat(inbox.getAllReceived()).containsExactly(REFUSAL);
    }

    @Test
    @DisplayName("says that another has taken it over, and nothing of what it held, if that is what the store says")
    void anotherOwner() {
        now = now.plusSeconds(10);
        shard.persisted(refused());
        assertThat(shard.heardLast(questions.get(0), 2)).isTrue();
        StorageException taken = new StorageException(StorageException.Kind.CONFLICT, "taken over");
        shard.lost(ShardReplies.storeFailed(0, taken), taken);
        assertThat(inbox.getAllReceived())
                .singleElement()
                .extracting(answer -> ((Write.Outcome.Refused) ((Submitted.Decided) answer).outcome())
                        .refusal()
                        .reason())
                .isEqualTo(Refusal.Reason.ServiceUnavailable);
    }

    @Test
    @DisplayName("asks again when the store does not answer, and decides nothing else meanwhile")
    void asksAgain() {
        now = now.plusSeconds(10);
        shard.persisted(refused());
        assertThat(shard.heardLast(questions.get(0), -1)).isFalse();
        shard.hear(new ShardCommand.Release(List.of(), 0));
        assertThat(batches).hasSize(2);

        shard.askAgain();
        assertThat(questions).hasSize(2);
        assertThat(shard.heardLast(questions.get(1), 1)).isFalse();
        assertThat(inbox.getAllReceived()).containsExactly(REFUSAL);
        assertThat(batches).hasSize(3);
    }

    @Test
    @DisplayName(
            "says that nothing more is to come only while the store's word counts: somebody reads what it holds then")
    void closesWhileOwner() {
        now = now.plusSeconds(10);
        shard.hear(new ShardCommand.Close(1, 0, follower.getRef()));
        assertThat(follower.hasMessages()).isFalse();

        assertThat(shard.heardLast(questions.get(0), 1)).isFalse();
        assertThat(follower.getAllReceived()).containsExactly(new ShardFeed.Closed(0, 1, 0, 0, false));
    }

    @Test
    @DisplayName("says that a version is closed only once that is stored: the next owner must not issue an earlier one")
    void closesWhatIsStored() {
        shard.persisted(refused());
        shard.hear(new ShardCommand.Close(1, 5, follower.getRef()));
        assertThat(batches).hasSize(3);
        shard.hear(new ShardCommand.Release(List.of(), 0));
        assertThat(follower.hasMessages()).isFalse();

        shard.persisted(new ShardLogActor.Persisted(
                List.of(), List.of(), ShardState.EMPTY.reserving(5), false, /* stored= */ true, 2));
        assertThat(follower.getAllReceived()).containsExactly(new ShardFeed.Closed(0, 1, 5, 0, false));
    }

    @Test
    @DisplayName("gives back the address of a Service once its removal is stored")
    void givesBack() {
        Resource service = new FakeShard(null)
                .put(
                        DecidedShard.SERVICES,
                        "web",
                        "{'kind':'Service','spec':{'type':'ClusterIP','ipFamilies':['IPv4'],'clusterIPs':['127.96.0.9']}}");
        Change removal = new Change(service, null, service.version() + 1);
        shard.persisted(new ShardLogActor.Persisted(
                List.of(new ShardDecision.Answer.ToSubmit(REFUSAL)),
                List.of(removal),
                ShardState.EMPTY,
                false,
                /* stored= */ true,
                2));
        assertThat(released)
                .singleElement()
                .satisfies(release -> assertThat(release.before()).isEqualTo(removal.version()))
                .extracting(release -> release.grants().get(0).value())
                .isEqualTo("127.96.0.9");
    }

    private static ShardLogActor.Persisted refused() {
        return persisted(List.of(new ShardDecision.Answer.ToSubmit(REFUSAL)), false, 1);
    }

    private static ShardLogActor.Persisted persisted(List<ShardDecision.Answer> answers, boolean stored, long number) {
        return new ShardLogActor.Persisted(answers, List.of(), ShardState.EMPTY, false, stored, number);
    }

    @Override
    public void persist(List<ShardCommand> batch, long closed) {
        batches.add(batch);
    }

    @Override
    public void askStore(ReadLease.Moment asked) {
        questions.add(asked);
    }

    @Override
    public void askAgainLater() {}

    @Override
    public void awaitEndOfPredecessor(ShardLogActor.@Nullable Persisted persisted) {
        throw new AssertionError("there is none");
    }

    @Override
    public void watch(ActorRef<ShardFeed> follower) {}

    @Override
    public void giveBack(ShardCommand.Release release) {
        released.add(release);
    }

    @Override
    public void startCompanions() {}

    @Override
    public void passOn(ShardCommand command) {}
}
