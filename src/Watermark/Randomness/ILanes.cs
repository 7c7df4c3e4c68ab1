namespace Watermark.Randomness;

/// <summary>
/// The few operations on 32-bit lanes that the Mersenne Twister kernels need, so that each kernel is written once and
/// compiled for 4, 8 and 16 lanes. Integers only: the same bits at every width.
/// </summary>
/// <typeparam name="TVector">The vector type.</typeparam>
internal interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Lanes in a vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(ref uint source, nuint offset);

    static abstract void Store(TVector value, ref uint destination, nuint offset);

    static abstract TVector Broadcast(uint value);

    static abstract TVector And(TVector left, TVector right);

    static abstract TVector Or(TVector left, TVector right);

    static abstract TVector Xor(TVector left, TVector right);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The low 32 bits of the products.</summary>
    static abstract TVector MultiplyLow(TVector left, TVector right);

    /// <summary>The high 32 bits of the 64-bit products.</summary>
    static abstract TVector MultiplyHigh(TVector left, TVector right);

    /// <summary>The high 32 bits of the 64-bit products, where all lanes of the right operand are equal.</summary>
    static abstract TVector MultiplyHighUniform(TVector left, TVector right);

    static abstract TVector ShiftLeft(TVector value, int bits);

    static abstract TVector ShiftRight(TVector value, int bits);

    /// <summary>All ones in the lanes that are equal, else zero.</summary>
    static abstract TVector AreEqual(TVector left, TVector right);
}
