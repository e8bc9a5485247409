package dev.weft.registry.lifecycle;

import static dev.weft.registry.resource.Samples.NOW;
import static dev.weft.registry.resource.Samples.RANGES;
import static dev.weft.registry.resource.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.lifecycle.Deletion.Decision;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Samples;
import dev.weft.registry.resource.StandardKinds;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Propagation;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DeletionTest {
    private static ObjectNode made(String text) {
        return Samples.accepted(Samples.admit(RANGES, text));
    }

    private static Decision delete(ObjectNode object, Write.Deletion wish) {
        KindCatalog kinds = StandardKinds.catalog(RANGES);
        Resource stored = Samples.stored(object);
        ResourceKind kind = kinds.find(stored.key().type());
        if (kind == null) {
            throw new AssertionError(stored.key());
        }
        return Deletion.decide(kind, stored, wish, NOW);
    }

    private static Write.Deletion grace(int seconds) {
        return new Write.Deletion(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(seconds));
    }

    private static Write.Deletion with(Propagation propagation) {
        return new Write.Deletion(Optional.empty(), Optional.empty(), Optional.of(propagation), Optional.empty());
    }

    @Test
    @DisplayName("what nothing holds is removed at once, a Pod without agent too")
    void atOnce() {
        assertThat(delete(made(Samples.SERVICE), Write.Deletion.DEFAULT)).isInstanceOf(Decision.Removed.class);
        assertThat(delete(made(Samples.POD), grace(30))).isInstanceOf(Decision.Removed.class);
    }

    @Test
    @DisplayName("API-8: an object with finalizers is marked, and a second deletion changes nothing")
    void finalizers() {
        ObjectNode object = made(Samples.SERVICE.replace("'name':'web'", "'name':'web','finalizers':['a.example/x']"));

        Decision.Marked marked = (Decision.Marked) delete(object, Write.Deletion.DEFAULT);

        assertThat(marked.object().at("/metadata/deletionTimestamp").asText()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(delete(marked.object(), Write.Deletion.DEFAULT)).isInstanceOf(Decision.Unchanged.class);
        assertThat(Deletion.isReleased(marked.object())).isFalse();
        assertThat(Deletion.isReleased(Deletion.withoutFinalizer(marked.object(), "a.example/x")))
                .isTrue();
    }

    @Test
    @DisplayName("a Pod that an agent owns has its grace, which a second deletion can only shorten")
    void graceful() {
        ObjectNode pod =
                made(Samples.POD.replace("'name':'p1'", "'name':'p1','annotations':{'mesh.weft.dev/agent':'n1'}"));

        Decision.Marked marked = (Decision.Marked) delete(pod, Write.Deletion.DEFAULT);

        assertThat(marked.object().at("/metadata/deletionGracePeriodSeconds").asInt())
                .isEqualTo(30);
        assertThat(marked.object().at("/metadata/deletionTimestamp").asText()).isEqualTo("2026-01-02T03:04:35Z");
        assertThat(delete(marked.object(), grace(60))).isInstanceOf(Decision.Unchanged.class);
        assertThat(((Decision.Marked) delete(marked.object(), grace(1)))
                        .object()
                        .at("/metadata/deletionGracePeriodSeconds")
                        .asInt())
                .isEqualTo(1);
        assertThat(delete(marked.object(), grace(0))).isInstanceOf(Decision.Removed.class);
    }

    @Test
    @DisplayName("foreground and orphan deletion leave their finalizer for the garbage collector")
    void propagation() {
        ObjectNode object = made(Samples.SERVICE);

        Decision.Marked foreground = (Decision.Marked) delete(object, with(Propagation.FOREGROUND));
        Decision.Marked orphan = (Decision.Marked) delete(foreground.object(), with(Propagation.ORPHAN));

        assertThat(foreground.object().at("/metadata/finalizers")).isEqualTo(json("['foregroundDeletion']"));
        assertThat(orphan.object().at("/metadata/finalizers")).isEqualTo(json("['orphan']"));
        assertThat(delete(object, with(Propagation.BACKGROUND))).isInstanceOf(Decision.Removed.class);
    }

    @Test
    @DisplayName("a namespace terminates until it is emptied")
    void namespace() {
        ObjectNode object = made("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'n'}}");

        Decision.Marked marked = (Decision.Marked) delete(object, Write.Deletion.DEFAULT);

        assertThat(marked.object().at("/status/phase").asText()).isEqualTo("Terminating");
        assertThat(Deletion.isReleased(marked.object())).isFalse();
        assertThat(Deletion.isReleased(Deletion.namespaceEmptied(marked.object())))
                .isTrue();
    }

    @Test
    @DisplayName("a precondition that does not hold is a conflict")
    void preconditions() {
        Write.Deletion wish =
                new Write.Deletion(Optional.of("other"), Optional.empty(), Optional.empty(), Optional.empty());

        Refusal refusal = ((Decision.Refused) delete(made(Samples.SERVICE), wish)).refusal();

        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.Conflict);
        assertThat(refusal.message())
                .contains("Precondition failed: UID in precondition: other, UID in object meta: uid-1");
    }
}
