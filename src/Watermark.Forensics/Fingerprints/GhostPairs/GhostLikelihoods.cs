using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Fingerprints.GhostPairs;

/// <summary>How likely both texts of a pair are to the suspect and to the owner's unmarked model, each ln per token.</summary>
/// <param name="Id">The pair.</param>
/// <param name="SuspectFirst">ℓ_S(y⁰).</param>
/// <param name="SuspectSecond">ℓ_S(y¹).</param>
/// <param name="OwnerFirst">ℓ_0(y⁰).</param>
/// <param name="OwnerSecond">ℓ_0(y¹).</param>
public sealed record GhostLikelihood(string Id, double SuspectFirst, double SuspectSecond, double OwnerFirst, double OwnerSecond)
{
    /// <summary>d = [ℓ_S(y¹) − ℓ_0(y¹)] − [ℓ_S(y⁰) − ℓ_0(y⁰)].</summary>
    public double Difference => SuspectSecond - OwnerSecond - (SuspectFirst - OwnerFirst);

    /// <summary>Reads a line <c>{"id":…,"suspectFirst":…,"suspectSecond":…,"ownerFirst":…,"ownerSecond":…}</c>.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is no such line.</exception>
    public static GhostLikelihood Read(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The likelihoods", fields =>
    {
        var read = new GhostLikelihood(
            fields.Text("id"), Log(fields, "suspectFirst"), Log(fields, "suspectSecond"), Log(fields, "ownerFirst"), Log(fields, "ownerSecond"));
        fields.Done();
        return read;
    });

    /// <summary>The ln of a probability. A loss, which is above 0, would turn the sign of every difference.</summary>
    private static double Log(JsonFields fields, string name) => fields.FiniteNumber(name) is var value && value <= 0
        ? value
        : throw new InputFormatException($"The field '{name}' is above 0; the ln of a probability, at most 0, was expected, and not a loss.");
}

/// <summary>The likelihoods of a model on the pairs of a design.</summary>
/// <param name="Title">The model's name for readers.</param>
/// <param name="Pairs">The pairs, each once.</param>
/// <param name="Inputs">The files, by digest.</param>
public sealed record GhostLikelihoods(string Title, IReadOnlyList<GhostLikelihood> Pairs, IReadOnlyList<InputDigest> Inputs);
