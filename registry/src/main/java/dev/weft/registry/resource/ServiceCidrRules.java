package dev.weft.registry.resource;

/** Rules to come. */
final class ServiceCidrRules implements KindRules {}
