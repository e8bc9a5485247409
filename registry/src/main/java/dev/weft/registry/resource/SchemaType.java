package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What may stand in a field. */
public sealed interface SchemaType {

    /** How Kubernetes' messages call it. */
    String goName();

    /** What Go makes of a null in a list or map of it; null where it keeps one. A new tree each time. */
    default JsonNode zero() {
        return NullNode.getInstance();
    }

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
        public JsonNode zero() {
            return JsonNodeFactory.instance.objectNode();
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

        /** Whether a value (not null) is of this type, by its looks: a text may still name no time, or no quantity. */
        public boolean accepts(JsonNode value) {
            return switch (this) {
                case STRING -> value.isTextual();
                case BOOLEAN -> value.isBoolean();
                case INT32 -> value.isIntegralNumber() && value.canConvertToInt();
                case INT64 -> value.isIntegralNumber() && value.canConvertToLong();
                case NUMBER -> value.isNumber();
                case INT_OR_STRING -> value.isTextual() || (value.isIntegralNumber() && value.canConvertToInt());
                case QUANTITY -> value.isNumber() || value.isTextual();
                case MICRO_TIME, TIME -> value.isTextual();
                case ANY -> true;
            };
        }

        @Override
        public JsonNode zero() {
            return switch (this) {
                case STRING -> JsonNodeFactory.instance.textNode("");
                case BOOLEAN -> JsonNodeFactory.instance.booleanNode(false);
                case INT32, INT64, NUMBER, INT_OR_STRING -> JsonNodeFactory.instance.numberNode(0);
                case QUANTITY -> JsonNodeFactory.instance.textNode("0");
                case MICRO_TIME, TIME, ANY -> NullNode.getInstance();
            };
        }

        /**
         * How a value of this type is stored: texts as valid Unicode, times and quantities in their canonical form.
         *
         * @param stale whether the value was stored under the looser rules of earlier versions
         * @return the value itself where it is so already; null if nothing can be made of it
         */
        @Nullable
        JsonNode stored(JsonNode value, boolean stale) {
            if (this == TIME || this == MICRO_TIME) {
                TimeForm form = form();
                String text = value.textValue();
                String time = stale ? form.healed(text) : form.canonical(text);
                return time != null && time.isEmpty() ? NullNode.getInstance() : same(value, time);
            }
            if (this == QUANTITY) {
                return same(value, Quantities.canonical(value.asText()));
            }
            return value.isTextual() && this != ANY ? same(value, UnicodeText.repaired(value.textValue())) : value;
        }

        private static @Nullable JsonNode same(JsonNode value, @Nullable String text) {
            if (text == null) {
                return null;
            }
            return text.equals(value.textValue()) ? value : JsonNodeFactory.instance.textNode(text);
        }

        /** Why nothing can be made of a value that is of this type by its looks, in the words of Go; empty for other types. */
        String unreadable(JsonNode value) {
            if (!accepts(value)) {
                return "";
            }
            return switch (this) {
                case MICRO_TIME, TIME -> form().fault(value.textValue());
                case QUANTITY -> Quantities.fault(value.asText());
                default -> "";
            };
        }

        private TimeForm form() {
            return this == TIME ? TimeForm.SECONDS : TimeForm.MICROS;
        }
    }
}
