using Watermark.Catalog;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;

namespace Watermark.Forensics.Distillation;

/// <summary>
/// What every row of a sample scores under a key, without the key: from it and the sample an opponent computes every number
/// of a finding again. <c>row-scores-file.md</c> beside this class describes its file.
/// </summary>
/// <remarks>
/// It shows the key's bits at the rows of the sample and no others; whoever has it cannot score other text, but learns which
/// of these n-grams are green. It is made only where the owner chooses to give it. That the bits are the key's cannot be
/// seen from it: who has the key shows that by making the same file.
/// </remarks>
public sealed class RowScores
{
    private RowScores(string sampleDigest, KeyIdentity key, WatermarkScheme scheme, ScoredRows scores)
    {
        SampleDigest = sampleDigest;
        Key = key;
        Scheme = scheme;
        Scores = scores;
    }

    /// <summary>The <see cref="Sample.Digest"/> of the sample that was scored.</summary>
    public string SampleDigest { get; }

    /// <summary>The key and the scheme.</summary>
    public KeyIdentity Key { get; }

    /// <summary>The public parameters of <see cref="Key"/>.</summary>
    public WatermarkScheme Scheme { get; }

    /// <summary>The scores, row by row.</summary>
    public ScoredRows Scores { get; }

    /// <summary>Scores a sample.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="scheme">The owner's scheme and key.</param>
    /// <param name="key">Its identity, as the finding names it.</param>
    /// <exception cref="ArgumentException">The sample has another context width than the key, or weights that have no null under the scheme.</exception>
    public static RowScores Make(Sample sample, KeyedScheme scheme, KeyIdentity key)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(key);
        return new RowScores(sample.Digest, key, scheme.Scheme, Scorer.ScoreEach(sample, scheme));
    }

    /// <summary>Reads a file.</summary>
    /// <param name="stream">The file, from its beginning to its end.</param>
    /// <exception cref="InputFormatException">It is not a file of row scores, or was changed.</exception>
    public static RowScores Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (RowScoresHeader header, ScoredRows scores) = RowScoresReader.Read(stream);
        return new RowScores(header.SampleDigest, header.Key, SchemeOf(header.Key), scores);
    }

    /// <summary>Writes the file. The same scores give the same bytes.</summary>
    /// <param name="stream">The stream to write to.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        RowScoresWriter.Write(new RowScoresHeader(SampleDigest, Key, Scores.RowCount, Scores.Scores.Length, Scores.SharesCoins), Scores, stream);
    }

    /// <summary>A sentence on why these cannot be the scores of a sample, or null.</summary>
    /// <param name="sample">The sample.</param>
    public string? Fault(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return sample.Digest == SampleDigest ? Scores.Fault(sample, Scheme) : $"The row scores are those of the sample {SampleDigest}, not of {sample.Digest}.";
    }

    private static WatermarkScheme SchemeOf(KeyIdentity key)
    {
        SchemeDescriptor descriptor = SchemeCatalog.Find(key.Scheme)
            ?? throw new InputFormatException($"The row scores name the scheme '{key.Scheme}', which is not known; known are {string.Join(", ", SchemeCatalog.All.Select(item => item.Name))}.");
        using var parameters = System.Text.Json.JsonDocument.Parse(key.Parameters);
        return descriptor.Read(parameters.RootElement);
    }
}
