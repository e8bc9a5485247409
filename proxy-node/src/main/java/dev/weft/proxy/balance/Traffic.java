package dev.weft.proxy.balance;

/**
 * Bytes that were moved.
 *
 * @param to from clients to endpoints
 * @param from the other way
 */
public record Traffic(long to, long from) {
    /** Nothing. */
    public static final Traffic NONE = new Traffic(0, 0);

    static Traffic of(Target target) {
        return new Traffic(target.bytesTo(), target.bytesFrom());
    }

    /** Both together. */
    public Traffic and(Traffic other) {
        return new Traffic(to + other.to, from + other.from);
    }
}
