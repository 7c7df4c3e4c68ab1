using System.Text;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>
/// The buffers of one encoding, kept for the next one on the same thread, so that encoding allocates nothing.
/// </summary>
internal sealed class Workspace
{
    // After a longer text the buffers are given back: one long record must not hold its memory for ever.
    private const int KeptLength = 1 << 18;

    [ThreadStatic]
    private static Workspace? kept;

    private byte[] utf8 = [];

    /// <summary>The normalized text.</summary>
    public GrowingBytes Normalized { get; } = new();

    /// <summary>Where the ids are added.</summary>
    public IntBuffer Ids { get; private set; } = null!;

    /// <summary>The number of ids that were there before.</summary>
    public int FirstId { get; private set; }

    /// <summary>Buffers of the segmentation, one for each purpose.</summary>
    public BpeSymbols Symbols { get; } = new();

    /// <summary>The best paths to every position.</summary>
    public BestPath[] Paths { get; private set; } = [];

    /// <summary>Takes the thread's buffers.</summary>
    /// <param name="ids">Where the ids are added.</param>
    public static Workspace Take(IntBuffer ids)
    {
        Workspace workspace = kept ?? new Workspace();
        kept = null;
        workspace.Ids = ids;
        workspace.FirstId = ids.Count;
        workspace.Normalized.Clear();
        return workspace;
    }

    /// <summary>Gives the buffers back to the thread.</summary>
    public void Return()
    {
        if (utf8.Length <= KeptLength && Normalized.Capacity <= KeptLength)
            kept = this;
    }

    /// <summary>Text as UTF-8; valid until the next call.</summary>
    /// <param name="text">The text, without half surrogate pairs.</param>
    public ReadOnlySpan<byte> Utf8(ReadOnlySpan<char> text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (utf8.Length < most)
            utf8 = new byte[most];
        return utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8));
    }

    /// <summary>The best paths, cleared, for a text.</summary>
    /// <param name="length">The bytes of the text.</param>
    public Span<BestPath> ClearPaths(int length)
    {
        if (Paths.Length <= length)
            Paths = new BestPath[Math.Max(256, length + 1)];
        Span<BestPath> paths = Paths.AsSpan(0, length + 1);
        paths.Fill(BestPath.None);
        return paths;
    }
}

/// <summary>The last piece of the best path to a position.</summary>
/// <param name="Start">Where the piece begins; -1 where no path ends here.</param>
/// <param name="Id">Its id.</param>
/// <param name="Score">The score of the whole path; 0 at the start of the text.</param>
internal readonly record struct BestPath(int Start, int Id, double Score)
{
    /// <summary>No path.</summary>
    public static BestPath None => new(-1, -1, 0);

    /// <summary>
    /// Turns the links of the best path to the end round: afterwards the entry at the start of a piece has its id, and
    /// <see cref="Start"/> is where the piece <em>ends</em>.
    /// </summary>
    /// <param name="paths">The best path to every position of a text; the last one is the end.</param>
    public static void TurnRound(Span<BestPath> paths)
    {
        int end = paths.Length - 1;
        BestPath path = paths[end];
        while (end > 0)
        {
            BestPath before = paths[path.Start];
            paths[path.Start] = new BestPath(end, path.Id, 0);
            (end, path) = (path.Start, before);
        }
    }
}

/// <summary>Bytes that grow at the end.</summary>
internal sealed class GrowingBytes
{
    private byte[] bytes = new byte[256];

    /// <summary>The number of bytes.</summary>
    public int Length { get; private set; }

    /// <summary>How many bytes fit before the next growth.</summary>
    public int Capacity => bytes.Length;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    /// <summary>Removes all bytes.</summary>
    public void Clear() => Length = 0;

    /// <summary>Removes bytes at the end.</summary>
    /// <param name="count">How many.</param>
    public void RemoveLast(int count) => Length -= count;

    /// <summary>Adds bytes.</summary>
    /// <param name="more">The bytes.</param>
    public void Add(ReadOnlySpan<byte> more)
    {
        if (more.Length > bytes.Length - Length)
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, Length + more.Length));
        more.CopyTo(bytes.AsSpan(Length));
        Length += more.Length;
    }
}
