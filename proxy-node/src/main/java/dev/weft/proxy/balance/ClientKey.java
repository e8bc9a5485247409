package dev.weft.proxy.balance;

/**
 * What balancers know a client by: hashes of its address, without the port. Every release and every node computes them alike.
 *
 * @param hash even over all 64 bits
 * @param kernelHash what the kernel's rules choose by ({@link KernelHash})
 */
public record ClientKey(long hash, int kernelHash) {
    /** Of an address in network order: 4 or 16 bytes, or none for a client whose address is not known. */
    public static ClientKey of(byte[] address) {
        return new ClientKey(Hashing.of(address, 0), KernelHash.of(address));
    }
}
