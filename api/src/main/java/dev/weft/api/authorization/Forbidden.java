package dev.weft.api.authorization;

import dev.weft.api.authentication.User;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.List;

/** The refusals of this room, in Kubernetes' words. Pure. */
public final class Forbidden {
    private Forbidden() {}

    /** Somebody may not do what he asked for. */
    public static Refusal of(User user, AccessQuestion question, Verdict verdict) {
        String sentence = sentence(user, question);
        return refusal(question, verdict.reason().isEmpty() ? sentence : sentence + ": " + verdict.reason());
    }

    private static String sentence(User user, AccessQuestion question) {
        String who = "User " + Quoting.quoted(user.name()) + " cannot " + question.verb();
        if (question.resource().isEmpty()) {
            return safe(who + " path " + Quoting.quoted(question.path()));
        }
        String what = who + " resource " + Quoting.quoted(question.whole()) + " in API group "
                + Quoting.quoted(question.group());
        return safe(
                question.namespace().isEmpty()
                        ? what + " at the cluster scope"
                        : what + " in the namespace " + Quoting.quoted(question.namespace()));
    }

    /** What is told of a request comes from the request; it must not read as a page where somebody looks at it as one. */
    private static String safe(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** A refusal that names what it was about. */
    static Refusal refusal(AccessQuestion question, String why) {
        if (question.resource().isEmpty()) {
            return new Refusal(Refusal.Reason.Forbidden, "forbidden: " + why, null, "", List.of(), 0);
        }
        ResourceType type = new ResourceType(question.group(), question.resource());
        ResourceKey key = new ResourceKey(type, question.namespace(), question.name());
        String subject = question.name().isEmpty() ? type.toString() : type + " \"" + question.name() + "\"";
        return Refusal.of(Refusal.Reason.Forbidden, key, subject + " is forbidden: " + why);
    }
}
