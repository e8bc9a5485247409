package dev.weft.deploy.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The architecture")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
    /** Where time, chance and identity come from: the wiring of each module. */
    private static final String WIRING = "dev\\.weft\\.(deploy|gossip|registry|api|proxy)(\\.server)?\\.[A-Z].*";

    /** Rooms below which generated classes are at home. */
    private static final String KNOWS_WIRE_FORMS = "dev\\.weft\\.gossip\\.transport\\..*";

    private static final String FIXTURES = "dev.weft.deploy.architecture.fixture";

    private static final Architecture WEFT = new Architecture(
            "dev.weft",
            Map.of(
                    "gossip", List.of("spread", "transport", "wire", "trust", "member", "origin", "clock"),
                    "registry",
                            List.of(
                                    "federation",
                                    "controller",
                                    "shard",
                                    "endpoints",
                                    "allocation",
                                    "lifecycle",
                                    "watch",
                                    "journal",
                                    "wire",
                                    "resource"),
                    "proxy",
                            List.of(
                                    "explanation",
                                    "ingress",
                                    "dns",
                                    "hostaddress",
                                    "nftables",
                                    "nodehealth",
                                    "process",
                                    "metrics",
                                    "dataplane",
                                    "health",
                                    "balance",
                                    "outlier",
                                    "selection",
                                    "view"),
                    "api",
                            List.of(
                                    "dashboard",
                                    "xds",
                                    "rest",
                                    "forward",
                                    "mesh",
                                    "stream",
                                    "discovery",
                                    "body",
                                    "representation",
                                    "authorization",
                                    "authentication",
                                    "tls",
                                    "guard",
                                    "problem"),
                    "deploy", List.of("demo", "server", "run", "backend", "child", "client", "terminal")),
            Map.of(
                    "registry", Set.of("gossip"),
                    "api", Set.of("registry"),
                    "deploy", Set.of("gossip", "registry", "proxy", "api")),
            Map.of(
                    "gossip",
                    Set.of("clock"),
                    "registry",
                    Set.of("resource", "watch"),
                    "proxy",
                    Set.of("view", "explanation")));

    private static final Architecture CROOKED = new Architecture(
            FIXTURES,
            Map.of("alpha", List.of("high", "low", "wire"), "beta", List.of()),
            Map.of("beta", Set.of("alpha")),
            Map.of());

    private final JavaClasses house = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            // What a module lends to the tests of others; on the class path as a jar.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.weft");
    private final JavaClasses crooked = new ClassFileImporter().importPackages(FIXTURES);

    /** A rule of the house, the same rule for the crooked house, and what it says of the violation planted there. */
    record Case(String name, ArchRule rule, ArchRule crooked, String violation) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> rules() {
        return List.of(
                new Case(
                        "arrows between modules",
                        WEFT.arrowsBetweenModules(),
                        CROOKED.arrowsBetweenModules(),
                        "alpha must not know beta"),
                new Case(
                        "front doors",
                        WEFT.frontDoors("deploy\\.server"),
                        CROOKED.frontDoors("none"),
                        "alpha.low is not made to be shared"),
                new Case(
                        "arrows between rooms",
                        WEFT.arrowsBetweenRooms(),
                        CROOKED.arrowsBetweenRooms(),
                        "low is not above high"),
                new Case(
                        "front door from inside",
                        WEFT.arrowsBetweenRooms(),
                        CROOKED.arrowsBetweenRooms(),
                        "nobody imports the front door of alpha"),
                new Case(
                        "every room is listed",
                        WEFT.everyRoomIsListed(),
                        CROOKED.everyRoomIsListed(),
                        "Drawer is not listed"),
                new Case("no drawers", WEFT.noDrawers(), CROOKED.noDrawers(), "a room called util"),
                new Case("no empty names", WEFT.noEmptyNames(), CROOKED.noEmptyNames(), "DoorHelper says nothing"),
                new Case(
                        "no mutable static object",
                        WEFT.noMutableStaticState(),
                        CROOKED.noMutableStaticState(),
                        "Hoard.KEPT is static state"),
                new Case(
                        "no static variable",
                        WEFT.noMutableStaticState(),
                        CROOKED.noMutableStaticState(),
                        "Hoard.counter is static state"),
                new Case(
                        "nothing read in the dark",
                        WEFT.nothingReadInTheDark(WIRING),
                        CROOKED.nothingReadInTheDark("none"),
                        "Instant.now"),
                new Case(
                        "wire forms stay inside",
                        WEFT.wireFormsStayInside(KNOWS_WIRE_FORMS),
                        CROOKED.wireFormsStayInside("none"),
                        "wire.proto.Message"));
    }

    @BeforeAll
    void findsTheHouse() {
        Set<String> modules = new TreeSet<>();
        house.forEach(type -> modules.add(type.getPackageName().split("\\.", -1)[2]));
        assertThat(modules).containsExactly("api", "deploy", "gossip", "proxy", "registry");
    }

    @ParameterizedTest
    @MethodSource("rules")
    @DisplayName("holds in the whole house")
    void holds(Case rule) {
        EvaluationResult result = rule.rule().evaluate(house);
        assertThat(result.getFailureReport().getDetails()).as(rule.name()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rules")
    @DisplayName("notices the violation planted for it")
    void noticesViolations(Case rule) {
        EvaluationResult result = rule.crooked().evaluate(crooked);
        assertThat(result.getFailureReport().getDetails())
                .anySatisfy(detail -> assertThat(detail).contains(rule.violation()));
    }

    @Test
    @DisplayName("gives every room a package-info that says what it is for")
    void everyRoomSaysWhatItIsFor() {
        Set<String> rooms = new TreeSet<>();
        Set<String> described = new TreeSet<>();
        for (JavaClass type : house) {
            if (type.getPackageName().endsWith(".proto")) {
                continue;
            }
            rooms.add(type.getPackageName());
            if (type.getSimpleName().equals("package-info")) {
                described.add(type.getPackageName());
            }
        }
        assertThat(described).containsAll(rooms);
    }
}
