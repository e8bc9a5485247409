package dev.weft.proxy.nftables;

import static dev.weft.proxy.nftables.Pictures.web;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a table found in the kernel")
class InstalledTableTest {
    private static JsonNode listing(String objects) {
        return Pictures.json("{'nftables':[{'metainfo':{'version':'1.0.6'}},{'table':{'family':'inet','name':'weft'}},"
                + objects + "]}");
    }

    @Test
    @DisplayName("is read as nft prints it")
    void read() {
        InstalledTable table = InstalledTable.read(listing("{'map':{'name':'services/4','map':'verdict','elem':["
                + "[{'concat':['10.96.0.11','udp',53]},{'drop':null}],"
                + "[{'elem':{'val':{'concat':['10.96.0.10','tcp',80]},'counter':{'packets':3,'bytes':180}}},{'goto':{'target':'random/4/tcp/1'}}]]}},"
                + "{'map':{'name':'endpoints/4/tcp','elem':[[{'concat':['10.96.0.10',80,0]},{'concat':['10.0.0.1',8080]}]]}},"
                + "{'set':{'name':'virtual/4','elem':['10.96.0.10']}},"
                + "{'set':{'name':'client/a','flags':['timeout'],'elem':[{'elem':{'val':'10.0.0.9','expires':5}}]}},"
                + "{'chain':{'name':'format/2'}},{'chain':{'name':'owner/node-1'}},{'chain':{'name':'turn/x'}},"
                + "{'rule':{'chain':'turn/x','comment':'0123456789abcdef','expr':[]}},"
                + "{'chain':{'name':'edited'}},{'rule':{'chain':'edited','comment':'0123456789abcdef'}},"
                + "{'rule':{'chain':'edited'}}"));
        assertThat(table.owner()).isEqualTo("node-1");
        assertThat(table.elements())
                .containsEntry(
                        "services/4",
                        Map.of("10.96.0.11 . udp . 53", "drop", "10.96.0.10 . tcp . 80", "goto random/4/tcp/1"))
                .containsEntry("endpoints/4/tcp", Map.of("10.96.0.10 . 80 . 0", "10.0.0.1 . 8080"))
                .containsEntry("virtual/4", Map.of("10.96.0.10", ""))
                .doesNotContainKey("client/a");
        assertThat(table.sets()).contains("client/a");
        assertThat(table.chains()).containsEntry("turn/x", "0123456789abcdef#1").containsEntry("edited", "changed#2");
    }

    @Test
    @DisplayName("of another format has no owner, and is made anew")
    void otherFormat() {
        assertThat(InstalledTable.read(listing("{'chain':{'name':'owner/node-1'}}"))
                        .owner())
                .isNull();
    }

    @Test
    @DisplayName("is brought to what is wanted by its differences only")
    void difference() {
        RuleSet rules = new RuleSet(RuleSetTest.settings(4), "node-1");
        rules.update(
                web("web", "10.96.0.10", RuleSetTest.RANDOM, "").key(),
                web("web", "10.96.0.10", RuleSetTest.RANDOM, "", "10.0.0.1"),
                RuleSetTest.compiler());
        Tracer kernel = new Tracer();
        kernel.run(rules.table().all().scriptFromNothing("weft", "test"));
        kernel.run("""
                add chain inet weft left-over
                add rule inet weft left-over accept
                add element inet weft virtual/4 { 10.96.0.99 }
                """);
        InstalledTable installed = kernel.installed();
        assertThat(rules.table().difference(installed).script("weft")).isEqualTo("""
                        delete element inet weft virtual/4 { 10.96.0.99 }
                        flush chain inet weft left-over
                        delete chain inet weft left-over
                        """);
    }
}
