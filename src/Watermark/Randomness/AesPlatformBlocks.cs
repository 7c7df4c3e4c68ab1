using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Watermark.Randomness;

/// <summary>
/// The platform's AES. One <see cref="Aes"/> object must not serve two threads at a time, so each call takes one from
/// a pool that grows to the number of threads.
/// </summary>
internal sealed class AesPlatformBlocks : AesBlocks
{
    private readonly ConcurrentBag<Aes> pool = [];
    private readonly byte[] key = GC.AllocateUninitializedArray<byte>(KeySize, pinned: true);

    public AesPlatformBlocks(ReadOnlySpan<byte> key) => key.CopyTo(this.key);

    public override AesPath Path => AesPath.Platform;

    protected override void EncryptCore(Span<byte> blocks)
    {
        if (!pool.TryTake(out Aes? aes))
        {
            aes = Aes.Create();
            aes.SetKey(key);
        }

        aes.EncryptEcb(blocks, blocks, PaddingMode.None);
        pool.Add(aes);
    }

    protected override void EraseKey()
    {
        CryptographicOperations.ZeroMemory(key);
        while (pool.TryTake(out Aes? aes))
            aes.Dispose();
    }
}
