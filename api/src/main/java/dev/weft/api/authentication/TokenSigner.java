package dev.weft.api.authentication;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.tls.KeyMaterial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Signs claims as a compact JSON web token, and tells whether it has signed one: ES256 and nothing else, so that a token's
 * header has no say in how it is checked. Safe for use by several threads.
 */
public final class TokenSigner {
    private static final String ALGORITHM = "ES256";
    /** JWS wants the two numbers of the signature side by side, not in ASN.1. */
    private static final String SIGNATURE = "SHA256withECDSAinP1363Format";

    private static final int COORDINATE_BYTES = 32;

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final KeyMaterial keys;
    private final String keyId;
    private final String header;

    /** @param keys on the curve P-256 */
    public TokenSigner(KeyMaterial keys) {
        this.keys = keys;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(keys.certificate().getPublicKey().getEncoded());
            this.keyId = ENCODER.encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a Java without SHA-256", e);
        }
        ObjectNode head = JsonNodeFactory.instance.objectNode();
        head.put("alg", ALGORITHM).put("kid", keyId);
        this.header = encode(head);
    }

    /** A signed token with these claims. */
    public String sign(ObjectNode claims) {
        String signed = header + "." + encode(claims);
        try {
            Signature signature = Signature.getInstance(SIGNATURE);
            signature.initSign(keys.key());
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + ENCODER.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a token cannot be signed here", e);
        }
    }

    /** What others need to check tokens that are made here, as a JSON web key (RFC 7518, section 6.2). */
    public ObjectNode publicKey() {
        if (!(keys.certificate().getPublicKey() instanceof ECPublicKey key)) {
            throw new IllegalStateException("tokens are signed by a key that is on no curve");
        }
        ObjectNode web = JsonNodeFactory.instance.objectNode();
        web.put("use", "sig")
                .put("kty", "EC")
                .put("kid", keyId)
                .put("crv", "P-256")
                .put("alg", ALGORITHM);
        web.put("x", coordinate(key.getW().getAffineX()));
        return web.put("y", coordinate(key.getW().getAffineY()));
    }

    /** Always of the curve's whole length, with zeros in front where need be. */
    private static String coordinate(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] whole = new byte[COORDINATE_BYTES];
        int size = Math.min(bytes.length, COORDINATE_BYTES);
        System.arraycopy(bytes, bytes.length - size, whole, COORDINATE_BYTES - size, size);
        return ENCODER.encodeToString(whole);
    }

    /** Whether a token is of the kind that is made here, whoever signed it: three parts, the first a JSON object. */
    public static boolean looksLikeOne(String token) {
        return token.chars().filter(c -> c == '.').count() == 2 && token.startsWith("ey");
    }

    /** The claims of a token that was signed here; empty for any other. Says nothing of its time or its audience. */
    public Optional<JsonNode> verify(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            JsonNode head = decode(parts[0]);
            boolean ours = head.path("alg").asText().equals(ALGORITHM)
                    && head.path("kid").asText().equals(keyId)
                    && !head.has("crit");
            return ours && isSigned(parts) ? Optional.of(decode(parts[1])) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean isSigned(String[] parts) {
        byte[] given = Base64.getUrlDecoder().decode(parts[2]);
        // One token has one spelling: spare bits of the last character must be zero.
        if (!Arrays.equals(ENCODER.encode(given), parts[2].getBytes(StandardCharsets.US_ASCII))) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(SIGNATURE);
            signature.initVerify(keys.certificate().getPublicKey());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(given);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static JsonNode decode(String part) throws IOException {
        JsonNode tree = MAPPER.readTree(Base64.getUrlDecoder().decode(part));
        if (tree == null || !tree.isObject()) {
            throw new IOException("not a JSON object");
        }
        return tree;
    }

    private static String encode(ObjectNode tree) {
        try {
            return ENCODER.encodeToString(MAPPER.writeValueAsBytes(tree));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
