package dev.weft.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code weft federate}: who is in the federation, said by an administrator of one of its clusters. */
@Command(
        name = "federate",
        description = "Join clusters to a federation and take them out; each command talks to its own cluster.",
        subcommands = {
            FederateCommand.Invite.class,
            FederateCommand.Tokens.class,
            FederateCommand.Revoke.class,
            FederateCommand.Join.class,
            FederateCommand.Members.class,
            FederateCommand.Leave.class,
            FederateCommand.Expel.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Example: weft federate join --api URL-OF-WEST \"$(weft federate invite --api URL-OF-EAST)\""})
final class FederateCommand implements Runnable {
    private static final String GROUP = "mesh.weft.dev/v1alpha1";
    /** Longer than joining may take ({@code weft.gossip.trust.join-timeout}): the server's reason says more than none. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final String BASE = "/apis/" + GROUP + "/";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }

    private ApiClient client() {
        return api.client();
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    /** Creates an object whose creation does something, and answers what became of it. */
    private JsonNode ask(String what, String plural, String kind, ObjectNode asked) {
        ApiClient client = client().patient(PATIENCE);
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", GROUP).put("kind", kind).set("spec", asked);
        return client.accepted(what, client.create(BASE + plural, object))
                .json()
                .path("status");
    }

    private static ObjectNode nothing() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** {@code weft federate invite}. */
    @Command(
            name = "invite",
            description = "Print a token with which one cluster can join, once. Hand it over like a password.",
            footer = {"", "Any member may invite. The token names where to join and whom to believe there."})
    static final class Invite implements Callable<Integer> {
        @ParentCommand
        private FederateCommand federate = new FederateCommand();

        @Option(
                names = "--valid",
                paramLabel = "TIME",
                converter = TimeConverter.class,
                description =
                        "How long it can be used, e.g. 90s, 15m, 1h, 7d (default: as the server is configured, 1h).")
        private @Nullable Duration valid;

        @Override
        public Integer call() {
            ObjectNode asked = nothing();
            if (valid != null) {
                asked.put("validSeconds", valid.toSeconds());
            }
            federate.say(federate.ask("the invitation", "invitations", "Invitation", asked)
                    .path("token")
                    .asText());
            return 0;
        }
    }

    /** {@code weft federate tokens}. */
    @Command(
            name = "tokens",
            description = "Show the tokens that somebody could still use.",
            footer = {"", "Each process of a cluster has its own: those of the one behind --api are shown."})
    static final class Tokens implements Callable<Integer> {
        private static final String ROW = "%-14s %s";

        @ParentCommand
        private FederateCommand federate = new FederateCommand();

        @Override
        public Integer call() {
            JsonNode open = federate.ask("the tokens", "invitationreviews", "InvitationReview", nothing())
                    .path("invitations");
            federate.say(String.format(Locale.ROOT, ROW, "ID", "EXPIRES"));
            for (JsonNode token : open) {
                federate.say(String.format(
                        Locale.ROOT,
                        ROW,
                        token.path("id").asText(),
                        token.path("expires").asText()));
            }
            return 0;
        }
    }

    /** {@code weft federate revoke ID}. */
    @Command(
            name = "revoke",
            description = "Take back a token, so that nobody can join with it.",
            footer = {"", "Who joined with a token before is put out by weft federate expel."})
    static final class Revoke implements Callable<Integer> {
        @ParentCommand
        private FederateCommand federate = new FederateCommand();

        @Parameters(paramLabel = "ID", description = "The token, as weft federate tokens shows it.")
        private String id = "";

        @Override
        public Integer call() {
            federate.ask(
                    "to revoke token " + id,
                    "revocations",
                    "Revocation",
                    nothing().put("id", id));
            federate.say("revoked " + id);
            return 0;
        }
    }

    /** {@code weft federate join TOKEN}. */
    @Command(
            name = "join",
            description = "Join the federation of the cluster that gave out a token.",
            footer = {"", "Returns when this cluster is a member; what others export arrives within seconds."})
    static final class Join implements Callable<Integer> {
        @ParentCommand
        private FederateCommand federate = new FederateCommand();

        @Parameters(paramLabel = "TOKEN", description = "What weft federate invite printed.")
        private String token = "";

        @Override
        public Integer call() {
            federate.ask("to join", "joins", "Join", nothing().put("token", token));
            federate.say("joined: weft federate members shows who is there");
            return 0;
        }
    }

    /** {@code weft federate members}. */
    @Command(
            name = "members",
            description = "Show the clusters of the federation as this one sees them.",
            footer = {"", "Whoever shows the same DIGEST for a cluster holds the same records of it, byte by byte."})
    static final class Members implements Callable<Integer> {
        private static final String ROW = "%-20s %-12s %-11s %-7s %-9s %-16s %s";

        @ParentCommand
        private FederateCommand federate = new FederateCommand();

        @Override
        public Integer call() {
            JsonNode found = members(federate.client());
            federate.say(String.format(
                    Locale.ROOT, ROW, "NAME", "STATE", "ROUND-TRIP", "BEHIND", "FRESHNESS", "DIGEST", "ADDRESS"));
            for (JsonNode member : found) {
                JsonNode status = member.path("status");
                federate.say(String.format(
                        Locale.ROOT,
                        ROW,
                        name(member) + (status.path("self").asBoolean() ? " (this)" : ""),
                        status.path("state").asText(),
                        status.path("roundTrip").asText("-"),
                        status.path("recordsBehind").asText("0"),
                        status.path("freshness").asText("-"),
                        status.path("digest").asText("-"),
                        member.at("/spec/addresses/0").asText("-")));
            }
            return 0;
        }
    }

    /** {@code weft federate leave}. */
    @Command(
            name = "leave",
            description = "Leave the federation: the others drop what this cluster exported, and it drops theirs.",
            footer = {"", "All processes of the cluster leave that run at the time."})
    static final class Leave implements Callable<Integer> {
        @ParentCommand
        private FederateCommand federate = new FederateCommand();

        @Override
        public Integer call() {
            federate.ask("to leave", "departures", "Departure", nothing());
            federate.say("left: this cluster goes on alone");
            return 0;
        }
    }

    /** {@code weft federate expel NAME}. */
    @Command(
            name = "expel",
            description = "Put a cluster out for good, with all that it exported.",
            footer = {"", "Its identity never comes back; a cluster of that name may, with a new one and a new token."})
    static final class Expel implements Callable<Integer> {
        @ParentCommand
        private FederateCommand federate = new FederateCommand();

        @Parameters(paramLabel = "NAME", description = "The cluster, as weft federate members shows it.")
        private String name = "";

        @Override
        public Integer call() {
            ApiClient client = federate.client();
            String path = ClusterName.CLUSTERS + "/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
            client.accepted("to expel " + name, client.delete(path));
            federate.say("expelled " + name);
            return 0;
        }
    }

    private static JsonNode members(ApiClient client) {
        return client.require(ClusterName.CLUSTERS).path("items");
    }

    private static String name(JsonNode member) {
        return member.at("/metadata/name").asText();
    }

    /** Reads a time as people write it. */
    static final class TimeConverter implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,6})([smhd])");

        @Override
        public Duration convert(String value) {
            Matcher matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException(value + ": expected a time, e.g. 90s, 15m, 1h or 7d");
            }
            long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
        }
    }
}
