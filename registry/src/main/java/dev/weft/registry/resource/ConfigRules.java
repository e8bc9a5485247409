package dev.weft.registry.resource;

/** Rules to come. */
final class ConfigRules implements KindRules {
    ConfigRules(boolean other) {}
}
