namespace Watermark.Schemes;

/// <summary>A scheme made elsewhere whose context width is a parameter of its own.</summary>
public abstract record ContextWidthScheme : ForeignScheme
{
    private protected ContextWidthScheme(int width) => Width = width;

    /// <inheritdoc/>
    public sealed override int ContextWidth => Width;

    /// <summary>h, checked by the scheme that sets it.</summary>
    private protected int Width { get; init; }
}
