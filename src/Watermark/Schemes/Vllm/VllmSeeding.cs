namespace Watermark.Schemes.Vllm;

/// <summary>How vLLM's green list gets its seed. Two published functions bear the name lefthash.</summary>
public enum VllmSeeding
{
    /// <summary>
    /// The least of key·J(c)·J(v) over the context's tokens but the oldest, and key·J(v)·J(v), as signed 64-bit integers;
    /// J is Jenkins' integer hash and v the token itself.
    /// </summary>
    SelfHash,

    /// <summary>key·Σw: what the generator writes.</summary>
    LeftHash,

    /// <summary>key·ΣJ(w): what the published detector reads. It does not see what the generator wrote.</summary>
    LeftHashDetector,
}
