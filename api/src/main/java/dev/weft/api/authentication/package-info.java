/**
 * Who asks: from a client's certificate, a bearer token, or nothing, to a user with groups.
 *
 * <p>Who may call: {@code api.authorization}, {@code api.rest}, the front door, and the composition root.
 *
 * <p>What it owns: the tokens of the static file, and a bounded memory of tokens whose signature was checked.
 *
 * <p>What must hold: a credential that is presented and does not hold is refused with 401, never passed over for a weaker
 * one; a token of a service account holds only while the account, and what the token is bound to, exist with the same UID;
 * only one signature algorithm is known, whatever a token's header asks for; no credential is ever logged.
 *
 * <p>Source: Kubernetes' "Authenticating"; RFC 7515 to 7519 (JWS, JWT), KEP-1205 (bound service account tokens).
 */
@NullMarked
package dev.weft.api.authentication;

import org.jspecify.annotations.NullMarked;
