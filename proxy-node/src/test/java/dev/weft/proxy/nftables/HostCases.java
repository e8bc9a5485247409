package dev.weft.proxy.nftables;

import static dev.weft.proxy.nftables.Pictures.slicePort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The table of cases that hold in both modes: one service a case and mode, and what calls of it get. On the hosts {@code a},
 * {@code b} and {@code c}, each in the zone of its name, with an endpoint each; {@code client} stands outside.
 */
final class HostCases {
    static final List<String> MODES = List.of("userspace", "nftables");

    private static final String RANDOM = "'mesh.weft.dev/algorithm':'random'";
    private static final String HASH = "'mesh.weft.dev/algorithm':'source-ip-hash'";
    private static final String LOCAL_OUTSIDE = ",'externalTrafficPolicy':'Local'";

    static final Case TURNS = of(
            "KP-3 all that are ready, in turn",
            "",
            "",
            "a b c",
            "a>vip a3 b3 c3",
            "c>vip a3 b3 c3",
            "a>vip/udp a3 b3 c3",
            "client>a a3 b3 c3",
            "client>c a3 b3 c3");
    static final Case LOCAL = of(
            "KP-1 external Local",
            "",
            LOCAL_OUTSIDE,
            "a b",
            "client>a a4",
            "client>b b4",
            "client>c nothing",
            "c>c a2 b2",
            "a>vip a2 b2");
    static final Case HASHED = of("source-ip-hash", HASH, "", "a b c", "client>b one", "b>vip one");
    /** Left to userspace by itself: the kernel checks nothing. */
    static final Case CHECKED = of(
            "data-path-check",
            "'mesh.weft.dev/data-path-check':'tcp','mesh.weft.dev/health-check-interval':'1s',"
                    + "'mesh.weft.dev/health-check-timeout':'1s','mesh.weft.dev/health-check-unhealthy-threshold':'2',"
                    + "'mesh.weft.dev/health-check-healthy-threshold':'1'",
            "",
            "a b c",
            "a>vip a2 b2 c2");

    static final List<Case> ALL = List.of(
            TURNS,
            LOCAL,
            HASHED,
            CHECKED,
            of("KP-3 not what is not ready", "", "", "a b! c", "a>vip a2 c2", "client>b a2 c2"),
            of("KP-3 none ready: what terminates and serves", "", "", "a~ b! c~", "b>vip a2 c2"),
            of("KP-5 what terminates and does not serve, never", "", "", "a^ b", "a>vip b3", "client>a b3"),
            of("KP-7 none anywhere: refused", "", "", "", "a>vip refused", "client>a refused"),
            of("KP-6 internal Local", "", ",'internalTrafficPolicy':'Local'", "a b", "a>vip a3", "b>vip b3"),
            of("KP-6 internal Local, none here", "", ",'internalTrafficPolicy':'Local'", "a b", "c>vip nothing"),
            of("KP-4 local falls back by itself", "", LOCAL_OUTSIDE, "a~ b", "client>a a2", "client>b b2", "c>vip b2"),
            of("KP-2 zone hints", "", "", "a@zone-a b@zone-b c@zone-b", "a>vip a3", "b>vip b2 c2", "c>vip a2 b2 c2"),
            of("KP-2 node hints", "", "", "a@a b@b c@b", "a>vip a3", "client>b b2 c2", "c>vip a2 b2 c2"),
            of("KP-2 a hint is missing", "", "", "a@zone-a b", "a>vip a2 b2"),
            of("KP-10 affinity", RANDOM, ",'sessionAffinity':'ClientIP'", "a b c", "client>a one", "c>vip one"),
            of("weights", "'mesh.weft.dev/algorithm':'weighted-round-robin'", "", "a*3 b", "c>vip a6 b2"),
            of("weight 0", "", "", "a*0 b c", "a>vip b2 c2"),
            of(
                    "load balancer addresses",
                    "",
                    ",'loadBalancerSourceRanges':['10.92.0.4/32']",
                    "a b c",
                    "client>balancer a2 b2 c2"), // whichever host answers for the address on the bridge
            of(
                    "load balancer addresses, outside of the source ranges",
                    "",
                    ",'loadBalancerSourceRanges':['192.0.2.0/24']",
                    "a b c",
                    "client>balancer nothing"));

    private HostCases() {}

    static String address(String host) {
        return "10.92.0." + (host.equals("client") ? 4 : host.charAt(0) - 'a' + 1);
    }

    /**
     * So many calls, one after the other.
     *
     * @param to {@code vip}, {@code balancer}, or a host's node port
     * @param expected {@code a3 b3} for shares by endpoint; {@code one} when all are led to one; {@code refused}; {@code nothing}
     *     for silence or a refusal: what the kernel drops, a listener resets
     */
    record Call(String from, String to, String protocol, String expected) {
        static Call of(String text) {
            int space = text.indexOf(' ');
            String[] ends = text.substring(0, space).split("[>/]", -1);
            return new Call(ends[0], ends[1], ends.length > 2 ? ends[2] : "tcp", text.substring(space + 1));
        }

        int count() {
            int sum = Arrays.stream(expected.split(" ", -1))
                    .filter(word -> word.matches("[abc][0-9]+"))
                    .mapToInt(word -> Integer.parseInt(word.substring(1)))
                    .sum();
            return sum == 0 ? 6 : sum;
        }

        @Override
        public String toString() {
            return from + ">" + to + "/" + protocol;
        }
    }

    /**
     * A service in each mode.
     *
     * @param endpoints the host of each; then {@code !} for not ready, {@code ~} for terminating and serving, {@code ^} for terminating
     *     only, {@code @} and a hint, {@code *} and a weight
     */
    record Case(String rule, String annotations, String spec, List<String> endpoints, List<Call> calls) {
        private int number() {
            return ALL.indexOf(this);
        }

        String name(String mode) {
            return "case-" + number() + "-" + mode;
        }

        int nodePort(String mode) {
            return 30_000 + 100 * MODES.indexOf(mode) + number();
        }

        String target(Call call, String mode) {
            String last = MODES.indexOf(mode) + "." + (number() + 1);
            return switch (call.to()) {
                case "vip" -> "10.96." + last + ":80";
                case "balancer" -> balancer(mode) + ":80";
                default -> address(call.to()) + ":" + nodePort(mode);
            };
        }

        private String balancer(String mode) {
            return "10.96.200." + (100 * MODES.indexOf(mode) + number() + 1);
        }

        JsonNode service(String mode) {
            boolean balanced = spec.contains("SourceRanges");
            JsonNode service = Pictures.service(
                    name(mode),
                    "'mesh.weft.dev/mode':'" + mode + "'" + (annotations.isEmpty() ? "" : "," + annotations),
                    "'type':'" + (balanced ? "LoadBalancer" : "NodePort") + "','clusterIPs':['10.96."
                            + MODES.indexOf(mode) + "." + (number() + 1)
                            + "'],'ports':[{'name':'t','port':80,'nodePort':" + nodePort(mode)
                            + "},{'name':'u','port':80,'protocol':'UDP'}]" + spec);
            if (balanced) {
                ((ObjectNode) service)
                        .set("status", Pictures.json("{'loadBalancer':{'ingress':[{'ip':'" + balancer(mode) + "'}]}}"));
            }
            return service;
        }

        List<JsonNode> slices(String mode) {
            String list = endpoints.stream().map(Case::endpoint).collect(Collectors.joining(","));
            String weights = endpoints.stream()
                    .filter(endpoint -> endpoint.contains("*"))
                    .map(endpoint -> address(endpoint) + "=" + endpoint.substring(endpoint.indexOf('*') + 1))
                    .collect(Collectors.joining(","));
            return List.of(Pictures.json("{'metadata':{'namespace':'default','name':'" + name(mode)
                    + "','labels':{'kubernetes.io/service-name':'" + name(mode)
                    + "'},'annotations':{'mesh.weft.dev/weights':'" + weights
                    + "'}},'addressType':'IPv4','ports':[" + slicePort("t", "TCP", 8080) + ","
                    + slicePort("u", "UDP", 8080) + "],'endpoints':[" + list + "]}"));
        }

        private static String endpoint(String text) {
            String host = text.substring(0, 1);
            boolean terminating = text.contains("~") || text.contains("^");
            boolean ready = !terminating && !text.contains("!");
            boolean serving = ready || text.contains("~");
            String hint = text.contains("@") ? text.substring(text.indexOf('@') + 1) : "";
            String kind = hint.startsWith("zone") ? "forZones" : "forNodes";
            return "{'addresses':['" + address(host) + "'],'nodeName':'" + host + "','zone':'zone-" + host
                    + "','conditions':{'ready':" + ready + ",'serving':" + serving + ",'terminating':" + terminating
                    + "}" + (hint.isEmpty() ? "" : ",'hints':{'" + kind + "':[{'name':'" + hint + "'}]}") + "}";
        }

        /** Whether a status shows both services, each where it belongs. */
        boolean served(String status) {
            String programmed = status.substring(0, status.indexOf(']'));
            String bound = status.substring(status.indexOf("bound="));
            return has(bound, "userspace") && (has(programmed, "nftables") || annotations.contains("data-path-check"));
        }

        private boolean has(String list, String mode) {
            return List.of(list.split("[^a-z0-9-]+", -1)).contains(name(mode));
        }

        @Override
        public String toString() {
            return rule;
        }
    }

    private static Case of(String rule, String annotations, String spec, String endpoints, String... calls) {
        List<String> list = endpoints.isEmpty() ? List.of() : List.of(endpoints.split(" ", -1));
        return new Case(
                rule,
                annotations,
                spec,
                list,
                Arrays.stream(calls).map(Call::of).toList());
    }
}
