using Watermark.NGrams;

namespace Watermark.Schemes.Coded;

/// <summary>Reads what a coded mark says of rows, whatever account they were written for.</summary>
public interface ICodedRows
{
    /// <summary>The codewords of accounts under this key; disposed with the scheme.</summary>
    AccountCode Code { get; }

    /// <summary>The position and the half of each row.</summary>
    /// <param name="rows">Rows with the scheme's context.</param>
    /// <param name="positions">One position per row, from 0; at least as long as there are rows.</param>
    /// <param name="halves">1 for a green token of half A, −1 for one of half B, 0 for a token that is not green; at least as long.</param>
    void Read(NGramRows rows, Span<int> positions, Span<sbyte> halves);
}

/// <summary>Distinct green rows by position: D_i, those of half A less those of half B.</summary>
public sealed class CodeCounts
{
    private readonly int[] differences;

    private CodeCounts(int[] differences, long rows, long green) => (this.differences, Rows, Green) = (differences, rows, green);

    /// <summary>D_i, one a position.</summary>
    public ReadOnlySpan<int> Differences => differences;

    /// <summary>Rows read.</summary>
    public long Rows { get; }

    /// <summary>Green rows among them.</summary>
    public long Green { get; }

    /// <summary>Counts the rows of a sample; bit-exact.</summary>
    /// <param name="rows">Distinct rows, prompts left out.</param>
    /// <param name="keyed">A coded scheme with its key.</param>
    /// <param name="cancellationToken">Stops between blocks of rows.</param>
    /// <exception cref="ArgumentException">The scheme has no code, or the rows have another context width.</exception>
    public static CodeCounts Of(NGramRows rows, KeyedScheme keyed, CancellationToken cancellationToken = default)
    {
        const int Block = 4096;
        ArgumentNullException.ThrowIfNull(keyed);
        if (keyed is not ICodedRows reader)
            throw new ArgumentException($"The scheme '{keyed.Scheme.Name}' has no code of accounts.", nameof(keyed));
        int[] differences = new int[CodedGreenListScheme.Positions];
        int[] positions = new int[Block];
        sbyte[] halves = new sbyte[Block];
        long green = 0;
        for (int start = 0; start < rows.Count; start += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            NGramRows block = rows.Slice(start, Math.Min(Block, rows.Count - start));
            reader.Read(block, positions, halves);
            for (int i = 0; i < block.Count; i++)
            {
                differences[positions[i]] += halves[i];
                green += halves[i] & 1;
            }
        }

        return new CodeCounts(differences, rows.Count, green);
    }

    /// <summary>Counts that were made elsewhere.</summary>
    /// <param name="differences">D_i, one a position.</param>
    /// <param name="rows">How many green rows they count.</param>
    public static CodeCounts From(ReadOnlySpan<int> differences, long rows) => new(differences.ToArray(), rows, rows);
}

/// <summary>S_j = Σ D_i·X_ji for many accounts: sums of eight positions are looked up by the codeword's bytes.</summary>
public sealed class CodeSums
{
    private const int ByteValues = 256;

    private readonly int[] table = new int[AccountCode.CodewordBytes * ByteValues];

    /// <summary>Prepares the sums, 512 KiB.</summary>
    /// <param name="differences">D_i, one a position; their sizes add up to at most 2^31 − 1.</param>
    /// <exception cref="ArgumentException">Another number of positions, or too large a sum.</exception>
    public CodeSums(ReadOnlySpan<int> differences)
    {
        if (differences.Length != CodedGreenListScheme.Positions)
            throw new ArgumentException($"There are {differences.Length} positions; a codeword has {CodedGreenListScheme.Positions}.", nameof(differences));
        long sizes = 0;
        foreach (int difference in differences)
            sizes += Math.Abs((long)difference);
        if (sizes > int.MaxValue)
            throw new ArgumentException("The sizes of the differences must add up to at most 2^31 - 1.", nameof(differences));
        for (int place = 0; place < AccountCode.CodewordBytes; place++)
        {
            for (int value = 0; value < ByteValues; value++)
            {
                int sum = 0;
                for (int bit = 0; bit < 8; bit++)
                    sum += ((value >> bit) & 1) == 0 ? differences[(8 * place) + bit] : -differences[(8 * place) + bit];
                table[(place * ByteValues) + value] = sum;
            }
        }
    }

    /// <summary>S of one codeword; bit-exact.</summary>
    /// <param name="codeword"><see cref="AccountCode.CodewordBytes"/> bytes.</param>
    public int Of(ReadOnlySpan<byte> codeword)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(codeword.Length, AccountCode.CodewordBytes);
        int sum = 0;
        for (int place = 0; place < codeword.Length; place++)
            sum += table[(place * ByteValues) + codeword[place]];
        return sum;
    }
}
