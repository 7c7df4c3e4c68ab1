namespace Watermark.Randomness;

/// <summary>
/// AES-128 (FIPS 197) under one key, block by block and without chaining: the keyed permutation that the native marks use.
/// Bit-exact on every path. Safe for concurrent use until disposed.
/// </summary>
internal abstract class AesBlocks : IDisposable
{
    /// <summary>Bytes in a block.</summary>
    public const int BlockSize = 16;

    /// <summary>Bytes in a key.</summary>
    public const int KeySize = 16;

    /// <summary>How this instance encrypts.</summary>
    public abstract AesPath Path { get; }

    /// <summary>Whether the key was erased.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>Creates an instance for one path.</summary>
    /// <param name="key">16 bytes, copied.</param>
    /// <param name="path">The path; it must run on this processor.</param>
    public static AesBlocks Create(ReadOnlySpan<byte> key, AesPath path)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize);
        if (!AesPaths.IsSupported(path))
            throw new PlatformNotSupportedException($"The AES path '{path}' does not run on this processor.");
        return path switch
        {
            AesPath.X86 => new AesX86Blocks(key),
            AesPath.Arm => new AesArmBlocks(key),
            _ => new AesPlatformBlocks(key),
        };
    }

    /// <summary>Encrypts blocks in place.</summary>
    /// <param name="blocks">Whole blocks, any number.</param>
    public void Encrypt(Span<byte> blocks)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (blocks.Length % BlockSize != 0)
            throw new ArgumentException($"{blocks.Length} bytes are not whole blocks of {BlockSize}.", nameof(blocks));
        if (!blocks.IsEmpty)
            EncryptCore(blocks);
    }

    /// <summary>Erases the key.</summary>
    public void Dispose()
    {
        if (!IsDisposed)
            EraseKey();
        IsDisposed = true;
    }

    /// <summary>Encrypts one or more whole blocks in place.</summary>
    /// <param name="blocks">The blocks.</param>
    protected abstract void EncryptCore(Span<byte> blocks);

    /// <summary>Overwrites the key material with zeros.</summary>
    protected abstract void EraseKey();
}
