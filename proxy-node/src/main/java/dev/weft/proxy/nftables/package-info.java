/**
 * Services in the kernel: turns the picture into one nftables table whose maps lead new connections to endpoints.
 *
 * <p>Who may call: the front door starts {@link dev.weft.proxy.nftables.KernelPath}; {@code dataplane} asks it, through
 * its own port {@code Offload}, which listeners it has taken over. From the inside out: {@link
 * dev.weft.proxy.nftables.KernelFit} decides whether the kernel can serve a service; {@link
 * dev.weft.proxy.nftables.ServiceCompiler} says what one service needs; {@link dev.weft.proxy.nftables.RuleSet} is the
 * wanted table and what a change of it takes; {@link dev.weft.proxy.nftables.NftablesActor} has it done by the command
 * {@code nft}.
 *
 * <p>Owns one table of the kernel ({@code inet weft} by default), which bears the mark of the process that programs it
 * ({@link dev.weft.proxy.nftables.ProcessMark}), and nothing else of it: no other table is read or written, no packet mark is
 * used; of what the kernel tracks, datagram flows that lead where they should not any more are removed ({@link
 * dev.weft.proxy.nftables.Conntrack}). The path of a packet: in prerouting and output (nat, so only the first packet of a
 * connection) the map {@code services} leads from address, protocol and port to a chain; that rewrites the destination by
 * the map {@code endpoints} (chains {@code random/…} and {@code source/…}, shared by all services with as many endpoints,
 * and {@code turn/…}, which counts for one) or by a map of its own (chains {@code sticky/…} and {@code apart/…}); chains {@code own/…} send this host's own
 * connections, and its Pods', another way than others (rule KP-1). In postrouting the source becomes this host's where
 * an answer would not come back otherwise. The map {@code services} counts each connection that it leads; bytes are not
 * counted, since only first packets pass here.
 *
 * <p>What must hold: a transaction is all or nothing, so that no packet ever meets half a table; the cost of one service's
 * change does not grow with the number of services, nor therefore with that of chains and sets, which {@code nft} reads
 * whole each time; what crashes leaves the last rules working; a restart changes only what is different; a
 * service goes back to listeners when these listen ({@link dev.weft.proxy.nftables.HandingBack}), and the last one leaves an
 * empty table until its connections are closed ({@link dev.weft.proxy.nftables.Remains}).
 *
 * <p>Source of its rules: KP-1 to KP-7, KP-10 and KP-11 of the project's rule list; the shape of the table is our own, for the
 * kernel walks a map whole whenever a new chain refers to it, and looks through all sets for the name of an anonymous one.
 */
@NullMarked
package dev.weft.proxy.nftables;

import org.jspecify.annotations.NullMarked;
