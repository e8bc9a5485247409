package dev.weft.registry.resource;

/** Rules to come. */
final class IngressRules implements KindRules {}
