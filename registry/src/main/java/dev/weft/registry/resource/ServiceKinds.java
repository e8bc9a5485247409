package dev.weft.registry.resource;

import static dev.weft.registry.resource.KindBuilder.kind;

import dev.weft.registry.resource.ResourceKind.Subresource;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;

/** What discovery is made of: services and where they lead to. */
final class ServiceKinds {
    private ServiceKinds() {}

    static List<ResourceKind> all(NetworkRanges ranges) {
        return List.of(services(ranges), endpoints(ranges), endpointSlices(ranges));
    }

    private static ResourceKind services(NetworkRanges ranges) {
        return kind("", "Service", "services", Service.class)
                .shortNames("svc")
                .inAll()
                .subresources(Subresource.STATUS)
                .columns(Columns.named()
                        .text("Type", service -> Trees.text(service, "spec", "type"))
                        .text("Cluster-IP", service -> Columns.orNone(Trees.text(service, "spec", "clusterIP")))
                        .text("External-IP", ServiceColumns::externalIp)
                        .text("Port(s)", ServiceColumns::ports)
                        .age()
                        .wide("Selector", service -> Columns.labels(Trees.at(service, "spec", "selector"))))
                .selectableBy("spec.clusterIP", "spec.type")
                .rules(new ServiceRules(ranges))
                .done();
    }

    private static ResourceKind endpoints(NetworkRanges ranges) {
        return kind("", "Endpoints", "endpoints", Endpoints.class)
                .shortNames("ep")
                .columns(Columns.named()
                        .text("Endpoints", ServiceColumns::endpoints)
                        .age())
                .rules(new EndpointsRules(ranges.inLoopback()))
                .done();
    }

    private static ResourceKind endpointSlices(NetworkRanges ranges) {
        return kind("discovery.k8s.io", "EndpointSlice", "endpointslices", EndpointSlice.class)
                .columns(Columns.named()
                        .text("AddressType", slice -> Trees.text(slice, "addressType"))
                        .text("Ports", ServiceColumns::slicePorts)
                        .text("Endpoints", ServiceColumns::sliceEndpoints)
                        .age())
                .rules(new EndpointSliceRules(ranges.inLoopback()))
                .done();
    }
}
