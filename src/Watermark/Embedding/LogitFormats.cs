using System.Buffers;
using System.Numerics.Tensors;

namespace Watermark.Embedding;

/// <summary>
/// <see cref="WatermarkSession.Apply(Span{float})"/> for logits that a host keeps in half precision, or not next to each other.
/// </summary>
/// <remarks>
/// The bias is added in single precision and the sum rounded to the host's format, to nearest with ties to even. Logits that
/// get no bias keep their value. The bits are the same on every machine. Nothing is allocated after the first call: the
/// values pass through a pooled buffer of 4 bytes a token.
/// </remarks>
public static class LogitFormats
{
    private const int LowBits = 16;
    private const uint HalfOfLow = 0x7FFF;

    /// <summary>Biases logits in IEEE 754 half precision.</summary>
    /// <param name="session">The sequence.</param>
    /// <param name="logits">Natural-log scale, one per token id; changed in place.</param>
    /// <returns>Whether they were biased.</returns>
    /// <exception cref="InvalidOperationException">This position was biased before.</exception>
    public static bool Apply(this WatermarkSession session, Span<Half> logits)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (!WillBias(session))
            return session.Apply([]);
        float[] rented = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            Span<float> values = rented.AsSpan(0, logits.Length);
            TensorPrimitives.ConvertToSingle(logits, values);
            bool biased = session.Apply(values);
            TensorPrimitives.ConvertToHalf(values, logits);
            return biased;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>Biases logits in bfloat16: the upper half of single precision.</summary>
    /// <param name="session">The sequence.</param>
    /// <param name="logits">The bits, natural-log scale, one per token id; changed in place.</param>
    /// <returns>Whether they were biased.</returns>
    /// <exception cref="InvalidOperationException">This position was biased before.</exception>
    public static bool ApplyBFloat16(this WatermarkSession session, Span<ushort> logits)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (!WillBias(session))
            return session.Apply([]);
        float[] rented = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            Span<float> values = rented.AsSpan(0, logits.Length);
            for (int i = 0; i < values.Length; i++)
                values[i] = BitConverter.UInt32BitsToSingle((uint)logits[i] << LowBits);
            bool biased = session.Apply(values);
            for (int i = 0; i < values.Length; i++)
            {
                uint bits = BitConverter.SingleToUInt32Bits(values[i]);
                logits[i] = (ushort)((bits + HalfOfLow + ((bits >> LowBits) & 1)) >> LowBits);
            }

            return biased;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>
    /// Biases logits at equal distances, such as a field of an array of structures in the order of the token ids: for
    /// <c>{ int id; float logit; float p; }</c> seen as floats, offset 1 and stride 3. The values between are not touched.
    /// </summary>
    /// <param name="session">The sequence.</param>
    /// <param name="values">Token t's logit, natural-log scale, is at offset + t·stride; changed in place.</param>
    /// <param name="offset">Where token 0's logit is, 0 to stride − 1.</param>
    /// <param name="stride">The distance between logits in floats, 1 or more.</param>
    /// <returns>Whether they were biased.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset or the stride is out of range.</exception>
    /// <exception cref="InvalidOperationException">This position was biased before.</exception>
    public static bool Apply(this WatermarkSession session, Span<float> values, int offset, int stride)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, stride);
        if (!WillBias(session))
            return session.Apply([]);
        int count = values.Length <= offset ? 0 : ((values.Length - offset - 1) / stride) + 1;
        float[] rented = ArrayPool<float>.Shared.Rent(count);
        try
        {
            Span<float> logits = rented.AsSpan(0, count);
            for (int i = 0; i < logits.Length; i++)
                logits[i] = values[offset + (i * stride)];
            bool biased = session.Apply(logits);
            for (int i = 0; i < logits.Length; i++)
                values[offset + (i * stride)] = logits[i];
            return biased;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static bool WillBias(WatermarkSession session) => session.Place == MarkPlace.Logits && session.WillMark;
}
