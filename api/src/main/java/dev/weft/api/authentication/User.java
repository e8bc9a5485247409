package dev.weft.api.authentication;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who asks.
 *
 * @param uid empty if there is none
 * @param extra further things that are known of him
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    /** May do everything, whatever the roles say. */
    public static final String MASTERS = "system:masters";

    /** Whoever proved to be somebody. */
    public static final String AUTHENTICATED = "system:authenticated";

    /** Whoever did not. */
    public static final String UNAUTHENTICATED = "system:unauthenticated";

    /** Whoever is a proxy-node. */
    public static final String PROXY_NODES = "weft:proxy-nodes";

    /** A proxy-node's name as a user begins with it, and ends with the name of its Node. */
    public static final String PROXY_NODE_PREFIX = "weft:proxy-node:";

    /** Whoever brings no credentials, where that is allowed. */
    public static final User ANONYMOUS = new User("system:anonymous", "", List.of(UNAUTHENTICATED), Map.of());

    /** Everybody, where nobody is asked who he is. */
    public static final User ADMIN = new User("system:admin", "", List.of(MASTERS, AUTHENTICATED), Map.of());

    public User {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }

    /** One who proved to be this, and therefore is in the group of those who did. */
    public static User authenticated(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
        if (groups.contains(AUTHENTICATED)) {
            return new User(name, uid, groups, extra);
        }
        List<String> all = new ArrayList<>(groups);
        all.add(AUTHENTICATED);
        return new User(name, uid, all, extra);
    }

    /** Whether he may do everything. */
    public boolean isMaster() {
        return groups.contains(MASTERS);
    }

    /** As {@code UserInfo} of reviews. */
    public ObjectNode info() {
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        info.put("username", name);
        if (!uid.isEmpty()) {
            info.put("uid", uid);
        }
        if (!groups.isEmpty()) {
            groups.forEach(info.putArray("groups")::add);
        }
        if (!extra.isEmpty()) {
            ObjectNode further = info.putObject("extra");
            new TreeMap<>(extra).forEach((key, values) -> values.forEach(further.putArray(key)::add));
        }
        return info;
    }
}
