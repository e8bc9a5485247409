package dev.weft.deploy.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * The rules of the house, as values, so that each can be shown to fail on a violation. A module's rooms are listed from
 * top to bottom: a room imports only those below it; the first is the front door, which no other room imports.
 */
final class Architecture {
    private final String root;
    private final Map<String, List<String>> rooms;
    private final Map<String, Set<String>> arrows;
    private final Map<String, Set<String>> shared;

    /**
     * @param root the package of the whole house
     * @param rooms module to rooms, without the front door, from top to bottom
     * @param arrows module to the modules that it may import
     * @param shared module to the rooms, besides its front door, that other modules may import
     */
    Architecture(
            String root,
            Map<String, List<String>> rooms,
            Map<String, Set<String>> arrows,
            Map<String, Set<String>> shared) {
        this.root = root;
        this.rooms = rooms;
        this.arrows = arrows;
        this.shared = shared;
    }

    /** Between modules imports follow the arrows. */
    ArchRule arrowsBetweenModules() {
        return everyDependency("import only modules that the design lets them", (from, to) -> {
            boolean other = !from.module().equals(to.module());
            return other && !arrows.getOrDefault(from.module(), Set.of()).contains(to.module())
                    ? from.module() + " must not know " + to.module()
                    : "";
        });
    }

    /**
     * Of another module only the front door and the rooms made to be shared are seen.
     *
     * @param compositionRoot the rooms (as a pattern) that put the others together
     */
    ArchRule frontDoors(String compositionRoot) {
        return everyDependency("enter other modules by the front door", (from, to) -> {
            // Whoever puts a module together must see its parts; that is one room of the house.
            boolean other =
                    !from.module().equals(to.module()) && !from.toString().matches(compositionRoot);
            boolean open = to.room().isEmpty()
                    || shared.getOrDefault(to.module(), Set.of()).contains(to.room());
            return other && !open ? to.module() + "." + to.room() + " is not made to be shared" : "";
        });
    }

    /** Inside a module imports go down the list of rooms. */
    ArchRule arrowsBetweenRooms() {
        return everyDependency("import only rooms below their own", (from, to) -> {
            if (!from.module().equals(to.module()) || from.room().equals(to.room())) {
                return "";
            }
            if (to.room().isEmpty()) {
                return "nobody imports the front door of " + to.module();
            }
            List<String> order = rooms.getOrDefault(from.module(), List.of());
            // What translates the messages of all rooms knows them all; a serializer cannot stand above and below at
            // once.
            boolean translator = from.room().equals("wire");
            boolean down = from.room().isEmpty() || translator || order.indexOf(from.room()) < order.indexOf(to.room());
            return down ? "" : from.room() + " is not above " + to.room();
        });
    }

    /** Every room stands in the list, which is where a newcomer looks it up. */
    ArchRule everyRoomIsListed() {
        return ArchRuleDefinition.classes()
                .that(inTheHouse())
                .should(condition("stand in a room that is listed", (type, events) -> {
                    Place place = place(type);
                    boolean listed = rooms.containsKey(place.module())
                            && (place.room().isEmpty()
                                    || rooms.getOrDefault(place.module(), List.of())
                                            .contains(place.room()));
                    if (!listed) {
                        violation(events, type, "the room " + place + " of " + type.getName() + " is not listed");
                    }
                }));
    }

    /** No room is a drawer for everything. */
    ArchRule noDrawers() {
        Set<String> drawers =
                Set.of("util", "utils", "common", "helper", "helpers", "impl", "model", "manager", "misc");
        return ArchRuleDefinition.classes()
                .that(inTheHouse())
                .should(condition("stand in a room with a subject", (type, events) -> {
                    for (String part : type.getPackageName().split("\\.", -1)) {
                        if (drawers.contains(part)) {
                            violation(events, type, type.getName() + " stands in a room called " + part);
                        }
                    }
                }));
    }

    /** Names say what a thing is. */
    ArchRule noEmptyNames() {
        return ArchRuleDefinition.classes()
                .that(inTheHouse())
                .should(condition("have a name that says what it is", (type, events) -> {
                    if (type.getSimpleName().matches(".+(Util|Utils|Helper|Manager|Impl)")) {
                        violation(events, type, type.getName() + " says nothing of what it is");
                    }
                }));
    }

    /** No state lives outside objects: two of everything can exist in one process. */
    ArchRule noMutableStaticState() {
        Set<String> mutable = Set.of(
                "java.util.ArrayList",
                "java.util.HashMap",
                "java.util.LinkedHashMap",
                "java.util.HashSet",
                "java.util.concurrent.ConcurrentHashMap",
                "java.util.concurrent.atomic.AtomicLong",
                "java.util.concurrent.atomic.AtomicInteger",
                "java.util.concurrent.atomic.AtomicBoolean",
                "java.util.concurrent.atomic.AtomicReference",
                "java.util.concurrent.ConcurrentMap");
        return ArchRuleDefinition.fields().that(ownStatics()).should(new ArchCondition<>("be constants") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                boolean constant = field.getModifiers().contains(JavaModifier.FINAL)
                        && !mutable.contains(field.getRawType().getName());
                if (!constant) {
                    events.add(SimpleConditionEvent.violated(field, field.getFullName() + " is static state"));
                }
            }
        });
    }

    /** Time, chance and identity are handed in, so that tests can hand in theirs. */
    ArchRule nothingReadInTheDark(String wiring) {
        Map<String, Set<String>> banned = Map.of(
                "java.time.Instant", Set.of("now"),
                "java.time.LocalDateTime", Set.of("now"),
                "java.time.OffsetDateTime", Set.of("now"),
                "java.lang.System", Set.of("currentTimeMillis", "nanoTime"),
                "java.lang.Math", Set.of("random"),
                "java.lang.Thread", Set.of("sleep"),
                "java.util.UUID", Set.of("randomUUID"),
                "java.util.concurrent.ThreadLocalRandom", Set.of("current"));
        return ArchRuleDefinition.classes()
                .that(inTheHouse())
                .should(condition("be handed time, chance and identity", (type, events) -> {
                    if (type.getName().matches(wiring)) {
                        return;
                    }
                    for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                        Set<String> methods =
                                banned.getOrDefault(access.getTargetOwner().getName(), Set.of());
                        if (methods.contains(access.getName())) {
                            violation(events, type, access.getDescription());
                        }
                    }
                }));
    }

    /** Generated message classes are seen by the rooms called {@code wire} only, and by what the wiring names. */
    ArchRule wireFormsStayInside(String alsoAllowed) {
        return ArchRuleDefinition.classes()
                .that(inTheHouse())
                .should(condition("know no generated class outside wire", (type, events) -> {
                    boolean inside =
                            place(type).room().equals("wire") || type.getName().matches(alsoAllowed);
                    for (Dependency dependency : inside ? Set.<Dependency>of() : type.getDirectDependenciesFromSelf()) {
                        if (isGenerated(dependency.getTargetClass())) {
                            violation(events, type, dependency.getDescription());
                        }
                    }
                }));
    }

    private ArchRule everyDependency(String should, BiFunction<Place, Place, String> objection) {
        return ArchRuleDefinition.classes().that(inTheHouse()).should(condition(should, (type, events) -> {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(root + ".") && !isGenerated(target)) {
                    String objected = objection.apply(place(type), place(target));
                    if (!objected.isEmpty()) {
                        violation(events, type, objected + ": " + dependency.getDescription());
                    }
                }
            }
        }));
    }

    private DescribedPredicate<JavaClass> inTheHouse() {
        return DescribedPredicate.describe(
                "classes of ours", type -> type.getPackageName().startsWith(root + ".") && !isGenerated(type));
    }

    private DescribedPredicate<JavaField> ownStatics() {
        return DescribedPredicate.describe(
                "static fields of ours",
                field -> inTheHouse().test(field.getOwner())
                        && field.getModifiers().contains(JavaModifier.STATIC)
                        && !field.getModifiers().contains(JavaModifier.SYNTHETIC));
    }

    private static boolean isGenerated(JavaClass type) {
        return type.getPackageName().startsWith("dev.weft.")
                && type.getPackageName().endsWith(".proto");
    }

    private static ArchCondition<JavaClass> condition(
            String description, BiConsumer<JavaClass, ConditionEvents> check) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                check.accept(type, events);
            }
        };
    }

    private static void violation(ConditionEvents events, JavaClass type, String message) {
        events.add(SimpleConditionEvent.violated(type, message));
    }

    private Place place(JavaClass type) {
        String[] parts = type.getPackageName().substring(root.length() + 1).split("\\.", -1);
        return new Place(parts[0], parts.length > 1 ? parts[1] : "");
    }

    /**
     * Where a class stands; a room's own subdivisions count as that room.
     *
     * @param room empty for the front door
     */
    private record Place(String module, String room) {
        @Override
        public String toString() {
            return room.isEmpty() ? module : module + "." + room;
        }
    }
}
