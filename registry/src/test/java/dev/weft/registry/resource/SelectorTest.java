package dev.weft.registry.resource;

import static dev.weft.registry.resource.Samples.RANGES;
import static dev.weft.registry.resource.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {

    private static LabelSelector selector(String text) {
        return ((Parsed.Valid<LabelSelector>) LabelSelector.parse(text)).value();
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String pair : text.split(";", -1)) {
            labels.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return labels;
    }

    @ParameterizedTest(name = "{0} on {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "app=web | app=web | true",
                "app==web | app=web | true",
                "app!=web | app=web | false",
                "app!=web | x=y | true",
                "tier in (a, b) | tier=b | true",
                "tier notin (a,b) | tier=b | false",
                "tier notin (a,b) | x=y | true",
                "tier | tier=b | true",
                "!tier | tier=b | false",
                "n>3,n<5 | n=4 | true",
                "n>3 | n=x | false",
                "app=web , !old,tier in (a) | app=web;tier=a | true",
                "example.com/a=b | example.com/a=b | true"
            })
    @DisplayName("label selectors match as in Kubernetes")
    void labelSelectors(String text, String labels, boolean matches) {
        assertThat(selector(text).matches(labels(labels))).isEqualTo(matches);
        assertThat(selector(selector(text).toString())).isEqualTo(selector(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=b,", "a in b", "a in (b", "=b", "a b", "a=!", "a>x", "-a=b", "a=b,,c=d", "a=b=c"})
    @DisplayName("malformed label selectors are refused as bad requests")
    void malformed(String text) {
        assertThat(LabelSelector.parse(text))
                .isInstanceOfSatisfying(
                        Parsed.Invalid.class,
                        invalid -> assertThat(invalid.refusal().reason()).isEqualTo(Refusal.Reason.BadRequest));
    }

    @Test
    @DisplayName("the empty selector selects everything, in a query as in an object")
    void everything() {
        assertThat(selector("").isEverything()).isTrue();
        assertThat(LabelSelector.of(json("{}")).isEverything()).isTrue();
        assertThat(LabelSelector.of(
                                json(
                                        "{'matchLabels':{'a':'b'},'matchExpressions':[{'key':'c','operator':'NotIn','values':['d']}]}"))
                        .matches(Map.of("a", "b", "c", "e")))
                .isTrue();
    }

    @Test
    @DisplayName("field selectors know the declared fields only")
    void fieldSelectors() {
        KindCatalog kinds = StandardKinds.catalog(RANGES);
        ResourceKind pods = kinds.find("", "v1", "pods");
        assertThat(pods).isNotNull();
        Resource pod = Samples.stored(
                Samples.accepted(
                        Samples.admit(
                                RANGES,
                                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p1'},'spec':{'nodeName':'n1','containers':[{'name':'c','image':'i'}]}}")));

        assertThat(matches(pods, "spec.nodeName=n1,status.phase!=Running", pod)).isTrue();
        assertThat(matches(pods, "metadata.name=p2", pod)).isFalse();
        assertThat(matches(pods, "metadata.namespace==default", pod)).isTrue();
        ResourceKind maps = kinds.find("", "v1", "configmaps");
        assertThat(maps).isNotNull();
        assertThat(((Parsed.Invalid<FieldSelector>) FieldSelector.parse(maps, "spec.foo=1"))
                        .refusal()
                        .message())
                .isEqualTo(
                        "\"spec.foo\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
    }

    private static boolean matches(ResourceKind kind, String text, Resource object) {
        return ((Parsed.Valid<FieldSelector>) FieldSelector.parse(kind, text))
                .value()
                .matches(object);
    }
}
