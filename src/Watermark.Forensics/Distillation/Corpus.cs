using Watermark.NGrams;

namespace Watermark.Forensics.Distillation;

/// <summary>One document's rows and their total, for intervals over documents.</summary>
/// <param name="Scored">Rows scored in the document.</param>
/// <param name="Total">Sum of their scores, in units of the null.</param>
public readonly record struct DocumentScore(long Scored, long Total);

/// <summary>A corpus as a test sees it.</summary>
/// <param name="Table">Its n-grams.</param>
/// <param name="DocumentScores">Each document's own score, in any order; empty where only the table is at hand.</param>
public sealed record Corpus(NGramTable Table, IReadOnlyList<DocumentScore> DocumentScores);
