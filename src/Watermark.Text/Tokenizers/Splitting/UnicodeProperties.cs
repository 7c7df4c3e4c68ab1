using System.Globalization;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>The sets of code points that expressions name.</summary>
internal static class UnicodeProperties
{
    private static readonly (string Name, string Long, UnicodeCategory Category)[] Categories =
    [
        ("Lu", "Uppercase_Letter", UnicodeCategory.UppercaseLetter),
        ("Ll", "Lowercase_Letter", UnicodeCategory.LowercaseLetter),
        ("Lt", "Titlecase_Letter", UnicodeCategory.TitlecaseLetter),
        ("Lm", "Modifier_Letter", UnicodeCategory.ModifierLetter),
        ("Lo", "Other_Letter", UnicodeCategory.OtherLetter),
        ("Mn", "Nonspacing_Mark", UnicodeCategory.NonSpacingMark),
        ("Mc", "Spacing_Mark", UnicodeCategory.SpacingCombiningMark),
        ("Me", "Enclosing_Mark", UnicodeCategory.EnclosingMark),
        ("Nd", "Decimal_Number", UnicodeCategory.DecimalDigitNumber),
        ("Nl", "Letter_Number", UnicodeCategory.LetterNumber),
        ("No", "Other_Number", UnicodeCategory.OtherNumber),
        ("Zs", "Space_Separator", UnicodeCategory.SpaceSeparator),
        ("Zl", "Line_Separator", UnicodeCategory.LineSeparator),
        ("Zp", "Paragraph_Separator", UnicodeCategory.ParagraphSeparator),
        ("Cc", "Control", UnicodeCategory.Control),
        ("Cf", "Format", UnicodeCategory.Format),
        ("Cn", "Unassigned", UnicodeCategory.OtherNotAssigned),
        ("Co", "Private_Use", UnicodeCategory.PrivateUse),
        ("Pc", "Connector_Punctuation", UnicodeCategory.ConnectorPunctuation),
        ("Pd", "Dash_Punctuation", UnicodeCategory.DashPunctuation),
        ("Ps", "Open_Punctuation", UnicodeCategory.OpenPunctuation),
        ("Pe", "Close_Punctuation", UnicodeCategory.ClosePunctuation),
        ("Pi", "Initial_Punctuation", UnicodeCategory.InitialQuotePunctuation),
        ("Pf", "Final_Punctuation", UnicodeCategory.FinalQuotePunctuation),
        ("Po", "Other_Punctuation", UnicodeCategory.OtherPunctuation),
        ("Sm", "Math_Symbol", UnicodeCategory.MathSymbol),
        ("Sc", "Currency_Symbol", UnicodeCategory.CurrencySymbol),
        ("Sk", "Modifier_Symbol", UnicodeCategory.ModifierSymbol),
        ("So", "Other_Symbol", UnicodeCategory.OtherSymbol),
    ];

    private static readonly Dictionary<string, string> Groups = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Letter"] = "L",
        ["Mark"] = "M",
        ["Number"] = "N",
        ["Separator"] = "Z",
        ["Other"] = "C",
        ["Punctuation"] = "P",
        ["Symbol"] = "S",
    };

    /// <summary>Decimal digits: <c>\d</c>.</summary>
    public static CodePointSet Digit { get; } = CodePointSet.OfCategories(UnicodeCategory.DecimalDigitNumber);

    /// <summary>
    /// What Oniguruma calls a word character in a set, <c>[\w]</c>: letters, marks, digits, letter numbers, connectors, and
    /// letters in circles and squares.
    /// </summary>
    public static CodePointSet WordInSet { get; } =
        Union(Union("L", "M", "Nd", "Nl", "Pc"), (0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189));

    /// <summary>The same outside a set, <c>\w</c>: there it has the superscripts and fractions of Latin-1 too.</summary>
    public static CodePointSet Word { get; } = Union(WordInSet, (0xB2, 0xB3), (0xB9, 0xB9), (0xBC, 0xBE));

    /// <summary>The set that a property names, as in <c>\p{Lu}</c>; null where it is none of those known here.</summary>
    /// <param name="name">A general category by its short or long name, a group of them such as <c>L</c>, or a script.</param>
    public static CodePointSet? Find(string name)
    {
        string wanted = Groups.GetValueOrDefault(name, name);
        UnicodeCategory[] found = [.. Categories.Where(item => Names(item, wanted)).Select(item => item.Category)];
        return found.Length > 0 ? CodePointSet.OfCategories(found) : Scripts.Find(name);
    }

    private static bool Names((string Name, string Long, UnicodeCategory Category) item, string wanted) =>
        string.Equals(item.Name, wanted, StringComparison.OrdinalIgnoreCase)
        || string.Equals(item.Long, wanted, StringComparison.OrdinalIgnoreCase)
        || (wanted.Length == 1 && item.Name.StartsWith(wanted, StringComparison.OrdinalIgnoreCase));

    private static CodePointSet Union(params string[] names) =>
        names.Aggregate(CodePointSet.Empty, (set, name) => set.Union(Find(name) ?? CodePointSet.Empty));

    private static CodePointSet Union(CodePointSet set, params (int First, int Last)[] ranges) =>
        ranges.Aggregate(set, (all, range) => all.Union(CodePointSet.Range(range.First, range.Last)));
}
