using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Watermark.Cli.Commands;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>
/// The design of a test that judges files: the options that decide it, as a command line takes them, and the digests of the owner's
/// files that they name. The format <c>watermark-arguments/1</c> is described in <c>case.md</c>.
/// </summary>
/// <param name="Method">The command below <c>fingerprint</c>.</param>
/// <param name="Arguments">The options with their values.</param>
/// <param name="Inputs">The files that are among the values.</param>
internal sealed record ArgumentDesign(string Method, IReadOnlyList<string> Arguments, IReadOnlyList<FixedInput> Inputs)
{
    private const string Format = "watermark-arguments/1";

    /// <summary>The design that a command line asks for.</summary>
    /// <param name="method">The method.</param>
    /// <param name="parse">The parsed command line.</param>
    public static ArgumentDesign Of(IFileMethod method, ParseResult parse)
    {
        var own = new Command("options");
        method.AddOptions(own);
        var arguments = new List<string>();
        foreach (Option option in own.Options)
        {
            if (parse.GetResult(option) is { Implicit: false } given)
                arguments.AddRange([option.Name, .. given.Tokens.Select(token => token.Value)]);
        }

        return new ArgumentDesign(method.Name, arguments, [.. method.Inputs(parse).Distinct(StringComparer.Ordinal).Select(path => new FixedInput(path, Digest(path)))]);
    }

    /// <summary>Reads a design; null where the bytes are a design of another kind.</summary>
    /// <param name="bytes">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">The design is of this kind and not valid.</exception>
    public static ArgumentDesign? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out JsonElement format) || format.ValueKind != JsonValueKind.String || format.GetString() != Format)
                return null;
            string method = root.GetProperty("method").GetString() ?? throw new InputFormatException("The field 'method' must be text.");
            string[] arguments = [.. root.GetProperty("arguments").EnumerateArray().Select(item => item.GetString() ?? throw new InputFormatException("The field 'arguments' must hold texts."))];
            FixedInput[] inputs = [.. root.GetProperty("inputs").EnumerateArray().Select(item => new FixedInput(item.GetProperty("path").GetString()!, item.GetProperty("sha256").GetString()!))];
            return new ArgumentDesign(method, arguments, inputs);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InputFormatException($"A design in the format '{Format}' was expected: {exception.Message}", exception);
        }
    }

    /// <summary>The design as bytes that depend on its content only.</summary>
    public byte[] Write()
    {
        using var stream = new MemoryStream();
        JsonOutput.Write(stream, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteString("method", Method);
            writer.WriteStartArray("arguments");
            foreach (string argument in Arguments)
                writer.WriteStringValue(argument);
            writer.WriteEndArray();
            writer.WriteStartArray("inputs");
            foreach (FixedInput input in Inputs)
            {
                writer.WriteStartObject();
                writer.WriteString("path", input.Path);
                writer.WriteString("sha256", input.Sha256);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return stream.ToArray();
    }

    /// <summary>
    /// The options with the places where the files lie now: as named, or beside the case under the same name; their content must be
    /// what was fixed.
    /// </summary>
    /// <param name="folder">The case's folder.</param>
    /// <exception cref="InputFormatException">A file is missing or has other content.</exception>
    public IReadOnlyList<string> Located(string folder)
    {
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (FixedInput input in Inputs)
        {
            string place = Place(input, folder) ?? throw new InputFormatException($"{input.Path} is missing: the plan fixed this file (SHA-256 {input.Sha256}); it was expected there or beside the case.");
            string digest = Digest(place);
            if (digest != input.Sha256)
                throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"{place} has SHA-256 {digest}, and the plan fixed {input.Sha256}; the file that was planned with was expected."));
            places[input.Path] = place;
        }

        return [.. Arguments.Select(argument => places.GetValueOrDefault(argument, argument))];
    }

    /// <summary>The first file that is not here; null where all are.</summary>
    /// <param name="folder">The case's folder.</param>
    public FixedInput? Missing(string folder) => Inputs.FirstOrDefault(input => Place(input, folder) is null);

    private static string? Place(FixedInput input, string folder) =>
        new[] { input.Path, Path.Combine(folder, "..", Path.GetFileName(Path.TrimEndingDirectorySeparator(input.Path))) }.FirstOrDefault(Path.Exists);

    /// <summary>The digest of a file, or of the digests of a folder's files.</summary>
    private static string Digest(string path)
    {
        if (!Directory.Exists(path))
            return FileDigest.Of(path);
        string list = string.Join('\n', Directory.GetFiles(path).Order(StringComparer.Ordinal).Select(file => $"{FileDigest.Of(file)}  {Path.GetFileName(file)}"));
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(list)));
    }
}

/// <summary>A file of the owner whose content a plan fixed.</summary>
/// <param name="Path">Where it lay.</param>
/// <param name="Sha256">The digest of its content.</param>
internal sealed record FixedInput(string Path, string Sha256);
