using Watermark.Forensics.Cases.Validation;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Tests.Cases.Validation;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.TestKit;
using Examples = Watermark.Forensics.Tests.Findings.Examples;

namespace Watermark.Forensics.Tests;

/// <summary>What evidence of a mark must fulfil, one test for each requirement of findings; those of the core are in Watermark.Tests.</summary>
public sealed class EvidenceRequirementsTests
{
    /// <summary>
    /// Replies of which half is copied from prompts that the key marked. An exact p-value is at least 1 % in 99 % of keys;
    /// fewer than 98 % of 1,000 have probability 0.002, and the seeds are fixed.
    /// </summary>
    [Fact]
    public void P0_6_Copying_marked_prompts_does_not_look_like_training()
    {
        const int Keys = 1000;
        int innocent = 0;
        int fooled = 0;
        for (int i = 0; i < Keys; i++)
        {
            using var key = WatermarkKey.Draw(new SeededRandomBits((ulong)i, 6));
            using KeyedScheme scheme = new GreenListScheme().WithKey(key);
            var random = new SeededRandomBits((ulong)i, 7);
            var kept = new SampleBuilder(new SampleSchema { ContextWidth = 2 });
            var ignored = new SampleBuilder(new SampleSchema { ContextWidth = 2, Selection = new NGramSelection { ExcludePromptContexts = false } });
            for (int reply = 0; reply < 6; reply++)
            {
                int[] prompt = MarkedText.Draw(scheme, 60, 0.9, random);
                int[] ids = [.. MarkedText.DrawPlain(50, random), .. prompt[5..55]];
                kept.AddDocument(ids, [prompt]);
                ignored.AddDocument(ids, [prompt]);
            }

            innocent += LogP(kept.Build(), scheme) >= Math.Log(0.01) ? 1 : 0;
            fooled += LogP(ignored.Build(), scheme) < Math.Log(0.01) ? 1 : 0;
        }

        Assert.InRange(innocent, 980, Keys);
        Assert.InRange(fooled, 980, Keys);
    }

    /// <summary>300 runs of the whole test on unrelated text, without a false alarm: at most 1 − 0.05^(1/300) = 0.99 %.</summary>
    [Fact]
    public void P1_15_Three_hundred_negatives_bound_the_procedural_error_rate_beside_the_p_value()
    {
        ProcedureValidation validation = ValidationRunTests.Measure(new ValidationOptions { Spikes = [], Test = ValidationRunTests.Options }, corpora: 3);

        Assert.Equal((300, 0, 298), (validation.Runs, validation.FalsePositives, validation.Keys));
        Assert.Equal(1 - Math.Pow(0.05, 1.0 / 300), validation.UpperBound, 1e-12);
        Assert.Contains("at most 0.994 %", validation.Sentence, StringComparison.Ordinal);
        // Of 300 uniform p-values 3 are up to 1 %; 12 or more have probability 10^-4.
        Assert.InRange(validation.AtMostOnePercent, 0, 11);
        // √300·D above 1.95 has probability 0.001.
        Assert.InRange(Math.Sqrt(300) * validation.Distance, 0.2, 1.95);
    }

    [Fact]
    public void P1_17_Verdicts_combine_by_Holm_and_the_mean_of_e_values_and_independent_tests_by_Fisher()
    {
        // Harmonic means and Cauchy's combination cannot be asked for.
        Assert.Equal([CombinationRule.MeanE, CombinationRule.Holm, CombinationRule.Fisher], Enum.GetValues<CombinationRule>());
        Assert.Equal(CombinationRule.MeanE, Examples.Plan().Combination);

        double[] logP = [-8.549766374303779, -5, -1.2, -0.3];
        double[] logE = [3.3730307238175605, 0.5, -2, -4];
        var tests = new TestCount { Suspects = 4 };
        var verdict = Verdict.From([.. logP.Zip(logE).Select((pair, i) => Examples.Finding(pair.Second, logP: pair.First, tests: tests, title: $"suspect {i}"))], null, tests);

        Assert.Equal(CombinationRule.MeanE, verdict.Combination);
        double[] holm = [-7.163472013183888, -3.90138771133189, -0.5068528194400547, -0.3];
        Assert.All(holm.Zip(verdict.AdjustedLogP), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(2.0466975713908715, verdict.CombinedLogE, 1e-12);
    }

    private static double LogP(Sample sample, KeyedScheme scheme)
    {
        SampleScore own = Scorer.Score(sample, scheme);
        return own.TheoryNull(scheme.Scheme).Test(own.Total).LogP;
    }
}
