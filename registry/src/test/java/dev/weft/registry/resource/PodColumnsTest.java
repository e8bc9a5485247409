package dev.weft.registry.resource;

import static dev.weft.registry.resource.Samples.NOW;
import static dev.weft.registry.resource.Samples.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodColumnsTest {
    private static final String WAITING =
            "'containerStatuses':[{'name':'c','ready':false,'state':{'waiting':{'reason':'PodInitializing'}}}]";
    private static final String RUNNING = "'containerStatuses':[{'name':'c','ready':true,'state':{'running':{}}}]";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'name':'a','state':{'running':{}}},{'name':'b','state':{'waiting':{'reason':'PodInitializing'}}} | 0/1 | Init:0/2 | 0",
                "{'name':'a','restartCount':2,'state':{'waiting':{'reason':'CrashLoopBackOff'}}} | 0/1 | Init:CrashLoopBackOff | 2",
                "{'name':'a','state':{'terminated':{'exitCode':3,'reason':'Error'}}} | 0/1 | Init:Error | 0",
                "{'name':'a','state':{'terminated':{'exitCode':3}}} | 0/1 | Init:ExitCode:3 | 0",
                "{'name':'a','state':{'terminated':{'exitCode':137,'signal':9}}} | 0/1 | Init:Signal:9 | 0",
                "{'name':'a','state':{'terminated':{'exitCode':0}}},{'name':'b','restartCount':2,'state':{'waiting':{'reason':'PodInitializing'}}} | 0/1 | Init:1/2 | 2",
                "{'name':'a','restartCount':1,'lastState':{'terminated':{'finishedAt':'2026-01-02T03:02:05Z'}},'state':{'running':{}}} | 0/1 | Init:0/2 | 1 (2m ago)"
            })
    @DisplayName("a Pod whose init containers are not done tells of them")
    void initializing(String statuses, String ready, String status, String restarts) {
        ObjectNode pod = object(
                "{'spec':{'initContainers':[{'name':'a'},{'name':'b'}],'containers':[{'name':'c'}]},'status':{'phase':'Pending','initContainerStatuses':["
                        + statuses + "]," + WAITING + "}}");

        assertThat(cell(pod, "Ready")).isEqualTo(ready);
        assertThat(cell(pod, "Status")).isEqualTo(status);
        assertThat(cell(pod, "Restarts")).isEqualTo(restarts);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'initContainerStatuses':[{'name':'s','started':true,'ready':true,'restartCount':3,'state':{'running':{}}},{'name':'i','restartCount':4,'state':{'terminated':{'exitCode':0}}}] | 2/2 | Running | 3",
                "'initContainerStatuses':[{'name':'s','started':false,'state':{'running':{}}}] | 0/2 | Init:0/2 | 0",
                "'initContainerStatuses':[{'name':'s','state':{'waiting':{'reason':'Oops'}}}],'conditions':[{'type':'Initialized','status':'True'}] | 1/2 | Init:Oops | 0",
                "'conditions':[{'type':'PodScheduled','status':'False','reason':'SchedulingGated'}] | 1/2 | SchedulingGated | 0",
                "'reason':'Evicted' | 1/2 | Evicted | 0"
            })
    @DisplayName("a sidecar counts as a container, an init container that is done no more")
    void running(String more, String ready, String status, String restarts) {
        ObjectNode pod = object(
                "{'spec':{'initContainers':[{'name':'s','restartPolicy':'Always'},{'name':'i'}],'containers':[{'name':'c'}]},'status':{'phase':'Running',"
                        + RUNNING + "," + more + "}}");

        assertThat(cell(pod, "Ready")).isEqualTo(ready);
        assertThat(cell(pod, "Status")).isEqualTo(status);
        assertThat(cell(pod, "Restarts")).isEqualTo(restarts);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"Running, '', Terminating", "Succeeded, '', Succeeded", "Running, NodeLost, Unknown"})
    @DisplayName("a Pod that is going says so, unless it has ended or its node is lost")
    void going(String phase, String reason, String status) {
        ObjectNode pod = object("{'metadata':{'deletionTimestamp':'2026-01-01T00:00:00Z'},'spec':{},'status':{'phase':'"
                + phase + "','reason':'" + reason + "'}}");

        assertThat(cell(pod, "Status")).isEqualTo(status);
    }

    private static String cell(ObjectNode pod, String name) {
        return PodColumns.all().done().stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow()
                .cell()
                .of(pod, NOW)
                .toString();
    }
}
