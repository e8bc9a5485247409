package dev.weft.registry.controller;

import java.time.Duration;

/**
 * Bounds of garbage collection.
 *
 * @param grace how long an object may be without owner, and when what failed is tried again
 * @param parallel how many objects are judged at the same time
 */
public record GarbageSettings(Duration grace, int parallel) {}
