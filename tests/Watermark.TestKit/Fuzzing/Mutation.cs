using System.Buffers.Binary;
using System.Text;
using Watermark.Randomness;

namespace Watermark.TestKit.Fuzzing;

/// <summary>One random change of an input: of its bytes, its binary numbers, or its JSON tokens where it has some.</summary>
internal static class Mutation
{
    // An input does not grow beyond this: a reader that is slow on much text has a test of its own.
    private const int LargestInput = 1 << 20;

    private static readonly long[] ExtremeNumbers =
        [0, 1, -1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40, long.MaxValue, long.MinValue];

    /// <summary>What replaces or joins a JSON token.</summary>
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "null", "true", "false", "{}", "[]", "\"\"", "\"a\"", "0", "-1", "1", "0.5", "1e999", "-1e999", "1e-999", "-0", "00", "2147483647", "2147483648",
            "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "NaN", "Infinity", new string('9', 400), "1." + new string('3', 400),
            "\"\\ud83d\"", "\"\\udc00a\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"\\", "\"a\\nb\"", "\"../a\"", "\"\\u001b[2J\"", "{\"a\":1}", "[1,2]", "[[]]", "{\"\":{}}",
            ",", ":", "{", "}", "[", "]", "\"", "//", "\ufeff", "\n", " ",
            new string('[', 100), new string('[', 100) + new string(']', 100), "\"" + new string('a', 3000) + "\"",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0], (byte[])[(byte)'"', 0xFF, (byte)'"'],
    ];

    /// <summary>Changes an input.</summary>
    /// <param name="input">The input; it is not written to.</param>
    /// <param name="others">Inputs from which pieces may be taken.</param>
    /// <param name="random">Decides.</param>
    /// <returns>The changed copy; a change may happen to leave it as it was.</returns>
    public static byte[] Apply(byte[] input, IReadOnlyList<byte[]> others, RandomBits random)
    {
        List<(int Start, int End)> tokens = JsonTokens(input);
        byte[] changed = tokens.Count > 0 && random.NextBelow(2) == 0 ? OfTokens(input, tokens, random) : OfBytes(input, others, random);
        return changed.Length <= LargestInput ? changed : changed[..LargestInput];
    }

    private static byte[] OfBytes(byte[] input, IReadOnlyList<byte[]> others, RandomBits random)
    {
        (int start, int end) = Range(input.Length, random);
        switch (random.NextBelow(9))
        {
            case 0:
                byte[] flipped = [.. input];
                if (input.Length > 0)
                    flipped[Below(input.Length, random)] ^= (byte)(1 << Below(8, random));
                return flipped;
            case 1:
                return input[..start];
            case 2:
                return Replace(input, start, end, []);
            case 3:
                return Replace(input, end, end, input.AsSpan(start, end - start));
            case 4:
                var noise = new byte[1 + Below(16, random)];
                random.Fill(noise);
                return Replace(input, start, start, noise);
            case 5:
                byte[] other = others[Below(others.Count, random)];
                return Replace(input, start, input.Length, other.AsSpan(Below(other.Length + 1, random)));
            case 6:
                byte[] source = others[Below(others.Count, random)];
                (int from, int to) = Range(source.Length, random);
                return Replace(input, start, end, source.AsSpan(from, to - from));
            case 7:
                return Replace(input, start, start, Tokens[Below(Tokens.Length, random)]);
            default:
                return WithNumber(input, start, random);
        }
    }

    /// <summary>Writes an extreme number of 1, 2, 4 or 8 bytes in either order.</summary>
    private static byte[] WithNumber(byte[] input, int at, RandomBits random)
    {
        Span<byte> number = stackalloc byte[8];
        long value = ExtremeNumbers[Below(ExtremeNumbers.Length, random)];
        int size = 1 << Below(4, random);
        if (random.NextBelow(2) == 0)
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
        else
            BinaryPrimitives.WriteInt64BigEndian(number, value << (64 - (8 * size)));
        return Replace(input, at, Math.Min(input.Length, at + size), number[..size]);
    }

    private static byte[] OfTokens(byte[] input, List<(int Start, int End)> tokens, RandomBits random)
    {
        int index = Below(tokens.Count, random);
        (int start, int end) = tokens[index];
        (int otherStart, int otherEnd) = tokens[Below(tokens.Count, random)];
        // Six tokens hold a member of an object with its value and what parts it from the next.
        int last = tokens[Math.Min(tokens.Count - 1, index + Below(6, random))].End;
        return random.NextBelow(6) switch
        {
            0 or 1 => Replace(input, start, end, Tokens[Below(Tokens.Length, random)]),
            2 => Replace(input, start, end, input.AsSpan(otherStart, otherEnd - otherStart)),
            3 => Replace(input, start, last, []),
            4 => Replace(input, last, last, input.AsSpan(start, last - start)),
            // Inside a text: an escape or a byte that a valid text does not have.
            _ => Replace(input, start + Math.Min(1, end - start), start + Math.Min(1, end - start), Tokens[Below(Tokens.Length, random)]),
        };
    }

    /// <summary>Where JSON tokens stand. Of input that is only partly JSON, what looks like tokens.</summary>
    private static List<(int Start, int End)> JsonTokens(ReadOnlySpan<byte> input)
    {
        var tokens = new List<(int, int)>();
        int at = 0;
        while (at < input.Length && tokens.Count < 20_000)
        {
            int start = at++;
            byte first = input[start];
            if (first == '"')
            {
                while (at < input.Length && input[at] != '"')
                    at += input[at] == '\\' ? 2 : 1;
                at = Math.Min(input.Length, at + 1);
            }
            else if (char.IsAsciiLetterOrDigit((char)first) || first == '-')
            {
                while (at < input.Length && (char.IsAsciiLetterOrDigit((char)input[at]) || input[at] is (byte)'-' or (byte)'+' or (byte)'.'))
                    at++;
            }
            else if (first is not ((byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)',' or (byte)':'))
            {
                continue;
            }

            tokens.Add((start, at));
        }

        return tokens;
    }

    /// <summary>Two places in order, mostly near each other.</summary>
    private static (int Start, int End) Range(int length, RandomBits random)
    {
        int start = Below(length + 1, random);
        int most = random.NextBelow(4) == 0 ? length - start : Math.Min(16, length - start);
        return (start, start + Below(most + 1, random));
    }

    private static byte[] Replace(ReadOnlySpan<byte> input, int start, int end, ReadOnlySpan<byte> piece) => [.. input[..start], .. piece, .. input[end..]];

    private static int Below(int bound, RandomBits random) => (int)random.NextBelow((ulong)bound);
}
