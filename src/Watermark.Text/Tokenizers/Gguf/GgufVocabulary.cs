using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tokenizers.Gguf;

/// <summary>The vocabulary in the metadata of a GGUF file: what llama.cpp needs of a tokenizer.</summary>
/// <remarks>
/// Of the entries <c>tokenizer.ggml.…</c> those that decide ids are read, those that name special tokens or say which of them a
/// server adds are passed over, and a file with any other one is refused, since it could change ids.
/// </remarks>
internal sealed class GgufVocabulary
{
    private const string Prefix = "tokenizer.ggml.";

    private static readonly string[] Read =
    [
        "add_space_prefix", "escape_whitespaces", "merges", "model", "pre", "precompiled_charsmap", "remove_extra_whitespaces", "scores", "token_type",
        "tokens", "unknown_token_id",
    ];

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SortedDictionary<string, GgufValue> values;
    private readonly string name;

    private GgufVocabulary(SortedDictionary<string, GgufValue> values, string name)
    {
        this.values = values;
        this.name = name;
        Model = Text("model") ?? throw Missing("model");
        Tokens = Texts("tokens") ?? throw Missing("tokens");
        int[] types = Integers("token_type") ?? throw Missing("token_type");
        if (types.Length != Tokens.Length)
            throw Malformed("token_type", $"has {types.Length} types for {Tokens.Length} tokens");
        Types = [.. types.Select((type, id) => type is >= 1 and <= 6 ? (PieceType)type : throw Malformed("token_type", $"token {id} has the type {type}, expected 1 to 6"))];
        // Old converters did not mark the unknown token.
        if (!Types.Contains(PieceType.Unknown) && Integer("unknown_token_id") is { } unknown)
            Types[unknown < (uint)types.Length ? unknown : throw Malformed("unknown_token_id", $"is {unknown}, but there are {types.Length} tokens")] = PieceType.Unknown;
    }

    /// <summary>The kind of tokenizer.</summary>
    public string Model { get; }

    /// <summary>The tokens; the index is the id.</summary>
    public string[] Tokens { get; }

    /// <summary>What each token is.</summary>
    public PieceType[] Types { get; }

    /// <summary>The ids of control and unknown tokens, ascending.</summary>
    public int[] SpecialIds => [.. Enumerable.Range(0, Types.Length).Where(id => Types[id] is PieceType.Control or PieceType.Unknown)];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputFormatException">The metadata is damaged, or has no vocabulary.</exception>
    public static GgufVocabulary Load(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        return new GgufVocabulary(new GgufReader(stream, path).Read(key => IsWanted(key, path)), path);
    }

    /// <summary>
    /// What the content hash is made of: the entries that decide ids, in the order of their names. Of each its name, a zero
    /// byte, and type, length and content as a GGUF file has them. So the same vocabulary has the same hash beside other
    /// weights.
    /// </summary>
    public byte[] Canonical()
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach ((string key, GgufValue value) in values)
        {
            bytes.Write(Encoding.UTF8.GetBytes(key));
            bytes.Write<byte>([0]);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), (int)value.Type);
            bytes.Advance(4);
            if (value.Element is { } element)
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), (int)element);
                bytes.Advance(4);
                BinaryPrimitives.WriteInt64LittleEndian(bytes.GetSpan(8), value.Count);
                bytes.Advance(8);
            }

            bytes.Write(value.Content.Span);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>A text; null where there is none.</summary>
    /// <param name="key">The name behind <c>tokenizer.ggml.</c>.</param>
    public string? Text(string key) => Find(key, GgufType.String) is { } value ? Strings(key, value)[0] : null;

    /// <summary>A truth value; null where there is none.</summary>
    /// <inheritdoc cref="Text"/>
    public bool? Flag(string key) => Find(key, GgufType.Bool) is { } value ? value.Content.Span[0] != 0 : null;

    /// <summary>An integer; null where there is none.</summary>
    /// <inheritdoc cref="Text"/>
    public uint? Integer(string key) => Find(key, GgufType.UInt32) is { } value ? BinaryPrimitives.ReadUInt32LittleEndian(value.Content.Span) : null;

    /// <summary>A list of texts; null where there is none.</summary>
    /// <inheritdoc cref="Text"/>
    public string[]? Texts(string key) => FindList(key, GgufType.String) is { } value ? Strings(key, value) : null;

    /// <summary>A list of 32-bit floats; null where there is none.</summary>
    /// <inheritdoc cref="Text"/>
    public float[]? Floats(string key) =>
        FindList(key, GgufType.Float32) is { } value ? [.. Enumerable.Range(0, value.Count).Select(i => BinaryPrimitives.ReadSingleLittleEndian(value.Content.Span[(4 * i)..]))] : null;

    /// <summary>A list of 32-bit integers; null where there is none.</summary>
    /// <inheritdoc cref="Text"/>
    public int[]? Integers(string key) =>
        FindList(key, GgufType.Int32) is { } value ? [.. Enumerable.Range(0, value.Count).Select(i => BinaryPrimitives.ReadInt32LittleEndian(value.Content.Span[(4 * i)..]))] : null;

    /// <summary>A list of bytes; null where there is none.</summary>
    /// <inheritdoc cref="Text"/>
    public byte[]? Bytes(string key) => FindList(key, GgufType.UInt8, GgufType.Int8)?.Content.ToArray();

    /// <summary>The fault of an entry.</summary>
    /// <param name="key">The name behind <c>tokenizer.ggml.</c>.</param>
    /// <param name="what">What is wrong.</param>
    public InputFormatException Malformed(string key, string what) => new($"{name}: {Prefix}{key}: {what}.");

    /// <summary>The fault that an entry is not there.</summary>
    /// <param name="key">The name behind <c>tokenizer.ggml.</c>.</param>
    public InputFormatException Missing(string key) => new($"{name}: the metadata has no {Prefix}{key}.");

    private static bool IsWanted(string key, string name)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        string rest = key[Prefix.Length..];
        if (Array.IndexOf(Read, rest) >= 0)
            return true;
        bool names = rest.EndsWith("_token_id", StringComparison.Ordinal) || rest.EndsWith("_token_ids", StringComparison.Ordinal);
        return names || rest is "add_bos_token" or "add_eos_token" or "add_sep_token" or "token_type_count"
            ? false
            : throw new InputFormatException($"{name}: the entry {key} is not known and could change token ids.");
    }

    private GgufValue? Find(string key, GgufType type)
    {
        if (!values.TryGetValue(Prefix + key, out GgufValue? value))
            return null;
        return value.Type == type ? value : throw Malformed(key, $"the type is {value.Type}, expected {type}");
    }

    private GgufValue? FindList(string key, params GgufType[] elements)
    {
        GgufValue? value = Find(key, GgufType.Array);
        return value is null || elements.Contains(value.Element!.Value) ? value : throw Malformed(key, $"a list of {value.Element}, expected {elements[0]}");
    }

    private string[] Strings(string key, GgufValue value)
    {
        string[] texts = new string[value.Count];
        ReadOnlySpan<byte> rest = value.Content.Span;
        for (int i = 0; i < texts.Length; i++)
        {
            int size = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            try
            {
                texts[i] = Strict.GetString(rest.Slice(sizeof(ulong), size));
            }
            catch (DecoderFallbackException exception)
            {
                throw new InputFormatException(Malformed(key, $"text {i} is not UTF-8").Message, exception);
            }

            rest = rest[(sizeof(ulong) + size)..];
        }

        return texts;
    }
}
