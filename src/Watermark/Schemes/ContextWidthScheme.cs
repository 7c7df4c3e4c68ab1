namespace Watermark.Schemes;

/// <summary>A scheme made elsewhere whose context width is a parameter of its own.</summary>
public abstract record ContextWidthScheme : ForeignScheme
{
    private protected ContextWidthScheme(int width) => Width = width;

    /// <inheritdoc/>
    public sealed override int ContextWidth => Width;

    /// <summary>h, checked by the scheme that sets it.</summary>
    private protected int Width { get; init; }

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
