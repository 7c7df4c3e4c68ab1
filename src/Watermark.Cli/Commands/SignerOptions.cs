using System.CommandLine;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Cli.Commands;

/// <summary>The options of every command that signs.</summary>
internal sealed class SignerOptions
{
    private readonly Option<string> signer = new("--signer") { HelpName = "FILE", Description = "The private key that signs ('watermark signer' makes one).", Required = true };
    private readonly Option<string?> passphrase = new("--signer-passphrase-env") { HelpName = "NAME", Description = "The environment variable that holds the signer's passphrase; without this option the tool asks for it." };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="required">Whether the command always signs.</param>
    public void AddTo(Command command, bool required = true)
    {
        signer.Required = required;
        command.Options.Add(signer);
        command.Options.Add(passphrase);
    }

    /// <summary>The file that is named; null for none.</summary>
    /// <param name="parse">The parsed command line.</param>
    public string? File(ParseResult parse) => parse.GetValue(signer);

    /// <summary>Opens the key.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <exception cref="InputFormatException">None is named, or the file is no signing key.</exception>
    public SigningKey Load(ParseResult parse)
    {
        string path = parse.GetValue(signer) ?? throw new InputFormatException("--signer is missing: a case is signed; 'watermark signer --out signer.pem' makes a key.");
        return SigningKey.Load(path, () => PassphrasePrompt.ForProcess().Read("Passphrase of the signing key", parse.GetValue(passphrase)));
    }
}
