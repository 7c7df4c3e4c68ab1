using System.CommandLine;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Cli.Cases;

/// <summary>What the commands that work in a case share.</summary>
internal static class CaseOptions
{
    /// <summary>The folder of the case.</summary>
    /// <param name="required">Whether it must be given.</param>
    public static Option<string?> Folder(bool required = true) => new("--case") { HelpName = "DIR", Description = "The folder of the case.", Required = required };

    /// <summary>The time to the second, as in files.</summary>
    public static DateTimeOffset Now()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
    }

    /// <summary>Throws where the case was signed by another, or evidence of an earlier seal is missing or changed.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="signer">The signer.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public static void CheckSigner(CaseFolder folder, SigningKey signer, CancellationToken cancellationToken = default)
    {
        RefuseForeign(folder);
        if (folder.Has(CaseFiles.Signer))
        {
            using VerificationKey known = Signer(folder);
            if (known.KeyId != signer.KeyId)
                throw new InputFormatException($"--signer is key {signer.KeyId}, and {folder.PathOf(CaseFiles.Signer)} holds {known.KeyId}: one case has one signer.");
        }

        using VerificationKey key = VerificationKey.FromPem(signer.PublicPem);
        RefuseLoss(folder, key, cancellationToken);
    }

    /// <summary>Throws where evidence of an earlier seal is missing or changed, for who changes a case and does not sign it.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public static void CheckEvidence(CaseFolder folder, CancellationToken cancellationToken)
    {
        RefuseForeign(folder);
        if (!folder.Has(CaseFiles.Manifest))
            return;
        using VerificationKey key = Signer(folder);
        RefuseLoss(folder, key, cancellationToken);
    }

    /// <summary>Writes the signed list of all files: the last step of every command that changes a case.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="signer">The signer.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static void Seal(CaseFolder folder, SigningKey signer, CancellationToken cancellationToken)
    {
        // No list of files covers them, and a folder of old samples is left empty where there are no new ones.
        foreach (string empty in folder.EmptyFolders().Reverse())
            Directory.Delete(folder.PathOf(empty));
        Write(folder, CaseFiles.Signer, System.Text.Encoding.ASCII.GetBytes(signer.PublicPem));
        Write(folder, CaseFiles.Manifest, CaseManifest.Make(folder, signer, Now(), cancellationToken));
    }

    /// <summary>Writes a file of the case, complete or not at all; one that is there is replaced.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its bytes.</param>
    public static void Write(CaseFolder folder, string name, ReadOnlyMemory<byte> content) => Write(folder, name, stream => stream.Write(content.Span));

    /// <inheritdoc cref="Write(CaseFolder, string, ReadOnlyMemory{byte})"/>
    public static void Write(CaseFolder folder, string name, Action<Stream> content) => OutputFile.Check(folder.PathOf(name), force: true).Write(content);

    /// <summary>The command line as it was given. No option takes a secret: passphrases come from a prompt or the environment.</summary>
    public static string CommandLine() => string.Join(' ', ["watermark", .. Environment.GetCommandLineArgs().Skip(1).Select(Quoted)]);

    private static VerificationKey Signer(CaseFolder folder) =>
        folder.Read(CaseFiles.Signer, bytes => VerificationKey.FromPem(System.Text.Encoding.ASCII.GetString(bytes)));

    private static void RefuseForeign(CaseFolder folder)
    {
        if (Directory.Exists(folder.Root) && folder.Foreign() is [var foreign, ..])
            throw new InputFormatException($"{folder.Root}: {foreign}");
    }

    private static void RefuseLoss(CaseFolder folder, VerificationKey key, CancellationToken cancellationToken)
    {
        if (folder.Has(CaseFiles.Manifest) && CaseManifest.LostEvidence(folder, key, cancellationToken).FirstOrDefault() is { } lost)
            throw new InputFormatException($"{folder.Root}: {lost}");
    }

    private static string Quoted(string argument) =>
        argument.Length > 0 && !argument.Any(c => char.IsWhiteSpace(c) || c is '\'' or '"' or '$' or '\\') ? argument : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
