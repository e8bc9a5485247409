package dev.weft.registry.resource;

import static dev.weft.registry.resource.Samples.RANGES;
import static dev.weft.registry.resource.Samples.accepted;
import static dev.weft.registry.resource.Samples.admit;
import static dev.weft.registry.resource.Samples.patch;
import static dev.weft.registry.resource.Samples.refused;
import static dev.weft.registry.resource.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Write.PatchType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client written in Go could not read back is not taken, and what it would read differently is stored as it reads it. */
class DecodingTest {
    private static final String LEASE =
            "{'apiVersion':'coordination.k8s.io/v1','kind':'Lease','metadata':{'name':'l'},'spec':{'renewTime':'TIME'}}";
    private static final String EVENT =
            "{'apiVersion':'v1','kind':'Event','metadata':{'name':'e'},'involvedObject':{'kind':'Pod','namespace':'default','name':'p'},'lastTimestamp':'TIME'}";
    private static final String GOOD = "2026-01-01T00:00:00.123456Z";

    @ParameterizedTest(name = "<{0}>")
    @CsvSource({
        "2026-11-21T21:00:00.123456Z, 2026-11-21T21:00:00.123456Z",
        "2026-11-21T21:00:00.000000+01:30, 2026-11-21T19:30:00.000000Z",
        "2024-02-29T23:59:59.999999-00:01, 2024-03-01T00:00:59.999999Z",
        "2026-11-21T1:00:00.000000Z, 2026-11-21T01:00:00.000000Z",
        "'2026-11-21T21:00:00,123456Z', 2026-11-21T21:00:00.123456Z"
    })
    @DisplayName("a MicroTime is stored in UTC with six digits of a second")
    void microTimes(String sent, String stored) {
        assertThat(accepted(admit(RANGES, LEASE.replace("TIME", sent)))
                        .at("/spec/renewTime")
                        .asText())
                .isEqualTo(stored);
    }

    @ParameterizedTest(name = "<{0}>")
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-11-21T21:00:00Z | as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"Z\" as \".000000\"",
                "2026-11-21T21:00:00.5Z | as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \".5Z\" as \".000000\"",
                "2026-11-21T21:00:00.123456789Z | as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"789Z\" as \"Z07:00\"",
                "2026-02-29T21:00:00.000000Z | : day out of range",
                "2026-13-01T21:00:00.000000Z | : month out of range",
                "2026-01-01T24:00:00.000000Z | : hour out of range",
                "2026-01-01T00:00:00.000000+25:00 | : time zone offset hour out of range",
                "2026-01-01T00:00:00.000000Zx | : extra text: \"x\"",
                "2026-01-01 00:00:00.000000Z | as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \" 00:00:00.000000Z\" as \"T\"",
                "soon | as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"soon\" as \"2006\""
            })
    @DisplayName("a MicroTime that Go cannot read is refused, in Go's words, for creates, updates, patches and applies")
    void noMicroTimes(String sent, String why) {
        String fault = "parsing time \"" + sent + "\"" + (why.startsWith(":") ? "" : " ") + why;
        String text = LEASE.replace("TIME", sent);
        ObjectNode present = accepted(admit(RANGES, LEASE.replace("TIME", GOOD)));
        ObjectNode next = present.deepCopy();
        next.withObject("/spec").put("renewTime", sent);

        assertThat(refused(admit(RANGES, text)).message())
                .isEqualTo("Lease in version \"v1\" cannot be handled as a Lease: " + fault);
        assertThat(refused(admit(RANGES, text, Write.FieldValidation.IGNORE)).reason())
                .isEqualTo(Refusal.Reason.BadRequest);
        assertThat(refused(update(RANGES, present, next, "")).message()).endsWith(fault);
        assertThat(refused(patch(present, PatchType.MERGE_PATCH, "", "{'spec':{'renewTime':'" + sent + "'}}"))
                        .message())
                .endsWith(fault);
        assertThat(refused(patch(present, PatchType.SERVER_SIDE_APPLY, "", text))
                        .reason())
                .isEqualTo(Refusal.Reason.BadRequest);
    }

    @ParameterizedTest(name = "<{0}>")
    @CsvSource({
        "2020-01-01T00:00:00Z, 2020-01-01T00:00:00Z",
        "2020-01-01T00:00:00.987654321Z, 2020-01-01T00:00:00Z",
        "2020-01-01T00:00:00+02:00, 2019-12-31T22:00:00Z",
        "2020-12-31T23:59:59Z, 2020-12-31T23:59:59Z"
    })
    @DisplayName("a Time is stored in UTC with whole seconds")
    void times(String sent, String stored) {
        assertThat(accepted(admit(RANGES, EVENT.replace("TIME", sent)))
                        .path("lastTimestamp")
                        .asText())
                .isEqualTo(stored);
    }

    @ParameterizedTest(name = "<{0}>")
    @CsvSource({
        "2020-01-01T00:00Z",
        "2020-01-01T00:00:00+02",
        "2020-01-01t00:00:00z",
        "+10000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "0000-01-01T00:00:00+01:00",
        "2020-02-30T00:00:00Z",
        "2020-01-01T00:00:60Z",
        "''"
    })
    @DisplayName("a Time that Go cannot read is refused")
    void noTimes(String sent) {
        assertThat(refused(admit(RANGES, EVENT.replace("TIME", sent))).message())
                .startsWith("Event in version \"v1\" cannot be handled as a Event: parsing time");
    }

    @Test
    @DisplayName("Go's zero time is no time")
    void zeroTime() {
        assertThat(accepted(admit(RANGES, EVENT.replace("TIME", "0001-01-01T00:00:00Z")))
                        .has("lastTimestamp"))
                .isFalse();
    }

    @Test
    @DisplayName("an object with times that earlier versions took can still be changed, and is mended by that")
    void heals() {
        ObjectNode present = accepted(admit(RANGES, LEASE.replace("TIME", GOOD)));
        present.withObject("/spec").put("renewTime", "2026-11-21T21:00Z").put("acquireTime", "never");

        ObjectNode patched = accepted(patch(present, PatchType.MERGE_PATCH, "", "{'metadata':{'labels':{'a':'b'}}}"));

        assertThat(patched.at("/spec/renewTime").asText()).isEqualTo("2026-11-21T21:00:00.000000Z");
        assertThat(patched.at("/spec").has("acquireTime")).isFalse();
    }

    @Test
    @DisplayName("nulls in lists and maps are zero values; elsewhere they are nothing")
    void nulls() {
        ObjectNode map = accepted(
                admit(
                        RANGES,
                        "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m','labels':{'a':null}},'data':{'a':null},'immutable':null}"));

        assertThat(map.at("/data/a").textValue()).isEmpty();
        assertThat(map.at("/metadata/labels/a").textValue()).isEmpty();
        assertThat(map.has("immutable")).isFalse();
        assertThat(refused(
                                admit(
                                        RANGES,
                                        "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'containers':[null]}}"))
                        .message())
                .contains("spec.containers[0].name: Required value");
    }

    @ParameterizedTest(name = "<{0}>")
    @CsvSource({
        "\\ud800x, \uFFFDx",
        "x\\udc00, x\uFFFD",
        "\\ud83d\\ude00, \uD83D\uDE00",
        "\\ud83d\\ud83d\\ude00, \uFFFD\uD83D\uDE00"
    })
    @DisplayName("half a surrogate pair becomes the replacement character")
    void surrogates(String sent, String stored) {
        String text = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'},'data':{'a':'" + sent + "'}}";
        assertThat(accepted(admit(RANGES, text)).at("/data/a").textValue()).isEqualTo(stored);
    }

    @ParameterizedTest(name = "<{0}>")
    @CsvSource({
        "'.5', 500m",
        "0.1m, 100u",
        "+1, 1",
        "1000m, 1",
        "1500m, 1500m",
        "0.5, 500m",
        "1, 1",
        "100, 100",
        "1000, 1k",
        "1000000k, 1G",
        "1024Mi, 1Gi",
        "1536Mi, 1536Mi",
        "1.5Gi, 1536Mi",
        "0.5Ki, 512",
        "512Mi, 512Mi",
        "9000Ei, 9223372036854775807",
        "1e3, 1e3",
        "12e2, 1200",
        "1E, 1E",
        "1000E, 1e21",
        "0.1n, 1n",
        "-0.5, -500m",
        "00, 0",
        "0Gi, 0"
    })
    @DisplayName("quantities have one text each")
    void quantities(String sent, String canonical) {
        assertThat(Quantities.canonical(sent)).isEqualTo(canonical);
        assertThat(Quantities.canonical(canonical)).isEqualTo(canonical);
    }

    @ParameterizedTest(name = "<{0}>")
    @CsvSource({"1x", "one", "1 Gi", "''", "1KI"})
    @DisplayName("what is no quantity is refused")
    void noQuantities(String sent) {
        String pod =
                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'containers':[{'name':'c','image':'i','resources':{'limits':{'cpu':'"
                        + sent + "'}}}]}}";
        assertThat(refused(admit(RANGES, pod)).message())
                .containsAnyOf("quantities must match the regular expression", "unable to parse quantity's suffix");
    }
}
