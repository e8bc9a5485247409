package dev.weft.api.discovery;

import dev.weft.registry.resource.KindRules;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.ResourceType;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of what can only be created, as a question or a request whose answer is in the status.
 *
 * <p>Source: authentication.k8s.io/v1, authorization.k8s.io/v1, and for our own the routes that answer them.
 */
final class ReviewModels {
    private static final Map<String, Class<?>> BY_KIND = Map.ofEntries(
            Map.entry("SelfSubjectReview", SelfSubjectReview.class),
            Map.entry("TokenReview", TokenReview.class),
            Map.entry("LocalSubjectAccessReview", SubjectAccessReview.class),
            Map.entry("SelfSubjectAccessReview", SelfSubjectAccessReview.class),
            Map.entry("SelfSubjectRulesReview", SelfSubjectRulesReview.class),
            Map.entry("SubjectAccessReview", SubjectAccessReview.class),
            Map.entry("Invitation", Invitation.class),
            Map.entry("Join", Join.class),
            Map.entry("Departure", Departure.class),
            Map.entry("InvitationReview", InvitationReview.class),
            Map.entry("Revocation", Revocation.class));

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
                KindRules.NONE,
                null);
    }

    /** Who the caller is taken for. */
    record SelfSubjectReview(String apiVersion, String kind, ObjectMeta metadata, CallerStatus status) {}

    record CallerStatus(UserInfo userInfo) {}

    /** Whose a token is. */
    record TokenReview(String apiVersion, String kind, ObjectMeta metadata, TokenSpec spec, TokenStatus status) {}

    record TokenSpec(List<String> audiences, String token) {}

    record TokenStatus(List<String> audiences, Boolean authenticated, String error, UserInfo user) {}

    /** Somebody, as the server knows him. */
    record UserInfo(Map<String, List<String>> extra, List<String> groups, String uid, String username) {}

    /** Whether somebody may do something; in one namespace where the review is in one. */
    record SubjectAccessReview(
            String apiVersion, String kind, ObjectMeta metadata, AccessSpec spec, AccessStatus status) {}

    record AccessSpec(
            Map<String, List<String>> extra,
            List<String> groups,
            PathAttributes nonResourceAttributes,
            ResourceAttributes resourceAttributes,
            String uid,
            String user) {}

    /** Whether the caller may do something. */
    record SelfSubjectAccessReview(
            String apiVersion, String kind, ObjectMeta metadata, OwnAccessSpec spec, AccessStatus status) {}

    record OwnAccessSpec(PathAttributes nonResourceAttributes, ResourceAttributes resourceAttributes) {}

    /** A path that is no object's, and what is done with it. */
    record PathAttributes(String path, String verb) {}

    /** An object, and what is done with it. */
    record ResourceAttributes(
            Selector fieldSelector,
            String group,
            Selector labelSelector,
            String name,
            String namespace,
            String resource,
            String subresource,
            String verb,
            String version) {}

    /** What the objects of a list must be. */
    record Selector(String rawSelector, List<Requirement> requirements) {
        record Requirement(String key, String operator, List<String> values) {}
    }

    /** What was found. */
    record AccessStatus(Boolean allowed, Boolean denied, String evaluationError, String reason) {}

    /** All that the caller may do in a namespace. */
    record SelfSubjectRulesReview(
            String apiVersion, String kind, ObjectMeta metadata, RulesSpec spec, RulesStatus status) {}

    record RulesSpec(String namespace) {}

    record RulesStatus(
            String evaluationError,
            Boolean incomplete,
            List<PathRule> nonResourceRules,
            List<ResourceRule> resourceRules) {}

    record PathRule(List<String> nonResourceURLs, List<String> verbs) {}

    record ResourceRule(
            List<String> apiGroups, List<String> resourceNames, List<String> resources, List<String> verbs) {}

    /** A token that lets another cluster in. */
    record Invitation(String apiVersion, String kind, ObjectMeta metadata, Wish spec, Token status) {
        record Wish(Long validSeconds) {}

        record Token(String token, Long validSeconds) {}
    }

    /** The tokens of this process that somebody could use. */
    record InvitationReview(String apiVersion, String kind, ObjectMeta metadata, Departure.Nothing spec, Open status) {
        record Open(List<Named> invitations) {
            record Named(String id, String expires) {}
        }
    }

    /** Takes back a token of this process. */
    record Revocation(String apiVersion, String kind, ObjectMeta metadata, Which spec, Outcome status) {
        record Which(String id) {}
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
