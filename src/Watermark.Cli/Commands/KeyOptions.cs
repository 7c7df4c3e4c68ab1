using System.CommandLine;
using Watermark.Cli.Terminal;
using Watermark.Keys;
using Watermark.Text;

namespace Watermark.Cli.Commands;

/// <summary>The options of every command that uses a key.</summary>
internal sealed class KeyOptions
{
    private readonly Option<string> key = new("--key") { HelpName = "FILE", Description = "The owner's key file.", Required = true };
    private readonly Option<string?> passphrase = new(PassphrasePrompt.EnvironmentOption) { HelpName = "NAME", Description = "The environment variable that holds the key's passphrase; without it a protected key asks." };
    private readonly Option<string?> tokenizer = new("--tokenizer") { HelpName = "NAME|FILE", Description = "The tokenizer, where the key names one that is a file: .model, .tiktoken, or a folder with vocab.json and merges.txt." };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(key);
        command.Options.Add(passphrase);
        command.Options.Add(tokenizer);
    }

    /// <summary>Opens the key and says on standard error what speaks against it.</summary>
    /// <param name="parse">The parsed command line.</param>
    public KeyFile Load(ParseResult parse)
    {
        string path = parse.GetValue(key)!;
        KeyFile file = KeyFile.Load(path, id => PassphrasePrompt.ForProcess().Read($"Passphrase of key {id}", parse.GetValue(passphrase)));
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
            Console.Error.WriteLine($"Warning: {path} can be read by other users of this machine; run chmod 600 on it.");
        if (file.Secret.Weakness is { } weakness)
            Console.Error.WriteLine($"Warning: key {file.Id}: {weakness}");
        return file;
    }

    /// <summary>The tokenizer of the key, or the one that the user names.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="file">The key.</param>
    public TextTokenizer LoadTokenizer(ParseResult parse, KeyFile file) => TextTokenizer.Load(parse.GetValue(tokenizer) ?? file.Tokenizer);
}
