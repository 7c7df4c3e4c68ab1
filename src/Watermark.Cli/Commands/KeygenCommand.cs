using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Watermark.Cli.Terminal;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Text;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark keygen</c>: makes a key file.</summary>
internal static class KeygenCommand
{
    private const string Help = """
        Makes a key file that only you may read (mode 0600). A file that exists is never overwritten.

        Examples:
          watermark keygen --out owner.wmkey
          watermark keygen --out owner.wmkey --gamma 1/4 --delta 2 --context-width 2
          watermark keygen --out owner.wmkey --protect
          watermark keygen --out acme.wmkey --from owner.wmkey --account acme
          watermark keygen --out kgw.wmkey --scheme kgw --param seeding=lefthash --vocabulary-size 32000 --secret-file kgw.json
        """;

    public static Command Create()
    {
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "The key file to make.", Required = true };
        var scheme = new Option<string>("--scheme") { HelpName = "NAME", Description = "The scheme; 'watermark schemes' lists them.", DefaultValueFactory = _ => "green-list" };
        var gamma = new Option<string?>("--gamma") { HelpName = "A/B", Description = "The green fraction, exact, such as 1/4." };
        var delta = new Option<double?>("--delta") { HelpName = "X", Description = "The bias added to green logits." };
        var width = new Option<int?>("--context-width") { HelpName = "H", Description = "Tokens of context the mark depends on: 1 or 2 for distillation evidence, 4 for provenance." };
        var parameter = new Option<string[]>("--param") { HelpName = "NAME=VALUE", Description = "Any other parameter of the scheme; may be repeated." };
        var tokenizer = new Option<string>("--tokenizer") { HelpName = "NAME|FILE", Description = "The model's tokenizer: cl100k_base, o200k_base, a file, or 'ids' for token ids only.", DefaultValueFactory = _ => "cl100k_base" };
        var vocabulary = new Option<int?>("--vocabulary-size") { HelpName = "N", Description = "The number of token ids; the tokenizer's own where it is known." };
        var secretFile = new Option<string?>("--secret-file") { HelpName = "FILE", Description = "The secret of a mark that exists already, as the key file's 'secret' member; '-' is standard input, or a prompt without echo at a terminal. Without it a fresh secret is drawn." };
        var protect = new Option<bool>("--protect") { Description = "Protect the secret with a passphrase, which is asked for." };
        var passphraseEnv = new Option<string?>(PassphrasePrompt.EnvironmentOption) { HelpName = "NAME", Description = "The environment variable that holds the passphrase; implies --protect." };
        var from = new Option<string?>("--from") { HelpName = "FILE", Description = "Derive the key from this one; with --account or --epoch." };
        var account = new Option<string?>("--account") { HelpName = "ID", Description = "Derive the key of one account." };
        var epoch = new Option<string?>("--epoch") { HelpName = "ID", Description = "Derive the key of one epoch." };
        var json = CommonOptions.Json();
        var command = new Command("keygen", HelpText.Flow(Help)) { output, scheme, gamma, delta, width, parameter, tokenizer, vocabulary, secretFile, protect, passphraseEnv, from, account, epoch, json };

        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            using KeyFile key = parse.GetValue(from) is { } parent
                ? Derive(KeyFile.Load(parent, id => PassphrasePrompt.ForProcess().Read($"Passphrase of key {id}", parse.GetValue(passphraseEnv))), parse.GetValue(account), parse.GetValue(epoch))
                : Make(Scheme(parse), parse.GetValue(secretFile), parse.GetValue(tokenizer)!, parse.GetValue(vocabulary));
            if (parse.GetValue(from) is null && (parse.GetValue(account) ?? parse.GetValue(epoch)) is not null)
                throw new InputFormatException("--account and --epoch derive from a key: name it with --from.");
            char[] passphrase = parse.GetValue(protect) || parse.GetValue(passphraseEnv) is not null
                ? PassphrasePrompt.ForProcess().Read($"Passphrase for key {key.Id}", parse.GetValue(passphraseEnv), repeat: true)
                : [];
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(parse.GetValue(output)!))!);
            key.Save(parse.GetValue(output)!, passphrase);
            PassphrasePrompt.Erase(passphrase);
            Report(key, parse.GetValue(output)!, ConsoleOutput.ForProcess(parse.GetValue(json)));
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;

        WatermarkScheme Scheme(ParseResult parse)
        {
            string name = parse.GetValue(scheme)!;
            SchemeDescriptor descriptor = SchemeCatalog.Find(name)
                ?? throw new InputFormatException($"The scheme '{name}' is not known; 'watermark schemes' lists them.");
            var members = new JsonObject { ["name"] = name };
            if (parse.GetValue(gamma) is { } fraction)
                members["gamma"] = fraction;
            if (parse.GetValue(delta) is { } bias)
                members["delta"] = bias;
            if (parse.GetValue(width) is { } contextWidth)
                members["contextWidth"] = contextWidth;
            if (parse.GetValue(vocabulary) is { } size && descriptor.Parameters.Contains("vocabularySize", StringComparison.Ordinal))
                members["vocabularySize"] = size;
            foreach (string pair in parse.GetValue(parameter) ?? [])
            {
                int equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals < 1)
                    throw new InputFormatException($"--param takes NAME=VALUE, not '{pair}'.");
                members[pair[..equals]] = Value(pair[(equals + 1)..]);
            }

            using JsonDocument document = JsonDocument.Parse(members.ToJsonString());
            return SchemeCatalog.Read(descriptor, document.RootElement);
        }
    }

    private static JsonValue Value(string text)
    {
        if (text is "true" or "false")
            return JsonValue.Create(text == "true");
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int whole))
            return JsonValue.Create(whole);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }

    private static KeyFile Make(WatermarkScheme scheme, string? secretFile, string tokenizer, int? vocabularySize)
    {
        int size = vocabularySize ?? (tokenizer == KeyFile.IdsTokenizer ? 0 : TextTokenizer.Load(tokenizer).VocabularySize);
        return KeyFile.Create(scheme, ReadSecret(scheme, secretFile), tokenizer, size, TimeProvider.System);
    }

    private static WatermarkSecret ReadSecret(WatermarkScheme scheme, string? secretFile)
    {
        if (secretFile is null)
            return scheme.DrawSecret(RandomBits.System);
        byte[] json = secretFile == "-" && !Console.IsInputRedirected ? AskSecret() : ReadAll(secretFile);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return scheme.ReadSecret(document.RootElement);
        }
        catch (JsonException)
        {
            // The parser's own message may quote the secret.
            throw new InputFormatException("The secret is not valid JSON: write it as the key file's 'secret' member, such as {\"hashKey\": …} or a quoted base64 string.");
        }
        finally
        {
            Array.Clear(json);
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
            return KeyFile.Create(parent.Scheme, derived, parent.Tokenizer, parent.VocabularySize, TimeProvider.System);
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
                writer.WriteNumber("vocabularySize", key.VocabularySize);
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
