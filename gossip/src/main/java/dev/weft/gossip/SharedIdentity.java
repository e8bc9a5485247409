package dev.weft.gossip;

import dev.weft.gossip.trust.IdentityDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.function.UnaryOperator;

/** Gives all processes of a cluster one identity, through something that they share. */
public final class SharedIdentity {
    private SharedIdentity() {}

    /**
     * Makes the identity in a directory the one that all processes have.
     *
     * @param agree is given the identity in this directory, made where there is none, and answers with the one that all
     *     have: this one where it is the first. It holds the cluster's key and is to be kept secret.
     * @throws IOException where one cannot be read or written, in a sentence for the user
     */
    public static void keep(Path directory, String cluster, UnaryOperator<String> agree) throws IOException {
        IdentityDirectory kept = new IdentityDirectory(directory);
        SecureRandom chance = new SecureRandom();
        kept.adopt(cluster, agree.apply(kept.text(cluster, chance::nextBytes)));
    }
}
