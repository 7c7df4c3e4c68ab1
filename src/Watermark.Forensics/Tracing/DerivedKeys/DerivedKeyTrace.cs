using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Forensics.Tracing.DerivedKeys;

/// <summary>An account with the result of its key.</summary>
/// <param name="Account">The account.</param>
/// <param name="LogP">ln of the p-value of its key alone.</param>
/// <param name="LogPHolm">ln of that after Holm's method over all accounts.</param>
public readonly record struct RankedKey(string Account, double LogP, double LogPHolm);

/// <summary>
/// Tests the derived keys of many accounts on one text in one pass: every key scores each distinct row once, and Holm's method counts
/// every account, also those that show nothing.
/// </summary>
/// <remarks>
/// For traffic that was marked with a key for each account. A campaign of c accounts leaves each of them 1/c of the mark, and the
/// cost grows with accounts times rows: beyond some 10⁵ accounts codes find more and cost less. Keys exist in memory a few hundred at a time.
/// </remarks>
public static class DerivedKeyTrace
{
    private const int Batch = 256;

    /// <summary>Ranks the accounts.</summary>
    /// <param name="scheme">The scheme; it needs a key of 32 bytes.</param>
    /// <param name="key">The key that the accounts' keys derive from.</param>
    /// <param name="accounts">The accounts, each once; at least one.</param>
    /// <param name="sample">The text, distinct rows.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Receives the part done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>All accounts, the smallest p-value first, equal ones by id.</returns>
    public static IReadOnlyList<RankedKey> Rank(
        WatermarkScheme scheme, WatermarkKey key, IReadOnlyList<string> accounts, Sample sample, int threads, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(accounts);
        ArgumentNullException.ThrowIfNull(sample);
        if (accounts.Count == 0 || accounts.Distinct(StringComparer.Ordinal).Count() != accounts.Count)
            throw new ArgumentException("At least one account was expected, each once.", nameof(accounts));
        double[] logP = new double[accounts.Count];
        for (int start = 0; start < accounts.Count; start += Batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            KeyedScheme[] keyed = [.. accounts.Skip(start).Take(Batch).Select(Derive)];
            try
            {
                SampleScore[] scores = Scorer.Score(sample, keyed, threads, null, cancellationToken);
                for (int i = 0; i < keyed.Length; i++)
                    logP[start + i] = scores[i].TheoryNull(scheme).Test(scores[i].Total).LogP;
            }
            finally
            {
                foreach (KeyedScheme one in keyed)
                    one.Dispose();
            }

            progress?.Report(Math.Min(1, (double)(start + Batch) / accounts.Count));
        }

        double[] holm = Multiplicity.Holm(logP);
        return [.. accounts.Select((account, i) => new RankedKey(account, logP[i], holm[i])).OrderBy(item => item.LogP).ThenBy(item => item.Account, StringComparer.Ordinal)];

        KeyedScheme Derive(string account)
        {
            using WatermarkKey derived = key.ForAccount(account);
            return scheme.WithKey(derived);
        }
    }

    /// <summary>The finding about one account, with all guards of the distillation test.</summary>
    /// <param name="account">The account.</param>
    /// <param name="keyed">Its key; the caller disposes it.</param>
    /// <param name="identity">The key's identity.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">How the test is run; its tests count every account.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Finding Find(string account, KeyedScheme keyed, KeyIdentity identity, TitledSample text, DistillationTestOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        ArgumentNullException.ThrowIfNull(text);
        Finding finding = new DistillationTest(keyed, identity, options).Run(text, [], null, cancellationToken);
        return finding with
        {
            Question = Questions.Trace,
            Title = $"{text.Title}, account {account}",
            Alternative = $"the suspect's outputs depend on the key of account {account}",
            Null = "they do not",
            SupportCaveat = "H1 does not say who used the account, nor who passed its replies on; these are to be excluded or shown by other evidence.",
            Options = [.. finding.Options, new NamedValue("account", account)],
        };
    }
}
