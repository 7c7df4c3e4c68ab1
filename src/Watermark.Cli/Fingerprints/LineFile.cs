using System.Security.Cryptography;
using System.Text;
using Watermark.Forensics.Findings;
using Watermark.Text;

namespace Watermark.Cli.Fingerprints;

/// <summary>Files of lines that methods read: one text or one JSON object a line.</summary>
internal static class LineFile
{
    private const long LargestFile = 256L << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines of a text in NFC, without empty ones.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <exception cref="InputFormatException">It is not UTF-8, too large or empty.</exception>
    public static IReadOnlyList<string> Texts(string path) => [.. Lines(path).Select(line => ComposedText.Of(line.Text.Trim()))];

    /// <summary>An object a line.</summary>
    /// <param name="path">The file, UTF-8 JSON Lines.</param>
    /// <param name="read">Reads a line.</param>
    /// <exception cref="InputFormatException">A line is not valid; the message names the file and the line.</exception>
    public static IReadOnlyList<T> Objects<T>(string path, Func<ReadOnlyMemory<byte>, T> read)
    {
        var items = new List<T>();
        foreach ((int number, string text) in Lines(path))
        {
            try
            {
                items.Add(read(Encoding.UTF8.GetBytes(ComposedText.Of(text))));
            }
            catch (InputFormatException exception)
            {
                throw new InputFormatException(FormattableString.Invariant($"{path}, line {number}: {exception.Message}"), exception);
            }
        }

        return items;
    }

    /// <summary>The file as an input of a finding.</summary>
    /// <param name="path">The file.</param>
    /// <param name="role">How it was used.</param>
    /// <param name="records">Records read from it.</param>
    public static InputDigest Digest(string path, string role, long records)
    {
        using FileStream stream = File.OpenRead(path);
        return new InputDigest(role, Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(stream)), records, 0);
    }

    private static (int Number, string Text)[] Lines(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > LargestFile })
            throw new InputFormatException($"{path}: at most 256 MiB were expected.");
        string text;
        try
        {
            text = Strict.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new InputFormatException($"{path}: UTF-8 was expected.");
        }

        (int Number, string Text)[] lines = [.. text.Split('\n').Select((line, i) => (i + 1, line.TrimEnd('\r'))).Where(line => !string.IsNullOrWhiteSpace(line.Item2))];
        return lines.Length > 0 ? lines : throw new InputFormatException($"{path}: the file is empty; one entry a line was expected.");
    }
}
