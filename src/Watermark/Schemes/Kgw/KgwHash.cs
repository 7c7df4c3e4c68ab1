namespace Watermark.Schemes.Kgw;

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
