package dev.weft.proxy.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the endpoints of a Service are checked, as its annotations say.
 *
 * @param path what is asked for over HTTP; empty for a mere TCP connection
 * @param port name or number of the port; empty for the first TCP port of the slice
 * @param lowestStatus of an HTTP answer that passes, up to {@code highestStatus}
 * @param interval from the start of one check to the start of the next
 * @param timeout of a whole check
 * @param healthyThreshold checks that must pass in a row; {@code unhealthyThreshold} that must fail
 */
public record HealthCheck(
        String path,
        String port,
        int lowestStatus,
        int highestStatus,
        Duration interval,
        Duration timeout,
        int healthyThreshold,
        int unhealthyThreshold) {
    /** {@code tcp}, or {@code http:/path}; without it a Service is not checked. */
    public static final String CHECK = "mesh.weft.dev/health-check";

    /** The same from the data path of each node, below {@code mesh.weft.dev/}. */
    public static final String DATA_PATH = "data-path-check";

    private static final String GROUP = "mesh.weft.dev/";

    /** Which port of the endpoints is asked: a name in the slice, or a number. */
    public static final String PORT = CHECK + "-port";

    /** {@code 200} or {@code 200-399}. */
    public static final String STATUS = CHECK + "-status";

    public static final String INTERVAL = CHECK + "-interval";
    public static final String TIMEOUT = CHECK + "-timeout";
    public static final String HEALTHY = CHECK + "-healthy-threshold";
    public static final String UNHEALTHY = CHECK + "-unhealthy-threshold";

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,7})(ms|s|m)");
    private static final Pattern STATUSES = Pattern.compile("([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?");
    private static final Duration LEAST = Duration.ofMillis(100);
    private static final int MAX_THRESHOLD = 100;
    private static final int MAX_PATH = 1024;
    private static final HealthCheck PLAIN =
            new HealthCheck("", "", 200, 399, Duration.ofSeconds(5), Duration.ofSeconds(1), 1, 1);

    /** Whether a Service asks for checks; whether it asks in a way that can be understood is another question. */
    static boolean wanted(JsonNode service) {
        return annotations(service).hasNonNull(CHECK);
    }

    /**
     * Reads the annotations of a Service.
     *
     * @param defaults for what they leave open
     * @throws IllegalArgumentException that says which annotation is wrong and what is expected
     */
    static HealthCheck of(JsonNode service, HealthCheck defaults) {
        JsonNode annotations = annotations(service);
        String what = annotations.path(CHECK).asText();
        boolean http = what.startsWith("http:/");
        if (!http && !what.equals("tcp")) {
            throw wrong(CHECK, what, "tcp, or http:/path");
        }
        String path = http ? what.substring("http:".length()) : "";
        if (path.length() > MAX_PATH || !path.chars().allMatch(letter -> letter > ' ' && letter < 0x7F)) {
            throw wrong(CHECK, what, "a path of at most " + MAX_PATH + " printable ASCII letters without blanks");
        }
        String status = annotations.path(STATUS).asText(defaults.lowestStatus + "-" + defaults.highestStatus);
        Matcher range = STATUSES.matcher(status);
        if (!range.matches()) {
            throw wrong(STATUS, status, "a status such as 200, or a range such as 200-399");
        }
        int lowest = Integer.parseInt(range.group(1));
        int highest = range.group(2) == null ? lowest : Integer.parseInt(range.group(2));
        Duration interval = duration(annotations, INTERVAL, defaults.interval);
        Duration timeout = duration(annotations, TIMEOUT, defaults.timeout);
        return new HealthCheck(
                path,
                annotations.path(PORT).asText(""),
                lowest,
                highest,
                interval,
                timeout.compareTo(interval) < 0 ? timeout : interval,
                threshold(annotations, HEALTHY, defaults.healthyThreshold),
                threshold(annotations, UNHEALTHY, defaults.unhealthyThreshold));
    }

    /**
     * Reads what a service asks of its listeners themselves: {@code data-path-check} says what is asked, the rest is as for
     * other checks, but a port is a number.
     *
     * @param annotations by their names below {@code mesh.weft.dev/}
     * @return null without such a wish, and where it cannot be read
     */
    public static @Nullable HealthCheck ofDataPath(Map<String, String> annotations, HealthCheck defaults) {
        return whyNot(annotations).isEmpty() && annotations.containsKey(DATA_PATH)
                ? of(asObject(annotations), defaults)
                : null;
    }

    /** What cannot be read of such a wish, and what is expected; empty when all can. */
    public static String whyNot(Map<String, String> annotations) {
        if (!annotations.containsKey(DATA_PATH)) {
            return "";
        }
        String port = annotations.getOrDefault("health-check-port", "");
        if (!port.matches("|[1-9][0-9]{0,4}")) {
            return PORT + ": " + port + " (expected: a number, since the check is made from the data path)";
        }
        try {
            of(asObject(annotations), PLAIN);
            return "";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage()).replace(CHECK + ":", GROUP + DATA_PATH + ":");
        }
    }

    private static JsonNode asObject(Map<String, String> annotations) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        ObjectNode all = object.putObject("metadata").putObject("annotations");
        annotations.forEach((name, value) -> all.put(GROUP + name, value));
        all.put(CHECK, annotations.getOrDefault(DATA_PATH, ""));
        return object;
    }

    /** Whether it speaks HTTP after connecting. */
    boolean http() {
        return !path.isEmpty();
    }

    private static JsonNode annotations(JsonNode service) {
        return service.path("metadata").path("annotations");
    }

    private static Duration duration(JsonNode annotations, String name, Duration otherwise) {
        if (!annotations.hasNonNull(name)) {
            return otherwise;
        }
        String text = annotations.get(name).asText();
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration read = matcher.group(2).equals("ms")
                    ? Duration.ofMillis(number)
                    : matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMinutes(number);
            if (read.compareTo(LEAST) >= 0) {
                return read;
            }
        }
        throw wrong(name, text, "a duration of at least 100ms, such as 500ms, 5s or 1m");
    }

    private static int threshold(JsonNode annotations, String name, int otherwise) {
        String text = annotations.path(name).asText(String.valueOf(otherwise));
        if (text.matches("[0-9]{1,3}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= MAX_THRESHOLD) {
                return number;
            }
        }
        throw wrong(name, text, "a count from 1 to " + MAX_THRESHOLD);
    }

    private static IllegalArgumentException wrong(String name, String value, String expected) {
        return new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
}
