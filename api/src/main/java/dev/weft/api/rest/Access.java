package dev.weft.api.rest;

import akka.http.javadsl.model.AttributeKey;
import akka.http.javadsl.model.HttpRequest;
import dev.weft.api.authentication.AccountTokens;
import dev.weft.api.authentication.Authenticator;
import dev.weft.api.authentication.User;
import dev.weft.api.authorization.AccessQuestion;
import dev.weft.api.authorization.Forbidden;
import dev.weft.api.authorization.GuardedWrites;
import dev.weft.api.authorization.Policies;
import dev.weft.api.authorization.PolicyRule;
import dev.weft.api.authorization.RbacPolicy;
import dev.weft.api.authorization.Verdict;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.Write;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The door of the API: who asks, and may he. Safe for many threads. */
public final class Access {
    /** On a request over TLS: the certificate whose key the client has; nothing is known yet of who signed it. */
    public static final AttributeKey<Supplier<Optional<X509Certificate>>> CERTIFICATE = certificateKey();

    /** On a request that was let in. */
    static final AttributeKey<User> USER = AttributeKey.create("user", User.class);

    private static final String BEARER = "bearer ";
    private static final String OPEN =
            "everyone on this machine is an administrator of a server without authentication";

    private final Registry registry;
    private final @Nullable Authenticator authenticator;
    private final @Nullable Policies policies;
    private final @Nullable GuardedWrites writes;

    private Access(Registry registry, @Nullable Authenticator authenticator, @Nullable Policies policies) {
        this.registry = registry;
        this.authenticator = authenticator;
        this.policies = policies;
        this.writes = policies == null ? null : new GuardedWrites(registry, policies);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // a key's class cannot say what it supplies
    private static AttributeKey<Supplier<Optional<X509Certificate>>> certificateKey() {
        return (AttributeKey) AttributeKey.create("client-certificate", Supplier.class);
    }

    /** Nobody is asked: everyone who can reach the server is its administrator. */
    public static Access open(Registry registry) {
        return new Access(registry, null, null);
    }

    /** Who asks must say who he is, and may do what roles give him. */
    public static Access byRoles(Registry registry, Authenticator authenticator, Policies policies) {
        return new Access(registry, authenticator, policies);
    }

    /** Whether nobody is asked who he is. */
    public boolean isOpen() {
        return authenticator == null;
    }

    /** Gives out tokens; null where nobody is asked who he is. */
    @Nullable
    AccountTokens accountTokens() {
        return authenticator == null ? null : authenticator.accountTokens();
    }

    /** Tells whose tokens are; null where nobody is asked who he is. */
    @Nullable
    Authenticator authenticator() {
        return authenticator;
    }

    /** The request with its {@link #USER}; fails with {@link RequestRefused} if he may not do what he asks for. */
    CompletionStage<Exchange> admit(Exchange exchange) {
        Authenticator asking = authenticator;
        if (asking == null) {
            return CompletableFuture.completedFuture(exchange.as(User.ADMIN));
        }
        HttpRequest request = exchange.request();
        return asking.authenticate(
                        request.getAttribute(CERTIFICATE).flatMap(Supplier::get),
                        token(exchange.header("authorization")))
                .thenApply(found ->
                        admitted(exchange, found.orElseThrow(() -> new RequestRefused(Refusals.unauthorized()))));
    }

    private Exchange admitted(Exchange exchange, User user) {
        User acting = Impersonation.of(exchange, user)
                .map(wish -> {
                    wish.questions().forEach(question -> require(user, question));
                    return wish.user();
                })
                .orElse(user);
        require(acting, Questions.of(exchange));
        return exchange.as(acting);
    }

    private static String token(String header) {
        return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : "";
    }

    private void require(User user, AccessQuestion question) {
        Verdict verdict = decide(user, question);
        if (!verdict.allowed()) {
            throw new RequestRefused(Forbidden.of(user, question, verdict));
        }
    }

    /** Whether somebody may; fails with {@link RequestRefused} as long as the roles are not known. */
    Verdict decide(User user, AccessQuestion question) {
        if (policies == null) {
            return new Verdict(true, OPEN);
        }
        return user.isMaster() ? new Verdict(true, "") : policy().decide(user, question);
    }

    /** All that somebody may do in a namespace. */
    List<PolicyRule> rules(User user, String namespace) {
        return policies == null ? RbacPolicy.everything() : policy().rulesOf(user, namespace);
    }

    /** The newest picture of roles; empty before the first, and where nobody is asked who he is. */
    Optional<RbacPolicy> roles() {
        return Optional.ofNullable(policies).flatMap(Policies::current);
    }

    private RbacPolicy policy() {
        return roles().orElseThrow(
                        () -> new RequestRefused(Refusals.notReady("the roles of this cluster are not known yet")));
    }

    /** Carries out a write for somebody, unless it would give more than he has. */
    CompletionStage<Write.Outcome> write(User user, Write write) {
        GuardedWrites guarded = writes;
        return guarded == null ? registry.write(write) : guarded.write(user, write);
    }
}
