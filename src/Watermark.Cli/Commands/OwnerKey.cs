using Watermark.Catalog;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.Schemes;

namespace Watermark.Cli.Commands;

/// <summary>A key to test: the key of a file, or one derived from it for an account or an epoch.</summary>
internal sealed class OwnerKey : IDisposable
{
    private OwnerKey(KeyedScheme scheme, int idVersion, KeyFile file, IReadOnlyList<Diagnostic> diagnostics, string? account, string? epoch, string? commitment)
    {
        Scheme = scheme;
        Tokenizer = file.Tokenizer;
        TokenizerHash = file.TokenizerHash;
        Diagnostics = diagnostics;
        Account = account;
        Epoch = epoch;
        Identity = KeyIdentity.Of(scheme, idVersion, commitment);
    }

    /// <summary>The account; null for a key of all accounts.</summary>
    public string? Account { get; }

    /// <summary>The epoch; null for a key of all epochs.</summary>
    public string? Epoch { get; }

    /// <summary>Scheme and key.</summary>
    public KeyedScheme Scheme { get; }

    /// <summary>The tokenizer's name in the key file.</summary>
    public string Tokenizer { get; }

    /// <summary>The digest of the tokenizer's content in the key file; empty where it has none.</summary>
    public string TokenizerHash { get; }

    /// <summary>The identity of the key in a finding.</summary>
    public KeyIdentity Identity { get; }

    /// <summary>The diagnostics about the key.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>Account and epoch in words, for titles; null for the file's own key.</summary>
    public string? Derivation => (Account, Epoch) switch
    {
        (null, null) => null,
        (null, _) => $"epoch {Epoch}",
        (_, null) => $"account {Account}",
        _ => $"account {Account} of epoch {Epoch}",
    };

    /// <summary>The keys of accounts and epochs, or the file's own where neither is named.</summary>
    /// <param name="file">The key file.</param>
    /// <param name="accounts">Accounts; may be empty.</param>
    /// <param name="epochs">Epochs; may be empty.</param>
    /// <param name="commitment">The commitment that the file's key opens; null where none was made.</param>
    public static IEnumerable<OwnerKey> All(KeyFile file, IReadOnlyList<string> accounts, IReadOnlyList<string> epochs, string? commitment = null)
    {
        foreach (string? epoch in epochs.DefaultIfEmpty(null!))
        {
            foreach (string? account in accounts.DefaultIfEmpty(null!))
                yield return Of(file, account, epoch, commitment);
        }
    }

    /// <summary>The key of an account and an epoch. Where both are named, the account's key derives from the epoch's.</summary>
    /// <param name="file">The key file.</param>
    /// <param name="account">The account, or null.</param>
    /// <param name="epoch">The epoch, or null.</param>
    /// <param name="commitment">The commitment that the file's key opens; null where none was made.</param>
    public static OwnerKey Of(KeyFile file, string? account, string? epoch, string? commitment = null)
    {
        var diagnostics = new List<Diagnostic>();
        if (file.Purpose == KeyPurpose.Compliance)
            diagnostics.Add(Diagnostic.Warning(DiagnosticCodes.KeyCompliance, "The key is a compliance key, which answers the public: whoever asked its detector often enough can write text that carries the mark."));
        if (account is null && epoch is null)
        {
            if (file.Secret.Weakness is { } weakness)
                diagnostics.Add(Diagnostic.Warning(DiagnosticCodes.KeyWeak, weakness));
            if (file.Remark is { } remark)
                diagnostics.Add(Diagnostic.Note(DiagnosticCodes.KeyIdOld, remark));
            return new OwnerKey(file.ToKeyedScheme(), file.IdVersion, file, diagnostics, null, null, commitment);
        }

        if (file.Secret is not WatermarkKey secret)
            throw new InputFormatException($"A {file.Scheme.Name} key cannot be derived from; --account and --epoch need a key of 32 bytes.");
        using WatermarkKey ofEpoch = epoch is null ? (WatermarkKey)secret.Clone() : secret.ForEpoch(epoch);
        using WatermarkKey derived = account is null ? (WatermarkKey)ofEpoch.Clone() : ofEpoch.ForAccount(account);
        return new OwnerKey(file.Scheme.WithKey(derived), derived.IdVersion, file, diagnostics, account, epoch, commitment);
    }

    public void Dispose() => Scheme.Dispose();
}
