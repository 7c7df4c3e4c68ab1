using Watermark.NGrams;

namespace Watermark.Forensics.Distillation;

/// <summary>A corpus as a test sees it.</summary>
/// <param name="Table">Its n-grams.</param>
/// <param name="RowDocuments">
/// The hash of the document that stands for each row (<see cref="NGramTableBuilder.BuildWithDocuments"/>), for intervals
/// that take documents as the unit of chance; empty where only the table is at hand.
/// </param>
public sealed record Corpus(NGramTable Table, ReadOnlyMemory<ulong> RowDocuments = default);
