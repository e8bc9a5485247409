package dev.weft.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils bytes at random, with a liking for what readers stumble over. */
final class Mutation {
    private static final List<String> WORDS = List.of(
            "null",
            "{}",
            "[]",
            "\"\"",
            "-1",
            "0",
            "1e999",
            "-0",
            "99999999999999999999",
            "1.5",
            "true",
            "{\"a\":",
            "[[",
            "]]",
            "}}",
            "\\u0000",
            "\\ud800",
            "\\",
            "\"",
            "$patch",
            "replace",
            "delete",
            "$setElementOrder/ports",
            "$retainKeys",
            "$deleteFromPrimitiveList/finalizers",
            "&a",
            "*a",
            "<<: *a",
            "!!binary",
            "- ",
            "\n",
            ": ",
            ",",
            "/",
            "~1",
            "~0",
            "/-",
            "..",
            "%2F",
            "%00",
            "%",
            "+",
            "&",
            "=",
            "==",
            "!=",
            " in (",
            ")",
            "notin",
            "metadata",
            "name",
            "resourceVersion",
            "continue",
            "watch",
            "true",
            "limit",
            "2147483648",
            "-9223372036854775808",
            "\t",
            "\r",
            "ä",
            "\uffff",
            "labelSelector",
            "fieldSelector",
            "status",
            "scale",
            "dryRun",
            "All",
            "uid",
            "k8s");

    private final Random random;

    Mutation(Random random) {
        this.random = random;
    }

    /** The same with one to four faults in it. */
    byte[] of(byte[] original) {
        byte[] bytes = original;
        int faults = 1 + random.nextInt(4);
        for (int i = 0; i < faults; i++) {
            bytes = once(bytes);
        }
        return bytes;
    }

    String of(String original) {
        return new String(of(original.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    private byte[] once(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, at + random.nextInt(16));
        return switch (random.nextInt(7)) {
            case 0 -> replace(bytes, at, to, new byte[0]);
            case 1 -> replace(bytes, at, at, word());
            case 2 -> replace(bytes, at, to, word());
            case 3 -> replace(bytes, at, Math.min(bytes.length, at + 1), new byte[] {(byte) random.nextInt(256)});
            case 4 -> Arrays.copyOf(bytes, at);
            case 5 -> replace(bytes, at, at, slice(bytes, 1));
            default -> replace(bytes, at, at, slice(bytes, 1 + random.nextInt(32)));
        };
    }

    private byte[] word() {
        return WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] slice(byte[] bytes, int times) {
        int from = random.nextInt(bytes.length + 1);
        byte[] slice = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + random.nextInt(64)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.writeBytes(slice);
        }
        return out.toByteArray();
    }

    private static byte[] replace(byte[] bytes, int from, int to, byte[] by) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(by);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }
}
