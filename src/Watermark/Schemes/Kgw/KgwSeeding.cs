using System.Globalization;
using Watermark.Schemes.Torch;

namespace Watermark.Schemes.Kgw;

/// <summary>A seeding of lm-watermarking: a hash, the window it reads, and whether the window ends with the scored token.</summary>
/// <param name="Hash">How a window becomes a seed.</param>
/// <param name="Window">Tokens in the window (<c>context_width</c> there).</param>
/// <param name="SelfSalted">Whether the last of them is the scored token itself.</param>
internal sealed record KgwSeeding(KgwHash Hash, int Window, bool SelfSalted)
{
    /// <summary>The widest window.</summary>
    public const int MaximumWindow = 16;

    private static readonly (string Name, KgwHash Hash)[] Hashes =
    [
        ("additive_prf", KgwHash.Additive),
        ("multiplicative_prf", KgwHash.Multiplicative),
        ("minfunc_prf", KgwHash.Minimum),
        ("simple_skip_prf", KgwHash.SimpleSkip),
        ("skipgram_prf", KgwHash.Skipgram),
        ("anchored_skipgram_prf", KgwHash.AnchoredSkipgram),
        ("minhash_prf", KgwHash.MinHash),
        ("anchored_minhash_prf", KgwHash.AnchoredMinHash),
        ("minskipgram_prf", KgwHash.MinSkipgram),
        ("noncomm_prf", KgwHash.NonCommutative),
        ("position_prf", KgwHash.Position),
    ];

    /// <summary>h: tokens before the scored one.</summary>
    public int ContextWidth => SelfSalted ? Window - 1 : Window;

    /// <summary>Reads a name.</summary>
    /// <param name="name">One of the four names, or <c>ff-&lt;hash&gt;-&lt;window&gt;-&lt;True or False&gt;</c>.</param>
    /// <exception cref="ArgumentException">The name is none of these.</exception>
    public static KgwSeeding Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "lefthash" => new KgwSeeding(KgwHash.Additive, 1, false),
            "selfhash" => new KgwSeeding(KgwHash.AnchoredMinHash, 4, true),
            "minhash" => new KgwSeeding(KgwHash.MinHash, 4, false),
            "skipgram" => new KgwSeeding(KgwHash.Skipgram, 5, false),
            _ => ParseFreeForm(name),
        };
    }

    /// <summary>The seed of a window: the 32 bits that PyTorch's generator keeps.</summary>
    /// <param name="window">As many tokens as the window has, oldest first.</param>
    /// <param name="key">The hash key, an int64.</param>
    public uint SeedOf(ReadOnlySpan<int> window, long key) => Hash switch
    {
        // Python integers: no wrapping before the modulus.
        KgwHash.Additive => TorchSeed.Of((Int128)key * Sum(window)),
        KgwHash.Multiplicative => TorchSeed.Of((Int128)key * Product(window)),
        KgwHash.Minimum => TorchSeed.Of((Int128)key * Smallest(window)),
        // Tensors of int64: everything wraps at 64 bits.
        KgwHash.SimpleSkip => TorchSeed.Of(SimpleSkip(window, key)),
        KgwHash.Skipgram => TorchSeed.Of(TorchHashTable.Shared.Hash(key * window[0])),
        KgwHash.AnchoredSkipgram => TorchSeed.Of(TorchHashTable.Shared.Hash(key * window[0]) * TorchHashTable.Shared.Hash(key * window[^1])),
        KgwHash.MinHash => TorchSeed.Of(MinHash(window, key)),
        KgwHash.AnchoredMinHash => TorchSeed.Of(AnchoredMinHash(TorchHashTable.Shared, window, key)),
        KgwHash.MinSkipgram => TorchSeed.Of(MinSkipgram(window, key)),
        KgwHash.NonCommutative => TorchSeed.Of(NonCommutative(window, key)),
        _ => TorchSeed.Of(Position(window, key)),
    };

    /// <summary>
    /// Whether the seed of a window is 0 or made of H(0) alone, and so the same under every key. Such a list is public and
    /// says nothing about the key.
    /// </summary>
    /// <param name="window">As many tokens as the window has, oldest first.</param>
    /// <param name="key">The hash key.</param>
    public bool IsKeyless(ReadOnlySpan<int> window, long key) => Hash switch
    {
        KgwHash.Additive => Sum(window) == 0,
        KgwHash.Multiplicative => Product(window) == 0,
        KgwHash.Minimum => Smallest(window) == 0,
        KgwHash.SimpleSkip => !ReadsTokenBySkipping(window),
        KgwHash.Skipgram => window[0] == 0,
        KgwHash.AnchoredSkipgram => window[0] == 0 && window[^1] == 0,
        KgwHash.MinHash => window.Contains(0) && MinHash(window, key) == TorchHashTable.Shared.Hash(0),
        KgwHash.MinSkipgram => window.Count(0) > 1 && MinSkipgram(window, key) == TorchHashTable.Shared.Hash(0) * TorchHashTable.Shared.Hash(0),
        KgwHash.Position => Position(window, 1) == 0,
        _ => false,
    };

    /// <summary>
    /// min over the window of key·H(w)·H(newest), wrapping; Hugging Face uses the same hash with another table.
    /// </summary>
    /// <param name="table">The table of H.</param>
    /// <param name="window">The window.</param>
    /// <param name="key">The hash key.</param>
    public static long AnchoredMinHash(TorchHashTable table, ReadOnlySpan<int> window, long key)
    {
        long anchor = table.Hash(window[^1]);
        long least = long.MaxValue;
        foreach (int token in window)
            least = Math.Min(least, key * table.Hash(token) * anchor);
        return least;
    }

    private static KgwSeeding ParseFreeForm(string name)
    {
        string[] parts = name.Split('-');
        if (parts is ["ff", _, _, "True" or "False", _])
            throw new ArgumentException("The seeding ends with a hash key, which belongs in the secret's member 'hashKey': leave out the fifth part.", nameof(name));
        int index = parts.Length == 4 ? Array.FindIndex(Hashes, item => item.Name == parts[1]) : -1;
        if (index < 0 || parts[0] != "ff" || parts[3] is not ("True" or "False") ||
            !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int window) || window < 1 || window > MaximumWindow)
        {
            throw new ArgumentException(
                $"The seeding must be lefthash, selfhash, minhash, skipgram, or ff-<hash>-<window>-<True or False> with a window from 1 to {MaximumWindow} and a hash of {string.Join(", ", Hashes.Select(item => item.Name))}.",
                nameof(name));
        }

        KgwHash hash = Hashes[index].Hash;
        if (hash == KgwHash.MinSkipgram && window < 2)
            throw new ArgumentException("The seeding minskipgram_prf takes pairs and needs a window of at least 2.", nameof(name));
        return new KgwSeeding(hash, window, parts[3] == "True");
    }

    private static long Sum(ReadOnlySpan<int> window)
    {
        long sum = 0;
        foreach (int token in window)
            sum += token;
        return sum;
    }

    private static long Product(ReadOnlySpan<int> window)
    {
        long product = 1;
        foreach (int token in window)
            product *= token;
        return product;
    }

    private static long Smallest(ReadOnlySpan<int> window)
    {
        int least = window[0];
        foreach (int token in window)
            least = Math.Min(least, token);
        return least;
    }

    private static long SimpleSkip(ReadOnlySpan<int> window, long key)
    {
        long product = 1;
        for (int i = 0; i < window.Length; i += 2)
            product *= TorchHashTable.Shared.Hash(key * window[i]);
        return product;
    }

    private static bool ReadsTokenBySkipping(ReadOnlySpan<int> window)
    {
        for (int i = 0; i < window.Length; i += 2)
        {
            if (window[i] != 0)
                return true;
        }

        return false;
    }

    private static long MinHash(ReadOnlySpan<int> window, long key)
    {
        long least = long.MaxValue;
        foreach (int token in window)
            least = Math.Min(least, TorchHashTable.Shared.Hash(key * token));
        return least;
    }

    private static long MinSkipgram(ReadOnlySpan<int> window, long key)
    {
        long least = long.MaxValue;
        for (int i = 0; i < window.Length; i++)
        {
            for (int j = i + 1; j < window.Length; j++)
                least = Math.Min(least, TorchHashTable.Shared.Hash(key * window[i]) * TorchHashTable.Shared.Hash(key * window[j]));
        }

        return least;
    }

    private static long NonCommutative(ReadOnlySpan<int> window, long key)
    {
        foreach (int token in window)
        {
            key *= TorchHashTable.Shared.Hash(key * token);
            // The modulus of a power of two, never negative.
            key &= uint.MaxValue;
        }

        return key;
    }

    private static long Position(ReadOnlySpan<int> window, long key)
    {
        long sum = 0;
        for (int i = 0; i < window.Length; i++)
            sum += key * window[i] * (i + 1);
        return sum;
    }
}

/// <summary>How lm-watermarking turns a window into a seed (its <c>prf_type</c>), key k, H its table hash.</summary>
internal enum KgwHash
{
    /// <summary><c>additive_prf</c>: k·Σw.</summary>
    Additive,

    /// <summary><c>multiplicative_prf</c>: k·Πw, the product wrapping at 64 bits.</summary>
    Multiplicative,

    /// <summary><c>minfunc_prf</c>: k·min w.</summary>
    Minimum,

    /// <summary><c>simple_skip_prf</c>: the product of H(k·w) over every second token from the oldest.</summary>
    SimpleSkip,

    /// <summary><c>skipgram_prf</c>: H(k·w) of the oldest token.</summary>
    Skipgram,

    /// <summary><c>anchored_skipgram_prf</c>: H(k·w) of the oldest token times that of the newest.</summary>
    AnchoredSkipgram,

    /// <summary><c>minhash_prf</c>: min H(k·w).</summary>
    MinHash,

    /// <summary><c>anchored_minhash_prf</c>: min k·H(w)·H(newest), wrapping.</summary>
    AnchoredMinHash,

    /// <summary><c>minskipgram_prf</c>: the smallest product of H(k·w) of two tokens.</summary>
    MinSkipgram,

    /// <summary><c>noncomm_prf</c>: key ← key·H(key·w) mod 2^32 over the window.</summary>
    NonCommutative,

    /// <summary><c>position_prf</c>: Σ k·w·position, the oldest at position 1, wrapping.</summary>
    Position,
}
