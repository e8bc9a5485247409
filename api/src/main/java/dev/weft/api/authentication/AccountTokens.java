package dev.weft.api.authentication;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.watch.VersionMatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Gives out tokens of service accounts and tells whose they are. Safe for use by several threads. */
public final class AccountTokens {
    private final Registry registry;
    private final TokenSigner signer;
    private final TokenSettings settings;
    private final InstantSource clock;
    private final Supplier<String> ids;
    private final Map<String, AccountToken> checked;

    /** @param ids makes the name of each token, unique for ever */
    public AccountTokens(
            Registry registry, TokenSigner signer, TokenSettings settings, InstantSource clock, Supplier<String> ids) {
        this.registry = registry;
        this.signer = signer;
        this.settings = settings;
        this.clock = clock;
        this.ids = ids;
        this.checked = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, AccountToken> eldest) {
                return size() > settings.remembered();
            }
        };
    }

    /** What tokens are made by. */
    public TokenSettings settings() {
        return settings;
    }

    /** The key by which others can check tokens, as a JSON web key. */
    public ObjectNode publicKey() {
        return signer.publicKey();
    }

    /**
     * A token that was given out.
     *
     * @param text for the bearer
     */
    public record Issued(String text, AccountToken token) {}

    /**
     * Makes a token.
     *
     * @param audiences empty for this API itself
     * @param lasting cut to the longest that is allowed
     */
    public Issued issue(
            AccountToken.Account account,
            Optional<AccountToken.Bound> bound,
            List<String> audiences,
            Duration lasting) {
        Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        Duration allowed = lasting.compareTo(settings.longest()) < 0 ? lasting : settings.longest();
        AccountToken token = new AccountToken(
                ids.get(),
                settings.issuer(),
                account,
                bound,
                audiences.isEmpty() ? settings.audiences() : audiences,
                now,
                now.plus(allowed));
        return new Issued(signer.sign(token.claims()), token);
    }

    /**
     * Whose token it is.
     *
     * @param audiences of which the token must be for at least one; empty for this API's own
     * @return empty where it is none of this cluster, not in its time, for others, or what it speaks for is gone
     */
    public CompletionStage<Optional<AccountToken>> find(String text, List<String> audiences) {
        Optional<AccountToken> signed = signed(text);
        List<String> wanted = audiences.isEmpty() ? settings.audiences() : audiences;
        if (signed.isEmpty()
                || !signed.get().issuer().equals(settings.issuer())
                || !signed.get().holdsAt(clock.instant())
                || signed.get().audiences().stream().noneMatch(wanted::contains)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        AccountToken token = signed.get();
        AccountToken.Account account = token.account();
        return exists("serviceaccounts", account.namespace(), account.name(), account.uid())
                .thenCompose(there -> there ? boundExists(token) : CompletableFuture.completedFuture(false))
                .thenApply(there -> there ? Optional.of(token) : Optional.empty());
    }

    private CompletionStage<Boolean> boundExists(AccountToken token) {
        if (token.bound().isEmpty()) {
            return CompletableFuture.completedFuture(true);
        }
        AccountToken.Bound bound = token.bound().get();
        return switch (bound.kind()) {
            case "Pod" -> exists("pods", token.account().namespace(), bound.name(), bound.uid());
            case "Secret" -> exists("secrets", token.account().namespace(), bound.name(), bound.uid());
            default -> exists("nodes", "", bound.name(), bound.uid());
        };
    }

    private CompletionStage<Boolean> exists(String plural, String namespace, String name, String uid) {
        ResourceKey key = new ResourceKey(new ResourceType("", plural), namespace, name);
        return registry.get(key, new VersionMatch.Any())
                .thenApply(answer -> answer instanceof Registry.Answer.Found<Resource> found
                        && found.value().uid().equals(uid));
    }

    private Optional<AccountToken> signed(String text) {
        String hash = StaticTokens.hash(text);
        synchronized (checked) {
            AccountToken known = checked.get(hash);
            if (known != null) {
                return Optional.of(known);
            }
        }
        Optional<AccountToken> found = signer.verify(text).flatMap(AccountToken::of);
        found.ifPresent(token -> {
            synchronized (checked) {
                checked.put(hash, token);
            }
        });
        return found;
    }
}
