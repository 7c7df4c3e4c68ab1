using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Watermark.Randomness;

/// <summary>
/// AES-NI. A round has a latency of several cycles and a throughput of one or two per cycle, so eight independent blocks
/// are in flight: enough to fill the pipes, few enough for the sixteen vector registers.
/// </summary>
internal sealed class AesX86Blocks : AesBlocks, IAesSubstitution
{
    private readonly AesKeySchedule schedule;

    public AesX86Blocks(ReadOnlySpan<byte> key) => schedule = AesKeySchedule.Expand<AesX86Blocks>(key);

    public override AesPath Path => AesPath.X86;

    // With the word in all four columns ShiftRows moves nothing, and the last round has no MixColumns.
    public static uint SubWord(uint word) => Aes.EncryptLast(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();

    protected override void EncryptCore(Span<byte> blocks)
    {
        ref byte keys = ref MemoryMarshal.GetReference(schedule.RoundKeys);
        ref byte block = ref MemoryMarshal.GetReference(blocks);
        nuint end = (nuint)blocks.Length;
        nuint offset = 0;
        for (; end - offset >= 8 * BlockSize; offset += 8 * BlockSize)
            EncryptEight(ref Unsafe.Add(ref block, offset), ref keys);
        for (; offset < end; offset += BlockSize)
            EncryptOne(ref Unsafe.Add(ref block, offset), ref keys);
    }

    protected override void EraseKey() => schedule.Erase();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EncryptEight(ref byte block, ref byte keys)
    {
        Vector128<byte> key = Vector128.LoadUnsafe(ref keys);
        Vector128<byte> b0 = Vector128.LoadUnsafe(ref block) ^ key;
        Vector128<byte> b1 = Vector128.LoadUnsafe(ref block, 16) ^ key;
        Vector128<byte> b2 = Vector128.LoadUnsafe(ref block, 32) ^ key;
        Vector128<byte> b3 = Vector128.LoadUnsafe(ref block, 48) ^ key;
        Vector128<byte> b4 = Vector128.LoadUnsafe(ref block, 64) ^ key;
        Vector128<byte> b5 = Vector128.LoadUnsafe(ref block, 80) ^ key;
        Vector128<byte> b6 = Vector128.LoadUnsafe(ref block, 96) ^ key;
        Vector128<byte> b7 = Vector128.LoadUnsafe(ref block, 112) ^ key;
        for (nuint round = 16; round < 160; round += 16)
        {
            key = Vector128.LoadUnsafe(ref keys, round);
            b0 = Aes.Encrypt(b0, key);
            b1 = Aes.Encrypt(b1, key);
            b2 = Aes.Encrypt(b2, key);
            b3 = Aes.Encrypt(b3, key);
            b4 = Aes.Encrypt(b4, key);
            b5 = Aes.Encrypt(b5, key);
            b6 = Aes.Encrypt(b6, key);
            b7 = Aes.Encrypt(b7, key);
        }

        key = Vector128.LoadUnsafe(ref keys, 160);
        Aes.EncryptLast(b0, key).StoreUnsafe(ref block);
        Aes.EncryptLast(b1, key).StoreUnsafe(ref block, 16);
        Aes.EncryptLast(b2, key).StoreUnsafe(ref block, 32);
        Aes.EncryptLast(b3, key).StoreUnsafe(ref block, 48);
        Aes.EncryptLast(b4, key).StoreUnsafe(ref block, 64);
        Aes.EncryptLast(b5, key).StoreUnsafe(ref block, 80);
        Aes.EncryptLast(b6, key).StoreUnsafe(ref block, 96);
        Aes.EncryptLast(b7, key).StoreUnsafe(ref block, 112);
    }

    private static void EncryptOne(ref byte block, ref byte keys)
    {
        Vector128<byte> state = Vector128.LoadUnsafe(ref block) ^ Vector128.LoadUnsafe(ref keys);
        for (nuint round = 16; round < 160; round += 16)
            state = Aes.Encrypt(state, Vector128.LoadUnsafe(ref keys, round));
        Aes.EncryptLast(state, Vector128.LoadUnsafe(ref keys, 160)).StoreUnsafe(ref block);
    }
}
