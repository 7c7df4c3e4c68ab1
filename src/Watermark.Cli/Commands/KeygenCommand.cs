using System.CommandLine;
using System.Text;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark keygen</c>: makes a key file.</summary>
internal static class KeygenCommand
{
    private const string Help = """
        Makes a key file that only you may read (mode 0600). A file that exists is never overwritten.

        Examples:
          watermark keygen --out owner.wmkey
          watermark keygen --out wide.wmkey --tokenizer cl100k_base --gamma 1/4 --delta 2 --context-width 4
          watermark keygen --out protected.wmkey --passphrase-env OWNER_PASSPHRASE
          watermark keygen --out public.wmkey --purpose compliance
          watermark keygen --out acme.wmkey --from owner.wmkey --account acme
          watermark keygen --out kgw.wmkey --scheme kgw --seeding lefthash --vocabulary-size 32000 --secret-file kgw.json
        """;

    public static Command Create()
    {
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "The key file to make.", Required = true };
        var scheme = new SchemeOptions();
        var tokenizer = new Option<string>("--tokenizer") { HelpName = "NAME|FILE", Description = $"The model's tokenizer: {KeyOptions.Tokenizers}, or 'ids' for token ids only.", DefaultValueFactory = _ => "cl100k_base" };
        var secretFile = new Option<string?>("--secret-file") { HelpName = "FILE", Description = "The secret of an existing mark, as the key file's 'secret' member; '-' is standard input, or a prompt without echo at a terminal. Without this option a fresh secret is drawn." };
        var protect = new Option<bool>("--protect") { Description = "Protect the secret with a passphrase; the tool asks for it." };
        var passphraseEnv = new Option<string?>(PassphrasePrompt.EnvironmentOption) { HelpName = "NAME", Description = "The environment variable that holds the passphrase; implies --protect." };
        var from = new Option<string?>("--from") { HelpName = "FILE", Description = "Derive the key from this key file; use with --account or --epoch." };
        var account = new Option<string?>("--account") { HelpName = "ID", Description = "Derive the key of one account." };
        var epoch = new Option<string?>("--epoch") { HelpName = "ID", Description = "Derive the key of one epoch." };
        var purpose = new Option<string>("--purpose") { HelpName = "forensic|compliance", Description = "What the key is for: tests of suspects, or answers to the public ('detect --receipt'). One key must not serve both.", DefaultValueFactory = _ => KeyPurposes.NameOf(KeyPurpose.Forensic) };
        purpose.AcceptOnlyFromAmong([.. KeyPurposes.Names]);
        var json = CommonOptions.Json();
        var command = new Command("keygen", HelpText.Flow(Help)) { output };
        scheme.AddTo(command);
        foreach (Option option in (Option[])[tokenizer, secretFile, protect, passphraseEnv, from, account, epoch, purpose, json])
            command.Options.Add(option);

        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            RefuseWithFrom(parse);
            string path = parse.GetValue(output)!;
            if (Path.Exists(path) && !Directory.Exists(path))
                throw new InputFormatException($"{path} exists already; a key is never overwritten.");
            OutputFile target = OutputFile.Check(path, force: false);
            StandardStreams.CheckInput(parse.GetValue(secretFile));
            using KeyFile key = parse.GetValue(from) is { } parent
                ? Derive(KeyFile.Load(parent, id => PassphrasePrompt.ForProcess().Read($"Passphrase of key {id}", parse.GetValue(passphraseEnv))), parse.GetValue(account), parse.GetValue(epoch))
                : Make(scheme.Read(parse), parse.GetValue(secretFile), parse.GetValue(tokenizer)!, scheme.VocabularySize(parse), KeyPurposes.Find(parse.GetValue(purpose)!)!.Value);
            if (parse.GetValue(from) is null && (parse.GetValue(account) ?? parse.GetValue(epoch)) is not null)
                throw new InputFormatException("--account and --epoch derive from a key: name it with --from.");
            char[] passphrase = parse.GetValue(protect) || parse.GetValue(passphraseEnv) is not null
                ? PassphrasePrompt.ForProcess().Read($"Passphrase for key {key.Id}", parse.GetValue(passphraseEnv), repeat: true)
                : [];
            using (PendingFiles.Track(target.Prepare()))
                key.Save(target.Target, passphrase);
            PassphrasePrompt.Erase(passphrase);
            Report(key, path, ConsoleOutput.ForProcess(parse.GetValue(json)));
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;

        void RefuseWithFrom(ParseResult parse)
        {
            if (parse.GetValue(from) is null)
                return;
            foreach (Option option in scheme.All.Concat([tokenizer, secretFile, purpose]))
            {
                if (parse.GetResult(option) is { Implicit: false })
                    throw new InputFormatException($"{option.Name} does not go with --from: a derived key has the scheme, the tokenizer and the purpose of the key it derives from.");
            }
        }
    }

    private static KeyFile Make(WatermarkScheme scheme, string? secretFile, string tokenizer, int? vocabularySize, KeyPurpose purpose)
    {
        TextTokenizer text = TextTokenizer.Load(tokenizer);
        return KeyFile.Create(scheme, ReadSecret(scheme, secretFile), tokenizer, vocabularySize ?? text.VocabularySize, TimeProvider.System, text.ContentHash, purpose);
    }

    private static WatermarkSecret ReadSecret(WatermarkScheme scheme, string? secretFile)
    {
        if (secretFile is null)
            return scheme.DrawSecret(RandomBits.System);
        byte[] json = secretFile == "-" && !Console.IsInputRedirected ? AskSecret() : ReadAll(secretFile);
        try
        {
            using JsonDocument document = ParseSecret(json);
            return scheme.ReadSecret(document.RootElement);
        }
        finally
        {
            Array.Clear(json);
        }
    }

    private static JsonDocument ParseSecret(byte[] json)
    {
        try
        {
            return StrictJson.Parse(json, "The secret");
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{exception.Message} Write it as the key file's 'secret' member, such as {{\"hashKey\": …}} or a quoted base64 string.");
        }
    }

    private static byte[] AskSecret()
    {
        char[] typed = PassphrasePrompt.ForProcess().Read("Secret, as the key file's 'secret' member");
        byte[] json = Encoding.UTF8.GetBytes(typed);
        PassphrasePrompt.Erase(typed);
        return json;
    }

    private static byte[] ReadAll(string path)
    {
        using Stream stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        byte[] bytes = memory.ToArray();
        Array.Clear(memory.GetBuffer());
        return bytes;
    }

    private static KeyFile Derive(KeyFile parent, string? account, string? epoch)
    {
        using (parent)
        {
            if (parent.Secret is not WatermarkKey secret)
                throw new InputFormatException($"A {parent.Scheme.Name} key cannot be derived from; only keys of 32 bytes can.");
            if (account is null == epoch is null)
                throw new InputFormatException("Say whose key it is: either --account or --epoch.");
            WatermarkKey derived = account is not null ? secret.ForAccount(account) : secret.ForEpoch(epoch!);
            return KeyFile.Create(parent.Scheme, derived, parent.Tokenizer, parent.VocabularySize, TimeProvider.System, parent.TokenizerHash, parent.Purpose);
        }
    }

    private static void Report(KeyFile key, string path, ConsoleOutput console)
    {
        if (console.Json)
        {
            console.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("file", path);
                writer.WriteString("id", key.Id);
                writer.WriteStartObject("scheme");
                writer.WriteString("name", key.Scheme.Name);
                key.Scheme.WriteParameters(writer);
                writer.WriteEndObject();
                writer.WriteString("tokenizer", key.Tokenizer);
                writer.WriteString("tokenizerHash", key.TokenizerHash);
                writer.WriteNumber("vocabularySize", key.VocabularySize);
                writer.WriteString("purpose", KeyPurposes.NameOf(key.Purpose));
                writer.WriteEndObject();
            });
            return;
        }

        string gamma = key.Scheme.Null.Gamma is { } value ? $", gamma {value}" : string.Empty;
        console.WriteLine($"Made {path}: key {key.Id}, scheme {key.Scheme.Name}, context width {key.Scheme.ContextWidth}{gamma}, tokenizer {key.Tokenizer}.");
        if (key.Secret.Weakness is { } weakness)
            console.Error.WriteLine($"Warning: {weakness}");
    }
}
