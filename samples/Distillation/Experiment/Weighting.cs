namespace Distillation.Experiment;

/// <summary>How rows count.</summary>
internal enum Weighting
{
    /// <summary>Every distinct n-gram once: the published rule.</summary>
    None,

    /// <summary>Those whose context occurs in the owner's text once, the others not: the published filter.</summary>
    Filter,

    /// <summary>By how much a row can tell; see <see cref="WeightRule"/>.</summary>
    Weights,

    /// <summary>
    /// By how much more, or less, the suspect gives a token than the owner's unmarked model does; see
    /// <see cref="Watermark.Models.Comparisons.LikelihoodRule"/>.
    /// </summary>
    Comparison,
}
