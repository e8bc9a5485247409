package dev.weft.registry.wire;

import akka.util.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.registry.wire.proto.ExportPayload;
import dev.weft.registry.wire.proto.ExportedEndpointPayload;
import dev.weft.registry.wire.proto.ExportedEndpointsPayload;
import dev.weft.registry.wire.proto.ExportedPortPayload;
import dev.weft.registry.wire.proto.ExportedServicePayload;
import dev.weft.registry.wire.proto.TextPair;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Exports as Protobuf: equal records have equal bytes, in every cluster. */
public final class FederationCodec {
    private static final int MOST_WEIGHT = 65_535;
    private static final Pattern CANONICAL_UUID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private FederationCodec() {}

    public static ByteString encode(ExportRecord content) {
        ExportPayload.Builder payload = ExportPayload.newBuilder();
        if (content instanceof ExportRecord.Service service) {
            payload.setService(payload(service));
        } else if (content instanceof ExportRecord.Endpoints endpoints) {
            payload.setEndpoints(payload(endpoints));
        }
        return ByteString.fromArrayUnsafe(payload.build().toByteArray());
    }

    /** Null for bytes that hold no export: another cluster's fault, not ours. */
    public static @Nullable ExportRecord decode(ByteString bytes) {
        try {
            ExportPayload payload = ExportPayload.parseFrom(bytes.asByteBuffer());
            if (payload.hasService()) {
                return service(payload.getService());
            }
            return payload.hasEndpoints() ? endpoints(payload.getEndpoints()) : null;
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static ExportedServicePayload payload(ExportRecord.Service service) {
        ExportedServicePayload.Builder payload = ExportedServicePayload.newBuilder()
                .setExportedAtMillis(service.exportedAtMillis())
                .setHeadless(service.headless())
                .setSessionAffinity(service.sessionAffinity())
                .setAffinityTimeoutSeconds(service.affinityTimeoutSeconds())
                .addAllIpFamilies(service.ipFamilies())
                .setInternalTrafficPolicy(service.internalTrafficPolicy())
                .setTrafficDistribution(service.trafficDistribution())
                .addAllLabels(pairs(service.labels()))
                .addAllAnnotations(pairs(service.annotations()));
        service.ports().forEach(port -> payload.addPorts(payload(port)));
        return payload.build();
    }

    private static ExportRecord.Service service(ExportedServicePayload payload) {
        return new ExportRecord.Service(
                payload.getExportedAtMillis(),
                payload.getHeadless(),
                ports(payload.getPortsList()),
                payload.getSessionAffinity(),
                payload.getAffinityTimeoutSeconds(),
                List.copyOf(payload.getIpFamiliesList()),
                payload.getInternalTrafficPolicy(),
                payload.getTrafficDistribution(),
                texts(payload.getLabelsList()),
                texts(payload.getAnnotationsList()));
    }

    private static ExportedEndpointsPayload payload(ExportRecord.Endpoints endpoints) {
        ExportedEndpointsPayload.Builder payload = ExportedEndpointsPayload.newBuilder()
                .setAddressType(endpoints.addressType().equals("IPv4") ? "" : endpoints.addressType());
        endpoints.ports().forEach(port -> payload.addPorts(payload(port)));
        String prefix = commonPrefix(endpoints.endpoints());
        String zone = commonZone(endpoints.endpoints());
        payload.setTargetPrefix(prefix).setZone(zone);
        endpoints.endpoints().forEach(endpoint -> payload.addEndpoints(payload(endpoint, prefix.length(), zone)));
        return payload.build();
    }

    private static String commonPrefix(List<ExportRecord.Endpoint> endpoints) {
        String prefix = endpoints.isEmpty() ? "" : endpoints.get(0).targetName();
        for (ExportRecord.Endpoint endpoint : endpoints) {
            int length = 0;
            int limit = Math.min(prefix.length(), endpoint.targetName().length());
            while (length < limit
                    && prefix.charAt(length) == endpoint.targetName().charAt(length)) {
                length++;
            }
            prefix = prefix.substring(0, length);
        }
        return prefix;
    }

    private static String commonZone(List<ExportRecord.Endpoint> endpoints) {
        String zone = endpoints.isEmpty() ? "" : endpoints.get(0).zone();
        return endpoints.stream().allMatch(endpoint -> endpoint.zone().equals(zone)) ? zone : "";
    }

    private static ExportRecord.Endpoints endpoints(ExportedEndpointsPayload payload) {
        return new ExportRecord.Endpoints(
                payload.getAddressType().isEmpty() ? "IPv4" : payload.getAddressType(),
                ports(payload.getPortsList()),
                payload.getEndpointsList().stream()
                        .map(endpoint -> endpoint(endpoint, payload.getTargetPrefix(), payload.getZone()))
                        .toList());
    }

    private static ExportedEndpointPayload payload(ExportRecord.Endpoint endpoint, int prefix, String zone) {
        ExportedEndpointPayload.Builder payload = ExportedEndpointPayload.newBuilder();
        Integer weight = endpoint.weight();
        if (weight != null) {
            payload.setWeight(weight);
        }
        return payload.addAllAddresses(endpoint.addresses())
                .setConditions(
                        bits(endpoint.ready()) | bits(endpoint.serving()) << 2 | bits(endpoint.terminating()) << 4)
                .setHostname(endpoint.hostname())
                .setNode(endpoint.node())
                .setZone(zone.isEmpty() ? endpoint.zone() : "")
                .setTargetKind(endpoint.targetKind().equals("Pod") ? "" : endpoint.targetKind())
                .setTargetName(endpoint.targetName().substring(prefix))
                .setTargetUid(uid(endpoint.targetUid()))
                .addAllZoneHints(endpoint.zoneHints())
                .addAllNodeHints(endpoint.nodeHints())
                .build();
    }

    private static ExportRecord.Endpoint endpoint(ExportedEndpointPayload payload, String prefix, String zone) {
        String targetName = prefix + payload.getTargetName();
        boolean pod = payload.getTargetKind().isEmpty() && !targetName.isEmpty();
        return new ExportRecord.Endpoint(
                List.copyOf(payload.getAddressesList()),
                flag(payload.getConditions()),
                flag(payload.getConditions() >> 2),
                flag(payload.getConditions() >> 4),
                payload.getHostname(),
                payload.getNode(),
                zone.isEmpty() ? payload.getZone() : zone,
                pod ? "Pod" : payload.getTargetKind(),
                targetName,
                uid(payload.getTargetUid()),
                List.copyOf(payload.getZoneHintsList()),
                List.copyOf(payload.getNodeHintsList()),
                payload.hasWeight() ? Integer.valueOf(Math.max(0, Math.min(payload.getWeight(), MOST_WEIGHT))) : null);
    }

    private static ExportedPortPayload payload(ExportRecord.Port port) {
        return ExportedPortPayload.newBuilder()
                .setName(port.name())
                .setProtocol(port.protocol().equals("TCP") ? "" : port.protocol())
                .setPort(port.port())
                .setAppProtocol(port.appProtocol())
                .build();
    }

    private static List<ExportRecord.Port> ports(List<ExportedPortPayload> payloads) {
        return payloads.stream()
                .map(port -> new ExportRecord.Port(
                        port.getName(),
                        port.getProtocol().isEmpty() ? "TCP" : port.getProtocol(),
                        port.getPort(),
                        port.getAppProtocol()))
                .toList();
    }

    private static List<TextPair> pairs(Map<String, String> texts) {
        return new TreeMap<>(texts)
                .entrySet().stream()
                        .map(text -> TextPair.newBuilder()
                                .setName(text.getKey())
                                .setValue(text.getValue())
                                .build())
                        .toList();
    }

    private static Map<String, String> texts(List<TextPair> pairs) {
        return pairs.stream().collect(Collectors.toMap(TextPair::getName, TextPair::getValue, (first, same) -> first));
    }

    private static int bits(@Nullable Boolean flag) {
        return flag == null ? 0 : flag ? 2 : 1;
    }

    private static @Nullable Boolean flag(int bits) {
        return (bits & 3) == 0 ? null : Boolean.valueOf((bits & 3) == 2);
    }

    private static com.google.protobuf.ByteString uid(String uid) {
        if (!CANONICAL_UUID.matcher(uid).matches()) {
            return com.google.protobuf.ByteString.copyFromUtf8(uid);
        }
        UUID parsed = UUID.fromString(uid);
        ByteBuffer bytes = ByteBuffer.allocate(16);
        bytes.putLong(parsed.getMostSignificantBits()).putLong(parsed.getLeastSignificantBits());
        return com.google.protobuf.ByteString.copyFrom(bytes.flip());
    }

    private static String uid(com.google.protobuf.ByteString bytes) {
        if (bytes.size() != 16) {
            return bytes.toStringUtf8();
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong()).toString();
    }
}
