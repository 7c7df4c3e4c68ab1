using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases.Receipts;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark receipt</c>: checks a receipt of <c>detect --receipt</c>.</summary>
internal static class ReceiptCommand
{
    private const int LongestReceipt = 1 << 20;

    private const string Help = """
        Checks a receipt of 'detect --receipt' without a network: that the signer signed it, that nothing of it was changed, and
        that it is about this very text. Any changed byte of receipt or text is refused. The signer's public key must come
        from the signer: a receipt shows who made it only to those who know that key.

        Examples:
          watermark receipt receipt.json --text reply.txt --signer-key signer.pem.pub
        """;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The receipt." };
        var text = new Option<string>("--text") { HelpName = "FILE", Description = "The text that was tested, byte for byte: the text file, or the reply's text in UTF-8.", Required = true };
        var key = new Option<string>("--signer-key") { HelpName = "FILE", Description = "The signer's public key (PEM).", Required = true };
        var json = CommonOptions.Json();
        var command = new Command("receipt", HelpText.Flow(Help)) { file, text, key, json };
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            string path = parse.GetValue(file)!, keyPath = parse.GetValue(key)!, textPath = parse.GetValue(text)!;
            using VerificationKey signer = NamedFile.Read(keyPath, () => VerificationKey.FromPem(Encoding.Latin1.GetString(ReadShort(keyPath))));
            Receipt receipt = NamedFile.Read(path, () => Receipt.Open(ReadShort(path), signer));
            NamedFile.Read(textPath, () =>
            {
                receipt.CheckContent(File.ReadAllBytes(textPath));
                return receipt;
            });
            Report(receipt, signer.KeyId, ConsoleOutput.ForProcess(parse.GetValue(json)));
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static void Report(Receipt receipt, string signer, ConsoleOutput console)
    {
        string time = receipt.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (console.Json)
        {
            console.WriteJson(writer => WriteJson(writer, receipt, signer, time));
            return;
        }

        console.WriteLine($"Intact: signed with key {signer}, about this text (SHA-256 {receipt.ContentSha256}).");
        console.WriteLine($"Answer: {ReceiptBands.NameOf(receipt.Band)}, under key {receipt.KeyId}, at {time}, by {receipt.Detector.Name} {receipt.Detector.Version}{(receipt.Detector.Url is { } url ? $", {url}" : string.Empty)}.");
        console.WriteLine(receipt.Technique);
        if (receipt.Numbers is { } numbers)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{numbers.Scored} of {numbers.Tokens} tokens scored, ln p {numbers.LogP}, ln e {numbers.LogE}."));
    }

    private static void WriteJson(Utf8JsonWriter writer, Receipt receipt, string signer, string time)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("intact", true);
        writer.WriteString("signer", signer);
        writer.WriteString("contentSha256", receipt.ContentSha256);
        writer.WriteString("band", ReceiptBands.NameOf(receipt.Band));
        writer.WriteString("scheme", receipt.Scheme);
        writer.WriteString("keyId", receipt.KeyId);
        writer.WriteString("time", time);
        writer.WriteString("detectorUrl", receipt.Detector.Url);
        if (receipt.Numbers is { } numbers)
        {
            writer.WriteNumber("tokens", numbers.Tokens);
            writer.WriteNumber("scored", numbers.Scored);
            writer.WriteNumberOrNull("logP", numbers.LogP);
            writer.WriteNumberOrNull("logE", numbers.LogE);
        }

        writer.WriteEndObject();
    }

    private static byte[] ReadShort(string path) =>
        new FileInfo(path) is { Exists: true, Length: > LongestReceipt } ? throw new InputFormatException("At most 1 MiB was expected.") : File.ReadAllBytes(path);
}
