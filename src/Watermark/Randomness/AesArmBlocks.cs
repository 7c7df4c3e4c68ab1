using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Aes = System.Runtime.Intrinsics.Arm.Aes;

namespace Watermark.Randomness;

/// <summary>
/// The AES instructions of Arm64, eight blocks in flight as in <see cref="AesX86Blocks"/>. AESE adds the round key
/// before the substitution where AES-NI adds it after MixColumns, so the keys are used one step earlier.
/// </summary>
internal sealed class AesArmBlocks : AesBlocks, IAesSubstitution
{
    private readonly AesKeySchedule schedule;

    public AesArmBlocks(ReadOnlySpan<byte> key) => schedule = AesKeySchedule.Expand<AesArmBlocks>(key);

    public override AesPath Path => AesPath.Arm;

    // With the word in all four columns ShiftRows moves nothing; AESE has no MixColumns.
    public static uint SubWord(uint word) => Aes.Encrypt(Vector128.Create(word).AsByte(), Vector128<byte>.Zero).AsUInt32().ToScalar();

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
        Vector128<byte> b0 = Vector128.LoadUnsafe(ref block);
        Vector128<byte> b1 = Vector128.LoadUnsafe(ref block, 16);
        Vector128<byte> b2 = Vector128.LoadUnsafe(ref block, 32);
        Vector128<byte> b3 = Vector128.LoadUnsafe(ref block, 48);
        Vector128<byte> b4 = Vector128.LoadUnsafe(ref block, 64);
        Vector128<byte> b5 = Vector128.LoadUnsafe(ref block, 80);
        Vector128<byte> b6 = Vector128.LoadUnsafe(ref block, 96);
        Vector128<byte> b7 = Vector128.LoadUnsafe(ref block, 112);
        for (nuint round = 0; round < 144; round += 16)
        {
            Vector128<byte> key = Vector128.LoadUnsafe(ref keys, round);
            b0 = Aes.MixColumns(Aes.Encrypt(b0, key));
            b1 = Aes.MixColumns(Aes.Encrypt(b1, key));
            b2 = Aes.MixColumns(Aes.Encrypt(b2, key));
            b3 = Aes.MixColumns(Aes.Encrypt(b3, key));
            b4 = Aes.MixColumns(Aes.Encrypt(b4, key));
            b5 = Aes.MixColumns(Aes.Encrypt(b5, key));
            b6 = Aes.MixColumns(Aes.Encrypt(b6, key));
            b7 = Aes.MixColumns(Aes.Encrypt(b7, key));
        }

        Vector128<byte> beforeLast = Vector128.LoadUnsafe(ref keys, 144);
        Vector128<byte> last = Vector128.LoadUnsafe(ref keys, 160);
        (Aes.Encrypt(b0, beforeLast) ^ last).StoreUnsafe(ref block);
        (Aes.Encrypt(b1, beforeLast) ^ last).StoreUnsafe(ref block, 16);
        (Aes.Encrypt(b2, beforeLast) ^ last).StoreUnsafe(ref block, 32);
        (Aes.Encrypt(b3, beforeLast) ^ last).StoreUnsafe(ref block, 48);
        (Aes.Encrypt(b4, beforeLast) ^ last).StoreUnsafe(ref block, 64);
        (Aes.Encrypt(b5, beforeLast) ^ last).StoreUnsafe(ref block, 80);
        (Aes.Encrypt(b6, beforeLast) ^ last).StoreUnsafe(ref block, 96);
        (Aes.Encrypt(b7, beforeLast) ^ last).StoreUnsafe(ref block, 112);
    }

    private static void EncryptOne(ref byte block, ref byte keys)
    {
        Vector128<byte> state = Vector128.LoadUnsafe(ref block);
        for (nuint round = 0; round < 144; round += 16)
            state = Aes.MixColumns(Aes.Encrypt(state, Vector128.LoadUnsafe(ref keys, round)));
        (Aes.Encrypt(state, Vector128.LoadUnsafe(ref keys, 144)) ^ Vector128.LoadUnsafe(ref keys, 160)).StoreUnsafe(ref block);
    }
}
