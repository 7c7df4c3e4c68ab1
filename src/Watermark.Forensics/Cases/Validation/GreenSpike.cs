using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Forensics.Cases.Validation;

/// <summary>A mark planted in a sample: some rows get a token that the key likes.</summary>
/// <param name="Sample">The sample with the mark.</param>
/// <param name="Excess">By how much the mean score of a row rises, in points: the share replaced times what the replaced rows score above H0.</param>
internal sealed record GreenSpike(Sample Sample, double Excess)
{
    /// <summary>Tokens drawn for a row; the one that scores highest is taken. At gamma 1/4 one in 10^8 rows finds no green one.</summary>
    private const int Candidates = 64;

    private const int BlockRows = 512;

    /// <summary>Plants a mark.</summary>
    /// <param name="sample">A sample without weights.</param>
    /// <param name="key">Scheme and key.</param>
    /// <param name="share">The probability with which each row is replaced, above 0 and at most 1.</param>
    /// <param name="random">Chooses rows and tokens.</param>
    public static GreenSpike Plant(Sample sample, KeyedScheme key, double share, RandomBits random)
    {
        int[] vocabulary = [.. sample.Rows.Tokens.ToArray().Distinct().Order()];
        int[] tokens = sample.Rows.Tokens.ToArray();
        int[] chosen = [.. Enumerable.Range(0, sample.RowCount).Where(_ => random.NextDouble() < share)];
        int width = sample.Schema.ContextWidth + 1;
        Int128 gained = 0;
        var scores = new long[BlockRows * Candidates];
        foreach (int[] block in chosen.Chunk(BlockRows))
        {
            int count = block.Length * Candidates;
            var columns = new int[count * width];
            for (int i = 0; i < count; i++)
            {
                for (int column = 0; column < width - 1; column++)
                    columns[(column * count) + i] = sample.Rows.Column(column)[block[i / Candidates]];
                columns[((width - 1) * count) + i] = vocabulary[(int)random.NextBelow((ulong)vocabulary.Length)];
            }

            key.ScoreRows(new NGramRows(columns, count, width - 1, count), scores);
            for (int i = 0; i < block.Length; i++)
            {
                int best = i * Candidates;
                for (int candidate = best + 1; candidate < (i + 1) * Candidates; candidate++)
                    best = scores[candidate] > scores[best] ? candidate : best;
                tokens[block[i]] = columns[((width - 1) * count) + best];
                gained += scores[best];
            }
        }

        double mean = chosen.Length == 0 ? key.Scheme.Null.Mean : (double)gained / key.Scheme.Null.UnitsPerPoint / chosen.Length;
        return new GreenSpike(sample.WithTokens(tokens), share * (mean - key.Scheme.Null.Mean));
    }
}
