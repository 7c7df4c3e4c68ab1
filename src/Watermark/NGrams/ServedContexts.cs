using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Watermark.NGrams;

/// <summary>
/// The distinct contexts of logs of one epoch: answers whether a context was served. A context of up to four tokens is kept as it
/// is; a wider one by 128 bits of its SHA-256, whose collisions (below n²·2^−128 for n contexts) can only make an unserved context
/// look served.
/// </summary>
/// <remarks>Memory: 16 bytes for each distinct context, and as much again while logs are read.</remarks>
public sealed class ServedContexts
{
    private const int ExactWidth = 4;
    private const int SortFrom = 1 << 20;

    private readonly UInt128[] contexts;

    private ServedContexts(ServedContextsHeader header, UInt128[] contexts) => (Header, this.contexts) = (header, contexts);

    /// <summary>What the logs are about.</summary>
    public ServedContextsHeader Header { get; }

    /// <summary>Distinct contexts.</summary>
    public int Count => contexts.Length;

    /// <summary>Contexts logged, repetitions included.</summary>
    public long Logged { get; private init; }

    /// <summary>Sessions of the marking side that began.</summary>
    public int Sessions { get; private init; }

    /// <summary>Sessions that did not end as they should: contexts served in them may be missing.</summary>
    public int Gaps { get; private init; }

    /// <summary>Reads the logs of an epoch.</summary>
    /// <param name="streams">One or more logs, each read to its end; the caller disposes them.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="InputFormatException">A stream is no such log, or they are not about the same epoch, key and tokenizer.</exception>
    public static ServedContexts Read(IReadOnlyList<Stream> streams, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(streams);
        ServedContextsHeader? header = null;
        var all = new List<UInt128>();
        long logged = 0;
        int sessions = 0, gaps = 0;
        int sortAt = SortFrom;
        foreach (Stream stream in streams)
        {
            var reader = new ServedContextsReader(stream);
            header ??= reader.Header;
            if (reader.Header != header)
                throw new InputFormatException($"The logs of served contexts are of epoch '{header.Epoch}' (key {header.KeyId}) and of epoch '{reader.Header.Epoch}' (key {reader.Header.KeyId}); logs of one epoch were expected.");
            bool open = false;
            while (reader.Next(out byte kind, out byte[] content))
            {
                cancellationToken.ThrowIfCancellationRequested();
                switch (kind)
                {
                    case ServedContextsLog.BeginBlock:
                        gaps += open ? 1 : 0;
                        open = true;
                        sessions++;
                        break;
                    case ServedContextsLog.EndBlock:
                        open = false;
                        break;
                    case ServedContextsLog.ContextBlock:
                        logged += Add(content, header.ContextWidth, all);
                        break;
                    default:
                        throw new InputFormatException($"The log of served contexts has a block of the unknown kind {kind}.");
                }

                if (all.Count >= sortAt)
                {
                    Shrink(all);
                    sortAt = Math.Max(SortFrom, 2 * all.Count);
                }
            }

            gaps += open || reader.IsTorn ? 1 : 0;
        }

        if (header is null)
            throw new InputFormatException("No log of served contexts was given.");
        Shrink(all);
        return new ServedContexts(header, [.. all]) { Logged = logged, Sessions = sessions, Gaps = gaps };
    }

    /// <summary>Whether a context was served.</summary>
    /// <param name="context">h tokens, oldest first.</param>
    public bool Contains(ReadOnlySpan<int> context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(context.Length, Header.ContextWidth);
        return Array.BinarySearch(contexts, Key(context)) >= 0;
    }

    private static long Add(byte[] content, int width, List<UInt128> all)
    {
        Span<int> context = stackalloc int[width];
        long count = content.Length / (width * sizeof(int));
        for (long i = 0; i < count; i++)
        {
            for (int j = 0; j < width; j++)
                context[j] = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan((int)(((i * width) + j) * sizeof(int))));
            all.Add(Key(context));
        }

        return count;
    }

    private static void Shrink(List<UInt128> all)
    {
        all.Sort();
        int kept = 0;
        for (int i = 0; i < all.Count; i++)
        {
            if (i == 0 || all[i] != all[i - 1])
                all[kept++] = all[i];
        }

        all.RemoveRange(kept, all.Count - kept);
    }

    private static UInt128 Key(ReadOnlySpan<int> context)
    {
        if (context.Length > ExactWidth)
        {
            Span<byte> bytes = stackalloc byte[context.Length * sizeof(int)];
            for (int i = 0; i < context.Length; i++)
                BinaryPrimitives.WriteInt32LittleEndian(bytes[(i * sizeof(int))..], context[i]);
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes, digest);
            return BinaryPrimitives.ReadUInt128LittleEndian(digest);
        }

        UInt128 key = 0;
        foreach (int token in context)
            key = (key << 32) | (uint)token;
        return key;
    }
}
