package dev.weft.registry.resource;

import static dev.weft.registry.resource.Samples.RANGES;
import static dev.weft.registry.resource.Samples.SERVICE;
import static dev.weft.registry.resource.Samples.accepted;
import static dev.weft.registry.resource.Samples.admit;
import static dev.weft.registry.resource.Samples.json;
import static dev.weft.registry.resource.Samples.patch;
import static dev.weft.registry.resource.Samples.refused;
import static dev.weft.registry.resource.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Admission.Admitted;
import dev.weft.registry.resource.Write.FieldValidation;
import dev.weft.registry.resource.Write.PatchType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    @Test
    @DisplayName("a new object gets uid and creation time and loses whatever else only the server writes")
    void serverOwnsMetadata() {
        ObjectNode object = accepted(
                admit(
                        RANGES,
                        "{'kind':'ConfigMap','apiVersion':'v1','metadata':{'name':'a','uid':'forged','generation':9,"
                                + "'creationTimestamp':null,'selfLink':'/x','managedFields':[],'deletionTimestamp':'2020-01-01T00:00:00Z'}}"));

        assertThat(object.path("metadata"))
                .isEqualTo(json(
                        "{'name':'a','namespace':'default','uid':'uid-1','creationTimestamp':'2026-01-02T03:04:05Z'}"));
    }

    @Test
    @DisplayName("generateName gets five letters that are the same for the same random numbers")
    void generatesNames() {
        String text = "{'kind':'ConfigMap','apiVersion':'v1','metadata':{'generateName':'job-'}}";
        Admitted.Accepted first = (Admitted.Accepted) admit(RANGES, text);

        assertThat(first.key().name()).matches("job-[bcdfghjklmnpqrstvwxz2456789]{5}");
        assertThat(((Admitted.Accepted) admit(RANGES, text)).key()).isEqualTo(first.key());
    }

    @Test
    @DisplayName("strict validation names unknown and doubled fields in the words of kube-apiserver")
    void strict() {
        Refusal refusal = refused(
                admit(
                        RANGES,
                        "{'kind':'Service','apiVersion':'v1','metadata':{'name':'a'},'spec':{'prots':[],'ports':[{'port':1,'port':2}]}}"));

        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.BadRequest);
        assertThat(refusal.message())
                .isEqualTo("Service in version \"v1\" cannot be handled as a Service: strict decoding error: "
                        + "duplicate field \"spec.ports[0].port\", unknown field \"spec.prots\"");
    }

    @Test
    @DisplayName("lenient validation drops unknown fields, and says so if it is to warn")
    void lenient() {
        String text = SERVICE.replace("'spec':{", "'spec':{'prots':1,");

        assertThat(accepted(admit(RANGES, text, FieldValidation.IGNORE))
                        .path("spec")
                        .has("prots"))
                .isFalse();
        Admitted.Accepted warned = (Admitted.Accepted) admit(RANGES, text, FieldValidation.WARN);
        assertThat(warned.warnings()).containsExactly("unknown field \"spec.prots\"");
    }

    @Test
    @DisplayName("a wrongly typed value is refused however lenient the validation is")
    void mistyped() {
        Refusal refusal = refused(admit(RANGES, SERVICE.replace("80", "'80'"), FieldValidation.IGNORE));

        assertThat(refusal.message())
                .isEqualTo("Service in version \"v1\" cannot be handled as a Service: json: cannot unmarshal string"
                        + " into Go struct field ServicePort.spec.ports.port of type int32");
    }

    @Test
    @DisplayName("an update with an old version is a conflict, one with another uid too")
    void preconditions() {
        ObjectNode present = accepted(admit(RANGES, SERVICE));
        ObjectNode old = present.deepCopy();
        ((ObjectNode) old.path("metadata")).put("resourceVersion", "4");

        Refusal refusal = refused(update(RANGES, present, old, ""));

        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.Conflict);
        assertThat(refusal.message())
                .isEqualTo("Operation cannot be fulfilled on services \"web\": the object has been modified; please"
                        + " apply your changes to the latest version and try again");
    }

    @Test
    @DisplayName("an update with a version that is no number is a bad request: to read again and retry would not help")
    void versionThatIsNone() {
        ObjectNode present = accepted(admit(RANGES, SERVICE));
        ObjectNode next = present.deepCopy();
        next.withObject("/metadata").put("resourceVersion", "newest");

        Refusal refusal = refused(update(RANGES, present, next, ""));

        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.BadRequest);
        assertThat(refusal.message()).startsWith("metadata.resourceVersion: Invalid value: \"newest\"");
        assertThat(refused(patch(present, PatchType.MERGE_PATCH, "", "{'metadata':{'resourceVersion':'-5'}}"))
                        .reason())
                .isEqualTo(Refusal.Reason.BadRequest);
    }

    @Test
    @DisplayName("a Namespace is Terminating when it is being deleted, and only then, whoever writes its status")
    void phaseOfNamespace() {
        ObjectNode living =
                accepted(admit(RANGES, "{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'team'}}"));
        String terminating = "{'status':{'phase':'Terminating'}}";

        Refusal refusal = refused(patch(living, PatchType.MERGE_PATCH, "status", terminating));

        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.Invalid);
        assertThat(refusal.message())
                .isEqualTo("Namespace \"team\" is invalid: status.Phase: Invalid value: \"Terminating\": may only be"
                        + " 'Active' if `deletionTimestamp` is empty");

        ObjectNode ending = living.deepCopy();
        ending.withObject("/metadata").put("deletionTimestamp", "2026-01-02T03:04:05Z");
        ending.withObject("/status").put("phase", "Terminating");
        assertThat(refused(patch(ending, PatchType.MERGE_PATCH, "status", "{'status':{'phase':'Active'}}"))
                        .message())
                .contains("may only be 'Terminating' if `deletionTimestamp` is not empty");
        assertThat(accepted(patch(ending, PatchType.MERGE_PATCH, "status", "{'status':{'conditions':[]}}"))
                        .at("/status/phase")
                        .asText())
                .isEqualTo("Terminating");
    }

    @Test
    @DisplayName("an update names its object; a patch need not")
    void unnamed() {
        ObjectNode present = accepted(admit(RANGES, SERVICE));
        ObjectNode next = present.deepCopy();
        next.withObject("/metadata").remove("name");

        Refusal refusal = refused(update(RANGES, present, next, ""));

        assertThat(refusal.reason()).isEqualTo(Refusal.Reason.BadRequest);
        assertThat(refusal.message())
                .isEqualTo("the name of the object (web based on URL) was undeterminable: name must be provided");
        assertThat(refused(update(RANGES, present, next, "status")).reason()).isEqualTo(Refusal.Reason.BadRequest);
        assertThat(accepted(patch(present, PatchType.MERGE_PATCH, "", "{'metadata':{'labels':{'x':'y'}}}"))
                        .at("/metadata/name")
                        .asText())
                .isEqualTo("web");
    }

    @Test
    @DisplayName("an update that changes nothing is accepted as unchanged")
    void unchanged() {
        ObjectNode present = accepted(admit(RANGES, SERVICE));

        Admitted.Accepted again = (Admitted.Accepted) update(RANGES, present, present.deepCopy(), "");

        assertThat(again.changed()).isFalse();
    }

    @Test
    @DisplayName("an update of the object leaves its status, an update of the status leaves the object")
    void statusApart() {
        ObjectNode present = accepted(admit(RANGES, Samples.POD));
        ObjectNode next = present.deepCopy();
        next.withObject("/status").put("phase", "Running");
        next.withObject("/metadata").withObject("labels").put("a", "b");

        ObjectNode byObject = accepted(update(RANGES, present, next, ""));
        ObjectNode byStatus = accepted(update(RANGES, present, next, "status"));

        assertThat(byObject.at("/status/phase").asText()).isEqualTo("Pending");
        assertThat(byObject.at("/metadata/labels/a").asText()).isEqualTo("b");
        assertThat(byStatus.at("/status/phase").asText()).isEqualTo("Running");
    }

    @Test
    @DisplayName("the generation counts changes of the spec only")
    void generation() {
        ObjectNode present = accepted(
                admit(
                        RANGES,
                        "{'kind':'Deployment','apiVersion':'apps/v1','metadata':{'name':'d'},'spec':{'selector':{'matchLabels':{'a':'b'}},"
                                + "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}"));
        assertThat(present.at("/metadata/generation").asInt()).isEqualTo(1);

        ObjectNode labelled = accepted(patch(present, PatchType.MERGE_PATCH, "", "{'metadata':{'labels':{'x':'y'}}}"));
        ObjectNode scaled = accepted(patch(present, PatchType.MERGE_PATCH, "scale", "{'spec':{'replicas':3}}"));

        assertThat(labelled.at("/metadata/generation").asInt()).isEqualTo(1);
        assertThat(scaled.at("/metadata/generation").asInt()).isEqualTo(2);
        assertThat(scaled.at("/spec/replicas").asInt()).isEqualTo(3);
    }

    @Test
    @DisplayName("API-8: taking the last finalizer from a marked object releases it; adding one is forbidden")
    void finalizers() {
        ObjectNode present = accepted(admit(RANGES, SERVICE));
        present.withObject("/metadata")
                .put("deletionTimestamp", "2026-01-01T00:00:00Z")
                .put("deletionGracePeriodSeconds", 0);
        present.withObject("/metadata").putArray("finalizers").add("a.example/x");

        Admitted.Accepted done =
                (Admitted.Accepted) patch(present, PatchType.MERGE_PATCH, "", "{'metadata':{'finalizers':null}}");
        Refusal more = refused(
                patch(present, PatchType.MERGE_PATCH, "", "{'metadata':{'finalizers':['a.example/x','a.example/y']}}"));

        assertThat(done.released()).isTrue();
        assertThat(more.message()).contains("no new finalizers can be added if the object is being deleted");
    }

    @Test
    @DisplayName("a failing JSON patch test is 422, a patch that makes unknown fields too")
    void patchFailures() {
        ObjectNode present = accepted(admit(RANGES, SERVICE));

        assertThat(refused(patch(
                                present,
                                PatchType.JSON_PATCH,
                                "",
                                "[{'op':'test','path':'/spec/type','value':'NodePort'}]"))
                        .reason())
                .isEqualTo(Refusal.Reason.Invalid);
        assertThat(refused(patch(present, PatchType.MERGE_PATCH, "", "{'spec':{'prots':1}}"))
                        .message())
                .contains("strict decoding error: unknown field \"spec.prots\"");
    }

    @Test
    @DisplayName("metadata is held against Kubernetes' forms")
    void metadataForms() {
        Refusal refusal = refused(
                admit(
                        RANGES,
                        "{'kind':'ConfigMap','apiVersion':'v1','metadata':{'name':'Bad_Name','labels':{'a b':'c','d':'e f'}}}"));

        assertThat(refusal.causes())
                .extracting(FieldError::field)
                .containsExactly("metadata.name", "metadata.labels", "metadata.labels");
        assertThat(refusal.message())
                .startsWith(
                        "ConfigMap \"Bad_Name\" is invalid: [metadata.name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 subdomain");
    }

    @Test
    @DisplayName("an older served version is stored as the storage version")
    void versions() {
        ObjectNode object = accepted(admit(
                RANGES,
                "{'kind':'ServiceExport','apiVersion':'multicluster.x-k8s.io/v1alpha1','metadata':{'name':'web'}}"));

        assertThat(object.path("apiVersion").asText()).isEqualTo("multicluster.x-k8s.io/v1beta1");
    }
}
