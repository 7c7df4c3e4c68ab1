using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace Watermark.Text.Tokenizers.Tiktoken;

/// <summary>The file format of tiktoken: on every line a token in base64, a space, and its rank, which is its id. Empty lines are skipped.</summary>
internal static class TiktokenFile
{
    private const int MaxId = 1 << 22;

    /// <summary>Whether the bytes begin like such a file.</summary>
    /// <param name="file">The file.</param>
    public static bool LooksLike(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> lines = file.TrimStart("\r\n"u8);
        int newline = lines.IndexOf((byte)'\n');
        return newline > 0 && TryParseLine(lines[..newline].TrimEnd((byte)'\r'), out _, out _);
    }

    /// <summary>The bytes of every token, by id.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InputFormatException">A line is not a token and its rank, or a rank or single byte is missing.</exception>
    public static byte[]?[] Parse(ReadOnlySpan<byte> file, string name)
    {
        var tokens = new List<byte[]?>();
        var singles = new HashSet<byte>();
        int number = 0;
        foreach (Range range in file.Split((byte)'\n'))
        {
            number++;
            ReadOnlySpan<byte> line = file[range].TrimEnd((byte)'\r');
            if (line.IsEmpty)
                continue;
            if (!TryParseLine(line, out byte[] token, out int id) || (id < tokens.Count && tokens[id] is not null))
                throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"{name}:{number}: expected a token in base64, a space, and a rank that no other line has."));
            while (tokens.Count <= id)
                tokens.Add(null);
            tokens[id] = token;
            if (token.Length == 1)
                singles.Add(token[0]);
        }

        if (singles.Count != 256)
            throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"{name}: has {singles.Count} tokens of a single byte; a byte-level vocabulary has all 256."));
        return [.. tokens];
    }

    /// <summary>The <c>.tiktoken</c> file of an encoding whose data package is part of this library.</summary>
    /// <param name="assembly">The package's assembly.</param>
    /// <param name="encoding">The encoding.</param>
    /// <remarks>
    /// The package holds the tokens in order of rank, deflated, after a line with their number. With the ranks added, that
    /// is the published file, byte for byte. The attributes keep the packages in a program that is compiled ahead of time,
    /// since no other code refers to them.
    /// </remarks>
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicConstructors, "Microsoft.ML.Tokenizers.Cl100kBaseTokenizerData", "Microsoft.ML.Tokenizers.Data.Cl100kBase")]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicConstructors, "Microsoft.ML.Tokenizers.O200kBaseTokenizerData", "Microsoft.ML.Tokenizers.Data.O200kBase")]
    public static byte[] FromPackage(string assembly, string encoding)
    {
        using Stream resource = Assembly.Load(assembly).GetManifestResourceStream($"{encoding}.tiktoken.deflate")
            ?? throw new InvalidOperationException($"The package {assembly} has no data of {encoding}.");
        using var inflated = new DeflateStream(resource, CompressionMode.Decompress);
        using var reader = new StreamReader(inflated, Encoding.ASCII);
        reader.ReadLine();
        using var file = new MemoryStream();
        for (int rank = 0; reader.ReadLine() is { Length: > 0 } token; rank++)
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{token} {rank}\n")));
        return file.ToArray();
    }

    private static bool TryParseLine(ReadOnlySpan<byte> line, out byte[] token, out int id)
    {
        token = [];
        id = -1;
        int space = line.IndexOf((byte)' ');
        if (space <= 0
            || !Utf8Parser.TryParse(line[(space + 1)..], out id, out int used)
            || used != line.Length - space - 1
            || id is < 0 or >= MaxId
            || !Base64.IsValid(line[..space], out int length))
        {
            return false;
        }

        token = new byte[length];
        Base64.DecodeFromUtf8(line[..space], token, out _, out _);
        return length > 0;
    }
}
