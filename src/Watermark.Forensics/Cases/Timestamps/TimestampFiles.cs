using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Watermark.Forensics.Cases.Timestamps;

/// <summary>
/// The time stamps of a case (RFC 3161): a query for the digest of a file, the reply that an authority of the owner's choice
/// signs, and the certificates up to the authority's root, as <c>timestamps/NAME.tsq</c>, <c>.tsr</c> and <c>.pem</c>
/// (<c>timestamps.md</c> beside this class). Everything is checked without a network.
/// </summary>
public static class TimestampFiles
{
    private const string LogName = "log";
    private const int LongestFile = 1 << 20;

    private static readonly (string Name, string File)[] Stamped =
    [
        ("commitments", CaseFiles.Commitments),
        ("plan", CaseFiles.Plan),
        (LogName, CaseFiles.Log),
        ("statement", CaseFiles.Statement),
    ];

    /// <summary>What can be stamped: <c>commitments</c>, <c>plan</c>, <c>log</c>, <c>statement</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Stamped.Select(item => item.Name)];

    /// <summary>The file of the case that a time stamp is about.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="InputFormatException">It is another name.</exception>
    public static string FileOf(string name) =>
        Stamped.FirstOrDefault(item => item.Name == name).File ?? throw new InputFormatException($"A time stamp is one of {string.Join(", ", Names)}.");

    /// <summary>The query in the case.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static string QueryOf(string name) => $"{CaseFiles.Timestamps}/{name}.tsq";

    /// <summary>The reply in the case.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static string ReplyOf(string name) => $"{CaseFiles.Timestamps}/{name}.tsr";

    /// <summary>The certificates in the case.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static string ChainOf(string name) => $"{CaseFiles.Timestamps}/{name}.pem";

    /// <summary>Makes the query for a file of the case as it is now; for the log, up to its last line end.</summary>
    /// <param name="caseFolder">The case.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="policy">The object identifier of the policy to ask the authority for; null for its own choice.</param>
    /// <returns>The query (DER), and what it stamps; nothing is written.</returns>
    /// <exception cref="InputFormatException">The file is missing or has nothing to stamp.</exception>
    public static (byte[] Query, string Sha256, long Length) Request(string caseFolder, string name, string? policy = null)
    {
        string path = PathOf(caseFolder, FileOf(name));
        if (!File.Exists(path))
            throw new InputFormatException($"{path} is missing; there is nothing to stamp.");
        StampedBytes bytes = StampedBytes.Of(path, wholeLines: name == LogName);
        if (bytes.Length == 0)
            throw new InputFormatException($"{path} has no whole line yet; there is nothing to stamp.");
        return (TimestampToken.Query(bytes.Sha256, policy), Convert.ToHexStringLower(bytes.Sha256), bytes.Length);
    }

    /// <summary>Checks a time stamp of the case.</summary>
    /// <param name="caseFolder">The case.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>What it shows; null where the case has no reply of an authority.</returns>
    public static TimestampResult? Check(string caseFolder, string name)
    {
        string reply = PathOf(caseFolder, ReplyOf(name));
        if (!File.Exists(reply))
            return null;
        string chain = PathOf(caseFolder, ChainOf(name));
        return Check(caseFolder, name, () => Read(reply), () => Read(chain));
    }

    /// <summary>Checks a reply before it becomes part of the case.</summary>
    /// <param name="caseFolder">The case.</param>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="reply">The authority's reply (DER).</param>
    /// <param name="chain">The certificates up to the root (PEM).</param>
    public static TimestampResult Check(string caseFolder, string name, ReadOnlyMemory<byte> reply, ReadOnlyMemory<byte> chain) =>
        Check(caseFolder, name, () => reply, () => chain);

    private static TimestampResult Check(string caseFolder, string name, Func<ReadOnlyMemory<byte>> readReply, Func<ReadOnlyMemory<byte>> readChain)
    {
        string stamped = PathOf(caseFolder, FileOf(name));
        var result = new TimestampResult { Name = name };
        try
        {
            ReadOnlyMemory<byte> reply = readReply();
            result = result with { TokenSha256 = Hex(reply.Span) };
            ReadOnlyMemory<byte> pem = readChain();
            result = result with { ChainSha256 = Hex(pem.Span) };
            Rfc3161TimestampRequest query = TimestampToken.ReadQuery(Read(PathOf(caseFolder, QueryOf(name))));
            TimestampToken token = TimestampToken.ReadReply(reply, query);
            ReadOnlyMemory<byte> digest = token.Info.GetMessageHash();
            if (!File.Exists(stamped))
                throw new InputFormatException($"{FileOf(name)}, which it stamps, is missing.");
            result = result with { Sha256 = Convert.ToHexStringLower(digest.Span), FileLength = new FileInfo(stamped).Length, Length = LengthOf(stamped, name, digest.Span) };
            X509Certificate2Collection certificates = TimestampChain.Read(pem.Span);
            X509Certificate2 authority = token.CheckSignature(certificates);
            result = result with { Authority = authority.Subject };
            X509Certificate2 root = TimestampChain.RootOf(authority, certificates, token.Cms.Certificates, token.Info.Timestamp);
            return result with
            {
                Root = root.Subject,
                RootSha256 = Hex(root.RawData),
                GenTime = token.Info.Timestamp,
                Accuracy = TimeSpan.FromMicroseconds(token.Info.AccuracyInMicroseconds ?? 0),
            };
        }
        catch (InputFormatException exception)
        {
            return result with { Fault = exception.Message };
        }
        catch (CryptographicException)
        {
            return result with { Fault = "The token or a certificate holds something that cannot be read or checked." };
        }
    }

    /// <summary>How many bytes of a file have the digest: all, or those that the log had.</summary>
    private static long LengthOf(string path, string name, ReadOnlySpan<byte> digest)
    {
        if (name == LogName)
            return StampedBytes.FindWholeLines(path, digest)?.Length ?? throw new InputFormatException($"{CaseFiles.Log} does not begin with the lines that were stamped: they were changed afterwards.");
        StampedBytes bytes = StampedBytes.Of(path, wholeLines: false);
        return bytes.Sha256.AsSpan().SequenceEqual(digest) ? bytes.Length : throw new InputFormatException($"{FileOf(name)} is not the file that was stamped: it was changed afterwards.");
    }

    private static ReadOnlyMemory<byte> Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new InputFormatException($"{CaseFiles.Timestamps}/{file.Name} is missing.");
        return file.Length <= LongestFile ? File.ReadAllBytes(path) : throw new InputFormatException($"{CaseFiles.Timestamps}/{file.Name} has more than 1 MiB.");
    }

    private static string PathOf(string caseFolder, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(caseFolder);
        return Path.Combine(caseFolder, name.Replace('/', Path.DirectorySeparatorChar));
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
