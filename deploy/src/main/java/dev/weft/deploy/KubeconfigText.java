package dev.weft.deploy;

import dev.weft.deploy.KubeconfigCommand.Context;
import dev.weft.deploy.KubeconfigCommand.Identity;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A kubeconfig as text. */
record KubeconfigText(List<Context> contexts) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9._@/-]*(:[A-Za-z0-9._@/-]+)*");
    /** What YAML takes for something else than text. */
    private static final Pattern WORDS = Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n");

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("apiVersion: v1\nkind: Config\nclusters:\n");
        contexts.forEach(each -> cluster(text, each));
        text.append("contexts:\n");
        contexts.forEach(
                each -> text.append("- name: %s\n  context:\n    cluster: %s\n    user: %s\n    namespace: default\n"
                        .formatted(scalar(each.name()), scalar(each.cluster()), scalar(each.userName()))));
        text.append("users:\n");
        Map<String, Identity> users = new LinkedHashMap<>();
        contexts.forEach(each -> users.put(each.userName(), each.user()));
        users.forEach((name, identity) -> user(text, name, identity));
        return text.append("current-context: ")
                .append(scalar(contexts.get(0).name()))
                .append('\n')
                .toString();
    }

    private static void cluster(StringBuilder text, Context context) {
        text.append("- name: %s\n  cluster:\n    server: %s\n".formatted(scalar(context.cluster()), context.server()));
        String authority = context.authority();
        if (authority != null) {
            text.append("    certificate-authority-data: ")
                    .append(encoded(authority))
                    .append('\n');
        }
    }

    private static void user(StringBuilder text, String name, Identity identity) {
        text.append("- name: ").append(scalar(name)).append('\n');
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

    /** A name as YAML reads it as text. */
    private static String scalar(String name) {
        boolean plain = PLAIN.matcher(name).matches() && !WORDS.matcher(name).matches();
        return plain ? name : "\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String encoded(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }
}
