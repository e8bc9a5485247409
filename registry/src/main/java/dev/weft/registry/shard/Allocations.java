package dev.weft.registry.shard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.allocation.AddressPool;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.allocation.PortPool;
import dev.weft.registry.allocation.ServiceAddressing;
import dev.weft.registry.allocation.ServiceAddressing.Held;
import dev.weft.registry.allocation.Taken;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.IpAddress;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.shard.ShardCommand.Allocated;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.ResourceStamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Gives out addresses and ports, for the shard that owns the pools. Each grant is an object of that shard, of a kind that
 * no client sees, so it is stored, recovered and followed like everything else; addresses of Services are shown as
 * IPAddress objects, too (rule SVC-7).
 */
public final class Allocations {
    /** The kind of the objects that stand for grants. */
    public static final ResourceType GRANTS = new ResourceType("internal.weft.dev", "grants");

    private static final ResourceType SERVICES = new ResourceType("", "services");
    private static final ResourceType IMPORTS = new ResourceType("multicluster.x-k8s.io", "serviceimports");

    private static final List<String> NODE_PORTS = List.of("node-port-tcp", "node-port-udp", "node-port-sctp");

    private final Map<String, AddressPool> addresses = new HashMap<>();
    private final Map<String, PortPool> ports = new HashMap<>();
    private final RandomGenerator random;

    Allocations(NetworkRanges ranges, RandomGenerator random) {
        this.random = random;
        for (IpAddress.Family family : IpAddress.Family.values()) {
            String suffix = "-" + family.name().toLowerCase(java.util.Locale.ROOT);
            pool("service" + suffix, of(ranges.serviceCidrs(), family));
            pool("clusterset" + suffix, of(ranges.clusterSetCidrs(), family));
        }
        // A number is one Service's, whatever the protocol, as in Kubernetes; what is stored tells them apart.
        PortPool numbers = new PortPool(ranges.nodePorts());
        NODE_PORTS.forEach(pool -> ports.put(pool, numbers));
    }

    private static List<Cidr> of(List<Cidr> cidrs, IpAddress.Family family) {
        return cidrs.stream().filter(cidr -> cidr.family() == family).toList();
    }

    private void pool(String name, List<Cidr> cidrs) {
        addresses.put(name, new AddressPool(name, cidrs));
    }

    /** Puts down what was granted before a restart. */
    void start(ShardState state) {
        for (Resource object : state.objects().range(Collection.everywhere(GRANTS))) {
            hold(grant(object));
        }
    }

    /** The object that stands for a grant, as a backup, which has none of them, is restored. */
    public static Resource restored(Grant grant, long version) {
        return ResourceStamp.of(key(grant), object(grant, 1), version);
    }

    /** A grant from the object that stands for it. */
    public static Grant grant(Resource object) {
        JsonNode spec = object.json().toTree().path("spec");
        JsonNode owner = spec.path("owner");
        ResourceKey key = new ResourceKey(
                new ResourceType(
                        owner.path("group").asText(), owner.path("resource").asText()),
                owner.path("namespace").asText(),
                owner.path("name").asText());
        return new Grant(
                new Claim(
                        spec.path("pool").asText(), "", key, spec.path("field").asText()),
                spec.path("value").asText());
    }

    /** What a stored object holds. */
    public static List<Grant> heldBy(Resource object) {
        return isOwner(object.key())
                ? grants(object.key(), ServiceAddressing.held(object.json().toTree()))
                : List.of();
    }

    /** What nobody uses any more after a change, to be given back; empty if that is nothing. */
    static Optional<ShardCommand.Release> freedBy(Change change) {
        Resource before = change.before();
        if (before == null || !isOwner(change.key())) {
            return Optional.empty();
        }
        Resource after = change.after();
        List<Grant> freed = grants(
                change.key(),
                ServiceAddressing.released(
                        before.json().toTree(),
                        after == null ? null : after.json().toTree()));
        return freed.isEmpty() ? Optional.empty() : Optional.of(new ShardCommand.Release(freed, change.version()));
    }

    private static List<Grant> grants(ResourceKey owner, Set<Held> held) {
        return held.stream()
                .map(each -> new Grant(new Claim(each.pool(), "", owner, ""), each.value()))
                .toList();
    }

    /** Whether objects of this kind hold addresses or ports. */
    static boolean isOwner(ResourceKey key) {
        return key.type().equals(SERVICES) || key.type().equals(IMPORTS);
    }

    /** What would be granted now; nothing is. */
    Allocated rehearse(ShardStep step, List<Claim> claims) {
        Allocated taken = takeAll(step, claims);
        if (taken instanceof Allocated.Granted granted) {
            giveBack(step, granted.grants());
        }
        return taken;
    }

    /** Grants all claims or none. */
    Allocated allocate(ShardStep step, DerivedStep derived, List<Claim> claims) {
        Allocated taken = takeAll(step, claims);
        if (taken instanceof Allocated.Granted granted) {
            put(step, derived, granted.grants());
        }
        return taken;
    }

    private Allocated takeAll(ShardStep step, List<Claim> claims) {
        List<Grant> grants = new ArrayList<>();
        // Wishes first, or what is given unasked may be one of them: both would be the same owner's.
        List<Claim> wishesFirst = new ArrayList<>(claims);
        wishesFirst.sort(Comparator.comparing(claim -> claim.wish().isEmpty()));
        for (Claim claim : wishesFirst) {
            Taken taken = take(claim);
            if (taken instanceof Taken.Denied denied) {
                giveBack(step, grants);
                return new Allocated.Denied(Refusal.invalid(claim.owner(), kind(claim.owner()), List.of(denied.why())));
            }
            grants.add(new Grant(claim, ((Taken.Given) taken).value()));
        }
        return new Allocated.Granted(grants);
    }

    /** Frees what was just taken, but not what its owner had before. */
    private void giveBack(ShardStep step, List<Grant> grants) {
        grants.stream().filter(grant -> step.get(key(grant)) == null).forEach(grant -> free(step, grant));
    }

    private static void put(ShardStep step, DerivedStep derived, List<Grant> grants) {
        for (Grant grant : grants) {
            Resource held = step.get(key(grant));
            long times = held == null
                    ? 0
                    : held.json().toTree().path("spec").path("claims").asLong();
            // Counted, so that a grant that is claimed again gets a new version: see release.
            derived.apply(step, new DerivedWrite.Put(key(grant), object(grant, times + 1)));
            if (isService(grant)) {
                derived.apply(step, new DerivedWrite.Put(shownKey(grant), shown(grant)));
            }
        }
    }

    /** Frees what its owner holds and has not claimed again since a version. */
    void release(ShardStep step, DerivedStep derived, List<Grant> grants, long before) {
        for (Grant grant : grants) {
            Resource stored = step.get(key(grant));
            if (stored != null
                    && stored.version() < before
                    && grant(stored).claim().owner().equals(grant.claim().owner())) {
                free(step, grant);
                derived.apply(step, new DerivedWrite.Remove(key(grant)));
                if (isService(grant)) {
                    derived.apply(step, new DerivedWrite.Remove(shownKey(grant)));
                }
            }
        }
    }

    private Taken take(Claim claim) {
        AddressPool pool = addresses.get(claim.pool());
        if (pool != null) {
            return pool.take(claim, random);
        }
        PortPool portPool = ports.get(claim.pool());
        return portPool != null
                ? portPool.take(claim, random)
                : new Taken.Denied(FieldError.invalid(claim.field(), claim.wish(), "there is no pool " + claim.pool()));
    }

    private void hold(Grant grant) {
        AddressPool pool = addresses.get(grant.claim().pool());
        PortPool portPool = ports.get(grant.claim().pool());
        if (pool != null) {
            IpAddress.parse(grant.value())
                    .ifPresent(address -> pool.hold(address, grant.claim().owner()));
        } else if (portPool != null) {
            portPool.hold(Integer.parseInt(grant.value()), grant.claim().owner());
        }
    }

    private void free(ShardStep step, Grant grant) {
        ResourceKey owner = grant.claim().owner();
        AddressPool pool = addresses.get(grant.claim().pool());
        PortPool portPool = ports.get(grant.claim().pool());
        if (pool != null) {
            IpAddress.parse(grant.value()).ifPresent(address -> pool.free(address, owner));
        } else if (portPool != null && !heldForAnotherProtocol(step, grant)) {
            portPool.free(Integer.parseInt(grant.value()), owner);
        }
    }

    private static boolean heldForAnotherProtocol(ShardStep step, Grant grant) {
        for (String pool : NODE_PORTS) {
            Resource other = pool.equals(grant.claim().pool())
                    ? null
                    : step.get(new ResourceKey(GRANTS, "", pool + "/" + grant.value()));
            if (other != null
                    && grant(other).claim().owner().equals(grant.claim().owner())) {
                return true;
            }
        }
        return false;
    }

    private static String kind(ResourceKey owner) {
        return owner.type().plural().equals("serviceimports") ? "ServiceImport" : "Service";
    }

    private static boolean isService(Grant grant) {
        return grant.claim().pool().startsWith("service-");
    }

    private static ResourceKey key(Grant grant) {
        return new ResourceKey(GRANTS, "", grant.claim().pool() + "/" + grant.value());
    }

    private static ResourceKey shownKey(Grant grant) {
        return new ResourceKey(Placement.ADDRESSES, "", grant.value());
    }

    private static ObjectNode object(Grant grant, long times) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", "internal.weft.dev/v1").put("kind", "Grant");
        object.putObject("metadata").put("name", key(grant).name());
        ObjectNode spec = object.putObject("spec");
        spec.put("pool", grant.claim().pool())
                .put("value", grant.value())
                .put("field", grant.claim().field())
                .put("claims", times);
        reference(spec.putObject("owner"), grant.claim().owner());
        return object;
    }

    private static ObjectNode shown(Grant grant) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", "networking.k8s.io/v1").put("kind", "IPAddress");
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", shownKey(grant).name());
        metadata.putObject("labels")
                .put("ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io")
                .put("ipaddress.kubernetes.io/ip-family", grant.value().indexOf(':') >= 0 ? "IPv6" : "IPv4");
        reference(object.putObject("spec").putObject("parentRef"), grant.claim().owner());
        return object;
    }

    private static void reference(ObjectNode reference, ResourceKey owner) {
        reference
                .put("group", owner.type().group())
                .put("resource", owner.type().plural())
                .put("namespace", owner.namespace())
                .put("name", owner.name());
    }
}
