package dev.weft.registry.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weft.registry.endpoints.FakeShard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A value in a message")
class GoSyntaxTest {
    private static JsonNode tree(String json) {
        return FakeShard.tree(json);
    }

    @Test
    @DisplayName("that is a string is quoted as Go quotes")
    void strings() {
        assertThat(GoSyntax.value("a\"b\\c\n\t\u0000\u007fä 日\u200b\u00a0"))
                .isEqualTo("\"a\\\"b\\\\c\\n\\t\\x00\\x7fä 日\\u200b\\u00a0\"");
    }

    @Test
    @DisplayName("that is a list or a map of strings is written with its type")
    void composites() {
        JsonNode tree = tree("{'ips':['1.2.3.4','::1'],'map':{'b':'2','a':'1'},'none':[],'number':7,'text':'x'}");
        assertThat(GoSyntax.value(tree.get("ips"))).isEqualTo("[]string{\"1.2.3.4\", \"::1\"}");
        assertThat(GoSyntax.value(tree.get("none"))).isEqualTo("[]string(nil)");
        assertThat(GoSyntax.value(tree.get("map"))).isEqualTo("map[string]string{\"a\":\"1\", \"b\":\"2\"}");
        assertThat(GoSyntax.value(tree.get("number"))).isEqualTo("7");
        assertThat(GoSyntax.value(tree.get("text"))).isEqualTo("\"x\"");
        assertThat(GoSyntax.value(MissingNode.getInstance())).isEqualTo("null");
    }

    @Test
    @DisplayName("that is a selector or a patch is written as Kubernetes writes it")
    void structures() {
        assertThat(GoSyntax.labelSelector(tree("{'matchLabels':{'a':'b'}}")))
                .isEqualTo("v1.LabelSelector{MatchLabels:map[string]string{\"a\":\"b\"},"
                        + " MatchExpressions:[]v1.LabelSelectorRequirement(nil)}");
        assertThat(GoSyntax.plain(tree("{'spec':{'x':[1,'b',null],'a':true}}")))
                .isEqualTo("map[spec:map[a:true x:[1 b <nil>]]]");
    }
}
