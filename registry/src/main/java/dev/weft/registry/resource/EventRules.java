package dev.weft.registry.resource;

/** Rules to come. */
final class EventRules implements KindRules {}
