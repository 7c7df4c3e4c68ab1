using System.Globalization;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Fingerprints.ReferenceRanks;

/// <summary>
/// The rank of a suspect's value among reference students: for a statistic that has no error rate of its own, such as similarity of
/// style or a shift after a prefix. Supporting only: the result depends on which references were chosen.
/// </summary>
/// <remarks>p = (1 + #{s_i ≥ s})/(n + 1), exact where the suspect and the references are exchangeable if H0 is true.</remarks>
public static class ReferenceRankTest
{
    /// <summary>The <see cref="Finding.Question"/> of its findings.</summary>
    public const string Question = Questions.ReferenceRank;

    /// <summary>The prior of its e-values.</summary>
    public const string Prior = CalibratedE.Prior;

    /// <summary>The largest p-value that is asked for where nothing else is said.</summary>
    public const double DefaultAlpha = 0.05;

    /// <summary>Tests every suspect.</summary>
    /// <param name="values">The values.</param>
    /// <param name="statistic">What the values measure, in a few words.</param>
    /// <param name="alpha">The largest p-value that is asked for, between 0 and 1.</param>
    /// <param name="options">How the tests are run.</param>
    /// <exception cref="InputFormatException">The values are not valid, or there are too few references for such a p-value.</exception>
    public static IReadOnlyList<Finding> Run(ReferenceValues values, string statistic, double alpha, FingerprintOptions options)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentException.ThrowIfNullOrWhiteSpace(statistic);
        ArgumentNullException.ThrowIfNull(options);
        if (!(alpha is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha lies strictly between 0 and 1.");
        if (values.Fault() is { } fault)
            throw new InputFormatException(fault);
        int count = values.References.Count;
        if (1 > alpha * (count + 1) * (1 + 1e-12))
        {
            throw new InputFormatException(string.Create(
                CultureInfo.InvariantCulture, $"With {count} references no p-value is below {1.0 / (count + 1):G3}; at least {Math.Ceiling(1 / alpha) - 1:N0} references were expected for alpha {alpha}."));
        }

        return [.. values.Suspects.Select(suspect => Finding(values, suspect, statistic, alpha, options))];
    }

    /// <summary>The name of the statistic in findings, with its version.</summary>
    /// <param name="statistic">What the values measure.</param>
    public static string StatisticOf(string statistic) => $"rank/{statistic} 1";

    private static Finding Finding(ReferenceValues values, ReferenceValue suspect, string statistic, double alpha, FingerprintOptions options)
    {
        int count = values.References.Count;
        int reached = values.References.Count(reference => reference.Value >= suspect.Value);
        double logP = Math.Log((1.0 + reached) / (count + 1.0));
        return new Finding
        {
            Question = Question,
            Title = suspect.Name,
            Alternative = $"the suspect {suspect.Name} is more like {values.Teacher} than models that did not learn from it",
            Null = "it is like one of the reference models",
            SupportCaveat = "Likeness is not learning: common data, a sibling of the teacher that is not listed, or imitation of its style gives the same numbers.",
            NoSupportCaveat = "The statistic may not see what this suspect took over.",
            Statistic = StatisticOf(statistic),
            Prior = CalibratedE.Prior,
            Rule = options.Rule,
            Tests = options.Tests,
            Key = options.Key,
            Options =
            [
                .. options.Shown,
                new NamedValue("teacher", values.Teacher),
                new NamedValue("siblings", values.Siblings.Count == 0 ? "none" : string.Join(", ", values.Siblings)),
                new NamedValue("alpha", alpha.ToString("R", CultureInfo.InvariantCulture)),
                new NamedValue("value", suspect.Value.ToString("R", CultureInfo.InvariantCulture)),
            ],
            ToolVersion = options.ToolVersion,
            NullName = "rank",
            NullDescription = string.Create(CultureInfo.InvariantCulture, $"rank among {count:N0} reference models, uniform if the suspect is one of them"),
            LogP = logP,
            LogE = CalibratedE.Of(logP),
            Effect = new EffectEstimate((double)(count - reached) / count, 0.5, "share of references below the suspect"),
            Power = new PowerStatement(options.LogThreshold, options.Power, double.NaN, options.Rule.EffectOfInterest * Math.Sqrt(1.0 / 12), null, double.NaN),
            Counts = new MeasurementCounts
            {
                Documents = 0,
                Tokens = 0,
                Rows = count,
                Scored = count,
                Others =
                [
                    new NamedCount("referencesAsLarge", reached),
                    .. values.Siblings.Select(sibling => new NamedCount("students:" + sibling, values.References.Count(reference => reference.Teacher == sibling))),
                ],
            },
            Inputs = values.Sha256.Length == 0 ? [] : [new InputDigest("values", "values", values.Sha256, 0, 0)],
            Diagnostics = [Diagnostic.Warning(DiagnosticCodes.SupportingOnly, "The result depends on which references were chosen; it can add to other findings and supports nothing alone.")],
            Assumptions =
            [
                "The references were chosen before the suspect's value was known, and none was dropped afterwards.",
                "The suspect and the references are exchangeable if H0 is true: alike in size, date and training data.",
                "Every sibling of the teacher is listed, with at least one student among the references.",
                "The values were computed in the same way for all models.",
            ],
        };
    }
}
