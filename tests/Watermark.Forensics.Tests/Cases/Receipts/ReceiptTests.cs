using System.Security.Cryptography;
using System.Text;
using Watermark.Catalog;
using Watermark.Forensics.Cases.Receipts;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Keys;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.Statistics;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Forensics.Tests.Cases.Receipts;

public sealed class ReceiptTests : IDisposable
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("Was this written by a model?\n");
    private static readonly ReceiptDetector Detector = new("watermark", "1.2.3", "https://example.com/detector");

    private readonly SigningKey signer = SigningKey.Create();

    public void Dispose() => signer.Dispose();

    [Fact]
    public void A_receipt_for_the_public_says_nothing_that_can_be_measured()
    {
        byte[] envelope = Make(ReceiptDetail.Public).Seal(signer);
        string payload = Payload(envelope);

        Receipt read = Open(envelope);

        Assert.Equal(ReceiptDetail.Public, read.Detail);
        Assert.Null(read.Numbers);
        Assert.Equal(ReceiptBand.MarkFound, read.Band);
        Assert.Equal("green-list", read.Scheme);
        Assert.Equal(Detector, read.Detector);
        foreach (string word in new[] { "logP", "logE", "tokens\"", "scored", "threshold", "-40" })
            Assert.DoesNotContain(word, payload, StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_for_experts_has_the_numbers_as_decimal_strings_of_12_digits()
    {
        byte[] envelope = Make(ReceiptDetail.Expert).Seal(signer);

        Receipt read = Open(envelope);

        Assert.Equal(new ReceiptNumbers("", 400, 398, -40.1234567891, 35.5), read.Numbers);
        string payload = Payload(envelope);
        Assert.Contains("\"logP\": \"-40.1234567891\"", payload, StringComparison.Ordinal);
        Assert.Contains("\"logE\": \"35.5\"", payload, StringComparison.Ordinal);
        // ln 10^-6 and ln 10^-2 by bc: l(10^-6), l(10^-2).
        Assert.Contains("\"markFoundLogP\": \"-13.815510558\"", payload, StringComparison.Ordinal);
        Assert.Contains("\"noMarkFoundLogP\": \"-4.60517018599\"", payload, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(199, 197, -100.0, ReceiptBand.TooShort)]
    [InlineData(200, 198, -100.0, ReceiptBand.MarkFound)]
    [InlineData(5000, 99, -100.0, ReceiptBand.TooShort)]
    [InlineData(5000, 100, 0.0, ReceiptBand.NoMarkFound)]
    [InlineData(400, 398, -4.605, ReceiptBand.NoMarkFound)]
    [InlineData(400, 398, -4.606, ReceiptBand.Undecided)]
    [InlineData(400, 398, -13.815, ReceiptBand.Undecided)]
    [InlineData(400, 398, -13.816, ReceiptBand.MarkFound)]
    public void Bands_begin_at_their_thresholds(long tokens, long scored, double logP, ReceiptBand band) =>
        Assert.Equal(band, ReceiptBands.Of(Result(tokens, scored, logP)));

    [Fact]
    public void A_forensic_key_gives_no_receipt()
    {
        using KeyFile key = Key(KeyPurpose.Forensic);

        string message = Assert.Throws<InputFormatException>(() => Receipt.Make(key, Hex(Content), Result(400, 398, -40), ReceiptDetail.Public, Detector, TimeProvider.System)).Message;

        Assert.StartsWith($"Key {key.Id} is a forensic key", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_changed_byte_of_receipt_or_text_is_refused()
    {
        byte[] envelope = Make(ReceiptDetail.Expert).Seal(signer);
        Receipt receipt = Open(envelope);
        receipt.CheckContent(Content);
        for (int i = 0; i < envelope.Length; i++)
        {
            byte[] changed = [.. envelope];
            changed[i] ^= 1;
            Assert.Throws<InputFormatException>(() => Open(changed));
        }

        for (int i = 0; i < Content.Length; i++)
        {
            byte[] changed = [.. Content];
            changed[i] ^= 1;
            Assert.StartsWith("The receipt is about another text", Assert.Throws<InputFormatException>(() => receipt.CheckContent(changed)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Another_signer_is_refused()
    {
        using SigningKey other = SigningKey.Create();
        using VerificationKey key = VerificationKey.FromPem(other.PublicPem);
        byte[] envelope = Make(ReceiptDetail.Public).Seal(signer);

        Assert.Contains("is signed with key", Assert.Throws<InputFormatException>(() => Receipt.Open(envelope, key)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"band\": \"mark found\"", "\"band\": \"no mark found\"", "The field 'band' must be that of the numbers.")]
    [InlineData("\"detail\": \"expert\"", "\"detail\": \"all\"", "The field 'detail' is 'all'; one of public, expert was expected.")]
    [InlineData("\"logP\": \"-40.1234567891\"", "\"logP\": \"-40.12345678910\"", "The field 'numbers.logP' must be a decimal string of 12 significant digits.")]
    [InlineData("\"logP\": \"-40.1234567891\"", "\"logP\": \"NaN\"", "The field 'numbers.logP' must be a decimal string of 12 significant digits.")]
    [InlineData("\"markFoundLogP\": \"-13.815510558\"", "\"markFoundLogP\": \"-1\"", "The field 'numbers.thresholds.markFoundLogP' must be '-13.815510558'.")]
    [InlineData("\"minimumTokens\": 200", "\"minimumTokens\": 20", "The field 'numbers.thresholds.minimumTokens' must be a whole number from 200 to 200.")]
    [InlineData("\"version\":", "\"vision\":", "The field 'detector.version' is missing.")]
    public void What_a_signer_signed_wrongly_is_refused_too(string old, string changed, string message)
    {
        string payload = Payload(Make(ReceiptDetail.Expert).Seal(signer));
        Assert.Contains(old, payload, StringComparison.Ordinal);
        byte[] envelope = DsseEnvelope.Seal(Receipt.PayloadType, Encoding.UTF8.GetBytes(payload.Replace(old, changed, StringComparison.Ordinal)), signer);

        Assert.Equal(message, Assert.Throws<InputFormatException>(() => Open(envelope)).Message);
    }

    [Fact]
    public void Any_damaged_payload_is_read_or_refused()
    {
        byte[][] payloads = [Encoding.UTF8.GetBytes(Payload(Make(ReceiptDetail.Expert).Seal(signer))), Encoding.UTF8.GetBytes(Payload(Make(ReceiptDetail.Public).Seal(signer)))];

        FuzzRun.Run("receipt", payloads, bytes => Open(DsseEnvelope.Seal(Receipt.PayloadType, bytes, signer)).Seal(signer));
    }

    private Receipt Open(byte[] envelope)
    {
        using VerificationKey key = VerificationKey.FromPem(signer.PublicPem);
        return Receipt.Open(envelope, key);
    }

    private string Payload(byte[] envelope)
    {
        using VerificationKey key = VerificationKey.FromPem(signer.PublicPem);
        return Encoding.UTF8.GetString(DsseEnvelope.Open(envelope, Receipt.PayloadType, key));
    }

    private static Receipt Make(ReceiptDetail detail)
    {
        using KeyFile key = Key(KeyPurpose.Compliance);
        return Receipt.Make(key, Hex(Content), Result(400, 398, -40.12345678912345), detail, Detector, TimeProvider.System);
    }

    private static DetectionResult Result(long tokens, long scored, double logP) =>
        new() { Tokens = tokens, Scored = scored, Score = 200, LogP = logP, Method = TailMethod.Exact, Z = 1, LogE = 35.5 };

    private static KeyFile Key(KeyPurpose purpose) =>
        KeyFile.Create(new GreenListScheme(), WatermarkKey.FromBytes(new byte[32]), "ids", 0, TimeProvider.System, purpose: purpose);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
