package dev.weft.registry.resource;

/** Rules to come. */
final class IngressClassRules implements KindRules {}
