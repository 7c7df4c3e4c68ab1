using System.CommandLine;
using Watermark.Catalog;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary>The options of every command that uses a key.</summary>
internal sealed class KeyOptions
{
    /// <summary>What the help says of the tokenizers that options take.</summary>
    public const string Tokenizers =
        "cl100k_base, o200k_base, a tokenizer.json, a .gguf, .model or .tiktoken file (PATH#PATTERN names how the model of a .tiktoken file cuts text, as in qwen.tiktoken#qwen2), or the folder of a model";

    private readonly Option<string> key = new("--key") { HelpName = "FILE", Description = "The owner's key file.", Required = true };
    private readonly Option<string[]> keys = CommonOptions.Several(new Option<string[]>("--key") { HelpName = "FILE", Description = "The owner's key file; may be repeated. In 'verify' each key is a test.", Required = true });
    private readonly Option<string?> passphrase = new(PassphrasePrompt.EnvironmentOption) { HelpName = "NAME", Description = "The environment variable that holds the key's passphrase; without this option the tool asks for it." };
    private readonly Option<string?> tokenizer = new("--tokenizer") { HelpName = "NAME|FILE", Description = $"The tokenizer, where the key names one that is a file which lies elsewhere now: {Tokenizers}." };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="several">Whether several keys may be named.</param>
    /// <param name="required">Whether at least one must be named.</param>
    /// <param name="tokenizers">Whether the command reads text.</param>
    public void AddTo(Command command, bool several = false, bool required = true, bool tokenizers = true)
    {
        key.Required = required;
        keys.Required = required;
        command.Options.Add(several ? keys : key);
        command.Options.Add(passphrase);
        if (tokenizers)
            command.Options.Add(tokenizer);
    }

    /// <summary>The files that the options name: keys and the tokenizer.</summary>
    /// <param name="parse">The parsed command line.</param>
    public IEnumerable<string> Files(ParseResult parse) =>
        new[] { parse.CommandResult.Command.Options.Contains(key) ? parse.GetValue(key) : null, parse.GetValue(tokenizer) is { } name ? FileOf(name) : null }
            .Concat(parse.CommandResult.Command.Options.Contains(keys) ? Paths(parse) : [])
            .OfType<string>();

    /// <summary>The files of the keys that the user names, where several may be named.</summary>
    /// <param name="parse">The parsed command line.</param>
    public IReadOnlyList<string> Paths(ParseResult parse) => parse.GetValue(keys) ?? [];

    /// <summary>The file of a tokenizer, without the pattern that may be named behind it.</summary>
    /// <param name="tokenizer">A name or path, as an option takes it.</param>
    public static string FileOf(string tokenizer) =>
        !Path.Exists(tokenizer) && tokenizer.LastIndexOf('#') is > 0 and int mark ? tokenizer[..mark] : tokenizer;

    /// <summary>Whether the user names a key.</summary>
    /// <param name="parse">The parsed command line.</param>
    public bool IsGiven(ParseResult parse) => parse.GetValue(key) is not null;

    /// <summary>Opens the key and writes warnings about it to standard error.</summary>
    /// <param name="parse">The parsed command line.</param>
    public KeyFile Load(ParseResult parse) => Load(parse, parse.GetValue(key)!);

    /// <summary>Opens every key that the user names.</summary>
    /// <param name="parse">The parsed command line.</param>
    public IReadOnlyList<KeyFile> LoadAll(ParseResult parse)
    {
        var files = new List<KeyFile>();
        foreach (string path in Paths(parse))
        {
            KeyFile file = Load(parse, path);
            if (files.Any(other => other.Id == file.Id))
                throw new InputFormatException($"{path}: key {file.Id} is named twice, and its tests would count twice.");
            files.Add(file);
        }

        return files;
    }

    private KeyFile Load(ParseResult parse, string path)
    {
        KeyFile file = KeyFile.Load(path, id => PassphrasePrompt.ForProcess().Read($"Passphrase of key {id}", parse.GetValue(passphrase)));
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
            Console.Error.WriteLine($"Warning: {path} can be read by other users of this machine; run chmod 600 on it.");
        if (file.Remark is { } remark)
            Console.Error.WriteLine($"Note: key {file.Id}: {remark}");
        if (file.Secret.Weakness is { } weakness)
            Console.Error.WriteLine($"Warning: key {file.Id}: {weakness}");
        return file;
    }

    /// <summary>The tokenizer of the key, or the one that the user names where the key names a file or none.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="name">The name in the key.</param>
    /// <param name="hash">The digest in the key; empty where it has none.</param>
    /// <exception cref="InputFormatException">It is not the key's: other ids would hide every mark.</exception>
    public TextTokenizer LoadTokenizer(ParseResult parse, string name, string hash)
    {
        string? chosen = parse.GetValue(tokenizer);
        TextTokenizer loaded = TextTokenizer.Load(chosen ?? name);
        if (hash.Length == 0 && chosen is not null && TextTokenizer.IsBuiltIn(name))
            hash = TextTokenizer.Load(name).ContentHash;
        if (hash.Length > 0 && loaded.ContentHash != hash)
        {
            throw new InputFormatException(
                $"The tokenizer '{loaded.Name}' (SHA-256 {Digits(loaded.ContentHash)}) is not the one that the key marks: '{name}' ({Digits(hash)}) was expected. [{DiagnosticCodes.TokenizerMismatch}]");
        }

        return loaded;
    }

    private static string Digits(string hash) => hash.Length == 0 ? "none" : hash[..12] + "…";
}
