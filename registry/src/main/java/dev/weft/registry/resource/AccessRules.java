package dev.weft.registry.resource;

/** Rules to come. */
final class AccessRules implements KindRules {
    AccessRules(boolean other) {}
}
