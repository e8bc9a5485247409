package dev.weft.registry.resource;

/** Rules to come. */
final class NodeRules implements KindRules {}
