import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.NamingException;
import javax.naming.directory.InitialDirContext;

/** Finds a service and calls it: {@code java FindAndCall.java dns|environment|api SERVICE} */
public final class FindAndCall {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private FindAndCall() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 2 || !Set.of("dns", "environment", "api").contains(args[0])) {
            System.err.println("usage: java FindAndCall.java dns|environment|api SERVICE");
            System.exit(2);
        }
        String service = args[1];
        String address =
                switch (args[0]) {
                    case "dns" -> byDns(service);
                    case "environment" -> byEnvironment(service);
                    default -> byApi(service);
                };
        System.out.println(get("http://" + address + "/").strip());
    }

    /** Asks for the address (A) and the port called http (SRV); with a resolv.conf for Weft, InetAddress does the first. */
    private static String byDns(String service) throws NamingException {
        Properties settings = new Properties();
        settings.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
        settings.put("java.naming.provider.url", "dns://" + setting("WEFT_DNS", "127.0.0.1:1053"));
        InitialDirContext dns = new InitialDirContext(settings);
        String name = service + ".default.svc.cluster.local";
        String address = (String) dns.getAttributes(name, new String[] {"A"}).get("A").get();
        String srv = (String) dns.getAttributes("_http._tcp." + name, new String[] {"SRV"}).get("SRV").get();
        return address + ":" + srv.split(" ")[2]; // priority, weight, port, target
    }

    private static String byEnvironment(String service) {
        String variable = service.replace('-', '_').toUpperCase(Locale.ROOT);
        Map<String, String> environment = System.getenv();
        return environment.get(variable + "_SERVICE_HOST") + ":" + environment.get(variable + "_SERVICE_PORT");
    }

    /** Two fields are cut out of the JSON here; a real program has a library for that, or a Kubernetes client. */
    private static String byApi(String service) throws Exception {
        String object = get(setting("WEFT_API", "http://127.0.0.1:8001") + "/api/v1/namespaces/default/services/" + service);
        return field(object, "\"clusterIP\":\"([^\"]+)\"") + ":" + field(object, "\"port\":([0-9]+)");
    }

    private static String field(String json, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(json);
        if (!found.find()) {
            throw new IllegalStateException("not in the answer: " + pattern);
        }
        return found.group(1);
    }

    private static String get(String url) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
        return HTTP.send(request, BodyHandlers.ofString()).body();
    }

    private static String setting(String variable, String otherwise) {
        return System.getenv().getOrDefault(variable, otherwise);
    }
}
