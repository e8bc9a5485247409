package dev.weft.api.discovery;

import dev.weft.registry.resource.KindRules;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.ResourceType;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authorization.v1.LocalSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fields of what can only be created, as a question or a request whose answer is in the status. */
final class ReviewModels {
    private static final Map<String, Class<?>> BY_KIND = Map.of(
            "SelfSubjectReview", SelfSubjectReview.class,
            "TokenReview", TokenReview.class,
            "LocalSubjectAccessReview", LocalSubjectAccessReview.class,
            "SelfSubjectAccessReview", SelfSubjectAccessReview.class,
            "SelfSubjectRulesReview", SelfSubjectRulesReview.class,
            "SubjectAccessReview", SubjectAccessReview.class,
            "Invitation", Invitation.class,
            "Join", Join.class,
            "Departure", Departure.class);

    private ReviewModels() {}

    /** Its shape, as that of a kind; nothing of it is stored. */
    static ResourceKind kind(ServedResource review) {
        Class<?> model = BY_KIND.get(review.kind());
        if (model == null) {
            throw new IllegalArgumentException(review.kind() + ": has no model (expected: one in ReviewModels)");
        }
        return new ResourceKind(
                new ResourceType(review.group(), review.plural()),
                review.kind(),
                List.of(review.version()),
                review.namespaced() ? ResourceKind.Scope.NAMESPACED : ResourceKind.Scope.CLUSTER,
                review.singular(),
                List.of(),
                List.of(),
                Set.of(),
                model,
                List.of(),
                Map.of(),
                KindRules.NONE);
    }

    /** A token that lets another cluster in. */
    record Invitation(String apiVersion, String kind, ObjectMeta metadata, Wish spec, Token status) {
        record Wish(Long validSeconds) {}

        record Token(String token, Long validSeconds) {}
    }

    /** This cluster joins the federation that a token is of. */
    record Join(String apiVersion, String kind, ObjectMeta metadata, Bearer spec, Outcome status) {
        record Bearer(String token) {}
    }

    /** This cluster leaves its federation. */
    record Departure(String apiVersion, String kind, ObjectMeta metadata, Nothing spec, Outcome status) {
        record Nothing() {}
    }

    /** What became of a request. */
    record Outcome(Boolean done) {}
}
