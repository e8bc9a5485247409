package dev.weft.deploy;

import dev.weft.deploy.KubeconfigCommand.Context;
import dev.weft.deploy.KubeconfigCommand.Identity;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A kubeconfig as text. */
record KubeconfigText(List<Context> contexts) {
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("apiVersion: v1\nkind: Config\nclusters:\n");
        contexts.forEach(each -> cluster(text, each));
        text.append("contexts:\n");
        contexts.forEach(each -> text.append(
                "- name: \"%s\"\n  context:\n    cluster: \"%s\"\n    user: \"%s\"\n    namespace: default\n"
                        .formatted(each.name(), each.cluster(), each.userName())));
        text.append("users:\n");
        Map<String, Identity> users = new LinkedHashMap<>();
        contexts.forEach(each -> users.put(each.userName(), each.user()));
        users.forEach((name, identity) -> user(text, name, identity));
        return text.append("current-context: \"")
                .append(contexts.get(0).name())
                .append("\"\n")
                .toString();
    }

    private static void cluster(StringBuilder text, Context context) {
        text.append("- name: \"%s\"\n  cluster:\n    server: %s\n".formatted(context.cluster(), context.server()));
        String authority = context.authority();
        if (authority != null) {
            text.append("    certificate-authority-data: ")
                    .append(encoded(authority))
                    .append('\n');
        }
    }

    private static void user(StringBuilder text, String name, Identity identity) {
        text.append("- name: \"").append(name).append("\"\n");
        var client = identity.client();
        if (client != null) {
            text.append("  user:\n    client-certificate-data: ").append(encoded(client.certificate()));
            text.append("\n    client-key-data: ").append(encoded(client.key())).append('\n');
        } else if (!identity.token().isEmpty()) {
            text.append("  user:\n    token: ").append(identity.token()).append('\n');
        } else {
            text.append("  user: {}\n");
        }
    }

    private static String encoded(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }
}
