package dev.weft.registry.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.controller.LoadBalancerBook.Served;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.resource.IpAddress;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.ResourceStamp;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What a Service's status says of its load-balancer address")
class LoadBalancerVerdictTest {
    private static final ResourceKey KEY = new ResourceKey(new ResourceType("", "services"), "default", "web");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Resource service(String status) {
        ObjectNode tree = FakeShard.tree("{'apiVersion':'v1','kind':'Service','metadata':{'name':'web',"
                + "'namespace':'default','generation':3},'spec':{'type':'LoadBalancer','ipFamilies':['IPv4']}"
                + status + "}");
        return ResourceStamp.of(KEY, tree, 1);
    }

    static Stream<Served> served() {
        return Stream.of(
                new Served(List.of(), "the pool is full"),
                new Served(List.of(IpAddress.parse("127.200.0.1").orElseThrow()), ""));
    }

    @ParameterizedTest
    @MethodSource("served")
    @DisplayName("is written once: what is stored of it is nothing to write again, however often it is judged")
    void once(Served served) {
        Write.Update write = (Write.Update)
                LoadBalancerVerdict.served(service(",'status':{}"), served, NOW).orElseThrow();
        Resource stored = ResourceStamp.of(KEY, write.object().toTree(), 2);
        assertThat(LoadBalancerVerdict.served(stored, served, NOW.plusSeconds(60)))
                .isEmpty();
    }
}
