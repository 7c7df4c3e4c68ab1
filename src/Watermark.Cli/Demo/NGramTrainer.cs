using System.Runtime.InteropServices;

namespace Watermark.Cli.Demo;

/// <summary>
/// Counts a training text for <see cref="NGramLanguageModel"/>. Tokens become ranks (0 is the most frequent) of at most
/// 21 bits, so that three of them are one 64-bit key and counting is a sort.
/// </summary>
internal static class NGramTrainer
{
    /// <summary>The rank that stands before a document.</summary>
    internal const int Start = (1 << RankBits) - 1;

    /// <summary>A rank that no context has: the token was not seen in training.</summary>
    internal const int Unknown = Start - 1;

    private const int RankBits = 21;
    private const ulong RankMask = (1UL << RankBits) - 1;
    private const double Discount = 0.75;

    /// <summary>Trains a model.</summary>
    /// <param name="documents">Token ids of each document, without an end of text.</param>
    /// <param name="endOfText">The id that is added to the end of each document.</param>
    /// <param name="cancellationToken">Stops between the steps of the counting.</param>
    /// <exception cref="ArgumentException">There are no tokens, or an id lies outside 0 … 2^20.</exception>
    public static NGramLanguageModel Train(IReadOnlyList<int[]> documents, int endOfText, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        (int[] tokens, int[] rankOfToken, long[] counts) = RankTokens(documents, endOfText);
        long total = counts.Sum();
        double[] unigrams = Array.ConvertAll(counts, count => (double)count / total);

        cancellationToken.ThrowIfCancellationRequested();
        ulong[] keys = TrigramKeys(documents, endOfText, rankOfToken);
        Array.Sort(keys);
        cancellationToken.ThrowIfCancellationRequested();
        ulong[] pairs = Array.ConvertAll(keys, key => key & (RankMask << RankBits | RankMask));
        Array.Sort(pairs);
        cancellationToken.ThrowIfCancellationRequested();

        (ContinuationTable bigrams, Dictionary<ulong, double> lower) = Tabulate(pairs, key => unigrams[(int)(key & RankMask)]);
        (ContinuationTable trigrams, _) = Tabulate(keys, key => lower[key & (RankMask << RankBits | RankMask)]);
        return new NGramLanguageModel(tokens, rankOfToken, Array.ConvertAll(unigrams, LogOf), bigrams, trigrams, endOfText);
    }

    /// <summary>Two ranks as one key.</summary>
    /// <param name="first">The older rank.</param>
    /// <param name="second">The newer rank.</param>
    internal static ulong PairKey(int first, int second) => ((ulong)first << RankBits) | (uint)second;

    private static (int[] Tokens, int[] RankOfToken, long[] Counts) RankTokens(IReadOnlyList<int[]> documents, int endOfText)
    {
        int largest = endOfText;
        int smallest = endOfText;
        foreach (int[] document in documents)
        {
            foreach (int token in document)
                (smallest, largest) = (Math.Min(smallest, token), Math.Max(largest, token));
        }

        if (smallest < 0 || largest > 1 << (RankBits - 1))
            throw new ArgumentException($"Token ids must lie between 0 and {1 << (RankBits - 1)}; found {(smallest < 0 ? smallest : largest)}.", nameof(documents));
        if (documents.All(document => document.Length == 0))
            throw new ArgumentException("The training text has no tokens.", nameof(documents));
        var countOfToken = new long[largest + 1];
        countOfToken[endOfText] = documents.Count;
        foreach (int[] document in documents)
        {
            foreach (int token in document)
                countOfToken[token]++;
        }

        int[] tokens = [.. Enumerable.Range(0, countOfToken.Length).Where(token => countOfToken[token] > 0).OrderByDescending(token => countOfToken[token])];
        var rankOfToken = new int[countOfToken.Length];
        Array.Fill(rankOfToken, -1);
        for (int rank = 0; rank < tokens.Length; rank++)
            rankOfToken[tokens[rank]] = rank;
        return (tokens, rankOfToken, Array.ConvertAll(tokens, token => countOfToken[token]));
    }

    private static ulong[] TrigramKeys(IReadOnlyList<int[]> documents, int endOfText, int[] rankOfToken)
    {
        var keys = new ulong[documents.Sum(document => document.Length + 1)];
        int next = 0;
        foreach (int[] document in documents)
        {
            ulong context = PairKey(Start, Start);
            for (int i = 0; i <= document.Length; i++)
            {
                int token = i < document.Length ? document[i] : endOfText;
                ulong key = (context << RankBits) | (uint)rankOfToken[token];
                keys[next++] = key;
                context = key & (RankMask << RankBits | RankMask);
            }
        }

        return keys;
    }

    /// <summary>One table from sorted (context, token) keys, with the interpolated probability of every key in it.</summary>
    private static (ContinuationTable Table, Dictionary<ulong, double> Probabilities) Tabulate(ulong[] sorted, Func<ulong, double> lowerOrder)
    {
        var contexts = new List<ulong>();
        var starts = new List<int>();
        var logPassedOn = new List<float>();
        var ranks = new List<int>();
        var logProbabilities = new List<float>();
        var probabilities = new Dictionary<ulong, double>();
        var row = new List<(int Count, ulong Key)>();
        for (int begin = 0; begin < sorted.Length;)
        {
            int end = begin;
            ulong context = sorted[begin] >> RankBits;
            row.Clear();
            while (end < sorted.Length && sorted[end] >> RankBits == context)
            {
                int first = end;
                while (end < sorted.Length && sorted[end] == sorted[first])
                    end++;
                row.Add((end - first, sorted[first]));
            }

            row.Sort((a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Key.CompareTo(b.Key));
            double total = end - begin;
            double passedOn = Discount * row.Count / total;
            contexts.Add(context);
            starts.Add(ranks.Count);
            logPassedOn.Add(LogOf(passedOn));
            foreach ((int count, ulong key) in CollectionsMarshal.AsSpan(row))
            {
                double probability = ((count - Discount) / total) + (passedOn * lowerOrder(key));
                probabilities.Add(key, probability);
                ranks.Add((int)(key & RankMask));
                logProbabilities.Add(LogOf(probability));
            }

            begin = end;
        }

        starts.Add(ranks.Count);
        return (new ContinuationTable([.. contexts], [.. starts], [.. logPassedOn], [.. ranks], [.. logProbabilities]), probabilities);
    }

    /// <summary>The one place where the model takes logarithms; nothing here depends on a key.</summary>
    private static float LogOf(double probability) => (float)Math.Log(probability);
}
