/**
 * Puts addresses on this host: those of load balancers, and those at which listeners serve, as routes of the kernel's local
 * table.
 *
 * <p>Who may call: the front door. Owns the routes of the local table that carry its protocol number, and nothing else:
 * what the host has by other means is neither put nor taken off. {@link dev.weft.proxy.hostaddress.WantedAddresses} is pure;
 * {@link dev.weft.proxy.hostaddress.HostAddresses} has it done by the command {@code ip}; {@link
 * dev.weft.proxy.hostaddress.OwnAddresses} says from where the host comes to them.
 *
 * <p>What must hold: what is no longer wanted is taken off, but not under connections that came by a listener, be it a
 * predecessor's, and may run on; what somebody removes is put back at the next look, and told; a restart changes only what is
 * different; a stop takes off what nobody goes on serving; what crashes leaves the addresses where they are, as it leaves the
 * kernel's rules. External IPs are not put: they are the administrator's to bring.
 *
 * <p>Source of its rules: the design contract's any-IP routes; the kernel answers ARP for an address of the local table.
 */
@NullMarked
package dev.weft.proxy.hostaddress;

import org.jspecify.annotations.NullMarked;
