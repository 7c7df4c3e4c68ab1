using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Watermark.Catalog;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases.Receipts;
using Watermark.Forensics.Cases.Sealing;
using Watermark.NGrams;
using Watermark.Scoring;
using Watermark.Text.Conversations;

namespace Watermark.Cli.Commands;

/// <summary>The options of <c>detect</c> that give a signed receipt of one text.</summary>
internal sealed class ReceiptOptions
{
    // How the readers of text name a file that is one text.
    private const string TextShape = "text";

    private readonly Option<string?> receipt = new("--receipt") { HelpName = "FILE", Description = "Write a signed receipt of the answer for one text: a text file, or a file with one reply. Needs a compliance key and --signer." };
    private readonly Option<string> detail = new("--receipt-detail") { HelpName = "public|expert", Description = "Whether the receipt gives the coarse answer only, or the numbers too.", DefaultValueFactory = _ => "public" };
    private readonly Option<string?> url = new("--detector-url") { HelpName = "URL", Description = "Where the detector can be used, for the receipt." };
    private readonly SignerOptions signer = new();

    /// <summary>Creates the options.</summary>
    public ReceiptOptions() => detail.AcceptOnlyFromAmong("public", "expert");

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[receipt, detail, url])
            command.Options.Add(option);
        signer.AddTo(command, required: false);
    }

    /// <summary>Whether a receipt is wanted.</summary>
    /// <param name="parse">The parsed command line.</param>
    public bool IsWanted(ParseResult parse) => parse.GetValue(receipt) is not null;

    /// <summary>The file of the receipt, checked before the work.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="force">Whether a file that is there may be replaced.</param>
    /// <param name="inputs">What the command reads.</param>
    /// <returns>The file; null where no receipt is wanted.</returns>
    public OutputFile? Check(ParseResult parse, bool force, IReadOnlyList<string> inputs)
    {
        if (parse.GetValue(receipt) is not { } path)
        {
            if (new Option[] { detail, url }.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } lonely)
                throw new InputFormatException($"{lonely.Name} goes with --receipt FILE.");
            return signer.File(parse) is null ? null : throw new InputFormatException("--signer goes with --receipt FILE.");
        }

        if (signer.File(parse) is not { } key)
            throw new InputFormatException("A receipt is signed: name the signing key with --signer.");
        if (inputs is not [var input] || input == "-" || Directory.Exists(input))
            throw new InputFormatException("--receipt is for one text: one file was expected, no folder and no standard input.");
        if (parse.GetValue(url) is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out Uri? parsed) && parsed.Scheme is "https" or "http" && parsed.UserInfo.Length == 0))
            throw new InputFormatException("--detector-url must be an address such as https://example.com/detector, without a user's name.");
        return OutputFile.Check(path, force, [.. inputs, key]);
    }

    /// <summary>Throws where the key or the rule must not give receipts.</summary>
    /// <param name="key">The key.</param>
    /// <param name="selection">Which n-grams count.</param>
    public static void CheckTest(KeyFile key, NGramSelection selection)
    {
        Receipt.CheckPurpose(key);
        if (selection.Distinct != DistinctRule.Coins)
            throw new InputFormatException("--receipt counts each coin once, since its error rates hold for nothing else; give neither --distinct nor --as-published.");
    }

    /// <summary>The one text of the input.</summary>
    /// <param name="replies">The replies.</param>
    public static Reply Only(IEnumerable<Reply> replies)
    {
        if (replies.Take(2).ToArray() is not [var only])
            throw new InputFormatException("--receipt is for one text: a text file, or a file with one reply, was expected.");
        if (only.Tokens is not null || only.Reasoning is not null)
            throw new InputFormatException("--receipt is for text: neither token ids nor reasoning before a reply were expected.");
        return only;
    }

    /// <summary>Makes and writes the receipt.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="file">The file.</param>
    /// <param name="key">The key.</param>
    /// <param name="reply">The text.</param>
    /// <param name="input">The file that it comes from.</param>
    /// <param name="result">Its test.</param>
    public void Write(ParseResult parse, OutputFile file, KeyFile key, Reply reply, SampleInput input, DetectionResult result)
    {
        // Of a text file its own bytes, which people have; of a record the text in it.
        string sha256 = reply.Shape == TextShape ? input.Sha256 : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(reply.Text)));
        ReceiptDetail level = parse.GetValue(detail) == "expert" ? ReceiptDetail.Expert : ReceiptDetail.Public;
        var made = Receipt.Make(key, sha256, result, level, new ReceiptDetector("watermark", Verification.ToolVersion, parse.GetValue(url)), TimeProvider.System);
        using SigningKey signingKey = signer.Load(parse);
        byte[] envelope = made.Seal(signingKey);
        file.Write(stream => stream.Write(envelope));
    }
}
