package dev.weft.deploy.client;

import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Address;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** One question of DNS, as a program's resolver would ask it. */
public final class NameQuery {
    private final Record question;

    private NameQuery(Record question) {
        this.question = question;
    }

    /**
     * What was answered.
     *
     * @param exists whether the server knows the name, with or without records of the type
     */
    public record Answer(boolean exists, List<String> lines) {
        public Answer {
            lines = List.copyOf(lines);
        }
    }

    /**
     * A question for a name, or for the names of an address.
     *
     * @param type of the records, in any case of letters; null for A, and for PTR of an address
     * @throws CommandFailed as wrong usage
     */
    public static NameQuery of(String name, @Nullable String type) {
        boolean address = Address.isDottedQuad(name) || name.indexOf(':') >= 0;
        int number = type == null ? (address ? Type.PTR : Type.A) : Type.value(type.toUpperCase(Locale.ROOT), true);
        if (number < 0) {
            throw CommandFailed.usage("TYPE " + type + ": expected a type of records such as A, AAAA, SRV, PTR, TXT");
        }
        try {
            Name asked =
                    address && number == Type.PTR ? ReverseMap.fromAddress(name) : Name.fromString(name, Name.root);
            return new NameQuery(Record.newRecord(asked, number, DClass.IN));
        } catch (TextParseException | java.net.UnknownHostException e) {
            throw CommandFailed.usage("NAME " + name + ": expected a name of DNS or an address: " + e.getMessage());
        }
    }

    /**
     * Asks, and again over TCP when the answer does not fit UDP.
     *
     * @param tcp asks over TCP at once
     * @throws CommandFailed when nobody answers
     */
    public Answer send(HostPort server, boolean tcp, Duration timeout) {
        SimpleResolver resolver = new SimpleResolver(new InetSocketAddress(server.host(), server.port()));
        resolver.setTCP(tcp);
        resolver.setTimeout(timeout);
        try {
            return answer(resolver.send(Message.newQuery(question)));
        } catch (IOException e) {
            throw CommandFailed.failed(
                    "no DNS server answers on " + server
                            + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")") + "; name one with --server"
                            + " HOST:PORT, e.g. what weft server was given for --dns",
                    e);
        }
    }

    /** The state first, then the records in the form of zone files. */
    static Answer answer(Message message) {
        List<String> lines = new ArrayList<>();
        List<Record> answers = message.getSection(Section.ANSWER);
        lines.add(";; " + Rcode.string(message.getRcode())
                + (message.getHeader().getFlag(Flags.AA) ? ", authoritative" : "")
                + (message.getHeader().getFlag(Flags.TC) ? ", truncated" : "")
                + ", " + answers.size() + (answers.size() == 1 ? " record" : " records"));
        answers.forEach(record -> lines.add(text(record)));
        if (answers.isEmpty()) {
            message.getSection(Section.AUTHORITY).forEach(record -> lines.add("; " + text(record)));
        }
        message.getSection(Section.ADDITIONAL).stream()
                .filter(record -> record.getType() != Type.OPT)
                .forEach(record -> lines.add("; " + text(record)));
        return new Answer(message.getRcode() == Rcode.NOERROR, lines);
    }

    private static String text(Record record) {
        return record.getName() + " " + record.getTTL() + " " + DClass.string(record.getDClass()) + " "
                + Type.string(record.getType()) + " " + record.rdataToString();
    }
}
