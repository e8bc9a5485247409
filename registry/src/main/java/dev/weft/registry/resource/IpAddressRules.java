package dev.weft.registry.resource;

/** Rules to come. */
final class IpAddressRules implements KindRules {}
