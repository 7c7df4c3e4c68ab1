using System.Numerics;
using System.Runtime.InteropServices;
using Watermark.NGrams;
using Watermark.Schemes;

namespace Watermark.Scoring;

/// <summary>
/// The coins of rows under one key, each once. Coins that the row's own prompt decided are left out, and coins that are the
/// same under every key. <c>coins.md</c> proves that the remaining coins are independent under H0. For schemes whose coins
/// are not rows.
/// </summary>
/// <remarks>Memory: 12 bytes per row, and 28 to 36 per coin of the rows and of the prompts.</remarks>
internal sealed class CoinFilter
{
    private readonly CoinSet coins;
    private readonly int[] coinOfRow;

    /// <summary>Finds the coins.</summary>
    /// <param name="keyed">Scheme and key.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="documents">The document of each row; empty where all are of one document.</param>
    /// <param name="prompts">Rows of prompts; the last context of a prompt has the token <see cref="Sample.NoToken"/>.</param>
    /// <param name="promptDocuments">The document of each row of a prompt; empty where all are of one document.</param>
    public CoinFilter(KeyedScheme keyed, NGramRows rows, ReadOnlySpan<ulong> documents, NGramRows prompts, ReadOnlySpan<ulong> promptDocuments)
    {
        // Where the seed reads the scored token, a prompt decides it only together with that token.
        bool readsToken = keyed.Scheme.Coins == CoinRule.SeedOfRow;
        var seeds = new ulong[Math.Max(rows.Count, prompts.Count)];
        keyed.Seeds(prompts, seeds);
        var prompted = new CoinSet(prompts.Count);
        ReadOnlySpan<int> tokens = prompts.Tokens;
        for (int i = 0; i < prompts.Count; i++)
        {
            if (seeds[i] != KeyedScheme.NoCoin)
                prompted.Add(promptDocuments.IsEmpty ? 0 : promptDocuments[i], seeds[i], readsToken ? tokens[i] : 0);
        }

        keyed.Seeds(rows, seeds);
        tokens = rows.Tokens;
        coins = new CoinSet(rows.Count);
        coinOfRow = new int[rows.Count];
        for (int i = 0; i < rows.Count; i++)
        {
            coinOfRow[i] = ScoredRows.Prompted;
            if (seeds[i] == KeyedScheme.NoCoin)
            {
                coinOfRow[i] = ScoredRows.Keyless;
                KeylessRows++;
            }
            else if (prompted.Count > 0 && prompted.Contains(documents.IsEmpty ? 0 : documents[i], seeds[i], readsToken ? tokens[i] : 0))
            {
                PromptedRows++;
            }
            else
            {
                coinOfRow[i] = coins.Add(0, seeds[i], tokens[i]);
            }
        }

        Array.Clear(seeds);
        RepeatedRows = rows.Count - KeylessRows - PromptedRows - coins.Count;
    }

    /// <summary>The number of coins.</summary>
    public int Count => coins.Count;

    /// <summary>The seed of each coin, in the order in which rows first show them.</summary>
    public ReadOnlySpan<ulong> Seeds => coins.Seeds;

    /// <summary>The token of each coin.</summary>
    public ReadOnlySpan<int> Tokens => coins.Tokens;

    /// <summary>The coin of each row, or why it has none that counts (<see cref="ScoredRows"/>).</summary>
    public ReadOnlySpan<int> CoinOfRow => coinOfRow;

    /// <summary>Rows left out because a prompt decided their coin.</summary>
    public long PromptedRows { get; }

    /// <summary>Rows whose coin an earlier row had.</summary>
    public long RepeatedRows { get; }

    /// <summary>Rows that are the same under every key.</summary>
    public long KeylessRows { get; }

    /// <summary>Distinct triples of document, seed and token, in the order in which they came: an open-addressing index.</summary>
    private sealed class CoinSet
    {
        private readonly List<ulong> documents = [];
        private readonly List<ulong> seeds = [];
        private readonly List<int> tokens = [];

        // One more than a triple's number; 0 is free.
        private readonly int[] slots;
        private readonly int mask;

        public CoinSet(int capacity)
        {
            slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(capacity, 8, 1 << 29)) * 2];
            mask = slots.Length - 1;
        }

        public int Count => seeds.Count;

        public ReadOnlySpan<ulong> Seeds => CollectionsMarshal.AsSpan(seeds);

        public ReadOnlySpan<int> Tokens => CollectionsMarshal.AsSpan(tokens);

        /// <summary>The number of a triple; a new triple is added.</summary>
        public int Add(ulong document, ulong seed, int token)
        {
            int slot = Find(document, seed, token);
            if (slots[slot] == 0)
            {
                documents.Add(document);
                seeds.Add(seed);
                tokens.Add(token);
                slots[slot] = seeds.Count;
            }

            return slots[slot] - 1;
        }

        public bool Contains(ulong document, ulong seed, int token) => slots[Find(document, seed, token)] != 0;

        private int Find(ulong document, ulong seed, int token)
        {
            ulong hash = (document ^ BitOperations.RotateLeft(seed, 32) ^ ((uint)token * 0x9E3779B97F4A7C15)) * 0xBF58476D1CE4E5B9;
            hash = (hash ^ (hash >> 29)) * 0x94D049BB133111EB;
            int slot = (int)(hash >> 32) & mask;
            while (slots[slot] is not 0 and var number)
            {
                if (seeds[number - 1] == seed && tokens[number - 1] == token && documents[number - 1] == document)
                    break;
                slot = (slot + 1) & mask;
            }

            return slot;
        }
    }
}
