namespace Watermark.Schemes.Payload;

/// <summary>
/// Reed-Solomon codes over GF(256), systematic: the message, then the check symbols. Up to e erased and f wrong symbols are
/// corrected where e + 2f is at most the number of check symbols.
/// </summary>
/// <remarks>
/// The field is that of x^8 + x^4 + x^3 + x^2 + 1 with the generator 2; the roots of the code are 2^0, 2^1, …. Reed and Solomon
/// 1960; decoding after Blahut, "Theory and Practice of Error Control Codes", 1983, section 9.2. Bit-exact.
/// </remarks>
internal static class ReedSolomon
{
    /// <summary>The longest codeword.</summary>
    public const int LongestCodeword = 255;

    private const int Order = 255;
    private const int Polynomial = 0x11D;

    private static readonly byte[] Powers = MakePowers();
    private static readonly byte[] Logs = MakeLogs();

    /// <summary>Encodes a message.</summary>
    /// <param name="message">K symbols.</param>
    /// <param name="codeword">N symbols, K ≤ N ≤ 255: the message, then the check symbols.</param>
    public static void Encode(ReadOnlySpan<byte> message, Span<byte> codeword)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(codeword.Length, LongestCodeword);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, codeword.Length);
        int checks = codeword.Length - message.Length;
        message.CopyTo(codeword);
        Span<byte> rest = codeword[message.Length..];
        rest.Clear();
        if (checks == 0)
            return;
        Span<byte> generator = stackalloc byte[checks + 1];
        generator.Clear();
        generator[0] = 1;
        for (int root = 0; root < checks; root++)
        {
            for (int i = root + 1; i > 0; i--)
                generator[i] ^= Multiply(generator[i - 1], Powers[root]);
        }

        // The remainder of message · x^checks by the generator, which begins with 1.
        foreach (byte symbol in message)
        {
            byte factor = (byte)(symbol ^ rest[0]);
            rest[1..].CopyTo(rest);
            rest[^1] = 0;
            for (int i = 0; i < checks; i++)
                rest[i] ^= Multiply(generator[i + 1], factor);
        }
    }

    /// <summary>Corrects a word.</summary>
    /// <param name="word">N symbols; corrected in place, unchanged where that is not possible.</param>
    /// <param name="messageLength">K.</param>
    /// <param name="erasures">The places of symbols that are not known, each once; what stands there does not matter.</param>
    /// <returns>Whether the word is now a codeword.</returns>
    public static bool TryDecode(Span<byte> word, int messageLength, ReadOnlySpan<int> erasures)
    {
        int checks = word.Length - messageLength;
        if (erasures.Length > checks)
            return false;
        Span<byte> syndromes = stackalloc byte[checks];
        if (Syndromes(word, syndromes))
            return true;
        Span<byte> locator = stackalloc byte[checks + 1];
        int degree = Locate(syndromes, word.Length, erasures, locator);
        Span<byte> corrected = stackalloc byte[word.Length];
        word.CopyTo(corrected);
        if (degree > checks || !Correct(corrected, syndromes, locator, degree) || !Syndromes(corrected, syndromes))
            return false;
        corrected.CopyTo(word);
        return true;
    }

    /// <summary>The word's values at the roots of the code; true where all are 0.</summary>
    private static bool Syndromes(ReadOnlySpan<byte> word, Span<byte> syndromes)
    {
        bool isCodeword = true;
        for (int j = 0; j < syndromes.Length; j++)
        {
            byte value = 0;
            foreach (byte symbol in word)
                value = (byte)(Multiply(value, Powers[j]) ^ symbol);
            syndromes[j] = value;
            isCodeword &= value == 0;
        }

        return isCodeword;
    }

    /// <summary>Berlekamp and Massey's algorithm, begun with the locator of the erasures; gives the locator's degree.</summary>
    private static int Locate(ReadOnlySpan<byte> syndromes, int length, ReadOnlySpan<int> erasures, Span<byte> locator)
    {
        int checks = syndromes.Length;
        locator.Clear();
        locator[0] = 1;
        for (int e = 0; e < erasures.Length; e++)
        {
            byte x = Powers[length - 1 - erasures[e]];
            for (int i = e + 1; i > 0; i--)
                locator[i] ^= Multiply(locator[i - 1], x);
        }

        Span<byte> earlier = stackalloc byte[checks + 2];
        Span<byte> next = stackalloc byte[checks + 1];
        earlier.Clear();
        locator.CopyTo(earlier);
        int degree = erasures.Length;
        for (int r = erasures.Length + 1; r <= checks; r++)
        {
            byte discrepancy = 0;
            for (int j = 0; j <= Math.Min(degree, r - 1); j++)
                discrepancy ^= Multiply(locator[j], syndromes[r - 1 - j]);
            if (discrepancy == 0)
            {
                Shift(earlier);
                continue;
            }

            next[0] = locator[0];
            for (int i = 1; i <= checks; i++)
                next[i] = (byte)(locator[i] ^ Multiply(discrepancy, earlier[i - 1]));
            if (2 * degree <= r - 1 + erasures.Length)
            {
                degree = r - degree + erasures.Length;
                byte inverse = Inverse(discrepancy);
                for (int i = 0; i <= checks; i++)
                    earlier[i] = Multiply(locator[i], inverse);
            }
            else
            {
                Shift(earlier);
            }

            next.CopyTo(locator);
        }

        return degree;
    }

    /// <summary>Forney's algorithm: the value of each error from the locator and the syndromes.</summary>
    private static bool Correct(Span<byte> word, ReadOnlySpan<byte> syndromes, ReadOnlySpan<byte> locator, int degree)
    {
        int checks = syndromes.Length;
        Span<byte> evaluator = stackalloc byte[checks];
        for (int i = 0; i < checks; i++)
        {
            byte sum = 0;
            for (int j = 0; j <= i; j++)
                sum ^= Multiply(locator[j], syndromes[i - j]);
            evaluator[i] = sum;
        }

        int found = 0;
        for (int place = 0; place < word.Length; place++)
        {
            byte x = Powers[word.Length - 1 - place];
            byte inverse = Inverse(x);
            if (Value(locator[..(degree + 1)], inverse) != 0)
                continue;
            found++;
            byte slope = 0;
            for (int i = 1; i <= degree; i += 2)
                slope ^= Multiply(locator[i], Power(inverse, i - 1));
            if (slope == 0)
                return false;
            word[place] ^= Multiply(x, Multiply(Value(evaluator, inverse), Inverse(slope)));
        }

        return found == degree;
    }

    /// <summary>The value of a polynomial whose constant term comes first.</summary>
    private static byte Value(ReadOnlySpan<byte> polynomial, byte x)
    {
        byte value = 0;
        for (int i = polynomial.Length - 1; i >= 0; i--)
            value = (byte)(Multiply(value, x) ^ polynomial[i]);
        return value;
    }

    /// <summary>Multiplies a polynomial by x.</summary>
    private static void Shift(Span<byte> polynomial)
    {
        polynomial[..^1].CopyTo(polynomial[1..]);
        polynomial[0] = 0;
    }

    private static byte Multiply(byte a, byte b) => a == 0 || b == 0 ? (byte)0 : Powers[Logs[a] + Logs[b]];

    private static byte Inverse(byte a) => Powers[Order - Logs[a]];

    private static byte Power(byte a, int exponent) => exponent == 0 ? (byte)1 : Powers[Logs[a] * exponent % Order];

    private static byte[] MakePowers()
    {
        byte[] powers = new byte[(2 * Order) + 1];
        int value = 1;
        for (int i = 0; i < powers.Length; i++)
        {
            powers[i] = (byte)value;
            value <<= 1;
            if (value > 255)
                value ^= Polynomial;
        }

        return powers;
    }

    private static byte[] MakeLogs()
    {
        byte[] logs = new byte[256];
        for (int i = 0; i < Order; i++)
            logs[Powers[i]] = (byte)i;
        return logs;
    }
}
