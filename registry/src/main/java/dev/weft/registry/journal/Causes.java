package dev.weft.registry.journal;

import akka.pattern.CircuitBreakerOpenException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Why a store failed, in words for those who use it: what their programs are made of says nothing to them. */
public final class Causes {
    private static final String NO_ANSWER = "the store does not answer";
    /** As {@link Throwable#toString} writes it before a message: a package, a class, a colon. */
    private static final Pattern CLASS_NAME = Pattern.compile("\\b(?:[a-z_][\\w]*\\.)+[A-Z][\\w$]*(?:: ?|(?= |$))");

    private Causes() {}

    /**
     * The sentence of whoever was nearest to the fault: a database's driver, which names the server, or else the innermost
     * that says anything. Free of class names.
     */
    public static String inWords(@Nullable Throwable failure) {
        List<Throwable> innermost = chain(failure);
        Collections.reverse(innermost);
        return innermost.stream()
                .filter(SQLException.class::isInstance)
                .findFirst()
                .map(Causes::words)
                .filter(words -> !words.isEmpty())
                .or(() -> innermost.stream()
                        .map(Causes::words)
                        .filter(words -> !words.isEmpty())
                        .findFirst())
                .orElse(NO_ANSWER);
    }

    private static List<Throwable> chain(@Nullable Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable at = failure; at != null && !chain.contains(at); at = at.getCause()) {
            chain.add(at);
        }
        return chain;
    }

    private static String words(Throwable failure) {
        if (failure instanceof CircuitBreakerOpenException open) {
            return "the store failed time after time; it is asked again within "
                    + Math.max(1, open.remainingDuration().toSeconds()) + " s";
        }
        String message = failure.getMessage();
        return message == null ? "" : CLASS_NAME.matcher(message).replaceAll("").strip();
    }
}
