package dev.weft.gossip;

/** Why a federation did not do what was asked of it, in a sentence for the user. Ends the stages of the front door. */
public final class FederationRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    public FederationRefusal(String reason) {
        super(reason);
    }
}
