using System.Text.Json;
using Watermark.Keys;
using Watermark.Randomness;

namespace Watermark.Schemes;

/// <summary>A scheme of another engine, whose secret is a few integers.</summary>
public abstract record ForeignScheme : WatermarkScheme
{
    /// <summary>The members of the secret and their ranges: the scheme's key space.</summary>
    public abstract SecretShape SecretShape { get; }

    /// <inheritdoc/>
    public sealed override WatermarkSecret DrawSecret(RandomBits random) => IntegerSecret.Draw(SecretShape, random);

    /// <inheritdoc/>
    public sealed override WatermarkSecret ReadSecret(JsonElement secret) => IntegerSecret.Read(SecretShape, secret);

    /// <inheritdoc/>
    public sealed override KeyedScheme WithKey(WatermarkSecret secret) =>
        secret is IntegerSecret integers
            ? WithKey(integers)
            : throw new ArgumentException($"The scheme '{Name}' needs a secret of integers.", nameof(secret));

    /// <summary>Joins the parameters with a secret of the right kind.</summary>
    /// <param name="secret">The secret; the needed parts are copied.</param>
    protected abstract KeyedScheme WithKey(IntegerSecret secret);

    /// <summary>Throws where a value is outside its range.</summary>
    /// <param name="value">The value.</param>
    /// <param name="minimum">Smallest value allowed.</param>
    /// <param name="maximum">Largest value allowed.</param>
    /// <param name="name">The parameter's name.</param>
    private protected static T Within<T>(T value, T minimum, T maximum, string name)
        where T : IComparable<T> =>
        value.CompareTo(minimum) >= 0 && value.CompareTo(maximum) <= 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {minimum} to {maximum}.");
}

/// <summary>A scheme of another engine whose context width is a parameter of its own.</summary>
public abstract record ContextWidthScheme : ForeignScheme
{
    private protected ContextWidthScheme(int width) => Width = width;

    /// <inheritdoc/>
    public sealed override int ContextWidth => Width;

    /// <summary>h, checked by the scheme that sets it.</summary>
    private protected int Width { get; init; }
}
