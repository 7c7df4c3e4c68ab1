using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.Scoring;

namespace Watermark.Forensics.Distillation;

/// <summary>The header of a file of row scores.</summary>
/// <param name="SampleDigest">The digest of the sample that was scored.</param>
/// <param name="Key">The key and the scheme.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Coins">The number of coins.</param>
/// <param name="SharesCoins">Whether rows may share coins.</param>
internal sealed record RowScoresHeader(string SampleDigest, KeyIdentity Key, int Rows, int Coins, bool SharesCoins)
{
    public const string Format = "watermark-rows/1";

    /// <summary>The longest header that is read, in bytes.</summary>
    public const int Longest = 1 << 20;

    /// <summary>The first bytes of a file.</summary>
    public static ReadOnlySpan<byte> Magic => "WMROWSC1"u8;

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteString("sample", SampleDigest);
            writer.WriteNumber("rows", Rows);
            writer.WriteNumber("coins", Coins);
            writer.WriteBoolean("sharesCoins", SharesCoins);
            FindingJson.WriteKey(writer, Key);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static RowScoresHeader Parse(byte[] json)
    {
        RowScoresHeader header = JsonFields.Parse(json, "The header of the row scores", fields =>
        {
            fields.Format(Format);
            string digest = fields.Text("sample");
            if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigitLower))
                throw fields.Wrong("sample", "64 lower-case hexadecimal digits");
            var read = new RowScoresHeader(
                digest,
                FindingReader.ReadKey(fields.Object("key"))!,
                (int)fields.Whole("rows", 0, Array.MaxLength),
                (int)fields.Whole("coins", 0, Array.MaxLength),
                fields.OptionalFlag("sharesCoins") ?? throw fields.Wrong("sharesCoins", "true or false"));
            fields.Done();
            return read;
        });
        if (!header.SharesCoins && header.Coins != header.Rows)
            throw new InputFormatException($"The header of the row scores names {header.Coins} coins for {header.Rows} rows that share none.");
        // One way to write it, so that no byte of the file can be changed without a trace.
        return header.ToJson().AsSpan().SequenceEqual(json) ? header : throw new InputFormatException("The header of the row scores is not written in the one form that it has.");
    }
}

/// <summary>Writes a file of row scores; <c>row-scores-file.md</c> describes it.</summary>
internal static class RowScoresWriter
{
    public static void Write(RowScoresHeader header, ScoredRows scores, Stream stream)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        int used = 0;
        byte[] json = header.ToJson();
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, json.Length);
        Append(RowScoresHeader.Magic);
        Append(length);
        Append(json);
        int next = 0;
        for (int row = 0; header.SharesCoins && row < header.Rows; row++)
        {
            int coin = scores.CoinOf(row);
            Number(coin == next ? RowCodes.New : coin >= 0 ? (ulong)coin + RowCodes.FirstRepeated : coin == ScoredRows.Prompted ? RowCodes.Prompted : RowCodes.Keyless);
            next += coin == next ? 1 : 0;
        }

        foreach (long score in scores.Scores)
            Number((ulong)score);
        Flush();
        stream.Write(digest.GetHashAndReset());

        void Number(ulong value)
        {
            if (buffer.Length - used < 10)
                Flush();
            for (; value >= 0x80; value >>= 7)
                buffer[used++] = (byte)(value | 0x80);
            buffer[used++] = (byte)value;
        }

        void Append(ReadOnlySpan<byte> bytes)
        {
            Flush();
            digest.AppendData(bytes);
            stream.Write(bytes);
        }

        void Flush()
        {
            digest.AppendData(buffer, 0, used);
            stream.Write(buffer, 0, used);
            used = 0;
        }
    }
}

/// <summary>Reads a file of row scores.</summary>
internal sealed class RowScoresReader
{
    private readonly Stream stream;
    private readonly IncrementalHash digest;
    private readonly byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;

    private RowScoresReader(Stream stream, IncrementalHash digest)
    {
        this.stream = stream;
        this.digest = digest;
    }

    public static (RowScoresHeader Header, ScoredRows Scores) Read(Stream stream)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        return new RowScoresReader(stream, digest).Read();
    }

    private (RowScoresHeader Header, ScoredRows Scores) Read()
    {
        if (!Bytes(RowScoresHeader.Magic.Length).AsSpan().SequenceEqual(RowScoresHeader.Magic))
            throw new InputFormatException("The file does not begin like row scores ('WMROWSC1').");
        int length = BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));
        if (length is < 2 or > RowScoresHeader.Longest)
            throw new InputFormatException($"The header of the row scores has {length} bytes; 2 to {RowScoresHeader.Longest} were expected.");
        RowScoresHeader header = RowScoresHeader.Parse(Bytes(length));
        List<int>? coins = header.SharesCoins ? Coins(header.Rows) : null;
        var scores = new List<long>();
        for (int coin = 0; coin < header.Coins; coin++)
            scores.Add(Number() is <= long.MaxValue and var score ? (long)score : throw new InputFormatException($"The score of coin {coin} is larger than any score."));
        byte[] found = digest.GetHashAndReset();
        var stated = new byte[found.Length];
        for (int i = 0; i < stated.Length; i++)
            stated[i] = Next();
        if (!stated.AsSpan().SequenceEqual(found))
            throw new InputFormatException("The row scores do not fit the digest at their end: the file was changed or damaged.");
        if (start < end || stream.ReadByte() >= 0)
            throw new InputFormatException("The row scores go on after the digest at their end.");
        try
        {
            return (header, new ScoredRows(coins?.ToArray(), [.. scores]));
        }
        catch (ArgumentException exception)
        {
            throw new InputFormatException($"The row scores contradict themselves: {exception.Message}", exception);
        }
    }

    private List<int> Coins(int rows)
    {
        var coins = new List<int>();
        int next = 0;
        for (int row = 0; row < rows; row++)
        {
            ulong code = Number();
            if (code >= RowCodes.FirstRepeated && code - RowCodes.FirstRepeated >= (ulong)next)
                throw new InputFormatException($"Row {row} of the row scores repeats the coin {code - RowCodes.FirstRepeated}, and {next} coins stand before it.");
            coins.Add(code switch
            {
                RowCodes.New => next++,
                RowCodes.Prompted => ScoredRows.Prompted,
                RowCodes.Keyless => ScoredRows.Keyless,
                _ => (int)(code - RowCodes.FirstRepeated),
            });
        }

        return coins;
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = Next();
        digest.AppendData(bytes);
        return bytes;
    }

    /// <summary>A number in groups of seven bits, the lowest first, in as few bytes as it needs.</summary>
    private ulong Number()
    {
        Span<byte> bytes = stackalloc byte[10];
        ulong value = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Next();
            ulong group = bytes[i] & 0x7Fu;
            if (i == 9 && group > 1)
                break;
            value |= group << (7 * i);
            if (bytes[i] >= 0x80)
                continue;
            if (bytes[i] == 0 && i > 0)
                break;
            digest.AppendData(bytes[..(i + 1)]);
            return value;
        }

        throw new InputFormatException("A number of the row scores is not written in the one form that it has.");
    }

    private byte Next()
    {
        if (start == end)
        {
            start = 0;
            end = stream.Read(buffer);
            if (end == 0)
                throw new InputFormatException("The row scores break off.");
        }

        return buffer[start++];
    }
}

/// <summary>What a row's number in the file means.</summary>
internal static class RowCodes
{
    /// <summary>The first row of a new coin.</summary>
    public const ulong New = 0;

    /// <summary>A prompt decided its coin.</summary>
    public const ulong Prompted = 1;

    /// <summary>It is the same under every key.</summary>
    public const ulong Keyless = 2;

    /// <summary>From here on: a row of a coin that stands before it, and the coin's number.</summary>
    public const ulong FirstRepeated = 3;
}
