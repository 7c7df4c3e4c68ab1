using System.Security.Cryptography;

namespace Watermark.NGrams;

/// <summary>
/// Joins sorted samples in one pass over all of them; in two passes where the threshold of a row limit must be found first.
/// </summary>
internal static class SampleMerge
{
    /// <summary>Merges in memory.</summary>
    public static Sample Run(ReadOnlySpan<Sample> samples)
    {
        ArgumentOutOfRangeException.ThrowIfZero(samples.Length, nameof(samples));
        Sample[] all = samples.ToArray();
        SampleHeader header = Join([.. all.Select(SampleWriter.HeaderOf)]);
        Plan plan = Plan.Make(header, Open);
        var collector = new SampleCollector(header);
        plan.Write(Open(), collector);
        return collector.ToSample(plan.IsLimited);

        ISampleCursor[] Open() => [.. all.Select(sample => new MemoryCursor(sample))];
    }

    /// <summary>Merges files.</summary>
    public static SampleSummary Run(IReadOnlyList<Func<Stream>> inputs, Stream output)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Count, nameof(inputs));
        ISampleCursor[] cursors = Open();
        SampleHeader header;
        try
        {
            header = Join([.. cursors.Select(cursor => cursor.Header)]);
        }
        finally
        {
            Dispose(cursors);
        }

        Plan plan = Plan.Make(header, Open);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var writer = new SampleWriter(header with { IsLimited = plan.IsLimited }, output, digest);
        long rows = plan.Write(Open(), writer);
        writer.End();
        output.Write(digest.GetHashAndReset());
        return new SampleSummary(header.Schema, header.Provenance, rows, plan.IsLimited);

        ISampleCursor[] Open()
        {
            var opened = new List<ISampleCursor>();
            try
            {
                foreach (Func<Stream> input in inputs)
                    opened.Add(SampleReader.Open(input()));
                return [.. opened];
            }
            catch (Exception exception)
            {
                exception.Data[Sample.InputIndex] = opened.Count;
                Dispose(opened);
                throw;
            }
        }
    }

    private static SampleHeader Join(SampleHeader[] headers)
    {
        SampleHeader joined = headers[0];
        foreach (SampleHeader next in headers.AsSpan(1))
        {
            if (joined.Schema.Difference(next.Schema) is { } difference)
                throw new ArgumentException($"The samples cannot be merged: {difference}.");
            joined = joined with
            {
                // One tokenizer may have several names; the first of them in ordinal order is kept, for any order of the
                // samples.
                Schema = joined.Schema with { Tokenizer = string.CompareOrdinal(joined.Schema.Tokenizer, next.Schema.Tokenizer) <= 0 ? joined.Schema.Tokenizer : next.Schema.Tokenizer },
                Provenance = joined.Provenance.Join(next.Provenance),
                IsLimited = joined.IsLimited || next.IsLimited,
                HasDocuments = joined.HasDocuments && next.HasDocuments,
            };
        }

        if (headers.Length > 1 && headers.Any(header => header.HasWeights))
            throw new ArgumentException("Samples with weights cannot be merged: weights are made from the whole text. Merge first, then weigh.");
        return joined;
    }

    private static void Dispose(IEnumerable<ISampleCursor> cursors)
    {
        foreach (ISampleCursor cursor in cursors)
            cursor.Dispose();
    }

    /// <summary>
    /// Which rows are kept: those whose hash is below a threshold, and this many of those whose hash equals it.
    /// </summary>
    private sealed class Plan(SampleHeader header, ulong threshold, long ties, bool isLimited)
    {
        public bool IsLimited => isLimited;

        /// <summary>Finds the threshold of the row limit.</summary>
        public static Plan Make(SampleHeader header, Func<ISampleCursor[]> open)
        {
            if (header.Schema.RowLimit is not { } limit)
                return new Plan(header, ulong.MaxValue, long.MaxValue, header.IsLimited);

            // A heap of the smallest hashes, the largest of them on top.
            var kept = new PriorityQueue<ulong, ulong>();
            long rows = 0;
            using (var walk = new Walk(header.Schema, open()))
            {
                while (walk.NextRow())
                {
                    ulong hash = Sample.LimitHash(header.Schema, walk.Row);
                    rows++;
                    if (kept.Count < limit)
                        kept.Enqueue(hash, ~hash);
                    else if (hash < kept.Peek())
                        kept.EnqueueDequeue(hash, ~hash);
                }
            }

            if (rows <= limit)
                return new Plan(header, ulong.MaxValue, long.MaxValue, header.IsLimited);
            ulong threshold = kept.Peek();
            long ties = 0;
            while (kept.TryDequeue(out ulong hash, out _) && hash == threshold)
                ties++;
            return new Plan(header, threshold, ties, true);
        }

        /// <summary>Writes the rows that stay, then the prompts of the documents that stand for them.</summary>
        /// <returns>The number of rows.</returns>
        public long Write(ISampleCursor[] cursors, ISampleSink sink)
        {
            SampleSchema schema = header.Schema;
            var documents = new HashSet<ulong>();
            long rows = 0;
            long tiesLeft = ties;
            using var walk = new Walk(schema, cursors);
            while (walk.NextRow())
            {
                if (threshold != ulong.MaxValue)
                {
                    ulong hash = Sample.LimitHash(schema, walk.Row);
                    if (hash > threshold || (hash == threshold && tiesLeft-- <= 0))
                        continue;
                }

                ulong document = header.HasDocuments ? walk.Document : 0;
                sink.AddRow(walk.Row, walk.Occurrences, document, walk.Weight);
                if (schema.KeepsPrompts)
                    documents.Add(document);
                rows++;
            }

            sink.EndRows();
            while (walk.NextPrompt())
            {
                if (header.HasDocuments && documents.Contains(walk.Document))
                    sink.AddPrompt(walk.Document, walk.Row);
            }

            return rows;
        }
    }

    /// <summary>The union of several cursors, in order.</summary>
    private sealed class Walk : IDisposable
    {
        private readonly SampleSchema schema;
        private readonly ISampleCursor[] cursors;
        private readonly PriorityQueue<int, int> waiting;
        private readonly int keyWidth;
        private readonly int[] row;
        private bool inPrompts;

        public Walk(SampleSchema schema, ISampleCursor[] cursors)
        {
            this.schema = schema;
            this.cursors = cursors;
            keyWidth = schema.KeyedByContext ? schema.ContextWidth : schema.ContextWidth + 1;
            row = new int[schema.ContextWidth + 1];
            waiting = new PriorityQueue<int, int>(Comparer<int>.Create(Compare));
            for (int i = 0; i < cursors.Length; i++)
                Advance(i);
        }

        public ReadOnlySpan<int> Row => row;

        public uint Occurrences { get; private set; }

        public ulong Document { get; private set; }

        public sbyte Weight { get; private set; }

        public bool NextRow()
        {
            if (!waiting.TryDequeue(out int first, out _))
                return false;
            ISampleCursor cursor = cursors[first];
            cursor.Row.CopyTo(row);
            (Occurrences, Document, Weight) = (cursor.Occurrences, cursor.Document, cursor.Weight);
            Advance(first);
            while (waiting.TryPeek(out int next, out _) && cursors[next].Row[..keyWidth].SequenceEqual(row.AsSpan(0, keyWidth)))
            {
                waiting.Dequeue();
                cursor = cursors[next];
                Occurrences = RowOrder.Add(Occurrences, cursor.Occurrences, schema);
                Document = Math.Min(Document, cursor.Document);
                if (RowOrder.IsPreferredToken(cursor.Row, row))
                    row[^1] = cursor.Row[^1];
                Advance(next);
            }

            return true;
        }

        public bool NextPrompt()
        {
            if (!inPrompts)
            {
                inPrompts = true;
                for (int i = 0; i < cursors.Length; i++)
                    Advance(i);
            }

            if (!waiting.TryDequeue(out int first, out _))
                return false;
            cursors[first].Row.CopyTo(row);
            Document = cursors[first].Document;
            Advance(first);
            while (waiting.TryPeek(out int next, out _) && cursors[next].Document == Document && cursors[next].Row.SequenceEqual(row))
            {
                waiting.Dequeue();
                Advance(next);
            }

            return true;
        }

        public void Dispose() => SampleMerge.Dispose(cursors);

        private void Advance(int index)
        {
            try
            {
                if (inPrompts ? cursors[index].NextPrompt() : cursors[index].NextRow())
                    waiting.Enqueue(index, index);
            }
            catch (InputFormatException exception)
            {
                exception.Data[Sample.InputIndex] = index;
                throw;
            }
        }

        private int Compare(int left, int right)
        {
            int order = inPrompts ? cursors[left].Document.CompareTo(cursors[right].Document) : 0;
            if (order == 0)
                order = cursors[left].Row.SequenceCompareTo(cursors[right].Row);
            return order != 0 ? order : left.CompareTo(right);
        }
    }
}
