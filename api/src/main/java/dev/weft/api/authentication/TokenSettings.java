package dev.weft.api.authentication;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the tokens of service accounts; their meaning stands in {@code reference.conf}.
 *
 * @param issuer who says to have made them
 * @param audiences for whom one may be that is shown to this API; the first is what a token is for if nobody says
 * @param lifetime where the client names none
 * @param longest that a client gets
 * @param remembered tokens whose signature is not checked again
 */
public record TokenSettings(
        String issuer, List<String> audiences, Duration lifetime, Duration longest, int remembered) {
    public TokenSettings {
        audiences = List.copyOf(audiences);
    }

    /**
     * Reads the settings.
     *
     * @param config {@code weft.api.tokens}
     */
    public static TokenSettings from(Config config) {
        List<String> further = config.getStringList("audiences");
        String issuer = config.getString("issuer");
        return new TokenSettings(
                issuer,
                further.isEmpty() ? List.of(issuer) : further,
                config.getDuration("lifetime"),
                config.getDuration("longest"),
                config.getInt("remembered"));
    }
}
