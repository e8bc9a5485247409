package dev.weft.gossip.spread;

import dev.weft.gossip.transport.Peers;
import dev.weft.gossip.trust.SignatureCheck;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What spreading acts upon.
 *
 * @param peers links
 * @param store where state outlives the process
 * @param news hears of every change, in order
 * @param clock the time of day
 * @param random chance, for whom to tell and when
 * @param signatures whether what others say is signed
 */
public record Surroundings(
        Peers peers,
        StoreQueue store,
        Consumer<News> news,
        InstantSource clock,
        RandomGenerator random,
        SignatureCheck signatures) {}
