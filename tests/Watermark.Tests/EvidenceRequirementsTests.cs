using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.Statistics;
using Watermark.TestKit;
using Watermark.Tests.Statistics;

namespace Watermark.Tests;

/// <summary>What evidence of a mark must fulfil, one test for each requirement of the core; those about findings are in Watermark.Forensics.Tests.</summary>
public sealed class EvidenceRequirementsTests
{
    private static readonly JsonElement Published = Golden.Load("numbers");

    /// <summary>The 22 values up to 10^6 tokens are sums of big integers, the others enclosures of 320 bits.</summary>
    [Fact]
    public void P0_1_Exact_tail_reproduces_the_reference_values()
    {
        JsonElement rows = Published.GetProperty("binomial_upper_tail");
        Assert.Equal(32, rows.GetArrayLength());
        foreach (JsonElement row in rows.EnumerateArray())
        {
            double actual = BinomialTail.LogUpperTail(row.GetProperty("n").GetInt64(), row.GetProperty("k").GetInt64(), row.Gamma());
            Accuracy.Within(row.Number("lnp"), actual, 1e-9, 1e-14, row.ToString());
        }
    }

    [Property(MaxTest = 500)]
    public void P0_1_Exact_tail_is_finite_and_falls_up_to_10_to_the_12_tokens(ulong trials, ulong successes, uint numerator, uint denominator)
    {
        long n = 1 + (long)(trials % 1_000_000_000_000UL);
        long k = (long)(successes % (ulong)(n + 1));
        long b = 2L + denominator;
        var gamma = new Fraction(1 + (numerator % (b - 1)), b);
        double value = BinomialTail.LogUpperTail(n, k, gamma);
        Assert.True(double.IsFinite(value) && value <= 0);
        Assert.Equal(0, BinomialTail.LogUpperTail(n, 0, gamma));
        Assert.True(double.IsFinite(BinomialTail.LogUpperTail(n, n, gamma)));
        if (k < n)
            Assert.True(BinomialTail.LogUpperTail(n, k + 1, gamma) <= value + 1e-9 + (1e-14 * Math.Abs(value)));
    }

    [Fact]
    public void P0_2_Gamma_reaches_the_null_as_an_exact_rational()
    {
        Type[] rounded = [typeof(double), typeof(float), typeof(Half), typeof(decimal)];
        Type[] types = typeof(ScoreNull).Assembly.GetTypes();
        Type[] nulls = [.. types.Where(type => !type.IsAbstract && (type.IsAssignableTo(typeof(ScoreNull)) || type.IsAssignableTo(typeof(TotalNull))))];
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

        // No null is made from a rounded number of any name: a double would have to be named or turned into a fraction first.
        Assert.Contains(typeof(BinomialNull), nulls);
        ParameterInfo[] made =
        [
            .. nulls.SelectMany(type => type.GetConstructors(All)).SelectMany(constructor => constructor.GetParameters()),
            .. typeof(TotalNull).GetMethods(All).Where(method => method.IsStatic && method.ReturnType.IsAssignableTo(typeof(TotalNull))).SelectMany(method => method.GetParameters()),
        ];
        Assert.Contains(made, parameter => parameter.ParameterType == typeof(Fraction));
        Assert.DoesNotContain(made, parameter => parameter.Name!.Contains("gamma", StringComparison.OrdinalIgnoreCase) && parameter.ParameterType != typeof(Fraction));
        Assert.DoesNotContain(made, parameter => parameter.Member.DeclaringType == typeof(BinomialNull) && rounded.Contains(parameter.ParameterType));

        // A fraction cannot be made from one either, and no scheme holds gamma as one.
        Assert.DoesNotContain(typeof(Fraction).GetConstructors(All).SelectMany(constructor => constructor.GetParameters()), parameter => rounded.Contains(parameter.ParameterType));
        Assert.DoesNotContain(
            typeof(Fraction).GetMethods(All).Where(method => method.IsStatic && method.ReturnType == typeof(Fraction)).SelectMany(method => method.GetParameters()),
            parameter => rounded.Contains(parameter.ParameterType));
        PropertyInfo[] gammas = [.. types.Where(type => type.IsAssignableTo(typeof(WatermarkScheme)) || type.IsAssignableTo(typeof(ScoreNull))).SelectMany(type => type.GetProperties(All)).Where(property => property.Name == "Gamma")];
        Assert.True(gammas.Length > 3);
        Assert.All(gammas, property => Assert.Equal(typeof(Fraction), Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType));

        // It matters: 1/3 rounded to nine digits moves the expected count of 10^12 tokens by 333.
        double exact = new BinomialNull(new Fraction(1, 3)).Test(1_000_000_000_000, 333_334_333_333).LogP;
        double nine = new BinomialNull(new Fraction(333_333_333, 1_000_000_000)).Test(1_000_000_000_000, 333_334_333_333).LogP;
        Assert.True(Math.Abs(exact - nine) > 1e-4);
    }

    /// <summary>
    /// 20,000 keys, ten of them against each of 2,000 panels of 99 others, so that p ≤ 1 % has probability 1 % at most. The
    /// standard error is √(0.0099/20,000 + 0.0001/2,000) = 0.074 %, and the bounds 5.4 of it away: a false alarm once in ten
    /// million seeds.
    /// </summary>
    [Fact]
    public void P0_7_Random_key_test_keeps_its_level_where_repeated_tokens_break_the_binomial()
    {
        const int Keys = 20_000;
        const int Others = 99;
        const int OfPanel = 10;
        var scheme = new GreenListScheme { ContextWidth = 1 };
        Sample sample = RepeatedText();
        TotalNull theory = TotalNull.For(scheme.Null, sample.ScoredRows);
        int rejected = 0;
        int rejectedByBinomial = 0;
        for (int batch = 0; batch < Keys / OfPanel; batch++)
        {
            SampleScore[] scores = Scorer.ScoreRandomKeys(sample, scheme, Others + OfPanel, (ulong)batch);
            foreach (SampleScore own in scores[Others..])
            {
                RandomKeysNull panel = Scorer.RandomKeyNull(scheme, own, scores[..Others]);
                rejected += panel.Test(own.Total).LogP <= Math.Log(0.01) + 1e-12 ? 1 : 0;
                rejectedByBinomial += theory.Test(own.Total).LogP <= Math.Log(0.01) ? 1 : 0;
            }
        }

        Assert.InRange(rejected / (double)Keys, 0.006, 0.014);
        Assert.True(rejectedByBinomial / (double)Keys > 0.05);
    }

    /// <summary>2,000 unrelated texts, a look after every 100 of up to 20,000 tokens. Ville's bounds; 5 % would be 40 standard errors above what happens.</summary>
    [Fact]
    public void P0_8_Stopping_when_the_e_value_is_high_keeps_the_false_alarms_below_alpha()
    {
        const int Texts = 2000;
        const int Looks = 200;
        const int Step = 100;
        var scoreNull = new BinomialNull(Fraction.Quarter);
        double[] thresholds = [Math.Log(20), Math.Log(100)];
        var random = new SeededRandomBits(31);
        int[] alarms = new int[thresholds.Length];
        int byP = 0;
        for (int text = 0; text < Texts; text++)
        {
            int green = 0;
            double largest = 0;
            double smallestP = 0;
            for (int look = 1; look <= Looks; look++)
            {
                for (int token = 0; token < Step; token += 32)
                {
                    // Two bits a token; both 0 in one of four.
                    ulong bits = random.NextUInt64();
                    ulong both = ~(bits | (bits >> 1)) & 0x5555555555555555UL;
                    int tokens = Math.Min(32, Step - token);
                    green += System.Numerics.BitOperations.PopCount(tokens == 32 ? both : both & ((1UL << (2 * tokens)) - 1));
                }

                int n = look * Step;
                if (green <= n / 4)
                    continue;
                largest = Math.Max(largest, scoreNull.LogE(n, green));
                smallestP = Math.Min(smallestP, BinomialTail.LogUpperTail(n, green, Fraction.Quarter));
            }

            for (int i = 0; i < thresholds.Length; i++)
                alarms[i] += largest >= thresholds[i] ? 1 : 0;
            byP += smallestP <= Math.Log(0.05) ? 1 : 0;
        }

        Assert.InRange(alarms[0] / (double)Texts, 0, 0.05);
        Assert.InRange(alarms[1] / (double)Texts, 0, 0.01);
        Assert.True(alarms[0] > 0);
        // The same looks with a p-value of 5 % for one look: 42.7 % of 20,000 texts of 100,000 tokens, and not many less here.
        Assert.InRange(byP / (double)Texts, 0.25, 0.45);
    }

    /// <summary>The e-process with a Beta prior above gamma; references to 20 digits by mpmath. The last two are Beta(10, 20) and a million tokens.</summary>
    [Fact]
    public void P0_9_E_values_match_the_reference_values()
    {
        int compared = 0;
        foreach (JsonElement row in Published.GetProperty("mixture_e_value").EnumerateArray())
        {
            double[] prior = [.. row.GetProperty("prior").GetString()!.Split('(', ')')[1].Split(',').Select(part => double.Parse(part, System.Globalization.CultureInfo.InvariantCulture))];
            double actual = BetaEValue.LogE(row.GetProperty("n").GetInt64(), row.GetProperty("k").GetInt64(), row.Gamma(), prior[0], prior[1]);
            Accuracy.Within(row.Number("lnE"), actual, 1e-9, 0, row.ToString());
            compared++;
        }

        Assert.True(compared >= 6);
        Accuracy.Within(4.757630746890129, BetaEValue.LogE(1000, 300, Fraction.Quarter, 10, 20), 1e-9, 0, "Beta(10,20)");
        Accuracy.Within(257.825149375120, BetaEValue.LogE(1_000_000, 260_000, Fraction.Quarter), 1e-9, 0, "a million");

        ConfidenceInterval sequence = BetaEValue.ConfidenceSequence(1000, 300);
        Assert.Equal(0.25034, sequence.Low, 5);
        Assert.Equal(0.35302, sequence.High, 5);
    }

    [Fact]
    public void P1_14_Epoch_keys_are_HKDF_and_an_epoch_discloses_only_its_own_bits()
    {
        // RFC 5869 with SHA-256, no salt: the vector of the key derivation, made by Python.
        byte[] master = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];
        byte[] disclosed = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, 32, info: Encoding.UTF8.GetBytes("watermark/v1/epoch/2026-11"));
        Assert.Equal("bd938159fb6ade703c37f49747e638969832978046c0fc0e2ddb3cd4fbe77b3e", Convert.ToHexStringLower(disclosed));

        // What the epoch marked is told from the 32 disclosed bytes alone, with the same bits; other epochs and the master have others.
        using var owner = WatermarkKey.FromBytes(master);
        using WatermarkKey epoch = owner.ForEpoch("2026-11");
        using WatermarkKey next = owner.ForEpoch("2026-12");
        using var outsider = WatermarkKey.FromBytes(disclosed);
        NGramRows rows = NGramRows.FromSequence(MarkedText.DrawPlain(20_002, new SeededRandomBits(14)), 2);
        long[] marked = Bits(epoch, rows);

        Assert.Equal(marked, Bits(outsider, rows));
        foreach (WatermarkKey other in new[] { next, owner })
        {
            // Independent bits of gamma 1/4 agree in 5/8: 5 standard errors of 20,000 are 0.017.
            long[] bits = Bits(other, rows);
            Assert.InRange(marked.Zip(bits).Count(pair => pair.First == pair.Second) / (double)bits.Length, 0.625 - 0.017, 0.625 + 0.017);
        }

        // Nor is the next epoch's key one that the disclosed one derives.
        using WatermarkKey guess = outsider.ForEpoch("2026-12");
        Assert.False(guess.SecretEquals(next));
    }

    private static long[] Bits(WatermarkKey key, NGramRows rows)
    {
        using KeyedScheme scheme = new GreenListScheme().WithKey(key);
        var scores = new long[rows.Count];
        scheme.ScoreRows(rows, scores);
        return scores;
    }

    /// <summary>A text in which few n-grams are most of it, every occurrence counted, as a naive count does.</summary>
    private static Sample RepeatedText()
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 1, Selection = new NGramSelection { Distinct = DistinctRule.None } });
        var random = new SeededRandomBits(7);
        var ids = new int[801];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = (int)(20 * random.NextDouble() * random.NextDouble());
        builder.AddDocument(ids);
        return builder.Build();
    }
}
