using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Forensics.Json;
using Watermark.Scoring;

namespace Watermark.Forensics.Cases.Receipts;

/// <summary>How much a receipt says.</summary>
public enum ReceiptDetail
{
    /// <summary>
    /// The band and nothing that could be measured: whoever gets numbers from an open detector can change a text step by
    /// step until it is marked, or is not.
    /// </summary>
    Public,

    /// <summary>The numbers too, for those whom the owner trusts with them.</summary>
    Expert,
}

/// <summary>The program that made a receipt.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Url">Where the detector can be used; null where nowhere in public.</param>
public sealed record ReceiptDetector(string Name, string Version, string? Url);

/// <summary>The numbers of a receipt for experts.</summary>
/// <param name="TokenizerHash">SHA-256 of the tokenizer's content; empty where it is not known.</param>
/// <param name="Tokens">Token ids read.</param>
/// <param name="Scored">Token ids scored.</param>
/// <param name="LogP">Natural log of the p-value, rounded to 12 significant digits.</param>
/// <param name="LogE">Natural log of the e-value, rounded likewise; NaN where there is none.</param>
public sealed record ReceiptNumbers(string TokenizerHash, long Tokens, long Scored, double LogP, double LogE);

/// <summary>
/// A signed answer to "does this text carry the mark?", which anyone can check without a network: the text by its SHA-256, the
/// key by its id, the answer, the detector and the time. <c>receipt.md</c> beside this class describes every member.
/// </summary>
public sealed record Receipt
{
    /// <summary>The value of the <c>format</c> member.</summary>
    public const string Format = "watermark-receipt/1";

    /// <summary>The media type of the signed payload.</summary>
    public const string PayloadType = "application/vnd.watermark.receipt+json";

    private static readonly (string Word, ReceiptDetail Value)[] Details = [("public", ReceiptDetail.Public), ("expert", ReceiptDetail.Expert)];

    /// <summary>SHA-256 of the text's bytes, 64 lower-case hexadecimal digits.</summary>
    public required string ContentSha256 { get; init; }

    /// <summary>The scheme's name.</summary>
    public required string Scheme { get; init; }

    /// <summary>The public id of the key.</summary>
    public required string KeyId { get; init; }

    /// <summary>The answer.</summary>
    public required ReceiptBand Band { get; init; }

    /// <summary>The program.</summary>
    public required ReceiptDetector Detector { get; init; }

    /// <summary>When the text was tested, to the second, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The numbers; null in a receipt for the public.</summary>
    public ReceiptNumbers? Numbers { get; init; }

    /// <summary>How much it says.</summary>
    public ReceiptDetail Detail => Numbers is null ? ReceiptDetail.Public : ReceiptDetail.Expert;

    /// <summary>What the answer rests on, one sentence.</summary>
    public string Technique => $"The answer rests on a statistical mark in the choice of tokens (scheme {Scheme}) and on nothing else, neither metadata nor style.";

    /// <summary>Makes a receipt.</summary>
    /// <param name="key">The key; its purpose must be <see cref="KeyPurpose.Compliance"/>.</param>
    /// <param name="contentSha256">SHA-256 of the text's bytes.</param>
    /// <param name="result">The test of the text.</param>
    /// <param name="detail">How much to say.</param>
    /// <param name="detector">The program.</param>
    /// <param name="clock">The clock that dates it.</param>
    /// <exception cref="InputFormatException">The key is not for compliance.</exception>
    public static Receipt Make(KeyFile key, string contentSha256, DetectionResult result, ReceiptDetail detail, ReceiptDetector detector, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(contentSha256);
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentNullException.ThrowIfNull(clock);
        CheckPurpose(key);
        DateTimeOffset now = clock.GetUtcNow();
        double logP = Rounded(result.LogP);
        return new Receipt
        {
            ContentSha256 = contentSha256,
            Scheme = key.Scheme.Name,
            KeyId = key.Id,
            Band = ReceiptBands.Of(result with { LogP = logP }),
            Detector = detector,
            Time = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)),
            Numbers = detail == ReceiptDetail.Public ? null : new ReceiptNumbers(key.TokenizerHash, result.Tokens, result.Scored, logP, Rounded(result.LogE)),
        };
    }

    /// <summary>Throws where a key must not answer the public.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="InputFormatException">The key is not for compliance.</exception>
    public static void CheckPurpose(KeyFile key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Purpose != KeyPurpose.Compliance)
            throw new InputFormatException($"Key {key.Id} is a forensic key, and receipts would teach others to write its mark; a compliance key ('watermark keygen --purpose compliance') was expected.");
    }

    /// <summary>Signs the receipt.</summary>
    /// <param name="signer">The signer.</param>
    /// <returns>A DSSE envelope as JSON.</returns>
    public byte[] Seal(SigningKey signer)
    {
        using var payload = new MemoryStream();
        JsonMembers.WriteDocument(payload, Write);
        return DsseEnvelope.Seal(PayloadType, payload.ToArray(), signer);
    }

    /// <summary>Checks the signature of a receipt and reads it.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="key">The signer's public key.</param>
    /// <exception cref="InputFormatException">It is no receipt, is signed by another, or was changed.</exception>
    public static Receipt Open(ReadOnlyMemory<byte> envelope, VerificationKey key) =>
        JsonFields.Parse(DsseEnvelope.Open(envelope, PayloadType, key), "The receipt", Read);

    /// <summary>Throws where the receipt is about another text.</summary>
    /// <param name="content">The text's bytes.</param>
    /// <exception cref="InputFormatException">A byte of the text differs from what was tested.</exception>
    public void CheckContent(ReadOnlySpan<byte> content)
    {
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        if (sha256 != ContentSha256)
            throw new InputFormatException($"The receipt is about another text: its SHA-256 is {ContentSha256}, and that of this text is {sha256}.");
    }

    private static double Rounded(double number) => DecimalStrings.Write(number) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : double.NaN;

    private static Receipt Read(JsonFields fields)
    {
        fields.Format(Format);
        ReceiptDetail detail = fields.Choice("detail", Details);
        JsonFields detector = fields.Object("detector");
        var receipt = new Receipt
        {
            ContentSha256 = fields.Text("contentSha256"),
            Scheme = fields.Text("scheme"),
            KeyId = fields.Text("keyId"),
            Band = ReceiptBands.Read(fields, "band"),
            Detector = new ReceiptDetector(detector.Text("name"), detector.Text("version"), detector.OptionalText("url")),
            Time = fields.OptionalTime("time") ?? throw fields.Wrong("time", "a UTC time"),
            Numbers = detail == ReceiptDetail.Public ? null : ReadNumbers(fields.Object("numbers")),
        };
        detector.Done();
        if (fields.Text("technique") != receipt.Technique)
            throw fields.Wrong("technique", $"'{receipt.Technique}'");
        fields.Done();
        if (receipt.Numbers is { } numbers && ReceiptBands.Of(numbers.Tokens, numbers.Scored, numbers.LogP) != receipt.Band)
            throw fields.Wrong("band", "that of the numbers");
        return receipt;
    }

    private static ReceiptNumbers ReadNumbers(JsonFields fields)
    {
        var numbers = new ReceiptNumbers(fields.Text("tokenizerHash"), fields.Whole("tokens"), fields.Whole("scored"), Decimal(fields, "logP") ?? throw fields.Wrong("logP", "a decimal string"), Decimal(fields, "logE") ?? double.NaN);
        JsonFields thresholds = fields.Object("thresholds");
        thresholds.Whole("minimumTokens", ReceiptBands.MinimumTokens, ReceiptBands.MinimumTokens);
        thresholds.Whole("minimumScored", ReceiptBands.MinimumScored, ReceiptBands.MinimumScored);
        foreach ((string name, double value) in Thresholds)
        {
            if (Decimal(thresholds, name) != Rounded(value))
                throw thresholds.Wrong(name, $"'{DecimalStrings.Write(value)}'");
        }

        thresholds.Done();
        fields.Done();
        return numbers;
    }

    private static (string Name, double Value)[] Thresholds => [("markFoundLogP", ReceiptBands.MarkFound), ("noMarkFoundLogP", ReceiptBands.NoMarkFound)];

    private static double? Decimal(JsonFields fields, string name)
    {
        if (fields.OptionalText(name) is not { } text)
            return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && DecimalStrings.Write(number) == text
            ? number
            : throw fields.Wrong(name, "a decimal string of 12 significant digits");
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteString("detail", Details[(int)Detail].Word);
        writer.WriteString("contentSha256", ContentSha256);
        writer.WriteString("scheme", Scheme);
        writer.WriteString("keyId", KeyId);
        writer.WriteString("band", ReceiptBands.NameOf(Band));
        writer.WriteString("technique", Technique);
        writer.WriteStartObject("detector");
        writer.WriteString("name", Detector.Name);
        writer.WriteString("version", Detector.Version);
        writer.WriteString("url", Detector.Url);
        writer.WriteEndObject();
        JsonMembers.WriteTime(writer, "time", Time);
        if (Numbers is { } numbers)
        {
            writer.WriteStartObject("numbers");
            writer.WriteString("tokenizerHash", numbers.TokenizerHash);
            writer.WriteNumber("tokens", numbers.Tokens);
            writer.WriteNumber("scored", numbers.Scored);
            writer.WriteString("logP", DecimalStrings.Write(numbers.LogP));
            writer.WriteString("logE", DecimalStrings.Write(numbers.LogE));
            writer.WriteStartObject("thresholds");
            writer.WriteNumber("minimumTokens", ReceiptBands.MinimumTokens);
            writer.WriteNumber("minimumScored", ReceiptBands.MinimumScored);
            foreach ((string name, double value) in Thresholds)
                writer.WriteString(name, DecimalStrings.Write(value));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
