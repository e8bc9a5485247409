package dev.weft.registry.resource;

import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * What a new object gets from the outside world.
 *
 * @param uid unique for ever
 * @param now its creation time; the object shows whole seconds
 * @param random for the end of a generated name
 */
public record Identity(String uid, Instant now, RandomGenerator random) {}
