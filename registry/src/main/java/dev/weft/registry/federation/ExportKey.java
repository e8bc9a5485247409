package dev.weft.registry.federation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The key of a published record: {@code NAMESPACE/NAME} for the Service's properties, {@code NAMESPACE/NAME/PART} for
 * some of its endpoints.
 *
 * @param part empty for the Service's properties
 */
record ExportKey(ExportName name, String part) {
    private static final String LABEL = "([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)";
    private static final Pattern FORM = Pattern.compile(LABEL + "/" + LABEL + "(/([a-z0-9.]{1,80}))?");

    /** Null for what no honest cluster would publish. */
    static @Nullable ExportKey parse(String key) {
        Matcher matcher = FORM.matcher(key);
        if (!matcher.matches()) {
            return null;
        }
        String part = matcher.group(6);
        return new ExportKey(new ExportName(matcher.group(1), matcher.group(3)), part == null ? "" : part);
    }

    /** The namespace in a key, whatever else is in it. */
    static String namespace(String key) {
        int end = key.indexOf('/');
        return end < 0 ? key : key.substring(0, end);
    }

    @Override
    public String toString() {
        return part.isEmpty() ? name.toString() : name + "/" + part;
    }
}
