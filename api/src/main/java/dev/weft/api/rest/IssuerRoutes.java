package dev.weft.api.rest;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.authentication.AccountTokens;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.api.representation.JsonText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By what others check the tokens of service accounts without asking here each time: OpenID's discovery document and the public
 * key.
 *
 * <p>Source: OpenID Connect Discovery 1.0, section 4; RFC 7517; Kubernetes' "Service account issuer discovery".
 */
final class IssuerRoutes {
    private static final List<String> CONFIGURATION = List.of(".well-known", "openid-configuration");
    private static final List<String> KEYS = List.of("openid", "v1", "jwks");

    private final @Nullable AccountTokens tokens;

    IssuerRoutes(@Nullable AccountTokens tokens) {
        this.tokens = tokens;
    }

    /** The answer; null if a path is about something else, or no tokens are given out here. */
    @Nullable
    HttpResponse answer(Exchange exchange) {
        boolean configuration = exchange.path().equals(CONFIGURATION);
        AccountTokens issuer = tokens;
        if (issuer == null || !(configuration || exchange.path().equals(KEYS))) {
            return null;
        }
        if (!exchange.method().equals("GET")) {
            throw new RequestRefused(Refusals.methodNotAllowed());
        }
        return configuration
                ? document(configuration(issuer, exchange.header("host")), ContentTypes.APPLICATION_JSON)
                : document(keys(issuer), ContentTypes.parse("application/jwk-set+json"));
    }

    private static HttpResponse document(ObjectNode document, ContentType type) {
        return HttpResponse.create()
                .withEntity(HttpEntities.create(type, JsonText.of(document)))
                .addHeader(RawHeader.create("Cache-Control", "public, max-age=3600"));
    }

    private static ObjectNode configuration(AccountTokens issuer, String host) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("issuer", issuer.settings().issuer());
        document.put("jwks_uri", "https://" + host + "/" + String.join("/", KEYS));
        document.putArray("response_types_supported").add("id_token");
        document.putArray("subject_types_supported").add("public");
        document.putArray("id_token_signing_alg_values_supported").add("ES256");
        return document;
    }

    private static ObjectNode keys(AccountTokens issuer) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.putArray("keys").add(issuer.publicKey());
        return document;
    }
}
