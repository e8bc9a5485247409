package dev.weft.registry.controller;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.allocation.AddressPool;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Taken;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.IpAddress;
import dev.weft.registry.resource.IpAddress.Family;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Which Service holds which address of the load-balancer pools. Built anew from the Services' status at every start: an
 * address belongs to whom it was first seen with. Mutable, for one thread.
 */
final class LoadBalancerBook {
    private final Map<Family, AddressPool> pools = new EnumMap<>(Family.class);
    private final Map<ResourceKey, Set<IpAddress>> held = new HashMap<>();
    private final Set<ResourceKey> unserved = new LinkedHashSet<>();
    private boolean freed;

    LoadBalancerBook(List<Cidr> ranges) {
        for (Family family : Family.values()) {
            List<Cidr> own =
                    ranges.stream().filter(range -> range.family() == family).toList();
            if (!own.isEmpty()) {
                pools.put(
                        family, new AddressPool("load-balancer-" + family.name().toLowerCase(Locale.ROOT), own));
            }
        }
    }

    /**
     * What came of an attempt.
     *
     * @param addresses in the order of the Service's families
     * @param refusal why there is none, or not what was wished for; empty if all is well
     */
    record Served(List<IpAddress> addresses, String refusal) {}

    /** Takes over what the status of a Service lists that is seen first, and that no other holds. */
    void holds(ResourceKey key, List<IpAddress> listed) {
        Set<IpAddress> now = new LinkedHashSet<>();
        for (IpAddress address : listed) {
            AddressPool pool = pools.get(address.family());
            if (pool != null && pool.covers(address)) {
                ResourceKey owner = pool.owner(address).orElse(key);
                if (owner.equals(key)) {
                    pool.hold(address, key);
                    now.add(address);
                }
            }
        }
        put(key, now, heldBy(key));
    }

    /** Forgets a Service: what it held is free. */
    void release(ResourceKey key) {
        put(key, Set.of(), held.getOrDefault(key, Set.of()));
        unserved.remove(key);
    }

    /** Whether an address that somebody held has become free since this was asked last. */
    boolean takeFreed() {
        boolean was = freed;
        freed = false;
        return was;
    }

    private void put(ResourceKey key, Set<IpAddress> now, Set<IpAddress> before) {
        freed |= !now.containsAll(heldBy(key));
        before.stream().filter(address -> !now.contains(address)).forEach(address -> {
            AddressPool pool = pools.get(address.family());
            if (pool != null) {
                pool.free(address, key);
            }
        });
        if (now.isEmpty()) {
            held.remove(key);
        } else {
            held.put(key, Set.copyOf(now));
        }
    }

    /** What a Service holds. */
    Set<IpAddress> heldBy(ResourceKey key) {
        return held.getOrDefault(key, Set.of());
    }

    /** Whether an address is one of the pools. */
    boolean covers(IpAddress address) {
        AddressPool pool = pools.get(address.family());
        return pool != null && pool.covers(address);
    }

    /** Gives a Service nothing, and frees what it held; it gets nothing before it wishes for something else. */
    Served refuse(ResourceKey key, String why) {
        release(key);
        return new Served(List.of(), why);
    }

    /** Who went without an address, and may get one when another is freed. */
    List<ResourceKey> unserved() {
        return List.copyOf(unserved);
    }

    /**
     * Finds an address for each family of a Service that has a pool: the wished one, the one that it holds, or any.
     *
     * @param wishes of any family; each must be given, or nothing is
     * @param field where they stand
     */
    Served serve(ResourceKey key, JsonNode families, List<IpAddress> wishes, String field, RandomGenerator random) {
        Set<IpAddress> before = heldBy(key);
        List<IpAddress> given = new ArrayList<>();
        String refusal = ofOtherFamily(wishes, families, field);
        for (JsonNode name : families) {
            Family family = Family.valueOf(name.asText());
            AddressPool pool = pools.get(family);
            if (pool != null && refusal.isEmpty()) {
                String wish = wishes.stream()
                        .filter(each -> each.family() == family)
                        .map(IpAddress::toString)
                        .findFirst()
                        .orElseGet(() -> present(before, family));
                Taken taken = pool.take(new Claim("", wish, key, field), random);
                if (taken instanceof Taken.Given here) {
                    IpAddress.parse(here.value()).ifPresent(given::add);
                } else {
                    FieldError why = ((Taken.Denied) taken).why();
                    refusal = wish.isEmpty() ? why.message() : why.toString();
                }
            }
        }
        if (refusal.isEmpty() && given.isEmpty()) {
            refusal = "no load-balancer pool has addresses of the families " + families;
        }
        Set<IpAddress> taken = new LinkedHashSet<>(before);
        taken.addAll(given);
        put(key, Set.copyOf(refusal.isEmpty() ? given : List.of()), taken);
        if (refusal.isEmpty()) {
            unserved.remove(key);
        } else {
            unserved.add(key);
        }
        return new Served(refusal.isEmpty() ? given : List.of(), refusal);
    }

    private static String ofOtherFamily(List<IpAddress> wishes, JsonNode families, String field) {
        Set<String> names = new LinkedHashSet<>();
        families.forEach(name -> names.add(name.asText()));
        return wishes.stream()
                .filter(wish -> !names.contains(wish.family().name()))
                .findFirst()
                .map(wish -> FieldError.invalid(field, wish.toString(), "is of none of the Service's families " + names)
                        .toString())
                .orElse("");
    }

    private static String present(Set<IpAddress> before, Family family) {
        return before.stream()
                .filter(each -> each.family() == family)
                .sorted()
                .map(IpAddress::toString)
                .findFirst()
                .orElse("");
    }
}
