package dev.weft.deploy.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.terminal.CommandFailed;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads all objects of a running cluster as of one version: the same for all kinds and all shards, while others write. */
public final class Backup {
    private static final String ANY_LIST = "/api/v1/services";
    private static final int PAGE = 500;

    private final ApiClient api;
    private final List<BackupFile.Entry> entries = new ArrayList<>();

    private Backup(ApiClient api) {
        this.api = api;
    }

    /**
     * Takes one.
     *
     * @throws CommandFailed if the server refuses, e.g. because so much was written meanwhile that the version is forgotten
     */
    public static BackupFile of(ApiClient api) {
        Backup backup = new Backup(api);
        String cluster = ClusterName.of(api);
        String version = api.require(ANY_LIST + "?limit=1")
                .at("/metadata/resourceVersion")
                .asText();
        backup.read("", "/api/v1", version);
        for (JsonNode group : api.require("/apis").path("groups")) {
            String path = "/apis/" + group.at("/preferredVersion/groupVersion").asText();
            backup.read(group.path("name").asText(), path, version);
        }
        return new BackupFile(cluster, Long.parseLong(version), backup.entries);
    }

    private void read(String group, String path, String version) {
        for (JsonNode resource : api.require(path).path("resources")) {
            String name = resource.path("name").asText();
            String verbs = resource.path("verbs").toString();
            // What can be listed but not created is a view of something else.
            boolean stored = verbs.contains("\"list\"") && verbs.contains("\"create\"");
            if (name.indexOf('/') < 0 && stored) {
                readAll(group, name, path, resource.path("kind").asText(), version);
            }
        }
    }

    private void readAll(String group, String resource, String path, String kind, String version) {
        String apiVersion = path.substring(path.indexOf('/', 1) + 1);
        String next = "&resourceVersion=" + version + "&resourceVersionMatch=Exact";
        while (!next.isEmpty()) {
            JsonNode list = api.require(path + "/" + resource + "?limit=" + PAGE + next);
            for (JsonNode item : list.path("items")) {
                ObjectNode object = item.deepCopy();
                object.put("apiVersion", apiVersion).put("kind", kind);
                entries.add(new BackupFile.Entry(group, resource, object));
            }
            String token = list.at("/metadata/continue").asText();
            next = token.isEmpty() ? "" : "&continue=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
        }
    }
}
