package dev.weft.registry.resource;

/** Rules to come. */
final class LeaseRules implements KindRules {}
