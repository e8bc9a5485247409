package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.function.Supplier;

/** What may stand in a field. */
public sealed interface SchemaType {

    /** How Kubernetes' messages call it. */
    String goName();

    /**
     * An object with known fields. Fields are read when first asked for, so that a type may contain itself.
     *
     * @param name the simple name of its model, e.g. {@code ServicePort}
     * @param model its model class, which identifies it
     * @param source reads the fields, in the order of their names; gives the same map each time
     */
    record Structure(String name, Class<?> model, Supplier<Map<String, SchemaType>> source) implements SchemaType {
        /** The fields by name. */
        public Map<String, SchemaType> fields() {
            return source.get();
        }

        @Override
        public String goName() {
            return name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Structure that && model.equals(that.model);
        }

        @Override
        public int hashCode() {
            return model.hashCode();
        }
    }

    /** A list of values of one type. */
    record ListOf(SchemaType element) implements SchemaType {
        @Override
        public String goName() {
            return "[]" + element.goName();
        }
    }

    /** An object with any names and values of one type. */
    record MapOf(SchemaType value) implements SchemaType {
        @Override
        public String goName() {
            return "map[string]" + value.goName();
        }
    }

    /** A value without parts, or one whose parts are not looked at. */
    enum Leaf implements SchemaType {
        STRING("string"),
        BOOLEAN("bool"),
        INT32("int32"),
        INT64("int64"),
        NUMBER("float64"),
        INT_OR_STRING("intstr.IntOrString"),
        /** An amount: a text like {@code 100m} or a number. */
        QUANTITY("resource.Quantity"),
        /** RFC 3339 with microseconds. */
        MICRO_TIME("time.Time"),
        /** RFC 3339. */
        TIME("time.Time"),
        /** Any JSON value, kept as it is. */
        ANY("interface {}");

        private final String goName;

        Leaf(String goName) {
            this.goName = goName;
        }

        @Override
        public String goName() {
            return goName;
        }

        /** Whether a value (not null) is of this type. */
        public boolean accepts(JsonNode value) {
            return switch (this) {
                case STRING -> value.isTextual();
                case BOOLEAN -> value.isBoolean();
                case INT32 -> value.isIntegralNumber() && value.canConvertToInt();
                case INT64 -> value.isIntegralNumber() && value.canConvertToLong();
                case NUMBER -> value.isNumber();
                case INT_OR_STRING -> value.isTextual() || (value.isIntegralNumber() && value.canConvertToInt());
                case QUANTITY -> value.isNumber() || (value.isTextual() && Quantities.isQuantity(value.asText()));
                case MICRO_TIME, TIME -> value.isTextual() && Times.isTime(value.asText());
                case ANY -> true;
            };
        }
    }
}
