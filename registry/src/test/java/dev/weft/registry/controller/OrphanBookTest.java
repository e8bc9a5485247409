package dev.weft.registry.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A dependant")
class OrphanBookTest {
    private static final ResourceType SETS = new ResourceType("apps", "replicasets");
    private static final ResourceType PODS = new ResourceType("", "pods");
    private final FakeShard objects = new FakeShard(null);
    private final OrphanBook book = new OrphanBook(object -> Dependant.byOwnerReferences(
            object, (group, kind) -> group.equals("apps") && kind.equals("ReplicaSet") ? SETS : null));

    private Resource pod(String kind, String uid) {
        return objects.put(
                PODS,
                "p",
                "{'metadata':{'ownerReferences':[{'apiVersion':'apps/v1','kind':'" + kind + "','name':'rs','uid':'"
                        + uid + "'}]}}");
    }

    @Test
    @DisplayName("is judged when it is new and when its owner goes")
    void suspects() {
        Resource pod = pod("ReplicaSet", "1");
        assertThat(book.apply(pod.key(), pod)).containsExactly(pod.key());
        assertThat(book.apply(new ResourceKey(SETS, "ns", "rs"), null)).containsExactly(pod.key());
        assertThat(book.apply(pod.key(), null)).isEmpty();
        assertThat(book.apply(new ResourceKey(SETS, "ns", "rs"), null)).isEmpty();
    }

    @Test
    @DisplayName("is orphaned when an owner of that name has another uid")
    void anotherUid() {
        Resource owner = objects.put(SETS, "rs", "{}");
        Resource pod = pod("ReplicaSet", "1");
        book.apply(pod.key(), pod);
        Dependant dependant = Objects.requireNonNull(book.find(pod.key()));
        assertThat(OrphanBook.orphaned(dependant, Map.of(owner.key(), owner))).isTrue();
        Resource right = pod("ReplicaSet", owner.uid());
        book.apply(right.key(), right);
        assertThat(OrphanBook.orphaned(Objects.requireNonNull(book.find(right.key())), Map.of(owner.key(), owner)))
                .isFalse();
    }

    @Test
    @DisplayName("of an owner whose kind is not known here is never judged")
    void unknownKind() {
        Resource pod = pod("Rollout", "1");
        assertThat(book.apply(pod.key(), pod)).isEmpty();
    }
}
