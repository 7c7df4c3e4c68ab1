using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Watermark.Forensics.Tracing.Codes;

/// <summary>The accounts that a trace looks at, fixed before the text is read: every one of them is a test.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Ids">The accounts' ids, each once.</param>
public sealed record AccountList(string Name, string Sha256, IReadOnlyList<string> Ids)
{
    private static readonly SearchValues<char> NoParts = SearchValues.Create("\t\",;{}[]");

    /// <summary>No accounts, where only campaigns are tested.</summary>
    public static AccountList None { get; } = new(string.Empty, string.Empty, []);

    /// <summary>Reads a list: UTF-8, one id a line. Blanks around an id and empty lines are left out.</summary>
    /// <param name="name">The file's name, for messages and findings.</param>
    /// <param name="content">Its bytes.</param>
    /// <exception cref="InputFormatException">It is not UTF-8, names no account, or names one twice.</exception>
    public static AccountList Read(string name, ReadOnlySpan<byte> content)
    {
        List<(int Number, string Text)> lines = Lines(name, content);

        // Without the line itself: somebody may have named a key file.
        if (lines.FirstOrDefault(line => line.Text.AsSpan().ContainsAny(NoParts)) is { Number: > 0 and int number })
            throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"{name}: line {number} holds a tab, a quotation mark, a comma, a semicolon or a bracket; the bare id of one account was expected, as no table or JSON has it."));
        string[] ids = [.. lines.Select(line => line.Text)];
        return new AccountList(name, Digest(content), ids);
    }

    internal static string Digest(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>The lines with their numbers; the part before a tab is an id, each once.</summary>
    internal static List<(int Number, string Text)> Lines(string name, ReadOnlySpan<byte> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        string text;
        try
        {
            text = new UTF8Encoding(false, true).GetString(content).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new InputFormatException($"{name}: the file is not UTF-8.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var lines = new List<(int, string)>();
        string[] all = text.Split('\n');
        for (int i = 0; i < all.Length; i++)
        {
            string line = all[i].Trim();
            if (line.Length == 0)
                continue;
            if (!seen.Add(line.Split('\t')[0].TrimEnd()))
                throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"{name}: line {i + 1} names an account again; each was expected once."));
            lines.Add((i + 1, line));
        }

        return lines.Count > 0 ? lines : throw new InputFormatException($"{name}: the file names no account; one id a line was expected.");
    }
}

/// <summary>Accounts that are suspected to have collected text together, named before the text is read.</summary>
/// <param name="Name">The campaign's name.</param>
/// <param name="Sha256">SHA-256 of the file's bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Members">Its accounts, each once.</param>
public sealed record Campaign(string Name, string Sha256, IReadOnlyList<CampaignMember> Members)
{
    private const int LargestShare = 1000;

    /// <summary>Reads a campaign: UTF-8, one account a line, with a tab and its share, a whole number from 1 to 1,000, where shares differ.</summary>
    /// <param name="name">The campaign's name, for messages and findings.</param>
    /// <param name="content">The file's bytes.</param>
    /// <exception cref="InputFormatException">It is not UTF-8, names no account or one twice, or a share is out of its range.</exception>
    public static Campaign Read(string name, ReadOnlySpan<byte> content)
    {
        var members = new List<CampaignMember>();
        foreach ((int number, string line) in AccountList.Lines(name, content))
        {
            string[] parts = line.Split('\t');
            int share = 1;
            if (parts.Length > 2 || (parts.Length == 2 && !(int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out share) && share is >= 1 and <= LargestShare)))
                throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"{name}: line {number} was expected to be an account, or an account, a tab and a share from 1 to {LargestShare}."));
            members.Add(new CampaignMember(parts[0].TrimEnd(), share));
        }

        return new Campaign(name, AccountList.Digest(content), members);
    }
}

/// <summary>An account of a campaign.</summary>
/// <param name="Account">Its id.</param>
/// <param name="Share">How much of the campaign's text it collected, relative to the others: a whole number above 0.</param>
public readonly record struct CampaignMember(string Account, int Share);
