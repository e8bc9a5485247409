package dev.weft.deploy.server;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import com.typesafe.config.Config;
import dev.weft.api.ApiDoor;
import dev.weft.api.authentication.AccountTokens;
import dev.weft.api.authentication.Authenticator;
import dev.weft.api.authentication.StaticTokens;
import dev.weft.api.authentication.TokenSettings;
import dev.weft.api.authentication.TokenSigner;
import dev.weft.api.authorization.DefaultAccess;
import dev.weft.api.authorization.Policies;
import dev.weft.api.rest.Access;
import dev.weft.api.tls.CertificateAuthority;
import dev.weft.api.tls.CertificateFiles;
import dev.weft.api.tls.ClusterKeys;
import dev.weft.api.tls.OwnCertificate;
import dev.weft.api.tls.ServingCertificate;
import dev.weft.api.tls.ServingKeys;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.registry.Registry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the API's door hangs together: certificates, identities, roles. */
final class DoorWiring {
    private static final Logger log = LoggerFactory.getLogger(DoorWiring.class);

    private final ActorSystem<?> system;
    private final ServerSettings settings;
    private final Config config;
    private final InstantSource clock;
    private final Registry registry;

    DoorWiring(ActorSystem<?> system, ServerSettings settings, Config config, InstantSource clock, Registry registry) {
        this.system = system;
        this.settings = settings;
        this.config = config;
        this.clock = clock;
        this.registry = registry;
    }

    /**
     * What is behind the door, as far as the start has to wait for it.
     *
     * @param policies empty where nobody is asked who he is
     */
    record Door(ApiDoor api, Optional<Policies> policies) {}

    /** Without any keys. */
    Door open() {
        return new Door(
                new ApiDoor(
                        Optional.empty(),
                        Access.open(registry),
                        settings.protection().insecure()),
                Optional.empty());
    }

    /** With the cluster's keys. */
    Door with(ClusterKeys keys) {
        Protection protection = settings.protection();
        CertificateAuthority authority = CertificateAuthority.of(keys.authority(), new SecureRandom());
        Optional<ServingKeys> tls = protection.tls().on() ? Optional.of(serving(authority)) : Optional.empty();
        tls.ifPresent(serving -> regularly(serving::refresh));
        Optional<Policies> policies = protection.roles()
                ? Optional.of(Policies.follow(
                        system, registry, config.getDuration("weft.api.roles.retry"), settings.holdsShards()))
                : Optional.empty();
        Access access = policies.map(known -> Access.byRoles(registry, authenticator(authority, keys), known))
                .orElseGet(() -> Access.open(registry));
        return new Door(new ApiDoor(tls, access, protection.insecure()), policies);
    }

    /** Makes the roles and bindings that are there from the beginning. */
    CompletionStage<Void> makeDefaults() {
        return new DefaultAccess(registry)
                .reconcile()
                .thenAccept(faults -> faults.forEach(fault -> log.warn("A default role was not made: {}", fault)));
    }

    private Authenticator authenticator(CertificateAuthority authority, ClusterKeys keys) {
        AccountTokens accounts = new AccountTokens(
                registry,
                new TokenSigner(keys.tokens()),
                TokenSettings.from(config.getConfig("weft.api.tokens")),
                clock,
                () -> UUID.randomUUID().toString());
        return new Authenticator(
                authority, staticTokens(), accounts, settings.protection().anonymous(), clock);
    }

    private Supplier<StaticTokens> staticTokens() {
        Optional<Path> file = settings.protection().tokens();
        if (file.isEmpty()) {
            return () -> StaticTokens.NONE;
        }
        try {
            TokenFile tokens = new TokenFile(file.get());
            regularly(tokens::refresh);
            return tokens;
        } catch (IOException e) {
            throw CommandFailed.failed("--tokens " + e.getMessage(), e);
        }
    }

    private ServingKeys serving(CertificateAuthority authority) {
        ServingCertificate certificate = settings.protection()
                .tls()
                .files()
                .<ServingCertificate>map(files -> new CertificateFiles(files.certificate(), files.key()))
                .orElseGet(() -> new OwnCertificate(
                        authority, names(), config.getDuration("weft.api.tls.serving-validity"), clock));
        try {
            return new ServingKeys(certificate, authority.certificate());
        } catch (IOException | GeneralSecurityException e) {
            throw CommandFailed.failed("the API cannot serve with this certificate: " + e.getMessage(), e);
        }
    }

    private void regularly(Runnable look) {
        Duration every = config.getDuration("weft.api.tls.look-every");
        system.scheduler()
                .scheduleWithFixedDelay(every, every, look, system.dispatchers().lookup(DispatcherSelector.blocking()));
    }

    /** By what clients call this server, as far as it can know. */
    @SuppressWarnings("AddressSelection") // asked only whether it is the one that means all
    private Set<String> names() {
        Set<String> names = new TreeSet<>(Set.of(
                "localhost",
                "127.0.0.1",
                "::1",
                "kubernetes",
                "kubernetes.default",
                "kubernetes.default.svc",
                "kubernetes.default.svc.cluster.local"));
        names.add(ApiServiceObjects.of(settings.ranges()).address().toString());
        names.add(settings.node());
        names.addAll(settings.protection().names());
        String host = settings.addresses().api().host();
        names.add(host);
        try {
            if (InetAddress.getByName(host).isAnyLocalAddress()) {
                names.remove(host);
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
                        .forEach(names::add);
            }
        } catch (IOException e) {
            log.warn("The addresses of this machine are not known: {}; --tls-name adds names", e.toString());
        }
        return names;
    }
}
