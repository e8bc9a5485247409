package dev.weft.registry.resource;

/** Rules to come. */
final class NamespaceRules implements KindRules {}
