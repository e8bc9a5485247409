package dev.weft.deploy.terminal;

import java.util.regex.Pattern;

/** The forms that Kubernetes wants names to have, looked at before anything is begun; each refuses as wrong usage. */
public final class Expected {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL_VALUE = Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");
    private static final Pattern PORT_NAME = Pattern.compile("(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern VARIABLE = Pattern.compile("[-._a-zA-Z][-._a-zA-Z0-9]*");

    private Expected() {}

    /** RFC 1123 label, as of namespaces and clusters. */
    public static void label(String flag, String value) {
        require(
                value.length() <= 63 && LABEL.matcher(value).matches(),
                flag,
                value,
                "a DNS label of at most 63 characters: lower case letters, digits and '-'");
    }

    /** RFC 1123 subdomain, as of Pods and Nodes. */
    public static void name(String flag, String value) {
        require(
                value.length() <= 253 && NAME.matcher(value).matches(),
                flag,
                value,
                "a DNS name of at most 253 characters: lower case letters, digits, '-' and '.'");
    }

    /** The value of a label; may be empty. */
    public static void labelValue(String flag, String value) {
        require(
                value.length() <= 63 && LABEL_VALUE.matcher(value).matches(),
                flag,
                value,
                "a label value of at most 63 characters: letters, digits, '-', '_' and '.'");
    }

    /** {@code [PREFIX/]NAME}. */
    public static void labelKey(String flag, String key) {
        int slash = key.indexOf('/');
        String own = key.substring(slash + 1);
        boolean prefixed = slash < 0
                || (slash <= 253 && NAME.matcher(key.substring(0, slash)).matches());
        require(
                prefixed
                        && !own.isEmpty()
                        && own.length() <= 63
                        && LABEL_VALUE.matcher(own).matches(),
                flag,
                key,
                "a label key: letters, digits, '-', '_' and '.', with or without a DNS name and '/' before it");
    }

    /** RFC 6335 service name, as of ports. */
    public static void portName(String flag, String value) {
        require(
                value.length() <= 15 && PORT_NAME.matcher(value).matches(),
                flag,
                value,
                "a port name of at most 15 characters: lower case letters, at least one, digits and '-'");
    }

    /** What Pods allow as the name of an environment variable. */
    public static void variable(String flag, String value) {
        require(
                VARIABLE.matcher(value).matches(),
                flag,
                value,
                "NAME=VALUE with a name of letters, digits, '_', '-' and '.', not beginning with a digit");
    }

    private static void require(boolean holds, String flag, String value, String expected) {
        if (!holds) {
            throw CommandFailed.usage(flag + " " + value + ": expected " + expected);
        }
    }
}
