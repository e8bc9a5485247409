package dev.weft.api.body;

import dev.weft.api.body.JsonReading.Malformed;

/**
 * How many values a body may hold: in memory a value costs some hundred bytes, however few it has on the wire, so a body that
 * is nothing but {@code {},{},{}} would grow beyond measure. What people and programs write has more bytes a value than is
 * asked for here, save for some lists, which may be as long as what is free allows.
 */
final class ValueBudget {
    /** What any body may hold. */
    private static final int FREE = 2_000;

    /** Beyond those, so many bytes of JSON or protobuf allow for one value. */
    static final int JSON = 12;

    /** The same in YAML, of which every word costs its reader more. */
    static final int YAML = 16;

    private final int bytes;
    private final int bytesOfValue;
    private final int most;
    private int taken;

    /**
     * For one body.
     *
     * @param bytes of the body
     * @param bytesOfValue that allow for one value
     */
    ValueBudget(int bytes, int bytesOfValue) {
        this.bytes = bytes;
        this.bytesOfValue = bytesOfValue;
        this.most = FREE + bytes / bytesOfValue;
    }

    /** Counts one value: a scalar, a list or an object. */
    void take() throws Malformed {
        if (++taken > most) {
            throw new Malformed("it holds more than " + most + " values in " + bytes + " bytes (expected: at most "
                    + FREE + ", and one more for each " + bytesOfValue + " bytes)");
        }
    }
}
