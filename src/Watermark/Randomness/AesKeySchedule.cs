using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Watermark.Randomness;

/// <summary>
/// The S-box on the four bytes of a word, by the processor's own instruction: no table, so no timing side channel.
/// </summary>
internal interface IAesSubstitution
{
    /// <summary>SubWord of FIPS 197 §5.2.</summary>
    /// <param name="word">Four bytes, the first the lowest.</param>
    static abstract uint SubWord(uint word);
}

/// <summary>The eleven round keys of AES-128, FIPS 197 §5.2, in memory that the collector does not move.</summary>
internal sealed class AesKeySchedule
{
    /// <summary>Bytes of all round keys.</summary>
    public const int Size = (Rounds + 1) * AesBlocks.BlockSize;

    private const int Rounds = 10;
    private const int KeyWords = AesBlocks.KeySize / sizeof(uint);

    private readonly byte[] roundKeys = GC.AllocateUninitializedArray<byte>(Size, pinned: true);

    private AesKeySchedule()
    {
    }

    /// <summary>The round keys, the first the key itself.</summary>
    public ReadOnlySpan<byte> RoundKeys => roundKeys;

    /// <summary>Expands a key.</summary>
    /// <typeparam name="TSubstitution">The S-box.</typeparam>
    /// <param name="key">16 bytes.</param>
    public static AesKeySchedule Expand<TSubstitution>(ReadOnlySpan<byte> key)
        where TSubstitution : IAesSubstitution
    {
        var schedule = new AesKeySchedule();
        Span<byte> bytes = schedule.roundKeys;
        key.CopyTo(bytes);
        uint constant = 1;
        for (int i = KeyWords; i < Size / sizeof(uint); i++)
        {
            uint word = Word(bytes, i - 1);
            if (i % KeyWords == 0)
            {
                word = TSubstitution.SubWord(uint.RotateRight(word, 8)) ^ constant;
                constant = (constant << 1) ^ ((constant >> 7) * 0x11B);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i * sizeof(uint))..], word ^ Word(bytes, i - KeyWords));
        }

        return schedule;
    }

    /// <summary>Overwrites the round keys with zeros.</summary>
    public void Erase() => CryptographicOperations.ZeroMemory(roundKeys);

    private static uint Word(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * sizeof(uint))..]);
}
