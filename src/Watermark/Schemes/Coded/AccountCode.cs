using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Watermark.Keys;
using Watermark.Randomness;

namespace Watermark.Schemes.Coded;

/// <summary>
/// The codewords of accounts under one code key: <see cref="CodedGreenListScheme.Positions"/> signs an account, AES-128 in
/// counter mode from a nonce that is a keyed hash of the account's id. Bit-exact; safe for concurrent use until disposed.
/// </summary>
public sealed class AccountCode : IDisposable
{
    /// <summary>Bytes of a codeword, one bit a position, the lowest bit first: 0 is +1 and 1 is −1.</summary>
    public const int CodewordBytes = CodedGreenListScheme.Positions / 8;

    private const int NonceBytes = 12;

    private readonly AesBlocks blocks;
    private readonly byte[] hashKey = GC.AllocateUninitializedArray<byte>(AesBlocks.KeySize, pinned: true);

    /// <summary>Takes a code key.</summary>
    /// <param name="key">32 bytes, copied: the AES key, then the key of the hash.</param>
    /// <param name="path">How AES is computed.</param>
    internal AccountCode(ReadOnlySpan<byte> key, AesPath path)
    {
        blocks = AesBlocks.Create(key[..AesBlocks.KeySize], path);
        key[AesBlocks.KeySize..WatermarkKey.Size].CopyTo(hashKey);
    }

    /// <summary>A code that nothing was marked with, to compare a key's code with.</summary>
    /// <param name="random">Where its key comes from.</param>
    public static AccountCode Draw(RandomBits random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> key = stackalloc byte[WatermarkKey.Size];
        random.Fill(key);
        return new AccountCode(key, AesPaths.Best);
    }

    /// <summary>Writes the codeword of an account.</summary>
    /// <param name="account">The account's id, not empty; UTF-8.</param>
    /// <param name="codeword"><see cref="CodewordBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">The id is empty, or the buffer has another length.</exception>
    public void Write(string account, Span<byte> codeword)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        if (codeword.Length != CodewordBytes)
            throw new ArgumentException($"A codeword has {CodewordBytes} bytes, not {codeword.Length}.", nameof(codeword));
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(hashKey, Encoding.UTF8.GetBytes(account), digest);
        for (int block = 0; block < CodewordBytes / AesBlocks.BlockSize; block++)
        {
            Span<byte> input = codeword.Slice(block * AesBlocks.BlockSize, AesBlocks.BlockSize);
            digest[..NonceBytes].CopyTo(input);
            BinaryPrimitives.WriteInt32LittleEndian(input[NonceBytes..], block);
        }

        blocks.Encrypt(codeword);
    }

    /// <summary>Erases the keys.</summary>
    public void Dispose()
    {
        blocks.Dispose();
        CryptographicOperations.ZeroMemory(hashKey);
    }
}
