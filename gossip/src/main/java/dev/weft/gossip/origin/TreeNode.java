package dev.weft.gossip.origin;

/** What stands in a {@link RecordTree}: a record, where it ends, or a branch of it. */
sealed interface TreeNode permits OriginRecord, TreeBranch {}
