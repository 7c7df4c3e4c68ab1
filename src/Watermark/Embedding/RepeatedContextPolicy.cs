namespace Watermark.Embedding;

/// <summary>What a session does where the context already decided an earlier token of the same sequence.</summary>
public enum RepeatedContextPolicy
{
    /// <summary>
    /// Mark again. Right for green lists, whose bias leaves the draw random; with Gumbel the same uniforms are used again,
    /// and a repeated phrase tends to repeat further.
    /// </summary>
    Mark,

    /// <summary>
    /// Leave the position unmarked, so that within one sequence every keyed bit is used at most once and a
    /// distortion-free mark leaves the distribution of the whole sequence undistorted (Hu et al., arXiv:2310.10669;
    /// SynthID-Text, Nature 634, 818–823). With context width 0 only the first token is marked.
    /// </summary>
    SamplePlainly,
}
