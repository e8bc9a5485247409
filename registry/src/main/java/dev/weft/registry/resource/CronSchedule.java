package dev.weft.registry.resource;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The schedule of a CronJob: five fields of numbers, names, ranges and steps, or one of the words with {@code @}. */
final class CronSchedule {
    private static final String FIELD = "spec.schedule";
    private static final Set<String> WORDS =
            Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
    private static final List<Field> FIELDS = List.of(
            new Field(0, 59, Map.of()),
            new Field(0, 23, Map.of()),
            new Field(1, 31, Map.of()),
            new Field(1, 12, names("jan feb mar apr may jun jul aug sep oct nov dec", 1)),
            new Field(0, 6, names("sun mon tue wed thu fri sat", 0)));

    private CronSchedule() {}

    private record Field(int least, int most, Map<String, Integer> names) {}

    private static Map<String, Integer> names(String words, int first) {
        List<String> all = List.of(words.split(" "));
        return all.stream()
                .collect(
                        java.util.stream.Collectors.toUnmodifiableMap(word -> word, word -> first + all.indexOf(word)));
    }

    /** Adds what is wrong with a schedule. */
    static void validate(String schedule, List<FieldError> faults) {
        if (schedule.isEmpty()) {
            faults.add(FieldError.required(FIELD, ""));
            return;
        }
        if (schedule.startsWith("@")) {
            if (!WORDS.contains(schedule) && !schedule.startsWith("@every ")) {
                invalid(schedule, "unrecognized descriptor: " + schedule, faults);
            }
            return;
        }
        String[] parts = schedule.strip().split("\\s+");
        if (parts.length != FIELDS.size()) {
            invalid(
                    schedule,
                    "expected exactly 5 fields, found " + parts.length + ": [" + String.join(" ", parts) + "]",
                    faults);
            return;
        }
        for (int i = 0; i < parts.length; i++) {
            for (String range : parts[i].split(",", -1)) {
                String fault = fault(range, FIELDS.get(i));
                if (!fault.isEmpty()) {
                    invalid(schedule, fault, faults);
                    return;
                }
            }
        }
    }

    private static String fault(String range, Field field) {
        String[] stepped = range.split("/", -1);
        if (stepped.length > 2) {
            return "too many slashes: " + range;
        }
        if (stepped.length == 2 && (number(stepped[1], Map.of()) < 1)) {
            return "step of range should be a positive number: " + range;
        }
        if (stepped[0].equals("*") || stepped[0].equals("?")) {
            return "";
        }
        String[] ends = stepped[0].split("-", -1);
        if (ends.length > 2) {
            return "too many hyphens: " + range;
        }
        int start = number(ends[0], field.names());
        int end = number(ends[ends.length - 1], field.names());
        if (start < 0 || end < 0) {
            return "failed to parse int from " + range;
        }
        if (start < field.least()) {
            return "beginning of range (" + start + ") below minimum (" + field.least() + "): " + range;
        }
        if (end > field.most()) {
            return "end of range (" + end + ") above maximum (" + field.most() + "): " + range;
        }
        return start > end ? "beginning of range (" + start + ") beyond end of range (" + end + "): " + range : "";
    }

    /** The number that a text means; -1 if none. */
    private static int number(String text, Map<String, Integer> names) {
        Integer named = names.get(text.toLowerCase(Locale.ROOT));
        if (named != null) {
            return named;
        }
        boolean digits = !text.isEmpty() && text.length() < 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(text) : -1;
    }

    private static void invalid(String schedule, String why, List<FieldError> faults) {
        faults.add(FieldError.invalid(FIELD, schedule, why));
    }
}
