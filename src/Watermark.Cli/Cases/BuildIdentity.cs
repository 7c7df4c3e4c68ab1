using System.Security.Cryptography;
using System.Text;
using Watermark.Cli.Commands;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Cli.Cases;

/// <summary>What identifies the program in a case.</summary>
internal static class BuildIdentity
{
    private static readonly string[] Libraries =
        ["Watermark", "Watermark.Cli", "Watermark.Forensics", "Watermark.Models", "Watermark.Reporting", "Watermark.SampleText", "Watermark.Text"];

    /// <summary>The running program.</summary>
    public static CaseTool OfProcess() => new("watermark", Verification.ToolVersion, Sha256(AppContext.BaseDirectory, Environment.ProcessPath));

    /// <summary>
    /// SHA-256 over the name and SHA-256 of each of its own libraries, in ordinal order; of the program itself where it was
    /// compiled into one file. The same sources and compiler give the same bytes in any folder.
    /// </summary>
    /// <param name="folder">The folder of the program.</param>
    /// <param name="program">The program; null where it is not known.</param>
    public static string Sha256(string folder, string? program)
    {
        var list = new StringBuilder();
        foreach (string name in Libraries)
        {
            string path = Path.Combine(folder, name + ".dll");
            if (File.Exists(path))
                list.Append(name).Append(' ').Append(FileDigest.Of(path)).Append('\n');
        }

        if (list.Length == 0)
            return program is null ? string.Empty : FileDigest.Of(program);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(list.ToString())));
    }
}
