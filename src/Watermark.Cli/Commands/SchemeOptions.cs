using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Watermark.Catalog;
using Watermark.Schemes;

namespace Watermark.Cli.Commands;

/// <summary>The options that choose a scheme and set its parameters: one for each parameter in the catalogue's tables.</summary>
internal sealed class SchemeOptions
{
    private const string DefaultScheme = "green-list";
    private const string VocabularySizeName = "vocabularySize";

    private readonly Option<string> scheme = new("--scheme") { HelpName = "NAME", Description = "The scheme; 'watermark schemes' lists them with their parameters.", DefaultValueFactory = _ => DefaultScheme };
    private readonly Option<string[]> parameter = new("--param") { HelpName = "NAME=VALUE", Description = "A parameter by its name in key files; may be repeated." };
    private readonly Option<int?> vocabularySize = new("--vocabulary-size") { HelpName = "N", Description = "The number of token ids; by default the tokenizer's, where it is known." };
    private readonly (string Name, Option<string?> Option)[] named = [.. SchemeCatalog.All.SelectMany(item => item.Parameters).Select(item => item.Name).Distinct().Where(name => name != VocabularySizeName).Select(name => (name, Make(name)))];

    /// <summary>All options; none of them may be given for a derived key.</summary>
    public IEnumerable<Option> All => [scheme, .. named.Select(item => item.Option), parameter, vocabularySize];

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Options.Add(option);
    }

    /// <summary>The number of token ids that the user states.</summary>
    /// <param name="parse">The parsed command line.</param>
    public int? VocabularySize(ParseResult parse) => parse.GetValue(vocabularySize);

    /// <summary>The scheme that the user describes.</summary>
    /// <param name="parse">The parsed command line.</param>
    public WatermarkScheme Read(ParseResult parse)
    {
        string name = parse.GetValue(scheme)!;
        SchemeDescriptor descriptor = SchemeCatalog.Find(name)
            ?? throw new InputFormatException($"The scheme '{name}' is not known; 'watermark schemes' lists them.");
        var members = new JsonObject { ["name"] = name };
        foreach ((string member, Option<string?> option) in named)
        {
            if (parse.GetValue(option) is not { } text)
                continue;
            if (descriptor.Find(member) is null)
                throw new InputFormatException($"{option.Name} does not apply: the scheme '{name}' has {string.Join(", ", descriptor.Parameters.Select(item => item.Name))}.");
            members[member] = Value(descriptor, member, text);
        }

        if (parse.GetValue(vocabularySize) is { } size && descriptor.Find(VocabularySizeName) is not null)
            members[VocabularySizeName] = size;
        foreach (string pair in parse.GetValue(parameter) ?? [])
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw new InputFormatException($"--param takes NAME=VALUE, not '{pair}'.");
            members[pair[..equals]] = Value(descriptor, pair[..equals], pair[(equals + 1)..]);
        }

        using JsonDocument document = JsonDocument.Parse(members.ToJsonString());
        return descriptor.Read(document.RootElement);
    }

    private static Option<string?> Make(string name)
    {
        SchemeDescriptor[] schemes = [.. SchemeCatalog.All.Where(item => item.Find(name) is not null)];
        SchemeParameter first = schemes[0].Find(name)!;
        bool isDefaults = schemes[0].Name == DefaultScheme;
        // The shortest text fits all schemes.
        string help = isDefaults ? first.Help : schemes.Select(item => item.Find(name)!.Help).MinBy(text => text.Length)!;
        string only = isDefaults ? string.Empty : $" ({string.Join(", ", schemes.Select(item => item.Name))})";
        return new Option<string?>(OptionName(name))
        {
            HelpName = first.Kind switch
            {
                SchemeParameterKind.Fraction => "A/B",
                SchemeParameterKind.WholeNumber => "N",
                SchemeParameterKind.Number => "X",
                SchemeParameterKind.Flag => "true|false",
                _ => "WORD",
            },
            Description = $"{char.ToUpperInvariant(help[0])}{help[1..]}{only}.",
        };
    }

    private static string OptionName(string name)
    {
        var option = new StringBuilder("--");
        foreach (char letter in name)
            option.Append(char.IsAsciiLetterUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : letter.ToString());
        return option.ToString();
    }

    /// <summary>
    /// The text as the kind of JSON value that the parameter takes; a text that does not fit stays text and is refused later
    /// with the parameter's name.
    /// </summary>
    private static JsonValue Value(SchemeDescriptor descriptor, string name, string text)
    {
        switch (descriptor.Find(name)?.Kind)
        {
            case SchemeParameterKind.Flag when text is "true" or "false":
                return JsonValue.Create(text == "true");
            case SchemeParameterKind.WholeNumber when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int whole):
                return JsonValue.Create(whole);
            case SchemeParameterKind.Number when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number):
                return JsonValue.Create(number);
            default:
                return JsonValue.Create(text);
        }
    }
}
