namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>Cuts normalized text into pieces.</summary>
/// <param name="model">The model.</param>
internal abstract class Segmenter(SentencePieceModel model)
{
    private readonly int unknown = model.UnknownId;
    private readonly int[]? bytes = model.ByteIds;

    /// <summary>Adds the ids of a normalized text.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="workspace">Where the ids are added, and the buffers.</param>
    public abstract void Encode(ReadOnlySpan<byte> text, Workspace workspace);

    /// <summary>The way of a model.</summary>
    /// <param name="model">The model.</param>
    public static Segmenter Create(SentencePieceModel model) => model.Settings.Segmentation switch
    {
        Segmentation.Unigram => new UnigramSegmenter(model),
        Segmentation.Bpe => new BpeSegmenter(model),
        _ => new PlainSegmenter(model),
    };

    /// <summary>Whether the last id of the text so far is the unknown piece.</summary>
    /// <param name="workspace">The ids.</param>
    protected bool AfterUnknown(Workspace workspace) => workspace.Ids.Count > workspace.FirstId && workspace.Ids.Span[^1] == unknown;

    /// <summary>Adds a piece, or what stands for one that is unknown.</summary>
    /// <param name="id">The id of the piece; the unknown piece where there is none.</param>
    /// <param name="text">Its text.</param>
    /// <param name="workspace">Where the ids are added.</param>
    protected void Add(int id, ReadOnlySpan<byte> text, Workspace workspace)
    {
        IntBuffer ids = workspace.Ids;
        if (id != unknown)
        {
            ids.Add(id);
        }
        else if (bytes is not null)
        {
            foreach (byte value in text)
                ids.Add(bytes[value]);
        }
        else if (!AfterUnknown(workspace))
        {
            // A run of unknown pieces is one.
            ids.Add(unknown);
        }
    }
}

/// <summary>
/// Models whose pieces are words or characters: a piece is looked up, and nothing is chosen. The written form of a control
/// piece is an unknown piece; the reference encodes no text that holds one.
/// </summary>
/// <param name="model">The model.</param>
internal sealed class PlainSegmenter(SentencePieceModel model) : Segmenter(model)
{
    private readonly PieceTrie pieces = model.TrieOf(piece => piece.Type != PieceType.Control)!;
    private readonly PieceTrie? userDefined = model.UserDefined();
    private readonly bool words = model.Settings.Segmentation == Segmentation.Word;
    private readonly int unknown = model.UnknownId;

    public override void Encode(ReadOnlySpan<byte> text, Workspace workspace)
    {
        while (!text.IsEmpty)
        {
            int length = words ? Word(text) : Character(text);
            int id = pieces.Find(text[..length]);
            Add(id < 0 ? unknown : id, text[..length], workspace);
            text = text[length..];
        }
    }

    private int Character(ReadOnlySpan<byte> text) =>
        userDefined is not null && userDefined.LongestPrefix(text, out _) is var length and > 0 ? length : Utf8Characters.Length(text);

    /// <summary>A word goes from one space to the next.</summary>
    private static int Word(ReadOnlySpan<byte> text)
    {
        int first = Utf8Characters.Length(text);
        int next = text[first..].IndexOf(Utf8Characters.Space);
        return next < 0 ? text.Length : first + next;
    }
}
