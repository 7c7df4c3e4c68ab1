namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>The scripts that patterns of tokenizers name. The runtime has no data of them.</summary>
internal static class Scripts
{
    /// <summary>The code points of a script; null where it is none of those known here.</summary>
    /// <param name="name">The script's name.</param>
    public static CodePointSet? Find(string name) => null;
}
