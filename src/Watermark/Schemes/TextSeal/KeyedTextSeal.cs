using Watermark.NGrams;

namespace Watermark.Schemes.TextSeal;

/// <summary>What TextSeal's two marks share: the residues of rows and of candidates under a key.</summary>
internal abstract class KeyedTextSeal : KeyedScheme
{
    /// <summary>Rows whose residues are computed at once.</summary>
    protected const int BlockRows = 512;

    private ulong keyTerm;

    private protected KeyedTextSeal(TextSealScheme scheme, ulong keyTerm, string keyId)
        : base(scheme, keyId)
    {
        this.keyTerm = keyTerm;
    }

    /// <summary>The residues of at most <see cref="BlockRows"/> rows.</summary>
    protected void Residues(NGramRows rows, Span<int> residues) => TextSealHash.Residues(keyTerm, rows, residues);

    /// <summary>The part of the sum that a context and the key give.</summary>
    protected ulong TermOf(ReadOnlySpan<int> context)
    {
        CheckContextLength(context);
        return unchecked(keyTerm + TextSealHash.ContextTerm(context));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => keyTerm = 0;
}
