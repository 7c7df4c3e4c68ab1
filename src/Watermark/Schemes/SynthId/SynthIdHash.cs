using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Watermark.NGrams;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// The hash of SynthID-Text, a linear congruential fold: <c>f(x, d) = (x + d)·6364136223846793005 + 1</c> in 64 bits,
/// over the context, then the token, then a layer's key (Dathathri et al., "Scalable watermarking for identifying large
/// language model outputs", Nature 634, 2024, and its released code). Not cryptographic. Bit-exact.
/// </summary>
public static class SynthIdHash
{
    /// <summary>The multiplier (Knuth's MMIX generator).</summary>
    public const ulong Multiplier = 6364136223846793005;

    /// <summary>The value that Hugging Face transformers starts from.</summary>
    public const ulong HuggingFaceStart = 1;

    /// <summary>
    /// The value that DeepMind's release starts from: SHA-256 of the keys as little-endian 64-bit integers, read as a
    /// big-endian integer, modulo 2^63 − 1.
    /// </summary>
    /// <param name="keys">The layers' keys.</param>
    public static ulong DeepMindStart(ReadOnlySpan<long> keys)
    {
        byte[] bytes = new byte[keys.Length * sizeof(long)];
        for (int i = 0; i < keys.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), keys[i]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        CryptographicOperations.ZeroMemory(bytes);
        UInt128 remainder = 0;
        foreach (byte digit in digest)
            remainder = ((remainder << 8) | digit) % (ulong)long.MaxValue;
        CryptographicOperations.ZeroMemory(digest);
        return (ulong)remainder;
    }

    /// <summary>One fold.</summary>
    /// <param name="hash">x.</param>
    /// <param name="data">d; token ids and keys are sign-extended to 64 bits.</param>
    public static ulong Fold(ulong hash, long data) => unchecked(((hash + (ulong)data) * Multiplier) + 1);

    /// <summary>The fold of a context.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="context">The tokens, oldest first.</param>
    public static ulong Context(ulong start, ReadOnlySpan<int> context)
    {
        foreach (int token in context)
            start = Fold(start, token);
        return start;
    }

    /// <summary>The fold of every row, context then token, with the fastest kernel this CPU has.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="hashes">One hash a row.</param>
    public static void Rows(ulong start, NGramRows rows, Span<ulong> hashes)
    {
        int done = Avx2.IsSupported ? SynthIdFoldAvx2.Rows(start, rows, hashes) : 0;
        RowsScalar(start, rows.Slice(done, rows.Count - done), hashes[done..]);
    }

    /// <summary>The scalar twin of <see cref="Rows"/>.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="hashes">One hash a row.</param>
    internal static void RowsScalar(ulong start, NGramRows rows, Span<ulong> hashes)
    {
        hashes = hashes[..rows.Count];
        hashes.Fill(start);
        for (int column = 0; column <= rows.ContextWidth; column++)
        {
            ReadOnlySpan<int> tokens = rows.Column(column);
            for (int i = 0; i < hashes.Length; i++)
                hashes[i] = Fold(hashes[i], tokens[i]);
        }
    }
}
