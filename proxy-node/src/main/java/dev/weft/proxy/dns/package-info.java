/**
 * Answers names from the picture: a DNS server, authoritative for the zones of this cluster and of the cluster set.
 *
 * <p>Who may call: the front door. Owns the DNS sockets, the records made from the picture, and the cache of forwarded
 * answers. From the outside in: {@link dev.weft.proxy.dns.DnsServer} binds and wires; {@code DnsAnswer} is the pure
 * step from a question's bytes to an answer's bytes; {@link dev.weft.proxy.dns.ZoneData} is what it answers from.
 *
 * <p>What must hold: a question of our zones is answered from memory on the event loop that read it, out of record
 * sections that were encoded when the picture changed, without waiting; making such an answer allocates nothing (a test
 * counts); one service's change costs one service's records; at most one answer to a question, and none to an answer; an
 * unverified UDP client never gets more than 512 bytes or three times what it sent, whichever is more; a stranger gets no
 * recursion and nobody gets a zone transfer; before the first picture our zones answer SERVFAIL, never "no such name".
 *
 * <p>The wire format is written and read here by hand, since the libraries' object models allocate for every name;
 * tests judge it with an independent implementation and with {@code dig}.
 *
 * <p>Source of its rules: the Kubernetes DNS specification 1.1.0 and the Multi-Cluster Services DNS specification
 * 1.0.0, as DNS-1 to DNS-18 of the project's rule list; where they are silent, what CoreDNS does. RFC 1034, 1035, 2181
 * (truncation, times to live), 2308 (negative answers), 2782 (SRV), 6891 (EDNS0), 7766 (TCP), 7873 and 9018 (cookies), 8482 (ANY), 8767
 * (serve stale).
 */
@NullMarked
package dev.weft.proxy.dns;

import org.jspecify.annotations.NullMarked;
