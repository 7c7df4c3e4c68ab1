using Watermark.NGrams;

namespace Watermark.Schemes.Payload;

/// <summary>Reads what a payload mark says of rows, whatever payload was embedded.</summary>
internal interface IPayloadRows
{
    /// <summary>The position and the colour of each row.</summary>
    /// <param name="rows">Rows with the scheme's context.</param>
    /// <param name="positions">One position per row, from 0; at least as long as there are rows.</param>
    /// <param name="found">One colour per row, 0 to 3; at least as long.</param>
    void Read(NGramRows rows, Span<int> positions, Span<byte> found);
}

/// <summary>A payload that was read from rows.</summary>
/// <param name="Payload">Its bytes, most significant first, as lower-case hexadecimal digits.</param>
/// <param name="Rows">The rows read, n.</param>
/// <param name="Agreeing">Rows whose token has the colour that the payload names at their position, M.</param>
/// <param name="Corrected">Symbols of the code that the text gave otherwise.</param>
public sealed record DecodedPayload(string Payload, long Rows, long Agreeing, int Corrected);

/// <summary>
/// Finds the payload that agrees with the most rows, as far as the code's errors-and-erasures decoding reaches: symbols are
/// erased in the order of their margins, two more in every trial, and the codeword with the most agreeing rows is kept.
/// </summary>
/// <remarks>
/// After Forney's generalised minimum distance decoding (1966). What a decoder does needs no proof: whichever of the 2^k payloads
/// it returns, the probability that some payload agrees with M or more of n unrelated rows is at most 2^k·P(Bin(n, 1/4) ≥ M).
/// </remarks>
public static class PayloadDecoder
{
    private const int Colours = 4;
    private const int PositionsPerSymbol = 4;

    /// <summary>Decodes the rows of a sample; bit-exact.</summary>
    /// <param name="rows">Distinct rows, prompts left out.</param>
    /// <param name="keyed">A payload scheme with its key; the payload of its parameters does not matter, its length does.</param>
    /// <param name="cancellationToken">Stops between blocks of rows.</param>
    /// <returns>The best payload; null where no codeword was reached or there is no row.</returns>
    /// <exception cref="ArgumentException">The scheme carries no payload, or the rows have another context width.</exception>
    public static DecodedPayload? Decode(NGramRows rows, KeyedScheme keyed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyed);
        if (keyed is not IPayloadRows reader || keyed.Scheme is not PayloadScheme scheme)
            throw new ArgumentException($"The scheme '{keyed.Scheme.Name}' carries no payload.", nameof(keyed));
        long[] counts = Count(rows, reader, scheme, cancellationToken);
        return rows.Count == 0 ? null : Best(counts, scheme, rows.Count);
    }

    /// <summary>Rows by position and colour: four counts a position.</summary>
    private static long[] Count(NGramRows rows, IPayloadRows reader, PayloadScheme scheme, CancellationToken cancellationToken)
    {
        const int Block = 4096;
        long[] counts = new long[Colours * scheme.Positions];
        int[] positions = new int[Block];
        byte[] found = new byte[Block];
        for (int start = 0; start < rows.Count; start += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            NGramRows block = rows.Slice(start, Math.Min(Block, rows.Count - start));
            reader.Read(block, positions, found);
            for (int i = 0; i < block.Count; i++)
                counts[(Colours * positions[i]) + found[i]]++;
        }

        return counts;
    }

    private static DecodedPayload? Best(long[] counts, PayloadScheme scheme, long rows)
    {
        int message = scheme.Bits / 8;
        byte[] received = new byte[scheme.Symbols];
        long[] margins = new long[scheme.Symbols];
        for (int symbol = 0; symbol < scheme.Symbols; symbol++)
            (received[symbol], margins[symbol]) = Read(counts.AsSpan(symbol * PositionsPerSymbol * Colours, PositionsPerSymbol * Colours));

        int[] order = [.. Enumerable.Range(0, scheme.Symbols).OrderBy(symbol => margins[symbol]).ThenBy(symbol => symbol)];
        DecodedPayload? best = null;
        byte[] word = new byte[scheme.Symbols];
        byte[] colours = new byte[scheme.Positions];
        for (int erased = 0; erased <= scheme.Symbols - message; erased += 2)
        {
            received.CopyTo(word, 0);
            if (!ReedSolomon.TryDecode(word, message, order.AsSpan(0, erased)))
                continue;
            scheme.Colours(word.AsSpan(0, message), colours);
            long agreeing = 0;
            for (int position = 0; position < colours.Length; position++)
                agreeing += counts[(Colours * position) + colours[position]];
            if (best is null || agreeing > best.Agreeing)
                best = new DecodedPayload(Convert.ToHexStringLower(word.AsSpan(0, message)), rows, agreeing, word.Zip(received).Count(pair => pair.First != pair.Second));
        }

        return best;
    }

    /// <summary>The symbol with the most rows in its colours, and by how many rows its weakest position leads.</summary>
    private static (byte Symbol, long Margin) Read(ReadOnlySpan<long> counts)
    {
        int symbol = 0;
        long margin = long.MaxValue;
        for (int position = 0; position < PositionsPerSymbol; position++)
        {
            ReadOnlySpan<long> here = counts.Slice(position * Colours, Colours);
            int first = 0;
            long second = -1;
            for (int colour = 1; colour < Colours; colour++)
            {
                if (here[colour] > here[first])
                    (second, first) = (here[first], colour);
                else
                    second = Math.Max(second, here[colour]);
            }

            symbol = (symbol << 2) | first;
            margin = Math.Min(margin, here[first] - Math.Max(second, 0));
        }

        return ((byte)symbol, margin);
    }
}
