package dev.weft.registry.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The forms of names in Kubernetes, with the words in which it says what is wrong. Empty means well formed. Lengths are
 * looked at first: patterns never see a long text.
 */
final class Names {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern LABEL_1035 = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern QUALIFIED = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
    private static final Pattern ENV = Pattern.compile("[-._a-zA-Z][-._a-zA-Z0-9]*");
    private static final Pattern CONFIG_KEY = Pattern.compile("[-._a-zA-Z0-9]+");

    private Names() {}

    /** RFC 1123 label. */
    static List<String> dnsLabel(String name) {
        List<String> faults = new ArrayList<>();
        atMost(63, name, faults);
        if (faults.isEmpty() && !LABEL.matcher(name).matches()) {
            faults.add("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
                    + " start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for"
                    + " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
        }
        return faults;
    }

    /** RFC 1035 label: no leading digit. */
    static List<String> dns1035Label(String name) {
        List<String> faults = new ArrayList<>();
        atMost(63, name, faults);
        if (faults.isEmpty() && !LABEL_1035.matcher(name).matches()) {
            faults.add("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
                    + " alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123',"
                    + " regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");
        }
        return faults;
    }

    /** RFC 1123 subdomain. */
    static List<String> subdomain(String name) {
        List<String> faults = new ArrayList<>();
        atMost(253, name, faults);
        if (faults.isEmpty() && !SUBDOMAIN.matcher(name).matches()) {
            faults.add("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
                    + " and must start and end with an alphanumeric character (e.g. 'example.com', regex used for"
                    + " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
        }
        return faults;
    }

    /** A name that only has to fit into a URL path, as RBAC objects have. */
    static List<String> pathSegment(String name) {
        List<String> faults = new ArrayList<>();
        if (name.equals(".") || name.equals("..")) {
            faults.add("may not be '" + name + "'");
        }
        for (String part : List.of("/", "%")) {
            if (name.contains(part)) {
                faults.add("may not contain '" + part + "'");
            }
        }
        return faults;
    }

    /** {@code prefix/name} as label keys, annotation keys and finalizers are. */
    static List<String> qualifiedName(String name) {
        List<String> faults = new ArrayList<>();
        String[] parts = name.split("/", -1);
        if (parts.length > 2) {
            return List.of("a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start"
                    + " and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used"
                    + " for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain"
                    + " prefix and '/' (e.g. 'example.com/MyName')");
        }
        if (parts.length == 2) {
            if (parts[0].isEmpty()) {
                faults.add("prefix part must be non-empty");
            } else {
                subdomain(parts[0]).forEach(fault -> faults.add("prefix part " + fault));
            }
        }
        String last = parts[parts.length - 1];
        if (last.isEmpty()) {
            faults.add("name part must be non-empty");
        } else if (last.length() > 63) {
            faults.add("name part must be no more than 63 characters");
        }
        if (last.length() <= 63 && !QUALIFIED.matcher(last).matches()) {
            faults.add("name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with"
                    + " an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
                    + " validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
        }
        return faults;
    }

    static List<String> labelValue(String value) {
        List<String> faults = new ArrayList<>();
        atMost(63, value, faults);
        if (faults.isEmpty() && !value.isEmpty() && !QUALIFIED.matcher(value).matches()) {
            faults.add("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
                    + " and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or"
                    + " '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
        }
        return faults;
    }

    /** The name of a port of a container (RFC 6335). */
    static List<String> portName(String name) {
        List<String> faults = new ArrayList<>();
        atMost(15, name, faults);
        if (!name.matches("[-a-z0-9]+")) {
            faults.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (name.chars().noneMatch(c -> c >= 'a' && c <= 'z')) {
            faults.add("must contain at least one letter (a-z)");
        }
        if (name.contains("--")) {
            faults.add("must not contain consecutive hyphens");
        }
        if (name.startsWith("-") || name.endsWith("-")) {
            faults.add("must not begin or end with a hyphen");
        }
        return faults;
    }

    static List<String> environmentVariable(String name) {
        return ENV.matcher(name).matches()
                ? List.of()
                : List.of("a valid environment variable name must consist of alphabetic characters, digits, '_', '-',"
                        + " or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or"
                        + " 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')");
    }

    static List<String> configKey(String key) {
        List<String> faults = new ArrayList<>();
        atMost(253, key, faults);
        if (!CONFIG_KEY.matcher(key).matches()) {
            faults.add("a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',"
                    + "  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
        } else if (key.equals(".") || key.equals("..")) {
            faults.add("must not be '" + key + "'");
        }
        return faults;
    }

    private static void atMost(int length, String name, List<String> faults) {
        if (name.length() > length) {
            faults.add("must be no more than " + length + " characters");
        }
    }
}
