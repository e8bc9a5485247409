package dev.weft.registry.resource.patch;

import static dev.weft.registry.resource.Samples.json;
import static dev.weft.registry.resource.Samples.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchTest {

    @ParameterizedTest(name = "{0} + {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a':1} | [{'op':'add','path':'/b','value':2}] | {'a':1,'b':2}",
                "{'a':[1,3]} | [{'op':'add','path':'/a/1','value':2}] | {'a':[1,2,3]}",
                "{'a':[1]} | [{'op':'add','path':'/a/-','value':2}] | {'a':[1,2]}",
                "{'a/b':1,'c~d':2} | [{'op':'remove','path':'/a~1b'},{'op':'replace','path':'/c~0d','value':3}] | {'c~d':3}",
                "{'a':{'b':1},'c':{}} | [{'op':'move','from':'/a/b','path':'/c/d'}] | {'a':{},'c':{'d':1}}",
                "{'a':[1]} | [{'op':'copy','from':'/a','path':'/b'},{'op':'test','path':'/b/0','value':1.0}] | {'a':[1],'b':[1]}",
                "{'a':[1,2,3]} | [{'op':'remove','path':'/a/-1'}] | {'a':[1,2]}",
                "{'a':[1,2,3]} | [{'op':'replace','path':'/a/-3','value':0},{'op':'test','path':'/a/-2','value':2}] | {'a':[0,2,3]}",
                "{'a':[1]} | [{'op':'add','path':'/a/-1','value':2},{'op':'add','path':'/a/-3','value':0}] | {'a':[0,1,2]}",
                "{'a':1} | [{'op':'add','path':'','value':{'x':1}}] | {'x':1}"
            })
    @DisplayName("RFC 6902: operations apply in order")
    void jsonPatch(String target, String patch, String result) throws PatchFailure {
        assertThat(JsonPatch.apply(json(target), json(patch))).isEqualTo(json(result));
    }

    @ParameterizedTest(name = "{0} + {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a':1} | [{'op':'test','path':'/a','value':2}] | NOT_APPLICABLE",
                "{'a':1} | [{'op':'remove','path':'/b'}] | NOT_APPLICABLE",
                "{'a':1} | [{'op':'replace','path':'/b','value':1}] | NOT_APPLICABLE",
                "{'a':[1]} | [{'op':'add','path':'/a/3','value':1}] | NOT_APPLICABLE",
                "{'a':[1]} | [{'op':'remove','path':'/a/01'}] | NOT_APPLICABLE",
                "{'a':[1]} | [{'op':'remove','path':'/a/-2'}] | NOT_APPLICABLE",
                "{'a':[1]} | [{'op':'remove','path':'/a/-0'}] | NOT_APPLICABLE",
                "{'a':{}} | [{'op':'move','from':'/a','path':'/a/b'}] | NOT_APPLICABLE",
                "{'a':1} | [{'op':'add','path':'b','value':1}] | NOT_APPLICABLE",
                "{'a':1} | [{'op':'add','path':'/b'}] | NOT_APPLICABLE",
                "{'a':1} | [{'op':'frob','path':'/b'}] | NOT_APPLICABLE",
                "{'a':1} | {'a':2} | MALFORMED"
            })
    @DisplayName("RFC 6902: what does not apply fails, and says whose fault it is")
    void jsonPatchFails(String target, String patch, PatchFailure.Kind cause) {
        assertThatThrownBy(() -> JsonPatch.apply(json(target), json(patch)))
                .isInstanceOfSatisfying(
                        PatchFailure.class, e -> assertThat(e.cause()).isEqualTo(cause));
    }

    @ParameterizedTest(name = "{0} + {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a':'b'} | {'a':'c'} | {'a':'c'}",
                "{'a':'b','b':'c'} | {'a':null} | {'b':'c'}",
                "{'a':['b']} | {'a':'c'} | {'a':'c'}",
                "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]} | {'a':[1]} | {'a':[1]}",
                "{'e':null} | {'a':1} | {'e':null,'a':1}",
                "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}",
                "{'a':'foo'} | ['c'] | ['c']"
            })
    @DisplayName("RFC 7386, appendix A")
    void mergePatch(String target, String patch, String result) {
        assertThat(MergePatch.apply(json(target), json(patch))).isEqualTo(json(result));
    }

    @Test
    @DisplayName("merging the same patch twice changes nothing more, whatever document and patch")
    void mergeIsIdempotent() {
        for (long seed = 1; seed <= 500; seed++) {
            Random random = new Random(seed);
            JsonNode target = randomObject(random, 3);
            JsonNode patch = randomObject(random, 3);

            JsonNode once = MergePatch.apply(target.deepCopy(), patch);
            JsonNode twice = MergePatch.apply(once.deepCopy(), patch);

            assertThat(twice).as("seed %d", seed).isEqualTo(once);
        }
    }

    @Test
    @DisplayName("adding a member and removing it again gives the document back, whatever the document")
    void addThenRemove() throws PatchFailure {
        JsonNode patch = json("[{'op':'add','path':'/zz','value':{'x':[1]}},{'op':'remove','path':'/zz'}]");
        for (long seed = 1; seed <= 500; seed++) {
            ObjectNode target = randomObject(new Random(seed), 4);

            assertThat(JsonPatch.apply(target.deepCopy(), patch))
                    .as("seed %d", seed)
                    .isEqualTo(target);
        }
    }

    private static ObjectNode randomObject(Random random, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String name = "" + (char) ('a' + random.nextInt(5));
            switch (random.nextInt(depth > 0 ? 5 : 3)) {
                case 0 -> object.put(name, random.nextInt(10));
                case 1 -> object.put(name, "t" + random.nextInt(10));
                case 2 -> object.putNull(name);
                case 3 -> object.putArray(name).add(random.nextInt(3)).add(randomObject(random, depth - 1));
                default -> object.set(name, randomObject(random, depth - 1));
            }
        }
        return object;
    }

    @ParameterizedTest(name = "{0}: {1} + {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "Service | {'spec':{'ports':[{'name':'http','port':80}]}} | {'spec':{'$setElementOrder/ports':[{'port':81}],'ports':[{'name':'http','port':81},{'$patch':'delete','port':80}]}} | {'spec':{'ports':[{'name':'http','port':81}]}}",
                "Service | {'spec':{'ports':[{'port':80,'nodePort':30080},{'port':81}]}} | {'spec':{'ports':[{'port':80,'name':'x'}]}} | {'spec':{'ports':[{'port':80,'nodePort':30080,'name':'x'},{'port':81}]}}",
                "Pod | {'spec':{'containers':[{'name':'a','image':'1'},{'name':'b'}]}} | {'spec':{'containers':[{'name':'a','image':'2'}]}} | {'spec':{'containers':[{'name':'a','image':'2'},{'name':'b'}]}}",
                "Pod | {'spec':{'containers':[{'name':'a'},{'name':'b'}]}} | {'spec':{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}]}} | {'spec':{'containers':[{'name':'b'},{'name':'a'}]}}",
                "Pod | {'spec':{'tolerations':[{'key':'a'}]}} | {'spec':{'tolerations':[{'key':'b'}]}} | {'spec':{'tolerations':[{'key':'b'}]}}",
                "Pod | {'status':{'conditions':[{'type':'Ready','status':'False'},{'type':'X'}]}} | {'status':{'conditions':[{'type':'Ready','status':'True'}]}} | {'status':{'conditions':[{'type':'Ready','status':'True'},{'type':'X'}]}}",
                "Pod | {'metadata':{'finalizers':['a','b']}} | {'metadata':{'$deleteFromPrimitiveList/finalizers':['a'],'finalizers':['c']}} | {'metadata':{'finalizers':['b','c']}}",
                "Pod | {'spec':{'volumes':[{'name':'v','emptyDir':{}}]}} | {'spec':{'volumes':[{'name':'v','$retainKeys':['name','secret'],'secret':{'secretName':'s'}}]}} | {'spec':{'volumes':[{'name':'v','secret':{'secretName':'s'}}]}}",
                "Pod | {'metadata':{'labels':{'a':'1','b':'2'}}} | {'metadata':{'labels':{'$patch':'replace','c':'3'}}} | {'metadata':{'labels':{'c':'3'}}}",
                "Pod | {'metadata':{'labels':{'a':'1'}}} | {'metadata':{'labels':{'$patch':'delete'}}} | {'metadata':{}}",
                "Pod | {'spec':{'containers':[{'name':'a'}]}} | {'spec':{'containers':[{'$patch':'replace'},{'name':'z'}]}} | {'spec':{'containers':[{'name':'z'}]}}",
                "Node | {'spec':{'taints':[{'key':'a','effect':'NoSchedule'}]}} | {'spec':{'taints':[{'key':'b','effect':'NoExecute'}]}} | {'spec':{'taints':[{'key':'a','effect':'NoSchedule'},{'key':'b','effect':'NoExecute'}]}}",
                "Deployment | {'spec':{'template':{'spec':{'containers':[{'name':'a','ports':[{'containerPort':1}]}]}}}} | {'spec':{'template':{'spec':{'containers':[{'name':'a','ports':[{'containerPort':2}]}]}}}} | {'spec':{'template':{'spec':{'containers':[{'name':'a','ports':[{'containerPort':1},{'containerPort':2}]}]}}}}"
            })
    @DisplayName("strategic merge follows merge keys and directives")
    void strategic(String kind, String target, String patch, String result) throws PatchFailure {
        assertThat(StrategicMergePatch.apply(kind, object(target), object(patch)))
                .isEqualTo(json(result));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'spec':{'volumes':[{'name':'v','$retainKeys':['name'],'emptyDir':{}}]}} | invalid patch format of retainKeys",
                "{'spec':{'volumes':[{'name':'v','$retainKeys':'name'}]}} | invalid patch format of retainKeys",
                "{'metadata':{'$setElementOrder/finalizers':['a.b/q'],'finalizers':['z.b/z']}} | the order in patch list",
                "{'spec':{'$setElementOrder/containers':[{'name':'a'},{'name':'b'}],'containers':[{'name':'b'},{'name':'a'}]}} | doesn't match $setElementOrder list",
                "{'metadata':{'$setElementOrder/finalizers':{}}} | invalid patch format of setElementOrder list",
                "{'metadata':{'$deleteFromPrimitiveList/finalizers':'x'}} | invalid patch format of primitive list"
            })
    @DisplayName("directives that contradict the patch they stand in are refused")
    void strategicContradicts(String patch, String why) {
        assertThatThrownBy(() -> StrategicMergePatch.apply("Pod", object("{}"), object(patch)))
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        PatchFailure.class, e -> assertThat(e.cause()).isEqualTo(PatchFailure.Kind.BAD_DIRECTIVE));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'spec':{'volumes':[{'name':'v','$retainKeys':['name','emptyDir'],'emptyDir':{},'secret':null}]}}",
                "{'spec':{'$setElementOrder/containers':[{'name':'a'},{'name':'b'}],'containers':[{'name':'b'},{'name':'x','$patch':'delete'}]}}",
                "{'metadata':{'$setElementOrder/finalizers':[],'finalizers':['z.b/z']}}"
            })
    @DisplayName("directives that say less or more than the patch they stand in are fine")
    void strategicAgrees(String patch) {
        assertThatCode(() -> StrategicMergePatch.apply("Pod", object("{}"), object(patch)))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("an unknown directive and an element without its merge key are refused")
    void strategicFails() {
        assertThatThrownBy(() -> StrategicMergePatch.apply("Pod", object("{}"), object("{'$patch':'frob'}")))
                .hasMessageContaining("frob");
        assertThatThrownBy(() -> StrategicMergePatch.apply(
                        "Pod", object("{}"), object("{'spec':{'containers':[{'image':'x'}]}}")))
                .hasMessageContaining("does not contain declared merge key: name");
    }
}
