/**
 * TLS of the API: the cluster's certificate authority, the certificate that is served, and the layer between TCP and HTTP.
 *
 * <p>Who may call: {@code api.authentication} (whose certificate is it), the front door, and the composition root.
 *
 * <p>What it owns: the keys of a cluster ({@link dev.weft.api.tls.ClusterKeys}) and the certificate in use
 * ({@link dev.weft.api.tls.ServingKeys}). Only {@link dev.weft.api.tls.KeyDirectory} and
 * {@link dev.weft.api.tls.CertificateFiles} touch files, and they block.
 *
 * <p>What must hold: TLS 1.2 or 1.3; a certificate that changes on disk is served from the next connection on, and one that
 * does not fit its key never; a client's certificate is asked for and its key is proven by the handshake, but who it is, and
 * whether this cluster signed it, is decided by {@code api.authentication}, so that a stranger gets 401 and not a broken
 * connection, as from Kubernetes. HTTP/2 is not offered.
 *
 * <p>Source: RFC 5280, RFC 8446; Kubernetes' "PKI certificates and requirements".
 */
@NullMarked
package dev.weft.api.tls;

import org.jspecify.annotations.NullMarked;
